import { createServer } from 'node:net';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk } from '../browser/desk.ts';
import { processesOf } from '../lab/folders.ts';
import { said, shell } from '../lab/shell.ts';
import { type Room, freePort, guestPids, openRoom, within } from './room.ts';
import { Wizard, guestInTree, openGuest, stateOf } from './wizard.ts';

const run = promisify(execFile);
let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => closeDesk(room));

/** The least that QEMU runs: nothing boots, nothing is needed. */
function machine(name: string, devices = '', type = 'qemu'): string {
  return `<domain type='${type}'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
<os><type arch='x86_64' machine='pc'>hvm</type></os><devices>${devices}</devices></domain>`;
}

async function define(name: string, xml: string): Promise<void> {
  const file = join(room.folders.files, `${name}.xml`);
  await writeFile(file, xml);
  await said(room.folders, 'define', file);
  await openGuest(room.page, name);
}

const start = () => room.page.locator('header').getByRole('button', { name: 'Start', exact: true }).click();
const problem = () => room.page.locator('.problem:visible');

/** Nothing of a guest that did not start may run or lie about. */
async function nothingIsLeft(name: string): Promise<void> {
  expect(await said(room.folders, 'domstate', name)).toMatch(/^shut off/);
  expect(guestPids(room.folders)).toEqual([]);
  // the trial of hardware acceleration, once after a boot, may still be under way
  await within(15_000, () => processesOf(room.folders, 'qemu-system')).toEqual([]);
}

describe('a machine that cannot start says why, and nothing is left of the attempt', () => {
  it('whose disk is not there: which one, and it starts once the disk is back', async () => {
    const { folders, page } = room;
    const disk = join(folders.files, 'gone.qcow2');
    await run('qemu-img', ['create', '-q', '-f', 'qcow2', disk, '16M']);
    await define(
      'without-disk',
      machine(
        'without-disk',
        `<disk type='file'><driver type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>`,
      ),
    );
    await rename(disk, `${disk}.away`);
    await start();
    await within(20_000, () => problem().innerText()).toContain(disk);
    await nothingIsLeft('without-disk');
    await rename(`${disk}.away`, disk);
    await start();
    await within(20_000, () => stateOf(page)).toBe('Running');
    await said(folders, 'destroy', 'without-disk');
    await within(20_000, () => stateOf(page)).toBe('Off');
  });

  it('whose forwarded port another program has: which port', async () => {
    const port = await freePort();
    await define(
      'port-taken',
      machine(
        'port-taken',
        `<interface type='user'><model type='e1000'/><portForward proto='tcp' address='127.0.0.1'><range start='${String(port)}' to='80'/></portForward></interface>`,
      ),
    );
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    try {
      await start();
      await within(20_000, () => problem().innerText()).toContain(String(port));
      await nothingIsLeft('port-taken');
    } finally {
      server.close();
    }
  });

  it('under KVM that is missing or does not run guests here: and one click runs it with emulation', async () => {
    const { page, folders } = room;
    await define('fast', machine('fast', '', 'kvm'));
    await start();
    await within(60_000, async () =>
      (await problem().count()) > 0 ? 'refused' : await stateOf(page),
    ).toMatch(/refused|Running/);
    if ((await problem().count()) === 0) {
      // KVM works on this computer: there is nothing to refuse
      expect(existsSync('/dev/kvm')).toBe(true);
      await said(folders, 'destroy', 'fast');
      return;
    }
    expect(await problem().innerText()).toMatch(/KVM/);
    await nothingIsLeft('fast');
    await page.getByRole('button', { name: 'Run with emulation' }).click();
    await within(20_000, () => stateOf(page)).toBe('Running');
    expect(await said(folders, 'qemu-monitor-command', '--hmp', 'fast', 'info kvm')).toContain('disabled');
    expect(await said(folders, 'dumpxml', '--inactive', 'fast')).toMatch(/<domain type=.kvm/);
    await said(folders, 'destroy', 'fast');
  });
});

describe('a machine that dies', () => {
  it('is shown as crashed with how it ended, and starts again', async () => {
    const { page, folders } = room;
    await define('mortal', machine('mortal'));
    await start();
    await within(20_000, () => stateOf(page)).toBe('Running');
    const [pid] = guestPids(folders);
    process.kill(pid ?? 0, 'SIGKILL');
    await within(20_000, () => problem().innerText()).toMatch(/ended|SIGKILL/);
    expect(await stateOf(page)).not.toBe('Running');
    expect(await said(folders, 'domstate', 'mortal', '--reason')).toMatch(/^shut off \(crashed\)/);
    await start();
    await within(20_000, () => stateOf(page)).toBe('Running');
    await within(20_000, () => problem().count()).toBe(0);
    await said(folders, 'destroy', 'mortal');
  });
});

describe('a machine for which there is no room', () => {
  it('is refused before anything is made, or taken back whole', async (context) => {
    const { page, folders, images } = room;
    const place = join(folders.env['XDG_DATA_HOME'] ?? '', 'guestroom', 'qemu', 'images');
    await mkdir(place, { recursive: true });
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', place]).then(
      () => true,
      () => false,
    );
    if (!mounted) context.skip('needs the right to mount a small file system');
    try {
      const wizard = await Wizard.open(page);
      await wizard.source('Existing disk image', { 'Disk image': images.qcow2 });
      await wizard.name('too-big');
      await wizard.next();
      await wizard.next();
      await within(20_000, () => wizard.dialog.innerText()).toMatch(/has room for .* MiB/);
      await page.keyboard.press('Escape');
      await page.getByRole('alertdialog').getByRole('button', { name: 'Discard' }).click();
      await wizard.dialog.waitFor({ state: 'detached' });
      const { status, stderr } = await shell(folders, 'install', 'too-big', '--import', images.qcow2);
      expect(status).toBe(1);
      expect(stderr).toMatch(/room|space/i);
      expect(await readdir(place)).toEqual([]);
      expect(await guestInTree(page, 'too-big').count()).toBe(0);
    } finally {
      await run('umount', [place]);
    }
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(room.complaints.list).toEqual([]);
});
