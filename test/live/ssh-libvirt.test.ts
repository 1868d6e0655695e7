import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { type Desk, closeDesk, machineRow, openDesk, openMachine, treeItem } from '../browser/desk.ts';
import { guestImages } from '../lab/guest.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type Sshd, sshdOrWhyNot } from '../lab/ssh/sshd.ts';
import { connect, imagesPool, tinyGuest } from './libvirt-node.ts';
import { compareWith } from './picture.ts';
import { host, within } from './room.ts';
import { sshdOf, sshUri } from './ssh-node.ts';
import { stateOf, Wizard } from './wizard.ts';
import { Console, showScreen, showSerial, textOf } from './terminal.ts';

const why = (await libvirtdOrWhyNot('ssh-libvirt')) ?? (await sshdOrWhyNot('ssh-libvirt'));
const names = ['one', 'two', 'three'];

describe.skipIf(why !== undefined)('the window on a host with libvirt, over SSH', () => {
  let lab: Libvirtd;
  let sshd: Sshd;
  let connection: Connection;
  let desk: Desk;
  let serial: Console;
  beforeAll(async () => {
    lab = await startLibvirtd();
    sshd = await sshdOf(lab);
    connection = await connect(lab);
    const folder = await imagesPool(lab, connection);
    for (const name of names) {
      const { path } = await connection.volumes.clone(join(folder, 'tiny.qcow2'), 'images', {
        name: `${name}.qcow2`,
        format: 'qcow2',
      });
      await connection.domains.define(tinyGuest(name, { disk: path }));
    }
    await mkdir(join(lab.files, 'pictures'));
  });
  afterAll(async () => {
    await closeDesk(desk);
    await connection?.close();
    await sshd?.end();
    await lab?.end();
  });

  it('is reached by its address, and shows what virsh starts there', async () => {
    desk = await openDesk({ hosts: { [host]: sshUri(sshd, '/system') } });
    await machineRow(desk.page, 'one').waitFor();
    await lab.virsh('start', 'one');
    await within(20_000, () => machineRow(desk.page, 'one').innerText()).toContain('Running');
  });

  it('reaches a serial line', async () => {
    await openMachine(desk.page, 'one');
    serial = new Console(desk.page, 'one');
    await serial.login(180_000);
    expect(await serial.run('echo $((6*7))')).toBe('42');
  });

  it('makes a machine by the wizard, from an image that is sent into a pool there', async () => {
    const wizard = await Wizard.open(desk.page);
    await wizard.source('Existing disk image', {});
    const sent = await wizard.upload((await guestImages()).qcow2, 'Disk image', 'sent.qcow2');
    expect(sent).toBe(join(lab.files, 'images', 'sent.qcow2'));
    await wizard.name('four');
    await wizard.next();
    await wizard.choose('Runs with', 'Emulation, slowly');
    while (!/network/i.test(await wizard.step())) await wizard.next();
    await wizard.choose('Connect to', 'Behind the host (no rights needed)');
    await wizard.make('four');
    await within(90_000, () => stateOf(desk.page)).toBe('Running');
    expect(await lab.virsh('domstate', 'four')).toBe('running');
    await lab.virsh('destroy', 'four');
  });

  it('has three serial lines at a time and a screen by VNC, all in one TCP connection', async () => {
    const { page } = desk;
    for (const name of ['two', 'three']) {
      await treeItem(page, host).first().click();
      await lab.virsh('start', name);
      await openMachine(page, name);
      await showSerial(page, name);
      await within(180_000, () => textOf(page, name)).toMatch(/\S/);
    }
    const screen = await showScreen(page, 'three');
    const file = join(lab.files, 'pictures', 'three.png');
    await within(30_000, async () => {
      await lab.virsh('screenshot', 'three', file);
      return (await compareWith(screen, await readFile(file))).different;
    }).toBeLessThan(0.005);
    expect(sshd.connections()).toBe(1);
  });

  it('goes on after the SSH server was killed with everything open: list, screen and serial line come back', async () => {
    const { page } = desk;
    await treeItem(page, host).first().click();
    await openMachine(page, 'one');
    await serial.run('touch /tmp/before');
    await sshd.kill();
    await treeItem(page, host).first().click();
    await page
      .getByText(/closed the connection|Nothing listens for SSH|was lost/)
      .first()
      .waitFor();
    await lab.virsh('destroy', 'two');
    await sshd.start();
    await machineRow(page, 'two').waitFor({ timeout: 90_000 });
    await within(30_000, () => machineRow(page, 'two').innerText()).toContain('Off');
    await within(30_000, () => machineRow(page, 'one').innerText()).toContain('Running');
    await openMachine(page, 'one');
    await within(60_000, () => serial.run('test -e /tmp/before && echo it is the same', 60_000)).toBe(
      'it is the same',
    );
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
