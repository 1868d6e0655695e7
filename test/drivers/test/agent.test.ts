import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { Connection, GuestAgent } from '../../../drivers/api/driver.ts';
import { GuestInfo, InterfaceAddress } from '../../../drivers/api/model.ts';
import { refusal } from '../../../drivers/api/operations.ts';
import { alone, domainNamed } from './connections.ts';

const agentOf = ({ agent }: Connection): GuestAgent => {
  if (!agent) throw new Error('the connection has no agents');
  return agent;
};

describe('the agent of a made-up guest', () => {
  test('tells what is inside', async () => {
    const connection = await alone('test:///showcase');
    const agent = agentOf(connection);
    const web = await domainNamed(connection, 'web-01');
    const info = await agent.info(web.uuid);
    expect(v.parse(GuestInfo, info)).toEqual(info);
    expect(info).toMatchObject({
      hostname: 'web-01',
      os: { id: 'debian', name: 'Debian GNU/Linux', version: '12' },
    });
    expect(info.filesystems?.map((one) => one.mountpoint)).toEqual(['/', '/boot']);
    for (const { used = 0, total = 0 } of info.filesystems ?? []) expect(used).toBeLessThan(total);
    await agent.setUserPassword(web.uuid, 'root', 'a new one');
    await agent.trim(web.uuid);
  });

  test('holds file systems still, and counts them as libvirt’s test driver does', async () => {
    const connection = await alone('test:///showcase');
    const agent = agentOf(connection);
    const { uuid } = await domainNamed(connection, 'web-01');
    expect(await agent.freeze(uuid, ['/'])).toBe(1);
    expect(await agent.freeze(uuid)).toBe(1);
    expect(JSON.parse(await agent.command(uuid, '{"execute":"guest-fsfreeze-status"}'))).toEqual({
      return: 'frozen',
    });
    expect(await agent.thaw(uuid, ['/boot'])).toBe(1);
    expect(await agent.thaw(uuid)).toBe(1);
    expect(await agent.thaw(uuid)).toBe(0);
  });

  test('answers commands, and refuses what it does not know', async () => {
    const connection = await alone('test:///showcase');
    const agent = agentOf(connection);
    const { uuid } = await domainNamed(connection, 'web-01');
    expect(JSON.parse(await agent.command(uuid, '{"execute":"guest-ping"}'))).toEqual({ return: {} });
    for (const [command, code] of [
      ['{"execute":"constructor"}', 'program_failed'],
      ['{"execute":"guest-exec"}', 'program_failed'],
      ['guest-ping', 'invalid_argument'],
      ['null', 'invalid_argument'],
      ['{"run":"guest-ping"}', 'invalid_argument'],
    ] as const)
      await expect(agent.command(uuid, command), command).rejects.toMatchObject({ code });
  });

  test('is not there without its channel, and the row says so', async () => {
    const connection = await alone('test:///showcase');
    const agent = agentOf(connection);
    const haiku = await domainNamed(connection, 'haiku');
    for (const operation of ['agentCommand', 'guestInfo', 'setUserPassword', 'fsFreeze', 'fsTrim'] as const)
      expect(refusal(operation, connection.verdicts, haiku), operation).toBe('no_agent_channel');
    expect(refusal('interfaceAddresses', connection.verdicts, haiku)).toBeUndefined();
    await expect(agent.info(haiku.uuid)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(agent.addresses(haiku.uuid, 'agent')).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('addresses of made-up guests', () => {
  test('of test:///default are those of libvirt', async () => {
    const connection = await alone();
    const { uuid } = await domainNamed(connection, 'test');
    const addresses = await agentOf(connection).addresses(uuid, 'lease');
    for (const one of addresses) expect(v.parse(InterfaceAddress, one)).toEqual(one);
    expect(addresses).toEqual([
      {
        name: 'testnet0',
        mac: 'aa:bb:cc:dd:ee:ff',
        addresses: [{ family: 'ipv4', address: '192.168.122.3', prefix: 24 }],
      },
    ]);
  });

  test('are in the card’s network, kept ones first, and of as many runs as there may be', async () => {
    const connection = await alone();
    const { networks, domains } = connection;
    await networks?.create(
      `<network><name>six</name><ip family='ipv6' address='fd00::1' prefix='64'><dhcp><range start='fd00::10' end='fd00::20'/></dhcp></ip></network>`,
    );
    await networks?.update('default', {
      command: 'add-last',
      section: 'ip-dhcp-host',
      xml: "<host mac='52:54:00:00:00:01' ip='192.168.122.77'/>",
      apply: 'live',
    });
    const xml = `<domain type='test'><name>g</name><memory>8192</memory><os><type>hvm</type></os><devices>
      <interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface>
      <interface type='network'><source network='six'/></interface>
      <interface type='user'/></devices></domain>`;
    const { uuid } = await domains.define(xml);
    const seen = new Set<string>();
    for (let run = 0; run < 30; run += 1) {
      await domains.start(uuid);
      const [first, second, third] = await agentOf(connection).addresses(uuid, 'arp');
      expect(first?.addresses).toEqual([{ family: 'ipv4', address: '192.168.122.77', prefix: 24 }]);
      expect(second?.addresses[0]).toMatchObject({ family: 'ipv6', prefix: 64 });
      expect(second?.addresses[0]?.address).toMatch(/^fd00::[0-9a-f]{1,4}$/);
      expect(third?.addresses).toEqual([{ family: 'ipv4', address: '192.168.0.3', prefix: 24 }]);
      seen.add(second?.addresses[0]?.address ?? '');
      await domains.destroy(uuid);
    }
    expect(seen.size).toBeGreaterThan(10);
  });
});
