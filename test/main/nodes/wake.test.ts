import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change, Connection, Driver } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { drivers } from '../../../drivers/index.ts';
import { createLog, type Log } from '../../../main/log.ts';
import { Inventory } from '../../../main/nodes/inventory.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { Logins } from '../../../main/nodes/logins.ts';
import { Node } from '../../../main/nodes/node.ts';
import type { Reached } from '../../../main/nodes/reach.ts';
import { Remembered } from '../../../main/nodes/remembered.ts';
import type { SshHost } from '../../../main/nodes/ssh/host.ts';
import { WakeWatch } from '../../../main/nodes/wake.ts';
import { Questions } from '../../../main/questions.ts';
import { Sampler } from '../../../main/samples/sampler.ts';
import type { NodeRow } from '../../../preload/rows.ts';

const uri = 'test:///default';
let folder: string;
let log: Log;
let node: Node | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-wake-'));
  log = createLog({ folder, level: 'debug' });
  vi.useFakeTimers();
});
afterEach(async () => {
  await node?.leave();
  node = undefined;
  vi.useRealTimers();
  log.close();
  rmSync(folder, { recursive: true, force: true });
});
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

/** A node behind SSH that answers, or is silent, or cannot be reached, as the test says. */
function behindSsh(change: (connection: Connection) => void = () => undefined) {
  const [test] = drivers.filter(({ name }) => name === 'test') as [Driver];
  const driver: Driver = {
    ...test,
    open: async (...asked) => {
      const connection = await test.open(...asked);
      change(connection);
      return connection;
    },
  };
  const inventory = new Inventory();
  const way = { answers: true, ended: 0, reached: 0, refuse: undefined as GuestroomError | undefined };
  const to = (): Promise<Reached> => {
    way.reached += 1;
    if (way.refuse) return Promise.reject(way.refuse);
    const ssh = {
      ...createLocalHost(),
      lost: new Promise<GuestroomError>(() => undefined),
      hops: ['ada@gate', 'ada@lab-01'],
      roundTrip: () => (way.answers ? Promise.resolve(42) : new Promise<number>(() => undefined)),
      end: () => undefined,
    } as unknown as SshHost;
    return Promise.resolve({ host: ssh, ssh, end: () => (way.ended += 1) });
  };
  const saved = { name: 'lab-01', uri, autoconnect: true, readOnly: false };
  const made = new Node('lab', saved, parseUri(uri), driver, {
    inventory,
    sampler: new Sampler({ log, attended: () => false }),
    log,
    logins: new Logins(new Questions(), new Remembered(undefined, log)),
    reach: { to },
    backoff: { first: 1000, longest: 3_600_000 },
  });
  inventory.onAttendance(() => made.attendance());
  node = made;
  const row = (): NodeRow | undefined => inventory.node('lab');
  return { node: made, inventory, way, row };
}

