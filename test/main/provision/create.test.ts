import { hostname } from 'node:os';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Connection, OpenContext } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { testDriver } from '../../../drivers/test/index.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { Catalog } from '../../../main/catalog/catalog.ts';
import { runPlan } from '../../../main/provision/create.ts';
import { preparePlan } from '../../../main/provision/prepare.ts';
import type { Choices } from '../../../preload/create.ts';

const open: Connection[] = [];
let instance = 0;
async function connect(params = ''): Promise<Connection> {
  const uri = parseUri(`test:///default?instance=create${String(instance++)}&pace=0${params}`);
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };
  // the made-up hypervisor asks its host for a name only
  const host = { hostname: hostname() } as OpenContext['host'];
  const connection = await testDriver.open(uri, { host, readOnly: false, log: quiet });
  open.push(connection);
  return connection;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close()));
});

const catalog = new Catalog();
const prepare = (connection: Connection, choices: Choices, document?: string) =>
  preparePlan(choices, { connection, hostName: 'Test', catalog }, document);

/** What is on the host: names of machines and paths of volumes. */
async function inventory(connection: Connection): Promise<string[]> {
  const pools = await connection.volumes.pools();
  const volumes = (await Promise.all(pools.map(({ name }) => connection.volumes.list(name)))).flat();
  const machines = await connection.domains.list();
  return [...machines.map(({ name }) => name), ...volumes.map(({ path }) => path)].sort();
}

async function firstDisc(connection: Connection): Promise<string> {
  const found = await find(connection, null, /debian.*\.iso$/);
  if (found === undefined) throw new Error('The test host has no disc');
  return found;
}
async function find(
  connection: Connection,
  folder: string | null,
  wanted: RegExp,
): Promise<string | undefined> {
  for (const entry of (await connection.volumes.browse(folder)).entries) {
    if (entry.kind === 'file' && wanted.test(entry.path)) return entry.path;
    const inside = entry.kind === 'folder' ? await find(connection, entry.path, wanted) : undefined;
    if (inside !== undefined) return inside;
  }
  return undefined;
}
const cloud = async (connection: Connection): Promise<Choices> => ({
  name: 'cloudy',
  source: { kind: 'cloud', path: await image(connection), user: 'ada', password: 'x', sshKeys: [] },
});
async function image(connection: Connection): Promise<string> {
  const [pool] = await connection.volumes.pools();
  if (!pool) throw new Error('The test host has no pool');
  return (
    await connection.volumes.create(pool.name, {
      name: 'base.qcow2',
      format: 'qcow2',
      capacity: 4 * 1024 ** 3,
    })
  ).path;
}

describe('making a machine', () => {
  it('from a disc: it is recognised, made with its disk and started', async () => {
    const connection = await connect();
    const before = await inventory(connection);
    const made = await prepare(connection, { source: { kind: 'iso', path: await firstDisc(connection) } });
    expect(made.problems.filter(({ level }) => level === 'error')).toEqual([]);
    expect(made.resolved).toMatchObject({
      recognised: true,
      system: { id: 'http://debian.org/debian/12' },
      media: { boots: ['bios', 'efi'] },
    });
    const steps: string[] = [];
    const progress: number[] = [];
    const { uuid } = await runPlan(connection, made, {
      onStep: (step) => steps.push(step),
      onProgress: (done) => progress.push(done),
    });
    expect(uuid).toBe(made.uuid);
    expect(steps).toEqual(['volume', 'define', 'start']);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(await connection.domains.get(uuid)).toMatchObject({
      name: 'debian-12',
      state: 'running',
      osId: 'http://debian.org/debian/12',
    });
    const path = made.resolved.values.disk.path ?? '';
    expect(await inventory(connection)).toEqual([...before, 'debian-12', path].sort());
    expect(readDomain(await connection.domains.xml(uuid)).devices.disks[0]?.source?.file).toBe(path);
  });

  it('from a cloud image: a copy and a seed are made, the machine stays off where asked', async () => {
    const connection = await connect();
    const made = await prepare(connection, { ...(await cloud(connection)), start: false });
    const { uuid } = await runPlan(connection, made);
    expect((await connection.domains.get(uuid)).state).toBe('shutoff');
    const seed = made.steps.find((step) => step.kind === 'seed');
    const head = await connection.volumes.read(seed?.path ?? '', 32_768, 64);
    expect(Buffer.from(head).toString('latin1')).toContain('cidata');
  });

  it('from the document as the person changed it', async () => {
    const connection = await connect();
    const choices: Choices = { source: { kind: 'empty' }, name: 'plain', start: false };
    const first = await prepare(connection, choices);
    const changed = first.document.replace('<name>plain</name>', '<name>fancy</name>');
    const { uuid } = await runPlan(connection, await prepare(connection, choices, changed));
    expect((await connection.domains.get(uuid)).name).toBe('fancy');
    const lost = await prepare(connection, choices, changed.replace('plain.qcow2', 'elsewhere.qcow2'));
    expect(lost.problems.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['document_disk', 'name_taken']),
    );
    const broken = await prepare(connection, choices, '<domain>');
    expect(broken.problems).toMatchObject([{ code: 'xml_bad', field: 'document', level: 'error' }]);
  });

  it('from a document of the person', async () => {
    const connection = await connect();
    const text =
      "<domain type='test'><name>listing</name><memory>131072</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os></domain>";
    const { uuid } = await runPlan(connection, await prepare(connection, { source: { kind: 'xml', text } }));
    expect(await connection.domains.get(uuid)).toMatchObject({
      name: 'listing',
      state: 'running',
      memory: 131072 * 1024,
    });
  });
});

