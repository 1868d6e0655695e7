import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, OpenContext } from '../../../drivers/api/driver.ts';
import type { Network } from '../../../drivers/api/model.ts';
import { no } from '../../../drivers/api/operations.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { testDriver } from '../../../drivers/test/index.ts';
import { Catalog } from '../../../main/catalog/catalog.ts';
import { runPlan } from '../../../main/provision/create.ts';
import { plan, previewOf } from '../../../main/provision/plan.ts';
import { preparePlan } from '../../../main/provision/prepare.ts';
import type { Choices } from '../../../preload/create.ts';
import { facts } from './facts.ts';

const network = (name: string, active: boolean, autostart = false): Network => ({
  name,
  uuid: '6f0f2a3c-9f0e-4a52-8a6d-0b8f3f1c2d3e',
  active,
  persistent: true,
  autostart,
  forward: 'nat',
  addresses: [],
  dhcp: true,
});
const host = (...networks: Network[]) => facts({ reach: 'system', networks });
const empty: Choices = { source: { kind: 'empty' }, name: 'fresh' };
const on = (source: string, more: Partial<Choices['network']> = {}): Choices => ({
  ...empty,
  network: { kind: 'network', source, ...more },
});
const document = (...names: string[]): Choices => ({
  source: {
    kind: 'xml',
    text: `<domain type='test'><name>own</name><memory>131072</memory><vcpu>1</vcpu><os><type arch='i686'>hvm</type></os><devices>${names
      .map((name) => `<interface type='network'><source network='${name}'/></interface>`)
      .join('')}</devices></domain>`,
  },
});
const happens = (choices: Choices, there = host()) =>
  previewOf(plan(choices, there)).steps.map(({ kind, target }) => `${kind} ${target}`);

