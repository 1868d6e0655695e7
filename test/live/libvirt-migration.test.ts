import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { connect, has } from './libvirt-node.ts';
import { within } from './room.ts';

const why = await libvirtdOrWhyNot('libvirt-migration');
const name = 'mover';

/** Without a disk: the two hosts share none. */
const guest = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <cpu mode='custom'><model>qemu64</model></cpu></domain>`;

describe.skipIf(why !== undefined)('a machine moves from one libvirt to another, by our driver', () => {
  let here: Libvirtd;
  let there: Libvirtd;
  let from: Connection;
  let to: Connection;
  let uuid: string;
  const destination = (pki: 'good' | 'none') =>
    `qemu+tls://127.0.0.1:${String(there.ports.tls)}/system?pkipath=${here.pki[pki]}`;
  const statesOn = async (connection: Connection) =>
    (await connection.domains.list()).filter((row) => row.uuid === uuid).map(({ state }) => state);

  beforeAll(async () => {
    [here, there] = await Promise.all([
      startLibvirtd({ hostname: 'lab-a' }),
      startLibvirtd({ hostname: 'lab-b', tls: 'none' }),
    ]);
    [from, to] = await Promise.all([connect(here), connect(there)]);
    ({ uuid } = await from.domains.define(guest));
    await from.domains.start(uuid);
  });
  afterAll(async () => {
    await Promise.all([from?.close(), to?.close()]);
    await Promise.all([here?.end(), there?.end()]);
  });

  it('stays where it is, and runs, when the other host does not let it in', async () => {
    const move = { destination: destination('none'), live: true, tunnelled: true };
    await expect(has(from.migration).migrate(uuid, move)).rejects.toMatchObject({ name: 'GuestroomError' });
    expect(await statesOn(from)).toEqual(['running']);
    expect(await statesOn(to)).toEqual([]);
  });

  it('is not moved to where it is already', async () => {
    const move = { destination: 'qemu:///system', live: true };
    await expect(has(from.migration).migrate(uuid, move)).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  it('goes on there without a restart, is defined there, and is gone here', async () => {
    await has(from.migration).migrate(uuid, {
      destination: destination('good'),
      live: true,
      tunnelled: true,
      persist: true,
      undefineSource: true,
    });
    expect(await there.virsh('domstate', '--reason', name)).toBe('running (migrated)');
    await within(10_000, () => statesOn(to)).toEqual(['running']);
    await within(10_000, () => statesOn(from)).toEqual([]);
    expect(await there.virsh('list', '--all', '--persistent', '--name')).toBe(name);
    expect(await here.virsh('list', '--all', '--name')).toBe('');
  });
});
