import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { network } from '../../../drivers/xml/network/tables.ts';
import { domainSnapshot } from '../../../drivers/xml/snapshot/snapshot.ts';
import { storagePool } from '../../../drivers/xml/storage/pool.ts';
import { alone, domainNamed } from './connections.ts';

/** What a real libvirt 9.0 made of the same documents. */
describe('documents get the defaults that libvirt’s test driver fills in', () => {
  test('a domain', async () => {
    const { domains } = await alone();
    const { uuid } = await domains.define(`<domain type='test'>
  <name>a</name><memory unit='MiB'>64</memory><os><type>hvm</type></os>
  <devices>
    <disk type='file' device='disk'><source file='/b'/><target dev='sdh'/></disk>
    <disk type='file' device='cdrom'><target dev='hdc'/></disk>
    <disk type='file' device='floppy'><target dev='fdb'/></disk>
    <interface type='network'><source network='default'/></interface>
    <interface type='user'><target dev='testnet0'/></interface>
    <serial type='pty'/>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    <graphics type='vnc'/>
  </devices>
</domain>`);
    const domain = readDomain(await domains.xml(uuid));
    expect(domain).toMatchObject({
      memory: 65_536 * 1024,
      currentMemory: 65_536 * 1024,
      vcpu: { count: 1, placement: 'static' },
      os: { arch: 'i686', boot: ['hd'] },
      clock: { offset: 'utc' },
      onPoweroff: 'destroy',
      onReboot: 'restart',
      onCrash: 'destroy',
    });
    const { disks, controllers, interfaces, serials, consoles, graphics, videos } = domain.devices;
    expect(disks.map(({ target, readonly, address }) => [target, readonly, address])).toEqual([
      [{ dev: 'sdh', bus: 'scsi' }, false, { type: 'drive', controller: 1, bus: 0, target: 0, unit: 0 }],
      [{ dev: 'hdc', bus: 'ide' }, true, { type: 'drive', controller: 0, bus: 1, target: 0, unit: 0 }],
      [{ dev: 'fdb', bus: 'fdc' }, false, { type: 'drive', controller: 0, bus: 0, target: 0, unit: 1 }],
    ]);
    expect(controllers.map(({ type, index }) => `${type} ${String(index)}`).sort()).toEqual([
      'fdc 0',
      'ide 0',
      'scsi 0',
      'scsi 1',
      'virtio-serial 0',
    ]);
    expect(interfaces.map((card) => card.target?.dev)).toEqual(['testnet1', 'testnet0']);
    for (const { mac } of interfaces) expect(mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(serials[0]?.target?.port).toBe(0);
    expect(consoles).toMatchObject([{ type: 'pty', target: { type: 'serial', port: 0 } }]);
    expect(graphics).toMatchObject([{ port: -1, autoport: true, listens: [{ type: 'address' }] }]);
    expect(videos).toMatchObject([{ model: { type: 'cirrus', vram: 16384, heads: 1, primary: true } }]);
  });

  test('a network', async () => {
    const { networks } = await alone();
    const { uuid } =
      (await networks?.define('<network><name>iso</name><ip address="10.1.2.1" prefix="24"/></network>')) ??
      {};
    expect(network.read((await networks?.xml('iso')) ?? '')).toMatchObject({
      uuid,
      bridge: { stp: true, delay: 0 },
    });
  });

  test.each([
    ['logical', '', { source: { name: 'p', format: 'lvm2' }, target: { path: '/dev/p' } }],
    [
      'fs',
      "<source><device path='/dev/sdc1'/></source><target><path>/p</path></target>",
      { source: { format: 'auto' } },
    ],
    [
      'disk',
      "<source><device path='/dev/sdd'/></source><target><path>/p</path></target>",
      { source: { format: 'unknown' } },
    ],
    ['zfs', '<source><name>z</name></source>', { target: { path: '/dev/zvol/z' } }],
    ['rbd', "<source><name>r</name><host name='h'/></source>", { source: { name: 'r' } }],
  ])('a pool of type %s', async (type, inside, expected) => {
    const { pools } = await alone();
    const { uuid } = (await pools?.define(`<pool type='${type}'><name>p</name>${inside}</pool>`)) ?? {};
    expect(storagePool.read((await pools?.xml('p')) ?? '')).toMatchObject({
      uuid,
      capacity: 107_374_182_400,
      allocation: 0,
      available: 107_374_182_400,
      ...expected,
    });
  });
});

describe('a file in the format of libvirt’s test driver', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guestroom-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = async (text: string): Promise<Connection> => {
    const file = join(folder, 'node.xml');
    await writeFile(file, text);
    return alone(`test://${file}`);
  };
  const domain = (name: string, inside = '') =>
    `<domain type='test'><name>${name}</name><memory>8192</memory><os><type>hvm</type></os>${inside}</domain>`;

  test('describes networks, interfaces and devices, inline and in files beside it', async () => {
    await writeFile(
      join(folder, 'lan.xml'),
      '<network><name>lan</name><forward mode="bridge"/><bridge name="br0"/></network>',
    );
    const text = `<node>
  <network><name>iso</name><ip address='10.1.2.1' prefix='24'/></network>
  <network file='lan.xml'/>
  <interface type='bridge' name='br9'><bridge><interface type='ethernet' name='eth9'/></bridge></interface>
  <device><name>net_eth0</name><parent>computer</parent><capability type='net'><interface>eth0</interface></capability></device>
</node>`;
    const connection = await open(text);
    const { networks, interfaces, nodeDevices } = connection;
    const rows = (await networks?.list()) ?? [];
    expect(rows.map(({ name, active, persistent, forward }) => [name, active, persistent, forward])).toEqual([
      ['iso', true, true, 'isolated'],
      ['lan', true, true, 'bridge'],
    ]);
    expect(await interfaces?.list()).toEqual([{ name: 'br9', active: true, type: 'bridge' }]);
    expect(await nodeDevices?.list()).toEqual([
      { name: 'net_eth0', parent: 'computer', capabilities: ['net'], label: 'eth0' },
    ]);
    await connection.close();
    // what the file leaves open is the same each time
    const again = await open(text);
    expect(await again.networks?.list()).toEqual(rows);
  });

  test('describes snapshots, inline and in files beside it', async () => {
    await writeFile(
      join(folder, 'second.xml'),
      `<domainsnapshot><name>second</name><parent><name>first</name></parent><creationTime>1700000100</creationTime>
  <state>running</state><memory snapshot='internal'/>${domain('a', '<title>Then</title>')}<active>1</active></domainsnapshot>`,
    );
    const connection = await open(`<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  ${domain(
    'a',
    `<test:domainsnapshot><name>first</name><description>old</description><creationTime>1700000000</creationTime>
      <state>running</state><active>0</active></test:domainsnapshot>
    <test:domainsnapshot file='second.xml'/><test:runstate>5</test:runstate>`,
  )}
</node>`);
    const { uuid, state } = await domainNamed(connection, 'a');
    expect(state).toBe('shutoff');
    const { snapshots, domains } = connection;
    expect(await snapshots?.list(uuid)).toEqual([
      {
        name: 'first',
        description: 'old',
        state: 'running',
        created: 1_700_000_000_000,
        kind: 'internal',
        memory: true,
        current: false,
      },
      {
        name: 'second',
        parent: 'first',
        state: 'running',
        created: 1_700_000_100_000,
        kind: 'internal',
        memory: true,
        current: true,
      },
    ]);
    expect(await domains.xml(uuid)).not.toContain('domainsnapshot');
    expect(domainSnapshot.read((await snapshots?.xml(uuid, 'first')) ?? '')).toMatchObject({
      domainUuid: uuid,
    });
    await snapshots?.revert(uuid, 'second');
    expect(await domains.get(uuid)).toMatchObject({ state: 'running', title: 'Then' });
    // an old snapshot does not tell how the machine was
    await expect(snapshots?.revert(uuid, 'first')).rejects.toMatchObject({ code: 'wrong_state' });
    await domains.destroy(uuid);
  });

  test.each([
    [
      'two networks of one name',
      '<network><name>n</name></network><network><name>n</name></network>',
      'xml_invalid',
    ],
    [
      'a pool of no kind',
      "<pool type='bucket'><name>p</name><target><path>/p</path></target></pool>",
      'xml_invalid',
    ],
    ['an interface of no kind', "<interface type='tube' name='t'/>", 'xml_invalid'],
    ['a device without a name', "<device><capability type='net'/></device>", 'xml_invalid'],
    [
      'a snapshot on nothing',
      domain(
        'a',
        '<test:domainsnapshot><name>s</name><parent><name>gone</name></parent></test:domainsnapshot>',
      ),
      'xml_invalid',
    ],
    [
      'two current snapshots',
      domain('a', '<test:domainsnapshot><name>s</name><active>1</active></test:domainsnapshot>'.repeat(2)),
      'xml_invalid',
    ],
  ])('is refused when it is wrong: %s', async (_, inside, code) => {
    const text = `<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>${inside}</node>`;
    await expect(open(text)).rejects.toMatchObject({ name: 'GuestroomError', code });
  });
});