describe('a host over SSH', () => {
  it('tells how long an answer takes while a window is open', async () => {
    const { node, inventory, row } = behindSsh();
    await node.connect();
    await pass(60);
    expect(row()?.roundTrip).toBeUndefined();
    const leave = new AbortController();
    inventory.watch(leave.signal);
    await pass(0);
    expect(row()?.roundTrip).toBe(42);
    await node.disconnect();
    expect(row()?.roundTrip).toBeUndefined();
    leave.abort();
  });

  it('tells afterwards how it was connected, and by which way', async () => {
    const { node } = behindSsh();
    expect(node.details).toEqual({ steps: [], hops: [] });
    await node.connect();
    const connected = Date.now();
    expect(node.details).toMatchObject({ connected, hops: ['ada@gate', 'ada@lab-01'] });
    expect(node.details.steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'open done',
      'list done',
    ]);
    await node.disconnect();
    expect(node.details.connected).toBeUndefined();
    expect(node.details.steps).toHaveLength(2);
  });

  it('that waits for its next attempt is tried at once when the computer wakes up', async () => {
    const { node, way, row } = behindSsh();
    way.refuse = new GuestroomError('unreachable', 'no network');
    node.keep();
    await pass(3600);
    expect(row()?.state).toBe('waiting');
    expect(row()?.retryAt).toBeGreaterThan(Date.now());
    way.refuse = undefined;
    node.woke();
    await pass(0);
    expect(row()?.state).toBe('connected');
  });

  it('that is tried in vain after a sleep is soon tried again', async () => {
    const { node, way, row } = behindSsh();
    way.refuse = new GuestroomError('unreachable', 'no network');
    node.keep();
    await pass(3600);
    node.woke();
    await pass(0);
    expect(row()?.state).toBe('waiting');
    way.refuse = undefined;
    await pass(1);
    expect(row()?.state).toBe('connected');
  });

  it('that does not answer after a sleep is lost within 5 seconds, and connected anew', async () => {
    const { node, way, row } = behindSsh();
    await node.connect();
    way.answers = false;
    way.refuse = new GuestroomError('unreachable', 'no network');
    node.woke();
    await pass(4.9);
    expect(row()?.state).toBe('connected');
    await pass(0.1);
    expect(row()).toMatchObject({
      state: 'waiting',
      error: { code: 'lost', message: 'lab-01 does not answer since this computer woke up' },
    });
    expect(way.ended).toBeGreaterThan(0);
    way.refuse = undefined;
    way.answers = true;
    await pass(1);
    expect(row()?.state).toBe('connected');
  });

  it('that was lost shows nothing that its old connection tells afterwards', async () => {
    let tell: (change: Change) => void = () => undefined;
    const late = new Promise<Change>((resolve) => (tell = resolve));
    const { node, way, row, inventory } = behindSsh((connection) => {
      connection.changes = async function* () {
        yield await late;
        await new Promise(() => undefined);
      };
    });
    await node.connect();
    const [domain] = inventory.domains('lab');
    if (!domain) throw new Error('the host has no machine');
    way.answers = false;
    way.refuse = new GuestroomError('unreachable', 'no network');
    node.woke();
    await pass(5);
    expect(row()?.state).toBe('waiting');
    tell({ kind: 'domain', domain });
    await pass(0);
    expect(inventory.domains('lab')).toEqual([]);
  });

  it('that still answers after a sleep stays connected', async () => {
    const { node, way, row } = behindSsh();
    await node.connect();
    node.woke();
    await pass(60);
    expect(row()?.state).toBe('connected');
    expect([way.reached, way.ended]).toEqual([1, 0]);
  });

  it('that was disconnected by the person stays so', async () => {
    const { node, way, row } = behindSsh();
    await node.connect();
    await node.disconnect();
    node.woke();
    await pass(60);
    expect([row()?.state, way.reached]).toEqual(['disconnected', 1]);
  });
});

describe('the sleep of the computer', () => {
  /** Timers stand still, the wall clock goes on. */
  const sleep = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000);

  it('is noticed by the clock, once', async () => {
    const woke = vi.fn();
    const watch = new WakeWatch(woke);
    await pass(600);
    expect(woke).not.toHaveBeenCalled();
    sleep(15);
    await pass(60);
    expect(woke, 'a machine under load is late, too').not.toHaveBeenCalled();
    sleep(8 * 3600);
    await pass(60);
    expect(woke).toHaveBeenCalledOnce();
    watch.close();
    sleep(3600);
    await pass(60);
    expect(woke).toHaveBeenCalledOnce();
  });

  it('that the desktop tells of is told at once and not again by the clock', async () => {
    const woke = vi.fn();
    const watch = new WakeWatch(woke);
    await pass(35);
    sleep(3600);
    watch.woke();
    expect(woke).toHaveBeenCalledOnce();
    await pass(60);
    expect(woke).toHaveBeenCalledOnce();
    watch.close();
  });
});
