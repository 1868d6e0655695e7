import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DomainSummary, Network, Pool, Snapshot, StatsSnapshot } from '../../../drivers/api/model.ts';
import { drivers, driverFor } from '../../../drivers/index.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { storageVolume } from '../../../drivers/xml/storage/volume.ts';
import { summarize } from '../../../drivers/xml/summary.ts';
import { alone, connect, domainNamed } from './connections.ts';

const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';

describe('test:///default', () => {
  test('is the host that libvirt’s test driver shows', async () => {
    const connection = await alone();
    expect(await connection.domains.list()).toEqual([
      expect.objectContaining({
        uuid,
        name: 'test',
        id: 1,
        state: 'running',
        persistent: true,
        vcpus: 2,
        memory: 8_388_608 * 1024,
        type: 'test',
      }),
    ]);
    expect((await connection.stats()).domains).toEqual([
      expect.objectContaining({ uuid, memoryCurrent: 2_097_152 * 1024 }),
    ]);
    expect(await connection.volumes.pools()).toEqual([
      {
        name: 'default-pool',
        uuid: 'dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566',
        type: 'dir',
        path: '/default-pool',
        capacity: 107_374_182_400,
        available: 107_374_182_400,
        active: true,
        state: 'running',
        persistent: true,
        autostart: false,
      },
    ]);
    expect(await connection.networks?.list()).toEqual([
      {
        name: 'default',
        uuid: 'dd8fe884-6c02-601e-7551-cca97df1c5df',
        active: true,
        persistent: true,
        autostart: false,
        bridge: 'virbr0',
        forward: 'nat',
        addresses: ['192.168.122.1/24'],
        dhcp: true,
      },
    ]);
    expect(await connection.node()).toMatchObject({ cpus: 16, memory: 3_145_728 * 1024 });
  });

  test('is one host for all connections of this process, and begins anew after the last one closed', async () => {
    const [first, second] = [await connect('test:///default'), await connect('test:///default')];
    await first.domains.destroy(uuid);
    expect(await second.domains.get(uuid)).toMatchObject({ state: 'shutoff' });
    await first.close();
    await first.close();
    expect(await second.domains.get(uuid)).toMatchObject({ state: 'shutoff' });
    await second.close();
    const third = await connect('test:///default');
    expect(await third.domains.get(uuid)).toMatchObject({ state: 'running' });
    await third.close();
  });
});

