import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk, machineRow, openDesk, treeItem } from '../browser/desk.ts';
import { startApp } from '../lab/app.ts';
import { openPage } from '../lab/chromium.ts';
import { guestImages } from '../lab/guest.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type Sshd, sshdOrWhyNot } from '../lab/ssh/sshd.ts';
import { host, type Room, within } from './room.ts';
import { sshdOf, sshUri } from './ssh-node.ts';
import { Console, showScreen } from './terminal.ts';
import { openGuest, stateOf, Wizard } from './wizard.ts';

const why = (await libvirtdOrWhyNot('ssh-embed')) ?? (await sshdOrWhyNot('ssh-embed'));
const name = 'far-away';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(why !== undefined)('QEMU on a host over SSH, run by us', () => {
  // a view of the machine in which guests go on when the SSH server is killed; its libvirt is not used
  let lab: Libvirtd;
  let sshd: Sshd;
  let room: Room;
  let serial: Console;

  beforeAll(async () => {
    lab = await startLibvirtd();
    sshd = await sshdOf(lab);
    const images = await guestImages();
    room = { ...(await openDesk({ hosts: { [host]: sshUri(sshd, '/embed') } })), images };
  });
  afterAll(async () => {
    await closeDesk(room);
    await sshd?.end();
    await lab?.end();
  });

  it('makes a machine by the wizard, from an image that is sent there in its place', async () => {
    const wizard = await Wizard.open(room.page);
    await wizard.source('Existing disk image', {});
    const sent = await wizard.upload(room.images.raw, 'Disk image', 'tiny.raw');
    const [theirs] = (await lab.inside('sha256sum', sent)).split(' ');
    expect(theirs).toBe(sha256(await readFile(room.images.raw)));
    await wizard.dialog.getByRole('radio', { name: 'Copy as qcow2' }).click();
    await wizard.name(name);
    await wizard.make(name);
    await within(90_000, () => stateOf(room.page)).toBe('Running');
    serial = new Console(room.page, name);
    await serial.login(180_000);
    expect(await serial.run('cat /proc/cmdline')).toContain('tiny.disk=1');
    // everything of it is there, in the account's own folders
    const there = await lab.inside('find', sshd.home('ada'), '-name', `${name}*`);
    expect(there).toContain(join(sshd.home('ada'), '.local/share/guestroom/qemu/images'));
  });

  it('shows its screen', async () => {
    await showScreen(room.page, name);
    await room.page
      .getByText(/^VNC · /)
      .first()
      .waitFor();
  });

  it('needed one TCP connection for all of that', () => {
    expect(sshd.connections()).toBe(1);
  });

  it('lets it run when the connection is lost, and finds it again', async () => {
    await serial.run('touch /tmp/before');
    await sshd.kill();
    await treeItem(room.page, host).first().click();
    await room.page
      .getByText(/closed the connection|Nothing listens for SSH|was lost/)
      .first()
      .waitFor();
    expect(await lab.inside('pgrep', '-c', 'qemu-system')).toBe('1\n');
    await sshd.start();
    await machineRow(room.page, name).waitFor({ timeout: 90_000 });
    await openGuest(room.page, name);
    await within(30_000, () => stateOf(room.page)).toBe('Running');
    await within(60_000, () => serial.run('test -e /tmp/before && echo it is the same', 60_000)).toBe(
      'it is the same',
    );
  });

  it('finds it again when Guestroom itself was ended, and ends it by its button', async () => {
    await room.browser.contexts()[0]?.close();
    await room.app.kill();
    expect(await lab.inside('pgrep', '-c', 'qemu-system')).toBe('1\n');
    const app = await startApp(room.folders);
    const window = await openPage(room.browser, app.url, {});
    room = { ...room, app, ...window };
    await openGuest(room.page, name);
    await within(30_000, () => stateOf(room.page)).toBe('Running');
    const again = new Console(room.page, name);
    expect(await again.run('test -e /tmp/before && echo it is the same', 60_000)).toBe('it is the same');
    await room.page.getByRole('button', { name: 'More ways to stop' }).click();
    await room.page.getByRole('menuitem', { name: 'Force off' }).click();
    await room.page.getByRole('alertdialog').getByRole('button', { name: 'Force off' }).click();
    await within(20_000, () => stateOf(room.page)).toBe('Off');
    expect(existsSync(join(lab.outside('/run'), 'guestroom', 'qemu'))).toBe(true);
    await expect(lab.inside('pgrep', '-c', 'qemu-system')).rejects.toThrow();
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(room.complaints.list).toEqual([]);
  });
});
