import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk } from '../browser/desk.ts';
import { startApp } from '../lab/app.ts';
import { openPage } from '../lab/chromium.ts';
import { said, shell } from '../lab/shell.ts';
import { type Room, guestPids, openRoom, within } from './room.ts';
import { Console } from './terminal.ts';
import { Wizard, openGuest, stateOf } from './wizard.ts';

const name = 'lasting';
let room: Room;
let serial: Console;

beforeAll(async () => {
  room = await openRoom();
  const wizard = await Wizard.open(room.page);
  await wizard.source('Existing disk image', { 'Disk image': room.images.qcow2 });
  await wizard.dialog.getByRole('radio', { name: 'Copy it' }).click();
  await wizard.name(name);
  await wizard.make(name);
  await within(60_000, () => stateOf(room.page)).toBe('Running');
  serial = new Console(room.page, name);
  await serial.login();
});
afterAll(() => closeDesk(room));

const button = (label: string) => room.page.getByRole('button', { name: label, exact: true });
const uptime = async (): Promise<number> => Number((await serial.run('cut -d" " -f1 /proc/uptime')).trim());

/** Another start of the app, in a window of its own. */
async function another(): Promise<void> {
  room.app = await startApp(room.folders);
  await room.context.close();
  Object.assign(room, await openPage(room.browser, room.app.url));
  serial = new Console(room.page, name);
}

describe('a machine whose state is saved', () => {
  it('goes on where it was: memory, programs and time go on', async () => {
    const { page, folders } = room;
    await serial.run(
      'echo in memory only >/tmp/kept; (i=0; while :; do i=$((i+1)); echo $i >/tmp/count; sleep 1; done) & true',
    );
    await within(10_000, () => serial.run('cat /tmp/count')).toMatch(/^[1-9]/);
    const before = await uptime();
    await button('Save').click();
    await within(60_000, () => stateOf(page)).toBe('Saved');
    expect(guestPids(folders)).toEqual([]);
    expect(await said(folders, 'dominfo', name)).toMatch(/Managed save:\s+yes/);
    await button('Start').first().click();
    await within(60_000, () => stateOf(page)).toBe('Running');
    expect(await serial.run('cat /tmp/kept')).toBe('in memory only');
    expect(await uptime()).toBeGreaterThan(before);
    const count = Number(await serial.run('cat /tmp/count'));
    await within(10_000, async () => Number(await serial.run('cat /tmp/count'))).toBeGreaterThan(count);
    expect(await said(folders, 'dominfo', name)).toMatch(/Managed save:\s+no/);
  });

  it('is saved to a file and restored from it by the shell, and the window sees both', async () => {
    const { page, folders } = room;
    const before = await uptime();
    const file = join(folders.files, 'lasting.state');
    expect(await said(folders, 'save', name, file)).toContain(`saved to ${file}`);
    await within(20_000, () => stateOf(page)).toBe('Off');
    expect(existsSync(file)).toBe(true);
    expect(await said(folders, 'restore', file)).toContain(`restored from ${file}`);
    await within(20_000, () => stateOf(page)).toBe('Running');
    expect(await serial.run('cat /tmp/kept')).toBe('in memory only');
    expect(await uptime()).toBeGreaterThan(before);
  });
});

describe('a machine and the app', () => {
  it('runs on when the app is killed, and is found again by the next start', async () => {
    const pids = guestPids(room.folders);
    expect(pids).toHaveLength(1);
    const before = await uptime();
    await room.app.kill();
    expect(existsSync(`/proc/${String(pids[0])}`)).toBe(true);
    await another();
    await openGuest(room.page, name);
    await within(20_000, () => stateOf(room.page)).toBe('Running');
    expect(guestPids(room.folders)).toEqual(pids);
    expect(await serial.run('cat /tmp/kept')).toBe('in memory only');
    expect(await uptime()).toBeGreaterThan(before);
    await serial.run('echo after the app died');
  });

  it('is looked at by two instances of the app, and both see what either does', async () => {
    const second = await startApp(room.folders);
    const other = await openPage(room.browser, second.url);
    try {
      await openGuest(other.page, name);
      await within(20_000, () => stateOf(other.page)).toBe('Running');
      await other.page
        .getByRole('application', { name: `Screen of ${name}` })
        .locator('canvas')
        .waitFor();
      await other.page.getByRole('button', { name: 'Pause', exact: true }).click();
      await within(15_000, () => stateOf(room.page)).toBe('Paused');
      await button('Resume').click();
      await within(15_000, () => stateOf(other.page)).toBe('Running');
    } finally {
      await other.context.close();
      await second.stop();
    }
  });

  it('is shown off at the next start when it was turned off while no app ran', async () => {
    expect(await room.app.stop()).toBe(0);
    expect(guestPids(room.folders)).toHaveLength(1);
    const pid = guestPids(room.folders)[0] ?? 0;
    // as the machine's own power button, past Guestroom: the guest's process is told by a signal
    process.kill(pid, 'SIGTERM');
    await within(20_000, () => existsSync(`/proc/${String(pid)}`)).toBe(false);
    await another();
    await openGuest(room.page, name);
    await within(20_000, () => stateOf(room.page)).toBe('Off');
    expect((await shell(room.folders, 'domstate', name)).stdout).toMatch(/^shut off/);
  });

  it('is started with the host when it is meant to: at the app’s first start after a boot', async () => {
    const { folders } = room;
    await said(folders, 'autostart', name);
    expect(await said(folders, 'dominfo', name)).toMatch(/Autostart:\s+enable/);
    expect(await room.app.stop()).toBe(0);
    expect(guestPids(folders)).toEqual([]);
    // what a boot does to the folder of sockets
    await rm(join(folders.env['XDG_RUNTIME_DIR'] ?? '', 'guestroom'), { recursive: true });
    await another();
    await openGuest(room.page, name);
    await within(30_000, () => stateOf(room.page)).toBe('Running');
    expect(guestPids(folders)).toHaveLength(1);
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(room.complaints.list).toEqual([]);
});
