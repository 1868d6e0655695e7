import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { testDriver } from '../../drivers/test/index.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { has, log } from './libvirt-node.ts';

const why = await libvirtdOrWhyNot('libvirt-alike');
const uuids = {
  runs: '11111111-2222-4333-8444-555555555501',
  sleeps: '11111111-2222-4333-8444-555555555502',
  off: '11111111-2222-4333-8444-555555555503',
  saved: '11111111-2222-4333-8444-555555555504',
  passing: '11111111-2222-4333-8444-555555555505',
  crashed: '11111111-2222-4333-8444-555555555506',
} as const;

const domain = (name: keyof typeof uuids, test: string, extra = ''): string =>
  `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
    <name>${name}</name><uuid>${uuids[name]}</uuid>${extra}
    <memory unit='KiB'>524288</memory><currentMemory unit='KiB'>262144</currentMemory><vcpu>3</vcpu>
    <os><type arch='i686'>hvm</type></os>
    <devices><disk type='file' device='disk'><source file='/guest/${name}.img'/><target dev='vda' bus='virtio'/></disk></devices>
    ${test}
  </domain>`;

const file = `<node>
  <cpu><mhz>2600</mhz><model>x86_64</model><active>8</active><nodes>1</nodes><sockets>2</sockets><cores>2</cores><threads>2</threads></cpu>
  <memory>16777216</memory>
  ${domain('runs', '', '<title>The one that runs</title><description>Its notes</description>')}
  ${domain('sleeps', '<test:runstate>3</test:runstate>')}
  ${domain('off', '<test:runstate>5</test:runstate>')}
  ${domain('saved', '<test:runstate>5</test:runstate><test:hasmanagedsave>1</test:hasmanagedsave>')}
  ${domain('passing', '<test:transient>1</test:transient>')}
  ${domain('crashed', '<test:runstate>6</test:runstate>')}
  <network><name>lan</name><uuid>22222222-2222-4333-8444-555555555501</uuid><forward mode='nat'/><bridge name='virbr7'/><ip address='192.168.7.1' netmask='255.255.255.0'><dhcp><range start='192.168.7.100' end='192.168.7.200'/></dhcp></ip></network>
  <interface type='ethernet' name='eth7'><mac address='aa:bb:cc:00:00:07'/></interface>
  <pool type='dir'><name>images</name><uuid>33333333-2222-4333-8444-555555555501</uuid><target><path>/images</path></target>
    <volume><name>one.img</name><capacity>1073741824</capacity><allocation>4096</allocation><target><path>/images/one.img</path><format type='raw'/></target></volume>
  </pool>
</node>
`;

/** A row without what each side chooses by itself. */
const comparable = ({
  uuid,
  name,
  state,
  persistent,
  autostart,
  hasManagedSave,
  vcpus,
  memory,
  title,
  note,
  type,
}: DomainSummary) => ({
  uuid,
  name,
  state,
  persistent,
  autostart,
  hasManagedSave,
  vcpus,
  memory,
  title,
  note,
  type,
});

