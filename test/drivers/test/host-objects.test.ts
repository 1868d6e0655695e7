import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Connection, NetworkChange } from '../../../drivers/api/driver.ts';
import { HostInterface, NodeDevice, Secret } from '../../../drivers/api/model.ts';
import { network } from '../../../drivers/xml/network/tables.ts';
import { nodeDevice } from '../../../drivers/xml/node-device/node-device.ts';
import { alone } from './connections.ts';

/** The group, which every connection of this driver has. */
const has = <T>(group: T | undefined): T => {
  if (group === undefined) throw new Error('the connection lacks the group');
  return group;
};

describe('changing a network in place', () => {
  const subject = async () => {
    const networks = has((await alone()).networks);
    const change = (command: NetworkChange['command'], section: NetworkChange['section'], xml: string) =>
      networks.update('default', { command, section, xml, apply: 'both' });
    return { networks, change, said: async () => network.read(await networks.xml('default')) };
  };

  test('adds and deletes what libvirt can add and delete', async () => {
    const { change, said } = await subject();
    const dns = "<host ip='192.168.122.9'><hostname>nine</hostname></host>";
    await change('add-last', 'dns-host', dns);
    await change('add-last', 'dns-txt', "<txt name='a' value='b'/>");
    await change('add-last', 'dns-srv', "<srv service='ldap' protocol='tcp' target='x' port='389'/>");
    await change('add-last', 'portgroup', "<portgroup name='fast'/>");
    await change('modify', 'portgroup', "<portgroup name='fast' default='yes'/>");
    await change('add-last', 'forward-interface', "<interface dev='eth0'/>");
    expect(await said()).toMatchObject({
      dns: {
        hosts: [{ ip: '192.168.122.9', hostnames: ['nine'] }],
        txts: [{ name: 'a', value: 'b' }],
        srvs: [{ service: 'ldap' }],
      },
      portgroups: [{ name: 'fast', default: true }],
      forward: { interfaces: [{ dev: 'eth0' }] },
    });
    await change('delete', 'dns-host', "<host ip='192.168.122.9'/>");
    await change('delete', 'dns-txt', "<txt name='a' value='b'/>");
    await change('delete', 'dns-srv', "<srv service='ldap' protocol='tcp'/>");
    await change('delete', 'portgroup', "<portgroup name='fast'/>");
    await change('delete', 'forward-interface', "<interface dev='eth0'/>");
    await change('delete', 'ip-dhcp-range', "<range start='192.168.122.2' end='192.168.122.254'/>");
    const bare = await said();
    expect(bare).toMatchObject({ portgroups: [], forward: { mode: 'nat', interfaces: [] } });
    expect([bare.dns, bare.ips[0]?.dhcp]).toEqual([undefined, undefined]);
  });

  test.each<[string, NetworkChange['command'], NetworkChange['section'], string, string]>([
    [
      'a host twice',
      'add-last',
      'ip-dhcp-host',
      "<host mac='52:54:00:00:00:01' ip='192.168.122.8'/>",
      'exists',
    ],
    [
      'an address twice',
      'add-last',
      'ip-dhcp-host',
      "<host mac='52:54:00:00:00:02' ip='192.168.122.7'/>",
      'exists',
    ],
    ['what is not there', 'delete', 'ip-dhcp-host', "<host mac='52:54:00:00:00:0f'/>", 'not_found'],
    [
      'a range',
      'modify',
      'ip-dhcp-range',
      "<range start='192.168.122.2' end='192.168.122.254'/>",
      'unsupported',
    ],
    ['the bridge', 'modify', 'bridge', "<bridge name='x'/>", 'unsupported'],
    ['another element', 'add-last', 'ip-dhcp-host', "<range start='192.168.122.2'/>", 'xml_invalid'],
    [
      'an address elsewhere',
      'add-last',
      'ip-dhcp-host',
      "<host mac='52:54:00:00:00:03' ip='10.9.9.9'/>",
      'invalid_argument',
    ],
    ['no element', 'add-last', 'ip-dhcp-host', 'a host, please', 'xml_invalid'],
    ['half a range', 'add-last', 'ip-dhcp-range', "<range start='192.168.122.2'/>", 'xml_invalid'],
  ])('refuses and changes nothing: %s', async (_, command, section, xml, code) => {
    const { networks, change } = await subject();
    await change('add-last', 'ip-dhcp-host', "<host mac='52:54:00:00:00:01' ip='192.168.122.7'/>");
    const before = await networks.xml('default');
    await expect(change(command, section, xml)).rejects.toMatchObject({ name: 'GuestroomError', code });
    expect(await networks.xml('default')).toBe(before);
  });

  test('finds the subnet that an address belongs to', async () => {
    const networks = has((await alone()).networks);
    await networks.define(
      `<network><name>two</name><ip address='10.1.0.1' prefix='24'/><ip address='10.2.0.1' prefix='24'/></network>`,
    );
    const section = 'ip-dhcp-host';
    const add = (xml: string, parentIndex?: number) =>
      networks.update('two', {
        command: 'add-last',
        section,
        xml,
        apply: 'config',
        ...(parentIndex === undefined ? {} : { parentIndex }),
      });
    await add("<host mac='52:54:00:00:00:01' ip='10.2.0.9'/>");
    await add("<host mac='52:54:00:00:00:02' ip='10.1.0.9'/>", 0);
    const { ips } = network.read(await networks.xml('two'));
    expect(ips.map((ip) => ip.dhcp?.hosts.map((host) => host.ip))).toEqual([['10.1.0.9'], ['10.2.0.9']]);
    await expect(add("<host mac='52:54:00:00:00:03'/>", 2)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('network interfaces of the host', () => {
  test('are defined, brought up and down, and removed', async () => {
    const interfaces = has((await alone()).interfaces);
    expect(await interfaces.list()).toEqual([
      { name: 'eth1', mac: 'aa:bb:cc:dd:ee:ff', active: true, type: 'ethernet' },
    ]);
    const xml = `<interface type='vlan'><vlan tag='42'><interface name='eth1'/></vlan></interface>`;
    const made = await interfaces.define(xml);
    expect(v.parse(HostInterface, made)).toEqual({ name: 'eth1.42', active: false, type: 'vlan' });
    await interfaces.start('eth1.42');
    await expect(interfaces.start('eth1.42')).rejects.toMatchObject({ code: 'wrong_state' });
    expect(await interfaces.xml('eth1.42')).toBe(xml);
    await interfaces.destroy('eth1.42');
    await expect(interfaces.destroy('eth1.42')).rejects.toMatchObject({ code: 'wrong_state' });
    await interfaces.undefine('eth1.42');
    await expect(interfaces.xml('eth1.42')).rejects.toMatchObject({ code: 'not_found' });
    for (const wrong of [
      '<interface/>',
      "<interface type='bridge' name='b'/>",
      "<interface type='tube' name='t'/>",
    ])
      await expect(interfaces.define(wrong), wrong).rejects.toMatchObject({ code: 'xml_invalid' });
  });
});

describe('devices of the host', () => {
  const port = (wwpn: string, parent = '<parent>scsi_host1</parent>') =>
    `<device>${parent}<capability type='scsi_host'><capability type='fc_host'><wwnn>2000000099990001</wwnn><wwpn>${wwpn}</wwpn></capability></capability></device>`;

  test('of test:///default are those of libvirt', async () => {
    const devices = has((await alone()).nodeDevices);
    const rows = await devices.list();
    expect(rows.map((row) => [row.name, row.parent, row.capabilities])).toEqual([
      ['computer', undefined, ['system']],
      ['scsi_host1', 'computer', ['scsi_host']],
      ['scsi_host2', 'computer', ['scsi_host']],
      ['scsi_host11', 'scsi_host1', ['scsi_host']],
    ]);
    expect((await devices.list('vports')).map((row) => row.name)).toEqual(['scsi_host1', 'scsi_host2']);
    expect(await devices.list('net')).toEqual([]);
    for (const { name } of rows) expect(nodeDevice.read(await devices.xml(name)).name).toBe(name);
  });

  test('that are virtual are made and removed, and readers are told', async () => {
    const connection = await alone();
    const devices = has(connection.nodeDevices);
    const stop = new AbortController();
    const changes = connection.changes(stop.signal)[Symbol.asyncIterator]();
    const name = await devices.create(port('1000000099990001'));
    expect((await changes.next()).value).toEqual({ kind: 'node-devices' });
    expect(name).toBe('scsi_host12');
    expect(nodeDevice.read(await devices.xml(name))).toMatchObject({
      parent: 'scsi_host1',
      scsiHost: { fcHost: { wwpn: '1000000099990001', fabricWwn: '2000000043214321' } },
    });
    expect(nodeDevice.read(await devices.xml('scsi_host1')).scsiHost?.vports?.used).toBe(2);
    await devices.destroy(name);
    expect(nodeDevice.read(await devices.xml('scsi_host1')).scsiHost?.vports?.used).toBe(1);
    stop.abort();
  });

  test('that are wrong are refused', async () => {
    const devices = has((await alone()).nodeDevices);
    await devices.create(port('1000000099990001', ''));
    for (const [xml, code] of [
      [port('1000000099990001'), 'exists'],
      [port('1000000099990002', '<parent>none</parent>'), 'not_found'],
      [port('1000000099990002', '<parent>computer</parent>'), 'invalid_argument'],
      [port(''), 'xml_invalid'],
      ['<device><name>x</name></device>', 'invalid_argument'],
      ['<network/>', 'xml_invalid'],
    ] as const)
      await expect(devices.create(xml), xml).rejects.toMatchObject({ code });
    await expect(devices.destroy('computer')).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  test('of the showcase can be read, and its graphics card makes mediated ones', async () => {
    const devices = has((await alone('test:///showcase')).nodeDevices);
    const rows = await devices.list();
    for (const row of rows) expect(v.parse(NodeDevice, row)).toEqual(row);
    expect(rows.map((row) => row.label).join()).toContain('NVIDIA Corporation GA107GL');
    const [card] = await devices.list('mdev_types');
    const wanted = (id: string) =>
      `<device><parent>${card?.name ?? ''}</parent><capability type='mdev'><type id='${id}'/><uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid></capability></device>`;
    const name = await devices.create(wanted('nvidia-742'));
    expect(name).toBe('mdev_6695eb01_f6a4_8304_79aa_97f2502e193f_0000_01_00_0');
    await expect(devices.create(wanted('nvidia-742'))).rejects.toMatchObject({ code: 'exists' });
    await expect(devices.create(wanted('amd-1'))).rejects.toMatchObject({ code: 'invalid_argument' });
    await devices.destroy(name);
    await expect(devices.xml(name)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('secrets', () => {
  const xml = (volume: string, uuid = '') =>
    `<secret ephemeral='no' private='yes'>${uuid}<description>d</description><usage type='volume'><volume>${volume}</volume></usage></secret>`;
  const store = async (): Promise<NonNullable<Connection['secrets']>> => has((await alone()).secrets);

  test('are defined, get a value that never comes out, and are forgotten', async () => {
    const secrets = await store();
    const made = await secrets.define(xml('/a'));
    expect(v.parse(Secret, made)).toEqual(made);
    expect(made).toMatchObject({
      usage: 'volume',
      usageId: '/a',
      description: 'd',
      private: true,
      ephemeral: false,
    });
    await secrets.setValue(made.uuid, Buffer.from('never seen'));
    expect(JSON.stringify([await secrets.list(), await secrets.xml(made.uuid)])).not.toContain('never seen');
    expect(await secrets.xml(made.uuid)).toContain(`<uuid>${made.uuid}</uuid>`);
    await secrets.undefine(made.uuid);
    expect(await secrets.list()).toEqual([]);
    await expect(secrets.setValue(made.uuid, Buffer.from('x'))).rejects.toMatchObject({ code: 'not_found' });
  });

  test('for the same thing twice, or for another thing than before, are refused', async () => {
    const secrets = await store();
    const { uuid } = await secrets.define(xml('/a'));
    await expect(secrets.define(xml('/a'))).rejects.toMatchObject({ code: 'exists' });
    await expect(secrets.define(xml('/b', `<uuid>${uuid}</uuid>`))).rejects.toMatchObject({ code: 'exists' });
    await secrets.define(xml('/a', `<uuid>${uuid}</uuid>`));
    await expect(secrets.define('<secret')).rejects.toMatchObject({ code: 'xml_invalid' });
    await expect(secrets.setValue(uuid, new Uint8Array(70_000))).rejects.toMatchObject({ code: 'too_large' });
  });
});