describe('the virtual network of a new machine', () => {
  it('is started before the machine when it is off', () => {
    const there = host(network('default', false), network('lab', true));
    expect(happens(empty, there).slice(-3)).toEqual(['define fresh', 'networkStart default', 'start fresh']);
    expect(happens(on('lab'), there).slice(-2)).toEqual(['define fresh', 'start fresh']);
    expect(plan(empty, there).problems.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('is one that the host has; where it has none the guest goes behind the host', () => {
    expect(
      plan(empty, host(network('lab', false), network('office', true))).resolved.values.network,
    ).toMatchObject({ kind: 'network', source: 'office' });
    expect(plan(empty, host()).resolved.values.network.kind).toBe('user');
    expect(plan(on('gone'), host(network('lab', true))).problems).toMatchObject([
      { field: 'network.source', code: 'network_unknown', level: 'error', suggestion: 'lab' },
    ]);
  });

  it('stays off with a machine that stays off, which is said', () => {
    const there = host(network('default', false));
    expect(happens({ ...empty, start: false }, there)).not.toContain('networkStart default');
    expect(plan({ ...empty, start: false }, there).problems).toMatchObject([
      { code: 'network_off', level: 'warning' },
    ]);
  });

  it('is an error beforehand where this connection cannot start it', () => {
    const there = host(network('default', false));
    const verdicts = { ...there.verdicts, networkStart: no('driver_lacks') };
    expect(plan(empty, { ...there, verdicts }).problems).toMatchObject([
      { field: 'network.source', code: 'network_stays_off', level: 'error' },
    ]);
  });

  it('may be set to start with the host, where it is not already', () => {
    const there = host(network('default', false), network('lab', false, true), network('office', true));
    expect(plan(empty, there).resolved.offers.virtualNetworks).toEqual([
      { name: 'default', active: false, mayAutostart: true },
      { name: 'lab', active: false, mayAutostart: false },
      { name: 'office', active: true, mayAutostart: false },
    ]);
    const step = (choices: Choices) =>
      previewOf(plan(choices, there)).steps.find(({ kind }) => kind === 'networkStart');
    expect(step(on('default', { autostart: true }))).toMatchObject({ target: 'default', autostart: true });
    expect(step(on('lab', { autostart: true }))).toEqual({ kind: 'networkStart', target: 'lab' });
  });

  it('is that of a document, too: each of its cards counts, once', () => {
    const there = host(network('default', false), network('lab', false), network('office', true));
    expect(happens(document('lab', 'default', 'lab', 'office'), there)).toEqual([
      'define own',
      'networkStart default',
      'networkStart lab',
      'start own',
    ]);
    expect(plan(document('gone'), there).problems).toMatchObject([
      { field: 'source.text', code: 'network_unknown', level: 'warning' },
    ]);
  });
});

describe('making a machine on a network that is off', () => {
  const open: Connection[] = [];
  let instance = 0;
  async function connect(params = ''): Promise<Connection> {
    const uri = parseUri(`test:///default?instance=networks${String(instance++)}&pace=0${params}`);
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };
    // the made-up hypervisor asks its host for a name only
    const machine = { hostname: 'test' } as OpenContext['host'];
    const connection = await testDriver.open(uri, { host: machine, readOnly: false, log: quiet });
    open.push(connection);
    return connection;
  }
  afterEach(async () => {
    await Promise.all(open.splice(0).map((connection) => connection.close()));
  });
  /** A host whose network `default` is off and stays so when the host starts. */
  async function off(params = ''): Promise<Connection> {
    const connection = await connect(params);
    await connection.networks?.destroy('default');
    await connection.networks?.setAutostart('default', false);
    return connection;
  }
  const catalog = new Catalog();
  const prepare = (connection: Connection, choices: Choices, own?: string) =>
    preparePlan(choices, { connection, hostName: 'Test', catalog }, own);
  const state = async (connection: Connection) => {
    const row = (await connection.networks?.list())?.find(({ name }) => name === 'default');
    return { active: row?.active, autostart: row?.autostart };
  };

  it('starts both; the network with the host only where it was asked', async () => {
    const connection = await off();
    const steps: string[] = [];
    const made = await prepare(connection, empty);
    await runPlan(connection, made, { onStep: (step, target) => steps.push(`${step} ${target}`) });
    expect(steps.slice(-3)).toEqual(['define fresh', 'network default', 'start fresh']);
    expect(await state(connection)).toEqual({ active: true, autostart: false });

    const other = await off();
    await runPlan(other, await prepare(other, on('default', { autostart: true })));
    expect(await state(other)).toEqual({ active: true, autostart: true });
  });

  it('goes on when somebody else starts the network meanwhile', async () => {
    const connection = await off();
    const made = await prepare(connection, empty);
    await connection.networks?.start('default');
    const { uuid } = await runPlan(connection, made);
    expect((await connection.domains.get(uuid)).state).toBe('running');
  });

  it('keeps the machine when the network does not start, and says which one', async () => {
    const connection = await off('&fail=networkStart:default');
    await expect(runPlan(connection, await prepare(connection, empty))).rejects.toThrow(
      /It was made, but the network default does not start/,
    );
    const machine = (await connection.domains.list()).find(({ name }) => name === 'fresh');
    expect(machine?.state).toBe('shutoff');
  });

  it('leaves the network as it was when the making is cancelled', async () => {
    const connection = await off();
    const stop = new AbortController();
    const run = runPlan(connection, await prepare(connection, on('default', { autostart: true })), {
      signal: stop.signal,
      onStep: (step) => {
        if (step === 'start') stop.abort();
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect(await state(connection)).toEqual({ active: false, autostart: false });
  });

  it('follows the document as the person changed it', async () => {
    const connection = await off();
    const first = await prepare(connection, empty);
    expect(first.steps.map(({ kind }) => kind)).toContain('networkStart');
    const without = first.document.replace(/<interface[\s\S]*?<\/interface>/, '');
    const changed = await prepare(connection, empty, without);
    expect(changed.steps.map(({ kind }) => kind)).not.toContain('networkStart');
    await runPlan(connection, changed);
    expect(await state(connection)).toMatchObject({ active: false });
  });
});