describe('a file in the format of libvirt’s test driver', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guestroom-test-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const domain = (name: string, inside = '', attributes = '') =>
    `<domain type='test'${attributes}><name>${name}</name><memory>8192</memory><os><type>hvm</type></os>${inside}</domain>`;
  const open = async (text: string) => {
    const file = join(folder, 'node.xml');
    await writeFile(file, text);
    return alone(`test://${file}`);
  };

  test('makes its node, pools and domains, inline and in files beside it', async () => {
    await mkdir(join(folder, 'guests'));
    await writeFile(join(folder, 'guests', 'beside.xml'), domain('beside', '<!-- mine -->'));
    const connection = await open(`<?xml version='1.0'?>
<node>
  <cpu><mhz>6000</mhz><model>i986</model><active>50</active><nodes>4</nodes><sockets>4</sockets><cores>4</cores><threads>2</threads></cpu>
  <memory>50000000</memory>
  <network><name>default</name></network>
  <pool type='dir'><name>store</name><target><path>/store</path></target></pool>
  <domain file='guests/beside.xml'/>
  ${domain('inline', `<uuid>${uuid}</uuid>`)}
</node>`);
    expect(await connection.node()).toMatchObject({
      arch: 'i986',
      cpus: 50,
      cpuMhz: 6000,
      sockets: 16,
      coresPerSocket: 4,
      threadsPerCore: 2,
      memory: 50_000_000 * 1024,
    });
    expect(await connection.volumes.pools()).toEqual([
      expect.objectContaining({ name: 'store', path: '/store' }),
    ]);
    expect(await domainNamed(connection, 'inline')).toMatchObject({ uuid, state: 'running' });
    const beside = await domainNamed(connection, 'beside');
    expect(await connection.domains.xml(beside.uuid)).toContain('<!-- mine -->');
  });

  test('lists the volumes of its pools, inline and in files beside it', async () => {
    await writeFile(
      join(folder, 'far.xml'),
      `<volume><name>far.qcow2</name><key>far away</key><capacity>5000000</capacity>
  <target><path>/far/away.qcow2</path><format type='qcow2'/></target>
  <backingStore><path>/store/near.img</path><format type='raw'/></backingStore></volume>`,
    );
    const { pools, volumes } = await open(`<node>
  <pool type='dir'><name>store</name><target><path>/store</path></target>
    <volume type='file'><name>near.img</name><capacity unit='MiB'>10</capacity><allocation unit='MiB'>2</allocation></volume>
    <volume file='far.xml'/>
  </pool>
  ${domain('a', "<devices><disk type='file' device='disk'><source file='/store/gone.img'/><target dev='vda'/></disk></devices>")}
</node>`);
    const near = { path: '/store/near.img', name: 'near.img', pool: 'store', format: 'raw' };
    const far = { path: '/far/away.qcow2', name: 'far.qcow2', pool: 'store', format: 'qcow2' };
    expect(await volumes.list('store')).toEqual([
      { ...near, capacity: 10_485_760, allocation: 2_097_152 },
      { ...far, capacity: 5_000_000, allocation: 5_000_000, backing: near.path },
    ]);
    // as libvirt's own test driver counts
    expect(await volumes.pools()).toEqual([
      expect.objectContaining({ capacity: 107_374_182_400, available: 107_367_085_248, persistent: true }),
    ]);
    expect(storageVolume.read((await pools?.volumeXml(far.path)) ?? '')).toMatchObject({
      name: 'far.qcow2',
      key: 'far away',
      backingStore: { path: near.path, format: 'raw' },
    });
  });

  test('says in which state each domain begins', async () => {
    const state = (words: string) =>
      `<test:x xmlns:test='http://libvirt.org/schemas/domain/test/1.0'/>${words}`;
    const run = (number: number, more = '') => `<test:runstate>${String(number)}</test:runstate>${more}`;
    const connection = await open(`<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  ${domain('running', run(1))}
  ${domain('paused', run(3))}
  ${domain('off', run(5))}
  ${domain('crashed', run(6))}
  ${domain('sleeping', run(7))}
  ${domain('temporary', run(1, '<test:transient>1</test:transient>'))}
  ${domain('saved', run(5, '<test:hasmanagedsave>1</test:hasmanagedsave>'))}
  ${domain('unsaid', state(''))}
</node>`);
    const rows = await connection.domains.list();
    expect(rows.map((row) => [row.name, row.state, row.persistent, row.hasManagedSave])).toEqual([
      ['running', 'running', true, false],
      ['paused', 'paused', true, false],
      ['off', 'shutoff', true, false],
      ['crashed', 'crashed', true, false],
      ['sleeping', 'pmsuspended', true, false],
      ['temporary', 'running', false, false],
      ['saved', 'shutoff', true, true],
      ['unsaid', 'running', true, false],
    ]);
    // domains that share no text of their own document stay readable by themselves
    for (const row of rows) expect(readDomain(await connection.domains.xml(row.uuid)).name).toBe(row.name);
  });

  test.each([
    ['a file that is not there', undefined, 'not_found'],
    ['another document', '<domain/>', 'xml_invalid'],
    ['a domain file that is not there', "<node><domain file='gone.xml'/></node>", 'not_found'],
    ['two domains of one name', `<node>${domain('a')}${domain('a')}</node>`, 'xml_invalid'],
    [
      'a state that is none',
      `<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>${domain('a', '<test:runstate>9</test:runstate>')}</node>`,
      'xml_invalid',
    ],
    ['a number that is none', '<node><cpu><active>many</active></cpu></node>', 'xml_invalid'],
  ])('is refused when it is wrong: %s', async (_, text, code) => {
    const opening = text === undefined ? alone(`test://${folder}/none.xml`) : open(text);
    await expect(opening).rejects.toMatchObject({ name: 'GuestroomError', code });
  });
});