describe.skipIf(why !== undefined)('the test hypervisor of libvirt and ours, from one file', () => {
  let lab: Libvirtd;
  let sides: readonly [name: string, connection: Connection][];

  beforeAll(async () => {
    lab = await startLibvirtd();
    const path = join(lab.files, 'node.xml');
    await writeFile(path, file);
    const context = { host: createLocalHost({}), readOnly: false, log };
    sides = [
      ['libvirt', await libvirtDriver.open(parseUri(lab.uri({ driver: 'test', path })), context)],
      ['ours', await testDriver.open(parseUri(`test://${path}`), context)],
    ];
  });
  afterAll(async () => {
    for (const [, connection] of sides ?? []) await connection.close();
    await lab?.end();
  });

  /** What both sides answer; fails where they differ. */
  async function both<T>(ask: (connection: Connection) => Promise<T>): Promise<T> {
    const [theirs, ours] = await Promise.all(sides.map(([, connection]) => ask(connection)));
    expect(ours).toEqual(theirs);
    return ours as T;
  }
  /** The code of the error that both sides reject with. */
  const refusal = (ask: (connection: Connection) => Promise<unknown>): Promise<string> =>
    both((connection) =>
      ask(connection).then(
        () => 'done',
        (error: Error & { code?: string }) => error.code ?? error.message,
      ),
    );
  const row = (uuid: string) => both(async ({ domains }) => comparable(await domains.get(uuid)));

  it('know the same machines, in the same states', async () => {
    const rows = await both(async ({ domains }) =>
      (await domains.list()).map(comparable).sort((a, b) => a.name.localeCompare(b.name)),
    );
    expect(rows.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'crashed crashed',
      'off shutoff',
      'passing running',
      'runs running',
      'saved shutoff',
      'sleeps paused',
    ]);
    expect(rows.find(({ name }) => name === 'runs')).toMatchObject({
      title: 'The one that runs',
      note: 'Its notes',
      memory: 512 * 1024 * 1024,
      vcpus: 3,
    });
  });

  it('have the same host', async () => {
    const node = await both(async (connection) => {
      const { arch, cpus, cpuMhz, sockets, coresPerSocket, threadsPerCore, memory } = await connection.node();
      return { arch, cpus, cpuMhz, sockets, coresPerSocket, threadsPerCore, memory };
    });
    expect(node).toMatchObject({ arch: 'x86_64', cpus: 8, memory: 16 * 1024 ** 3 });
  });

  it('read the same from their documents', async () => {
    const facts = await both(async ({ domains }) => {
      const { name, uuid, memory, currentMemory, vcpu, os, devices } = readDomain(
        await domains.xml(uuids.runs),
      );
      return {
        name,
        uuid,
        memory,
        currentMemory,
        vcpu: vcpu.count,
        os: os.type,
        disks: devices.disks.map(({ source }) => source?.file),
      };
    });
    expect(facts.disks).toEqual(['/guest/runs.img']);
  });

  it('have the same networks, interfaces, pools and volumes', async () => {
    expect(await both((connection) => has(connection.networks).list())).toMatchObject([
      {
        name: 'lan',
        active: true,
        persistent: true,
        forward: 'nat',
        addresses: ['192.168.7.1/24'],
        dhcp: true,
      },
    ]);
    expect(await both((connection) => has(connection.interfaces).list())).toMatchObject([{ name: 'eth7' }]);
    const pools = await both(async ({ volumes }) =>
      (await volumes.pools()).map(({ name, uuid, type, path, active }) => ({
        name,
        uuid,
        type,
        path,
        active,
      })),
    );
    expect(pools).toMatchObject([{ name: 'images', type: 'dir', path: '/images', active: true }]);
    const volumes = await both(async (connection) =>
      (await connection.volumes.list('images')).map(({ name, path, capacity, format }) => ({
        name,
        path,
        capacity,
        format,
      })),
    );
    expect(volumes).toEqual([
      { name: 'one.img', path: '/images/one.img', capacity: 1024 ** 3, format: 'raw' },
    ]);
  });

  it('go through the same states', async () => {
    await both(({ domains }) => domains.suspend(uuids.runs));
    expect(await row(uuids.runs)).toMatchObject({ state: 'paused' });
    await both(({ domains }) => domains.resume(uuids.runs));
    await both(({ domains }) => domains.start(uuids.off));
    expect(await row(uuids.off)).toMatchObject({ state: 'running' });
    await both(({ domains }) => domains.shutdown(uuids.off));
    await both(({ domains }) => domains.destroy(uuids.runs));
    expect(await row(uuids.runs)).toMatchObject({ state: 'shutoff', persistent: true });
    await both(({ domains }) => domains.destroy(uuids.passing));
    expect(await refusal(({ domains }) => domains.get(uuids.passing))).toBe('not_found');
    await both(({ domains }) => domains.start(uuids.saved));
    expect(await row(uuids.saved)).toMatchObject({ state: 'running', hasManagedSave: false });
    await both(({ domains }) => domains.managedSave(uuids.saved));
    expect(await row(uuids.saved)).toMatchObject({ state: 'shutoff', hasManagedSave: true });
    await both(({ domains }) => domains.managedSaveRemove(uuids.saved));
  });

  it('change the same things', async () => {
    await both(({ domains }) => domains.setAutostart(uuids.off, true));
    await both(({ domains }) => domains.rename(uuids.off, 'renamed'));
    await both(({ domains }) => domains.setMetadata(uuids.off, { title: 'New', description: 'Words' }));
    expect(await row(uuids.off)).toMatchObject({
      name: 'renamed',
      autostart: true,
      title: 'New',
      note: 'Words',
    });
    await both(({ domains }) => domains.undefine(uuids.off));
    expect(await refusal(({ domains }) => domains.xml(uuids.off))).toBe('not_found');
    const xml = domain('off', '');
    expect(await both(async ({ domains }) => comparable(await domains.define(xml)))).toMatchObject({
      state: 'shutoff',
      name: 'off',
    });
  });

  it('take snapshots and go back to them alike', async () => {
    const snapshots = (connection: Connection) => has(connection.snapshots);
    const rows = () =>
      both(async (connection) =>
        (await snapshots(connection).list(uuids.sleeps)).map(
          ({ name, parent, current, state, description }) => ({
            name,
            parent,
            current,
            state,
            description,
          }),
        ),
      );
    await both(async (connection) => {
      await snapshots(connection).create(uuids.sleeps, { name: 'first', description: 'paused' });
      await connection.domains.resume(uuids.sleeps);
      await snapshots(connection).create(uuids.sleeps, { name: 'second' });
      return 'made';
    });
    const made = (await rows()).sort((a, b) => a.name.localeCompare(b.name));
    expect(made).toMatchObject([
      { name: 'first', current: false, state: 'paused', description: 'paused' },
      { name: 'second', parent: 'first', current: true, state: 'running' },
    ]);
    await both((connection) => snapshots(connection).revert(uuids.sleeps, 'first'));
    expect(await row(uuids.sleeps)).toMatchObject({ state: 'paused' });
    await both((connection) => snapshots(connection).delete(uuids.sleeps, 'first', { children: true }));
    expect(await rows()).toEqual([]);
  });

  it('change networks and pools alike', async () => {
    await both((connection) => has(connection.networks).destroy('lan'));
    expect(await both((connection) => has(connection.networks).list())).toMatchObject([{ active: false }]);
    await both((connection) => has(connection.networks).start('lan'));
    await both((connection) => has(connection.networks).setAutostart('lan', true));
    expect(await both((connection) => has(connection.networks).list())).toMatchObject([
      { active: true, autostart: true },
    ]);
    const pool =
      "<pool type='dir'><name>more</name><uuid>33333333-2222-4333-8444-555555555502</uuid><target><path>/more</path></target></pool>";
    const essence = async (connection: Connection) =>
      (await has(connection.pools).list())
        .map(({ name, active, persistent, autostart }) => ({ name, active, persistent, autostart }))
        .sort((a, b) => a.name.localeCompare(b.name));
    await both(async (connection) => {
      await has(connection.pools).define(pool);
      return 'defined';
    });
    expect(await both(essence)).toMatchObject([
      { name: 'images' },
      { name: 'more', active: false, persistent: true },
    ]);
    await both((connection) => has(connection.pools).start('more'));
    await both(async (connection) => {
      await connection.volumes.create('more', { name: 'new.img', format: 'raw', capacity: 4096 });
      return 'made';
    });
    expect(
      await both(async (connection) =>
        (await connection.volumes.list('more')).map(({ name, capacity }) => ({ name, capacity })),
      ),
    ).toEqual([{ name: 'new.img', capacity: 4096 }]);
    await both((connection) => has(connection.pools).destroy('more'));
    await both((connection) => has(connection.pools).undefine('more'));
    expect(await both(essence)).toMatchObject([{ name: 'images' }]);
  });

  it('refuse alike', async () => {
    const nobody = '11111111-2222-4333-8444-5555555555ff';
    expect(await refusal(({ domains }) => domains.get(nobody))).toBe('not_found');
    expect(await refusal(({ domains }) => domains.suspend(uuids.runs))).toBe('wrong_state');
    expect(await refusal(({ domains }) => domains.define('<domain'))).toBe('xml_invalid');
    expect(await refusal(({ domains }) => domains.rename(uuids.runs, 'crashed'))).toBe('exists');
    expect(await refusal((connection) => has(connection.networks).xml('none'))).toBe('not_found');
    expect(await refusal((connection) => connection.volumes.list('none'))).toBe('not_found');
  });
});
