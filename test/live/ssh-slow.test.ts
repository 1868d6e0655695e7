import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, machineRow, openDesk, openMachine, treeItem } from '../browser/desk.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { country, type SlowLine, slowLine } from '../lab/ssh/slow-line.ts';
import { type Sshd, sshdOrWhyNot } from '../lab/ssh/sshd.ts';
import { connect, imagesPool, tinyGuest } from './libvirt-node.ts';
import { within } from './room.ts';
import { sshdOf, sshUri } from './ssh-node.ts';
import { Console } from './terminal.ts';

const why = (await libvirtdOrWhyNot('ssh-slow')) ?? (await sshdOrWhyNot('ssh-slow'));
const host = 'Far';
const name = 'distant';

describe.skipIf(why !== undefined)('a host behind 100 ms, 2 Mbit/s and 1 % loss', () => {
  let lab: Libvirtd;
  let sshd: Sshd;
  let line: SlowLine;
  let desk: Desk;

  beforeAll(async () => {
    lab = await startLibvirtd();
    sshd = await sshdOf(lab);
    line = await slowLine({ host: sshd.address, port: sshd.port }, country);
    const connection = await connect(lab);
    const folder = await imagesPool(lab, connection);
    await connection.domains.define(tinyGuest(name, { disk: join(folder, 'tiny.qcow2') }));
    for (let number = 1; number <= 50; number += 1)
      await connection.domains.define(tinyGuest(`other-${String(number)}`, { disk: '/nowhere.qcow2' }));
    await connection.close();
  });
  afterAll(async () => {
    await closeDesk(desk);
    line?.end();
    await sshd?.end();
    await lab?.end();
  });

  it('lists its machines, and shows what virsh starts there', async () => {
    const uri = sshUri({ ...sshd, port: line.port }, '/system').replace(
      `known_hosts=${sshd.knownHosts}`,
      // the same server, met at another port
      `known_hosts=${await sshd.knownAt(line.port)}`,
    );
    desk = await openDesk({ hosts: { [host]: uri } });
    await machineRow(desk.page, name).waitFor();
    await lab.virsh('start', name);
    await within(15_000, () => machineRow(desk.page, name).innerText()).toContain('Running');
  });

  it('says that the connection is slow, and how slow', async () => {
    const { page } = desk;
    await treeItem(page, host).first().click();
    const chip = page.getByText(/^Slow connection: \d+ ms/).first();
    await chip.waitFor({ timeout: 30_000 });
    expect(Number(/(\d+) ms/.exec(await chip.innerText())?.[1])).toBeGreaterThanOrEqual(100);
  });

  it('has a serial line to work at', async () => {
    await openMachine(desk.page, name);
    const serial = new Console(desk.page, name);
    await serial.login(180_000);
    expect(await serial.run('echo $((6*7))')).toBe('42');
    expect(await serial.run('seq 1 200 | tail -n 1')).toBe('200');
  });

  it('is found again after the line was cut', async () => {
    const { page } = desk;
    line.cut();
    await treeItem(page, host).first().click();
    await page
      .getByText(/closed the connection|was lost/)
      .first()
      .waitFor();
    await machineRow(page, name).waitFor({ timeout: 60_000 });
    await within(30_000, () => machineRow(page, name).innerText()).toContain('Running');
  });
});
