import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk } from '../browser/desk.ts';
import { said, shell } from '../lab/shell.ts';
import { compareWithQemu } from './picture.ts';
import { type Room, host, openRoom, within } from './room.ts';
import { guestInTree, openGuest, stateOf } from './wizard.ts';

const run = promisify(execFile);
const name = 'ReactOS-on-QEMU';
let room: Room;
let document: string;

beforeAll(async () => {
  room = await openRoom();
  const disk = join(room.folders.files, 'ReactOS.vmdk');
  await run('qemu-img', ['create', '-q', '-f', 'vmdk', disk, '64M']);
  const fixture = new URL('../drivers/xml/fixtures/react-qemu.xml', import.meta.url);
  document = (await readFile(fixture, 'utf8')).replace('/var/lib/images/ReactOS.vmdk', disk);
  await writeFile(join(room.folders.files, 'react-qemu.xml'), document);
});
afterAll(() => closeDesk(room));

/** What is done otherwise than written, which nobody should have to find out. */
const remarks = [/\/usr\/bin\/qemu\b.*qemu-system-i386/s, /user networking/];

describe('the listing that introduced libvirt to most people', () => {
  it('is created by the shell, which says what it does otherwise', async () => {
    const { folders, page } = room;
    const { status, stdout, stderr } = await shell(folders, 'create', 'react-qemu.xml');
    expect(stderr).not.toMatch(/^error/m);
    expect(status).toBe(0);
    expect(stdout.trim()).toBe(`Domain '${name}' created from react-qemu.xml`);
    for (const remark of remarks) expect(stderr).toMatch(remark);
    expect(await said(folders, 'domstate', name)).toMatch(/^running/);
    const xml = await said(folders, 'dumpxml', name);
    expect(xml).toMatch(/<emulator>[^<]*qemu-system-i386<\/emulator>/);
    expect(xml).toMatch(/<memory[^>]*>131072<\/memory>/);
    expect(xml).toMatch(/<uuid>[0-9a-f-]{36}<\/uuid>/);
    await openGuest(page, name);
    await within(20_000, () => stateOf(page)).toBe('Running');
    await page.locator('header').getByText('temporary').waitFor();
  });

  it('shows its screen in the window, reads its VMDK, and is gone when it is forced off', async () => {
    const { folders, page } = room;
    const screen = page.getByRole('application', { name: `Screen of ${name}` });
    await screen.locator('canvas').waitFor();
    await within(20_000, async () => {
      const { different, drawn } = await compareWithQemu(screen, folders, name);
      return drawn > 0.001 ? different : 1;
    }).toBeLessThan(0.005);
    expect(await said(folders, 'qemu-monitor-command', '--hmp', name, 'info block')).toMatch(
      /ReactOS\.vmdk \(vmdk\)/,
    );
    await page.getByRole('button', { name: 'More ways to stop' }).click();
    await page.getByRole('menuitem', { name: 'Force off…' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Force off' }).click();
    await guestInTree(page, name).waitFor({ state: 'detached' });
    expect(await said(folders, 'list', '--all')).not.toContain(name);
  });

  it('is made by “Create from XML…” in the window, which says the same beforehand', async () => {
    const { folders, page } = room;
    await page
      .getByRole('tree', { name: 'Hosts' })
      .getByRole('treeitem', { name: host })
      .first()
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Create from XML…' }).click();
    const dialog = page.getByRole('dialog', { name: `New virtual machine from XML on ${host}` });
    await dialog.locator('input[type=file]').setInputFiles(join(folders.files, 'react-qemu.xml'));
    await within(20_000, () => dialog.innerText()).toMatch(/user networking/);
    expect(await dialog.innerText()).toMatch(/qemu-system-i386/);
    const create = dialog.getByRole('button', { name: 'Create', exact: true });
    await within(20_000, () => create.getAttribute('aria-disabled')).toBe(null);
    await create.click();
    await dialog.waitFor({ state: 'detached' });
    await openGuest(page, name);
    await within(20_000, () => stateOf(page)).toBe('Running');
    expect(await said(folders, 'domstate', name)).toMatch(/^running/);
    await said(folders, 'destroy', name);
    // its screen goes with it, without a word in the browser's console
    await within(20_000, () => stateOf(page)).toBe('Off');
    expect(room.complaints.list).toEqual([]);
  });
});
