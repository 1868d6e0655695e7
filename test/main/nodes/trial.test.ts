import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { drivers } from '../../../drivers/index.ts';
import type { TrialRow } from '../../../preload/attempts.ts';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';
import { GuardedHost, person } from './guarded.ts';

const right = { user: 'ada', password: 'lovelace' };
const guarded = 'test:///default?instance=trial';

let guard: GuardedHost;
let self: AppInFolder;
beforeEach(async () => {
  guard = new GuardedHost();
  self = await appInFolder({ drivers: [guard.driver()] });
});
afterEach(() => self.end());

/** All rows of a trial, the last one being its outcome. */
async function tried(uri: string, readOnly = false): Promise<TrialRow[]> {
  const rows: TrialRow[] = [];
  for await (const row of await self.client.nodes.test({ uri, readOnly })) rows.push(row);
  return rows;
}
const lastOf = (rows: readonly TrialRow[]): TrialRow => {
  const row = rows.at(-1);
  if (!row) throw new Error('the trial said nothing');
  return row;
};

describe('trying a connection', () => {
  it('tells each step with its time and what was found, and saves nothing', async () => {
    guard.steps = [['resolve', '192.0.2.7'], ['reach']];
    const asking = await person(self, () => right);
    const rows = await tried(guarded);
    expect(rows.map(({ state }) => state)).toEqual([...rows.slice(1).map(() => 'running'), 'done']);
    const { steps, found } = lastOf(rows);
    expect(steps).toMatchObject([
      { step: 'resolve', state: 'done', detail: '192.0.2.7' },
      { step: 'reach', state: 'done' },
      { step: 'login', state: 'done', detail: 'ada' },
      { step: 'open', state: 'done' },
      { step: 'list', state: 'done', detail: '1' },
    ]);
    for (const { took, since } of steps) {
      expect(took).toBeGreaterThanOrEqual(0);
      expect(since).toBeUndefined();
    }
    expect(found).toMatchObject({ hypervisor: 'test', machines: 1, running: 1, readOnly: false });
    expect(asking.seen).toMatchObject([{ trial: rows[0]?.id }]);
    expect(self.app.inventory.nodes()).toEqual([]);
    expect(guard.open).toBe(0);
    await asking.leave();
  });

  it('shows which step waits for the person', async () => {
    const asking = await person(self, () => undefined);
    const feed = await self.client.nodes.test({ uri: guarded });
    let row: TrialRow | undefined;
    for await (row of feed) if (row.steps.some(({ state }) => state === 'waiting')) break;
    const waiting = row?.steps.find(({ state }) => state === 'waiting');
    expect(waiting).toMatchObject({ step: 'login' });
    expect(waiting?.since).toBeLessThanOrEqual(Date.now());
    await asking.leave();
  });

  it('read-only opens it so', async () => {
    const asking = await person(self, () => right);
    expect(lastOf(await tried(guarded, true)).found).toMatchObject({ readOnly: true });
    await asking.leave();
  });

  it('ends with the step that failed and what to do about it', async () => {
    guard.refuse = new GuestroomError('certificate', 'The certificate of rack has expired', {
      hint: 'Ask its owner for a new one',
      detail: 'CERT_HAS_EXPIRED',
    });
    const row = lastOf(await tried(guarded));
    expect(row).toMatchObject({
      state: 'failed',
      error: {
        code: 'certificate',
        hint: 'Ask its owner for a new one',
        detail: 'CERT_HAS_EXPIRED',
      },
    });
    expect(row.steps.at(-1)).toMatchObject({ step: 'identify', state: 'failed' });
  });

  it('that is left stops the attempt and withdraws its question', async () => {
    const asking = await person(self, () => undefined);
    const feed = await self.client.nodes.test({ uri: guarded });
    await feed.next();
    await until(() => asking.seen.length === 1);
    await feed.return?.();
    await until(() => asking.told.some((event) => event.includes('withdrawn')));
    await until(() => guard.open === 0);
    await asking.leave();
  });

  it('of no address, and of one that no driver takes, is refused at once', async () => {
    await expect(tried('nonsense')).rejects.toMatchObject({ data: { code: 'invalid_argument' } });
    await expect(tried('nosuch:///system')).rejects.toMatchObject({ data: { code: 'invalid_argument' } });
  });

  it('lends its answer to the host that is added next, once it was right', async () => {
    const answers = [{ user: 'ada', password: 'wrong' }, right];
    const asking = await person(self, () => answers.shift());
    expect(lastOf(await tried(guarded)).state).toBe('done');
    const { node } = await self.client.nodes.add({ uri: guarded });
    await until(() => self.app.inventory.node(node)?.state === 'connected');
    expect(asking.seen).toHaveLength(2);
    await asking.leave();
  });

  it('asks again when the same address is tried after a refusal', async () => {
    const wrong = { user: 'ada', password: 'wrong' };
    const answers = [wrong, wrong, right];
    const asking = await person(self, () => answers.shift());
    expect(lastOf(await tried(guarded))).toMatchObject({ state: 'failed', error: { code: 'auth_failed' } });
    expect(lastOf(await tried(guarded)).state).toBe('done');
    expect(asking.seen.map(({ again }) => again)).toEqual([false, true, true]);
    await asking.leave();
  });
});

describe('the made-up hypervisor', () => {
  it('goes through the steps, the login and the failures that its address asks for', async () => {
    const test = await appInFolder({ drivers });
    const asking = await person(test, ({ again }) => (again ? { user: 'ada', password: 'l' } : null));
    const outcome = async (uri: string): Promise<TrialRow> => {
      let row: TrialRow | undefined;
      for await (row of await test.client.nodes.test({ uri }));
      if (!row) throw new Error('the trial said nothing');
      return row;
    };
    const whole = await outcome('test:///default?step=0');
    expect(whole.state).toBe('done');
    expect(whole.steps.map(({ step }) => step)).toEqual([
      'resolve',
      'reach',
      'encrypt',
      'identify',
      'open',
      'list',
    ]);
    expect(await outcome('test:///default?step=0&fail=open:identify')).toMatchObject({
      state: 'failed',
      error: { code: 'certificate' },
    });
    expect(await outcome('test:///default?login=ada:l')).toMatchObject({
      error: { message: 'The login was cancelled' },
    });
    expect(await outcome('qemu+tls://rack/embed')).toMatchObject({
      state: 'failed',
      error: { code: 'unsupported', message: expect.stringContaining('TLS') as string },
    });
    await asking.leave();
    await test.end();
  });
});
