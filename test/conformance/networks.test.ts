import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection, NetworkChange, Networks } from '../../drivers/api/driver.ts';
import { DhcpLease, Network } from '../../drivers/api/model.ts';
import { network } from '../../drivers/xml/network/tables.ts';
import type { Network as NetworkDocument } from '../../drivers/xml/network/types.ts';
import { freshName, guestXml, having, Watcher, type Subject } from './fixtures.ts';

let number = 0;
/** An isolated network with a subnet that no other test has. */
const freshNetwork = (): { name: string; subnet: string; xml: string } => {
  number += 1;
  const name = freshName();
  const subnet = `10.${String(80 + (process.pid % 100))}.${String(number)}`;
  const xml = network.build({
    name,
    bridge: { name: `vt${String(process.pid % 100_000)}x${String(number)}` },
    ips: [
      {
        address: `${subnet}.1`,
        netmask: '255.255.255.0',
        dhcp: { ranges: [{ start: `${subnet}.100`, end: `${subnet}.200` }] },
      },
    ],
  });
  return { name, subnet, xml };
};

describe.each(having('networks'))('$name', ({ type, open }) => {
  let subject: Subject;
  let connection: Connection;
  let networks: Networks;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
    if (!connection.networks) throw new Error('the connection has no networks');
    ({ networks } = connection);
  });
  afterAll(() => subject.end());

  const row = async (name: string): Promise<Network | undefined> =>
    (await networks.list()).find((one) => one.name === name);
  const said = async (name: string, inactive = false): Promise<NetworkDocument> =>
    network.read(await networks.xml(name, { inactive }));

  test('a network is defined, started, stopped and forgotten', async () => {
    const { name, subnet, xml } = freshNetwork();
    const made = await networks.define(xml);
    expect(made).toMatchObject({
      name,
      active: false,
      persistent: true,
      autostart: false,
      forward: 'isolated',
      addresses: [`${subnet}.1/24`],
      dhcp: true,
    });
    expect(v.parse(Network, made)).toEqual(made);
    expect(await row(name)).toEqual(made);
    expect(await said(name)).toMatchObject({ name, uuid: made.uuid });
    await networks.start(name);
    expect(await row(name)).toMatchObject({ active: true, uuid: made.uuid });
    await networks.setAutostart(name, true);
    expect(await row(name)).toMatchObject({ autostart: true });
    await networks.destroy(name);
    expect(await row(name)).toMatchObject({ active: false });
    await networks.undefine(name);
    expect(await row(name)).toBeUndefined();
  });

  test('a temporary network is gone once it is stopped', async () => {
    const { name, xml } = freshNetwork();
    expect(await networks.create(xml)).toMatchObject({ active: true, persistent: false });
    await networks.destroy(name);
    expect(await row(name)).toBeUndefined();
  });

  test('what a network’s state does not allow is refused, and what is not there not found', async () => {
    const { name, xml } = freshNetwork();
    await networks.define(xml);
    await expect(networks.destroy(name)).rejects.toMatchObject({ code: 'wrong_state' });
    await networks.start(name);
    await expect(networks.start(name)).rejects.toMatchObject({ code: 'wrong_state' });
    await networks.destroy(name);
    await networks.undefine(name);
    for (const missing of [
      () => networks.xml(name),
      () => networks.start(name),
      () => networks.destroy(name),
      () => networks.undefine(name),
      () => networks.leases(name),
    ])
      await expect(missing()).rejects.toMatchObject({ code: 'not_found' });
  });

  test('names and UUIDs of other networks are refused, and what is no network', async () => {
    const { name, xml } = freshNetwork();
    const { uuid } = await networks.define(xml);
    await expect(networks.define(xml)).rejects.toMatchObject({ code: 'exists' });
    const other = network.build({ ...network.read(freshNetwork().xml), uuid });
    await expect(networks.define(other)).rejects.toMatchObject({ code: 'exists' });
    for (const wrong of [
      '',
      '<network',
      '<pool/>',
      '<network/>',
      "<network><name>x</name><ip address='nowhere'/></network>",
      "<network><name>x</name><forward mode='nat'/></network>",
    ])
      await expect(networks.define(wrong), wrong).rejects.toMatchObject({ code: 'xml_invalid' });
    await networks.undefine(name);
  });

  test('kept addresses are added, changed and deleted while guests stay connected', async () => {
    const { name, subnet, xml } = freshNetwork();
    await networks.define(xml);
    await networks.start(name);
    const host = (mac: string, rest: string): string => `<host mac='52:54:00:00:77:${mac}' ${rest}/>`;
    const change = (command: NetworkChange['command'], element: string): Promise<void> =>
      networks.update(name, { command, section: 'ip-dhcp-host', xml: element, apply: 'both' });
    const hosts = async (inactive = false) => (await said(name, inactive)).ips[0]?.dhcp?.hosts;
    await change('add-last', host('01', `name='one' ip='${subnet}.11'`));
    await change('add-last', host('02', `name='two' ip='${subnet}.12'`));
    await change('add-first', host('03', `name='three' ip='${subnet}.13'`));
    expect((await hosts())?.map((one) => one.name)).toEqual(['three', 'one', 'two']);
    expect(await hosts(true)).toEqual(await hosts());
    await change('modify', host('01', `name='one' ip='${subnet}.21'`));
    expect((await hosts())?.map((one) => one.ip)).toEqual([`${subnet}.13`, `${subnet}.21`, `${subnet}.12`]);
    await change('delete', host('02', ''));
    expect((await hosts())?.map((one) => one.name)).toEqual(['three', 'one']);
    const range = `<range start='${subnet}.210' end='${subnet}.220'/>`;
    await networks.update(name, { command: 'add-last', section: 'ip-dhcp-range', xml: range, apply: 'live' });
    expect((await said(name)).ips[0]?.dhcp?.ranges).toHaveLength(2);
    expect((await said(name, true)).ips[0]?.dhcp?.ranges).toHaveLength(1);
    await networks.destroy(name);
    await expect(
      networks.update(name, { command: 'add-last', section: 'ip-dhcp-range', xml: range, apply: 'live' }),
    ).rejects.toMatchObject({ code: 'wrong_state' });
    await networks.undefine(name);
  });

  test('guests that run on a network have a lease', async () => {
    const { name, subnet, xml } = freshNetwork();
    await networks.create(xml);
    const mac = '52:54:00:77:00:01';
    const card = `<interface type='network'><mac address='${mac}'/><source network='${name}'/></interface>`;
    const { uuid } = await connection.domains.define(guestXml(type, { devices: card }));
    expect(await networks.leases(name)).toEqual([]);
    await connection.domains.start(uuid);
    const leases = await networks.leases(name, mac);
    expect(leases).toEqual([expect.objectContaining({ mac, prefix: 24 })]);
    for (const lease of leases) {
      expect(v.parse(DhcpLease, lease)).toEqual(lease);
      expect(lease.address.startsWith(`${subnet}.`)).toBe(true);
      expect(lease.expires).toBeGreaterThan(Date.now());
    }
    expect(await networks.leases(name, '52:54:00:77:00:02')).toEqual([]);
    await connection.domains.destroy(uuid);
    await connection.domains.undefine(uuid);
    await networks.destroy(name);
  });

  test('every reader is told of networks, each change once', async () => {
    const { name, xml } = freshNetwork();
    const readers = [new Watcher(connection), new Watcher(await subject.again())];
    const { uuid } = await networks.define(xml);
    await networks.start(name);
    await networks.destroy(name);
    await networks.undefine(name);
    for (const reader of readers) {
      await reader.until((seen) => seen.some((one) => one.kind === 'network-removed' && one.uuid === uuid));
      const rows = reader.seen.flatMap((one) => (one.kind === 'network' ? [one.network] : []));
      expect(rows.map(({ active }) => active)).toEqual([false, true, false]);
      await reader.stop();
    }
  });
});
