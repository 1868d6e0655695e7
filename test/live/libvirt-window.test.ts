import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import {
  type Desk,
  addHost,
  closeDesk,
  machineRow,
  openDesk,
  openMachine,
  treeItem,
} from '../browser/desk.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { connect, imagesPool, tinyGuest } from './libvirt-node.ts';
import { compareWith } from './picture.ts';
import { within } from './room.ts';
import { Console, showScreen } from './terminal.ts';
import { stateOf } from './wizard.ts';

const why = await libvirtdOrWhyNot('libvirt-window');
const host = 'Rack';
const name = 'seen';

describe.skipIf(why !== undefined)('the window on a host with libvirt', () => {
  let lab: Libvirtd;
  let connection: Connection;
  let desk: Desk;
  let serial: Console;

  beforeAll(async () => {
    lab = await startLibvirtd();
    connection = await connect(lab);
    const folder = await imagesPool(lab, connection);
    // where the window's own account reaches the screen's socket
    const sockets = join(lab.files, 'screens');
    await mkdir(sockets, { mode: 0o777 });
    const { path } = await connection.volumes.clone(join(folder, 'tiny.qcow2'), 'images', {
      name: 'seen.qcow2',
      format: 'qcow2',
    });
    const graphics = `<graphics type='vnc'><listen type='socket' socket='${join(sockets, 'seen.sock')}'/></graphics>`;
    desk = await openDesk({ hosts: { [host]: lab.uri() } });
    await connection.domains.define(tinyGuest(name, { disk: path, graphics }));
  });
  afterAll(async () => {
    await closeDesk(desk);
    await connection?.close();
    await lab?.end();
  });

  it('shows a machine that somebody else has made, and that virsh starts', async () => {
    await machineRow(desk.page, name).waitFor();
    await lab.virsh('start', name);
    await within(10_000, () => machineRow(desk.page, name).innerText()).toContain('Running');
    await openMachine(desk.page, name);
    await within(10_000, () => stateOf(desk.page)).toBe('Running');
  });

  it('reaches its serial line', async () => {
    serial = new Console(desk.page, name);
    await serial.login(180_000);
    expect(await serial.run('echo $((6*7))')).toBe('42');
  });

  it('shows the picture that QEMU has of its screen, by VNC', async () => {
    const screen = await showScreen(desk.page, name);
    const file = join(lab.files, 'seen.png');
    const compared = async () => {
      await lab.virsh('screenshot', name, file);
      return compareWith(screen, await readFile(file));
    };
    await within(30_000, async () => (await compared()).different).toBeLessThan(0.005);
    const { canvas, dump, drawn } = await compared();
    expect(canvas).toBe(dump);
    expect(drawn, 'there are letters on the screen').toBeGreaterThan(0.001);
  });

  it('goes on when the daemon is killed and started again: the list, the state and the console come back', async () => {
    const { page } = desk;
    await serial.run('touch /tmp/before');
    await lab.kill();
    await treeItem(page, host).first().click();
    await page
      .getByText(/libvirt|connection/i)
      .first()
      .waitFor();
    await lab.start();
    await machineRow(page, name).waitFor({ timeout: 90_000 });
    await within(30_000, () => machineRow(page, name).innerText()).toContain('Running');
    await openMachine(page, name);
    await within(60_000, () => serial.run('test -e /tmp/before && echo it is the same', 60_000)).toBe(
      'it is the same',
    );
  });

  it('pauses, resumes and forces off by its buttons, and libvirt agrees', async () => {
    const { page } = desk;
    const button = (label: string) => page.getByRole('button', { name: label, exact: true });
    await button('Pause').click();
    await within(10_000, () => lab.virsh('domstate', name)).toBe('paused');
    await button('Resume').click();
    await within(10_000, () => lab.virsh('domstate', name)).toBe('running');
    await button('More ways to stop').click();
    await page.getByRole('menuitem', { name: 'Force off' }).click();
    const sure = page.getByRole('alertdialog').getByRole('button', { name: 'Force off' });
    await sure.click();
    await within(10_000, () => lab.virsh('domstate', name)).toBe('shut off');
    await within(10_000, () => stateOf(page)).toBe('Off');
  });

  it('marks a host whose socket is for looking only as read-only, and lets nothing be changed there', async () => {
    const { page } = desk;
    await addHost(page, lab.uri({ readOnly: true }), 'Looked at');
    await machineRow(page, name).waitFor();
    await page.getByRole('main').getByText('read-only', { exact: true }).waitFor();
    await openMachine(page, name);
    const start = page.getByRole('button', { name: 'Start', exact: true }).first();
    await within(10_000, () => start.getAttribute('aria-description')).toBe('The connection is read-only');
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