describe('test:///showcase', () => {
  test('shows machines in every state, and each row and document is what it should be', async () => {
    const connection = await alone('test:///showcase');
    const rows = await connection.domains.list();
    expect(rows.length).toBeGreaterThanOrEqual(12);
    expect(new Set(rows.map((row) => row.state))).toEqual(
      new Set(['running', 'paused', 'shutoff', 'crashed']),
    );
    expect(rows.some((row) => row.problem)).toBe(true);
    expect(rows.some((row) => row.hasManagedSave)).toBe(true);
    expect(rows.some((row) => !row.persistent)).toBe(true);
    expect(rows.some((row) => row.name.length > 100)).toBe(true);
    for (const row of rows) {
      expect(v.parse(DomainSummary, row)).toEqual(row);
      const document = readDomain(await connection.domains.xml(row.uuid, { inactive: true }));
      // what was told without reading the document is what the document says
      expect(row).toMatchObject(summarize(document));
    }
    expect(v.parse(StatsSnapshot, await connection.stats()).domains.length).toBeGreaterThan(3);
  });

  test('has networks, pools and snapshots as a small office has', async () => {
    const { networks, pools, snapshots, domains } = await alone('test:///showcase');
    const nets = (await networks?.list()) ?? [];
    for (const row of nets) expect(v.parse(Network, row)).toEqual(row);
    expect(new Set(nets.map((row) => row.forward))).toEqual(new Set(['nat', 'bridge', 'isolated', 'route']));
    expect(nets.some((row) => !row.active)).toBe(true);
    expect((await networks?.leases('default'))?.length).toBeGreaterThan(3);
    const stores = (await pools?.list()) ?? [];
    for (const row of stores) expect(v.parse(Pool, row)).toEqual(row);
    expect(new Set(stores.map((row) => row.type))).toEqual(new Set(['dir', 'netfs', 'logical']));
    expect(stores.some((row) => !row.active)).toBe(true);
    let taken = 0;
    for (const { uuid } of await domains.list())
      for (const row of (await snapshots?.list(uuid)) ?? []) {
        expect(v.parse(Snapshot, row)).toEqual(row);
        taken += 1;
      }
    expect(taken).toBeGreaterThan(5);
  });

  test('its media are recognised by their own content', async () => {
    const { volumes } = await alone('test:///showcase');
    const home = await volumes.browse(null);
    const downloads = home.entries.find((entry) => entry.name === 'Downloads');
    const { entries } = await volumes.browse(downloads?.path ?? '');
    const labels = new Map<string, string>();
    for (const entry of entries) {
      const sector = Buffer.from(await volumes.read(entry.path, 16 * 2048, 2048));
      expect(sector.subarray(0, 7).toString('latin1')).toBe('\x01CD001\x01');
      expect(sector.readUInt32LE(80)).toBe((entry.size ?? 0) / 2048);
      expect(sector.readUInt32BE(84)).toBe((entry.size ?? 0) / 2048);
      labels.set(entry.name, sector.subarray(40, 72).toString('latin1').trimEnd());
    }
    expect(labels.get('debian-12.7.0-amd64-netinst.iso')).toBe('Debian 12.7.0 amd64 n');
    expect(labels.get('Win11_24H2_English_x64.iso')).toBe('CCCOMA_X64FRE_EN-US_DV9');
    expect([...labels.values()].some((label) => label.startsWith('Ubuntu-Server 24.04'))).toBe(true);
  });

  test('failures and delays happen where the address asks for them', async () => {
    const connection = await alone('test:///showcase?fail=start:web-02,suspend:*');
    const off = await domainNamed(connection, 'web-02');
    await expect(connection.domains.start(off.uuid)).rejects.toMatchObject({
      code: 'program_failed',
      domain: off.uuid,
    });
    expect(await connection.domains.get(off.uuid)).toEqual(off);
    const running = await domainNamed(connection, 'web-01');
    await expect(connection.domains.suspend(running.uuid)).rejects.toMatchObject({ code: 'program_failed' });
    await connection.domains.shutdown(running.uuid);
    await connection.domains.start(running.uuid);
    await expect(alone('test:///default?delay=soon')).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  test('while one thing is done to a machine, another is refused as busy', async () => {
    const connection = await alone('test:///default?pace=1');
    const saving = connection.domains.managedSave(uuid);
    await expect(connection.domains.destroy(uuid)).rejects.toMatchObject({ code: 'busy', retryable: true });
    await saving;
    await connection.domains.start(uuid);
    const stop = new AbortController();
    const cancelled = connection.domains.managedSave(uuid, {
      signal: stop.signal,
      onProgress: (done) => {
        if (done > 0.3) stop.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'running', hasManagedSave: false });
    await connection.domains.destroy(uuid);
  });
});

describe('test:///generate', () => {
  test('makes the same host for the same numbers, another for other ones', async () => {
    const rows = async (uri: string) => {
      const connection = await alone(uri);
      // start times and numbers of a run are not part of the host
      return (await connection.domains.list()).map(({ uuid: id, name, state, osId, memory }) =>
        [id, name, state, osId, memory].join(),
      );
    };
    const first = await rows('test:///generate?domains=200&seed=7');
    expect(await rows('test:///generate?domains=200&seed=7')).toEqual(first);
    expect(await rows('test:///generate?domains=200&seed=8')).not.toEqual(first);
    expect(new Set(first).size).toBe(200);
  });

  test('10,000 machines are listed and sampled, each with a document of its own', async () => {
    const connection = await alone('test:///generate?domains=10000&running=0.4');
    const rows = await connection.domains.list();
    expect(rows).toHaveLength(10_000);
    expect(new Set(rows.map((row) => row.uuid)).size).toBe(10_000);
    const active = rows.filter((row) => row.state !== 'shutoff').length;
    expect(active).toBeGreaterThan(3_700);
    expect(active).toBeLessThan(4_300);
    expect((await connection.stats()).domains).toHaveLength(active);
    const last = rows.at(-1);
    expect(readDomain(await connection.domains.xml(last?.uuid ?? ''))).toMatchObject({ name: last?.name });
  });

  test.each(['domains=-1', 'domains=1.5', 'domains=many', 'running=2', 'seed='])(
    'refuses %s',
    async (query) => {
      await expect(alone(`test:///generate?${query}`)).rejects.toMatchObject({ code: 'invalid_argument' });
    },
  );
});

describe('the registry', () => {
  test('finds the driver of an address, and says what is missing for the others', () => {
    expect(drivers.map((driver) => driver.name)).toContain('test');
    expect(driverFor('test:///default').name).toBe('test');
    for (const uri of [
      ...['qemu:///system', 'lxc:///', 'test+unix:///default?socket=/run/a.sock'],
      ...['qemu+ssh://host/system', 'xen+libssh2://host/system', 'test+ssh://host/default'],
    ])
      expect(driverFor(uri).name, uri).toBe('libvirt');
    expect(driverFor('qemu+ssh://host/embed').name).toBe('qemu');
    for (const [uri, code, words] of [
      ['lxc:///embed', 'unsupported', /embedded driver for lxc/],
      ['lxc+ssh://host/embed', 'unsupported', /embedded driver for lxc/],
      ['http://example.org/', 'invalid_argument', /No driver/],
    ] as const)
      expect(() => driverFor(uri), uri).toThrow(
        expect.objectContaining({
          code,
          message: expect.stringMatching(words),
          hint: expect.stringMatching(/:\/\/\//),
        }),
      );
    expect(() => driverFor('nonsense')).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
  });
});