describe('nothing half made is left', () => {
  it('when the definition is refused', async () => {
    const connection = await connect('&fail=define:*');
    const choices = await cloud(connection);
    const before = await inventory(connection);
    const steps: string[] = [];
    const made = await prepare(connection, choices);
    await expect(runPlan(connection, made, { onStep: (step) => steps.push(step) })).rejects.toMatchObject({
      name: 'GuestroomError',
    });
    expect(steps.at(-1)).toBe('undo');
    expect(await inventory(connection)).toEqual(before);
  });

  it.each(['copy', 'convert', 'seed', 'define', 'start'])(
    'when it is cancelled at the step “%s”',
    async (at) => {
      const connection = await connect();
      const choices = await cloud(connection);
      const before = await inventory(connection);
      const stop = new AbortController();
      const made = await prepare(
        connection,
        at === 'copy' ? { ...choices, disk: { format: 'qcow2' } } : { ...choices, disk: { format: 'raw' } },
      );
      const run = runPlan(connection, made, {
        signal: stop.signal,
        onStep: (step) => {
          if (step === at) stop.abort();
        },
      });
      await expect(run).rejects.toMatchObject({ code: 'cancelled' });
      expect(await inventory(connection)).toEqual(before);
    },
  );

  it('when another machine took the name meanwhile: that one stays as it is', async () => {
    const connection = await connect();
    const made = await prepare(connection, { source: { kind: 'empty' }, name: 'contested' });
    const other = await connection.domains.define(
      "<domain type='test'><name>contested</name><memory>1024</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>",
    );
    const before = await inventory(connection);
    await expect(runPlan(connection, made)).rejects.toMatchObject({ code: 'exists' });
    expect(await inventory(connection)).toEqual(before);
    expect((await connection.domains.get(other.uuid)).name).toBe('contested');
  });

  it('but a machine that was made and does not start stays, and the error says so', async () => {
    const connection = await connect('&fail=start:*');
    const made = await prepare(connection, { source: { kind: 'empty' }, name: 'stuck' });
    await expect(runPlan(connection, made)).rejects.toMatchObject({
      message: expect.stringContaining('It was made, but') as string,
      domain: made.uuid,
    });
    expect((await connection.domains.get(made.uuid)).state).toBe('shutoff');
  });

  it.each([
    ['a disk', 'volumes', 'create'],
    ['the machine', 'domains', 'define'],
  ] as const)('and %s whose host went before it answered is named', async (_what, group, call) => {
    const connection = await connect();
    const made = await prepare(connection, { source: { kind: 'empty' }, name: 'vague' });
    const asked = connection[group] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const real = asked[call]?.bind(asked);
    vi.spyOn(asked, call).mockImplementation(async (...args) => {
      await real?.(...args);
      throw new GuestroomError('lost', 'The connection ended');
    });
    const path = made.resolved.values.disk.path ?? '';
    await expect(runPlan(connection, made)).rejects.toMatchObject({
      code: 'lost',
      detail: expect.stringContaining(call === 'create' ? path : 'vague') as string,
      hint: expect.stringContaining('may be left') as string,
    });
  });

  it('and what cannot be removed is named', async () => {
    const connection = await connect('&fail=define:*');
    const made = await prepare(connection, { source: { kind: 'empty' }, name: 'sticky' });
    const path = made.resolved.values.disk.path ?? '';
    const steps = {
      onStep: (step: string) => (step === 'define' ? void connection.volumes.delete(path) : undefined),
    };
    await expect(runPlan(connection, made, steps)).rejects.toMatchObject({
      detail: expect.stringContaining(path) as string,
      hint: expect.stringContaining('sticky') as string,
    });
  });
});

it('a plan with a fault is refused before anything is made', async () => {
  const connection = await connect();
  const before = await inventory(connection);
  const made = await prepare(connection, { source: { kind: 'empty' }, name: 'test' });
  await expect(runPlan(connection, made)).rejects.toMatchObject({
    code: 'invalid_argument',
    message: 'Test already has a virtual machine called test',
  });
  expect(await inventory(connection)).toEqual(before);
});

describe('a driver that looks for every file', () => {
  it('may miss the disk that the plan will make, and nothing else', async () => {
    const connection = await connect();
    vi.spyOn(connection.domains, 'check').mockResolvedValue([
      { path: 'devices/disk/source', message: 'The image is not there', level: 'fatal' },
      { path: 'devices/interface', message: 'No such network', level: 'fatal' },
    ]);
    const plan = await prepare(connection, {
      source: { kind: 'empty' },
      name: 'fresh',
      disk: { size: 1024 ** 3 },
    });
    expect(plan.steps.map(({ kind }) => kind)).toContain('volumeCreate');
    expect(
      plan.problems.filter(({ code }) => code === 'document').map(({ params }) => params['path']),
    ).toEqual(['devices/interface']);
  });
});
