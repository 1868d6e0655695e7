import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { contract } from '../../../preload/contract.ts';
import type { TrialRow } from '../../../preload/attempts.ts';
import type { InventoryEvent, TaskRow } from '../../../preload/rows.ts';
import type { ByteChannel, Calls } from '../../../renderer/client/index.ts';
import { overMessagePort, overWebSocket, type Connected } from './hosts.ts';

const document = (name: string) =>
  `<domain type="test"><name>${name}</name><memory>65536</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>`;

/** The calls, noting each that is made. */
function recorded<T extends object>(calls: T, path: string, made: Set<string>): T {
  return new Proxy(calls, {
    get(target, name, receiver) {
      const value: unknown = Reflect.get(target, name, receiver);
      const here = path === '' ? String(name) : `${path}.${String(name)}`;
      if (typeof value !== 'function') return value;
      if (path === '') return recorded(value, here, made);
      return (...args: unknown[]): unknown => {
        made.add(here);
        return Reflect.apply(value, undefined, args);
      };
    },
  });
}

async function firstBytes(channel: ByteChannel, enough: (text: string) => boolean): Promise<string> {
  let text = '';
  return new Promise((resolve, reject) => {
    channel.onmessage = ({ data }) => {
      text += new TextDecoder('latin1').decode(data);
      if (enough(text)) resolve(text);
    };
    channel.onclose = () => {
      reject(channel.error ?? new Error(`it ended after ${JSON.stringify(text)}`));
    };
  });
}

describe.each([
  ['a MessagePort', overMessagePort],
  ['a WebSocket', overWebSocket],
])('the contract over %s', (_what, connect) => {
  let host: Connected;
  let rpc: Calls;
  let node = '';
  const made = new Set<string>();
  const rows = new Map<string, DomainSummary>();
  const watching = new AbortController();
  let following: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    host = await connect();
    rpc = recorded(host.client.rpc, '', made);
  });
  afterAll(async () => {
    watching.abort();
    await following.catch((error: unknown) => {
      expect(error).toMatchObject({ code: 'cancelled' });
    });
    await host.end();
  });

  const one = (fits: (row: DomainSummary) => boolean): DomainSummary => {
    const found = [...rows.values()].find(fits);
    if (found === undefined) throw new Error('the host has no such machine');
    return found;
  };
  const target = (row: DomainSummary) => ({ node, uuid: row.uuid });
  const taskEnds = async (id: string): Promise<TaskRow> => {
    const stop = new AbortController();
    for await (const event of await rpc.tasks.watch(undefined, { signal: stop.signal })) {
      const changed = event.kind === 'snapshot' ? event.tasks : event.kind === 'task' ? [event.task] : [];
      const task = changed.find((row) => row.id === id);
      if (task !== undefined && task.state !== 'running') {
        stop.abort();
        return task;
      }
    }
    throw new Error('the feed of tasks ended');
  };

  // the probe tries QEMU's accelerators one after another
  it('tells what runs here', { timeout: 60_000 }, async () => {
    expect(await rpc.app.info()).toMatchObject({ name: 'Guestroom', version: '1.2.3', windows: true });
    expect(await rpc.app.notices()).toEqual({ text: 'notices' });
    expect((await rpc.nodes.probe()).map(({ driver }) => driver)).toContain('test');
  });

  it('asks the host program for files, windows and links', async () => {
    expect(await rpc.app.chooseFile({ purpose: 'iso', title: 'Disc' })).toEqual({
      path: '/images/debian.iso',
    });
    expect(await rpc.app.chooseTarget({ name: 'web.qcow2', title: 'Save' })).toEqual({
      path: '/downloads/web.qcow2',
    });
    await rpc.app.openWindow({ route: '/tasks' });
    await rpc.app.openLink({ link: 'licence' });
    expect(host.asked).toEqual([
      'file iso',
      'target web.qcow2',
      'window /tasks',
      'link https://www.apache.org/licenses/LICENSE-2.0',
    ]);
  });

  it('keeps settings and tells every window', async () => {
    const stop = new AbortController();
    const feed = await rpc.settings.watch(undefined, { signal: stop.signal });
    await rpc.settings.set({ theme: 'dark' });
    for await (const { settings } of feed) if (settings.theme === 'dark') break;
    stop.abort();
  });

  it('tries a connection, asks for its login and takes one answer', async () => {
    const stop = new AbortController();
    const questions = await rpc.questions.watch(undefined, { signal: stop.signal });
    const trial = (async () => {
      let last: TrialRow | undefined;
      for await (last of await rpc.nodes.test({ uri: 'test:///default?login=ada:lovelace' }));
      return last;
    })();
    for await (const event of questions) {
      const [question] =
        event.kind === 'asked' ? [event.question] : event.kind === 'snapshot' ? event.questions : [];
      if (!question) continue;
      const answer = {
        question: question.id,
        answer: { kind: 'credentials', user: 'ada', password: 'lovelace' } as const,
      };
      expect(await rpc.questions.answer(answer)).toEqual({ taken: true });
      expect(await rpc.questions.answer(answer)).toEqual({ taken: false });
      break;
    }
    stop.abort();
    expect(await trial).toMatchObject({ state: 'done', found: { machines: 1 } });
  });

  it('stops a trial that the window leaves, and withdraws its question', async () => {
    const stop = new AbortController();
    const questions = await rpc.questions.watch(undefined, { signal: stop.signal });
    const left = new AbortController();
    const trial = await rpc.nodes.test(
      { uri: 'test:///default?login=ada:lovelace&instance=left' },
      { signal: left.signal },
    );
    const over = (async () => {
      for await (const row of trial) expect(row.state).toBe('running');
    })().catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }));
    let asked: string | undefined;
    for await (const event of questions) {
      if (event.kind === 'snapshot') asked ??= event.questions[0]?.id;
      if (event.kind === 'asked') asked ??= event.question.id;
      if (asked !== undefined) left.abort();
      if (event.kind === 'withdrawn' && asked !== undefined && event.ids.includes(asked)) break;
    }
    stop.abort();
    await over;
  });

  it('connects a host and follows what is on it', async () => {
    ({ node } = await rpc.nodes.add({ uri: 'test:///showcase', autoconnect: false }));
    await rpc.nodes.update({ node, name: 'Showcase' });
    const feed = await rpc.inventory.watch(undefined, { signal: watching.signal });
    await rpc.nodes.connect({ node });
    const take = (event: InventoryEvent) => {
      if (event.kind === 'domains') for (const row of event.domains) rows.set(row.uuid, row);
    };
    // main takes samples while somebody follows, so this goes on
    await new Promise<void>((resolve, reject) => {
      following = (async () => {
        for await (const { events } of feed) {
          events.forEach(take);
          if (rows.size > 0) resolve();
        }
      })();
      following.catch(reject);
    });
    expect(rows.size).toBeGreaterThan(3);
    expect((await rpc.nodes.capabilities({ node })).xml).toContain('<capabilities');
  });

  it('exports the list of hosts, reads it back and imports hosts that were found', async () => {
    const { text } = await rpc.nodes.exported();
    const { hosts } = await rpc.nodes.readExport({ text });
    expect(hosts).toMatchObject([{ uri: 'test:///showcase' }]);
    const entries = hosts.map(({ name, uri, readOnly }) => ({ name, uri, readOnly }));
    expect(await rpc.nodes.import({ entries })).toMatchObject([{ error: { code: 'exists' } }]);
    // what this account's other programs know is its own business: only the form is ours
    const found = await rpc.nodes.importable();
    expect(Object.keys(found)).toEqual(['hosts', 'notes']);
  });

  it('samples what is on the screen and keeps the past', async () => {
    const running = target(one((row) => row.state === 'running'));
    const stop = new AbortController();
    const feed = await rpc.samples.watch({ targets: [running] }, { signal: stop.signal });
    for await (const batch of feed) if (batch.some(({ points }) => points.length > 0)) break;
    stop.abort();
    const history = await rpc.samples.history({ ...running, seconds: 60, points: 100 });
    expect(history.time).toHaveLength(history.cpu.length);
  });

  it('reads, checks, defines and creates machines', async () => {
    const row = one(() => true);
    expect((await rpc.domains.detail(target(row))).summary.name).toBe(row.name);
    expect((await rpc.domains.xml(target(row))).xml).toContain('<domain');
    expect(await rpc.domains.check({ node, xml: document('checked') })).toBeInstanceOf(Array);
    const defined = await rpc.domains.define({ node, xml: document('defined') });
    await rpc.domains.rename({ ...target(defined), name: 'renamed' });
    await rpc.domains.setAutostart({ ...target(defined), autostart: true });
    await rpc.domains.setMetadata({ ...target(defined), title: 'A title', description: 'Notes' });
    await rpc.domains.setMaxMemory({ ...target(defined), bytes: 128 * 1024 * 1024 });
    await rpc.domains.setMemory({ ...target(defined), bytes: 32 * 1024 * 1024, apply: 'config' });
    await rpc.domains.setVcpus({ ...target(defined), count: 1, apply: 'config' });
    expect((await rpc.domains.detail(target(defined))).summary).toMatchObject({
      name: 'renamed',
      title: 'A title',
    });
    const created = await rpc.domains.create({ node, xml: document('transient') });
    const acted = await rpc.domains.act({ operation: 'destroy', targets: [target(created)] });
    expect(acted).toEqual([expect.objectContaining({ ok: true })]);
    await rpc.domains.volumes({ targets: [target(defined)] });
    const { task } = await rpc.domains.undefine(target(defined));
    expect(await taskEnds(task)).toMatchObject({ state: 'done' });
    await rpc.tasks.clear({});
  });

  it('saves, restores and cancels', async () => {
    const fresh = await rpc.domains.create({ node, xml: document('saved') });
    const { task } = await rpc.domains.save({ ...target(fresh), path: '/var/lib/saved.img' });
    expect(await taskEnds(task)).toMatchObject({ state: 'done' });
    const restored = await rpc.domains.restore({ node, path: '/var/lib/saved.img' });
    expect(await taskEnds(restored.task)).toMatchObject({ state: 'done' });
    await expect(rpc.tasks.cancel({ task: 'no-such-task' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('shows and uses screens, serial lines and monitors', async () => {
    const seen = one((row) => row.state === 'running');
    const picture = await host.client.readBytes((await rpc.domains.screenshot(target(seen))).ticket);
    expect([...picture.subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
    await rpc.domains.sendKey({ ...target(seen), keycodes: [28] });

    const screen = host.client.openBytes((await rpc.consoles.graphics(target(seen))).ticket);
    expect(await firstBytes(screen, (text) => text.length >= 12)).toBe('RFB 003.008\n');
    screen.close();

    const serial = host.client.openBytes((await rpc.consoles.serial(target(seen))).ticket);
    const answer = firstBytes(serial, (text) => text.length > 0);
    serial.onopen = () => {
      serial.send(new TextEncoder().encode('\r'));
    };
    expect(await answer).not.toBe('');
    serial.close();

    expect(await rpc.consoles.offers(target(seen))).toEqual({ vncNext: true });
    const before = await rpc.domains.xml(target(seen));
    await rpc.consoles.addVnc(target(seen));
    expect(await rpc.domains.xml(target(seen))).toEqual(before);
    await expect(rpc.consoles.openViewer(target(seen))).rejects.toMatchObject({ code: 'unsupported' });

    expect(await rpc.nodes.details({ node })).toMatchObject({
      hops: [],
      connected: expect.any(Number) as number,
    });
    await expect(rpc.consoles.terminal({ node, columns: 80, rows: 24 })).rejects.toMatchObject({
      code: 'unsupported',
      hint: expect.stringContaining('SSH') as string,
    });
    await rpc.consoles.resizeTerminal({ id: 'ended-long-ago', columns: 80, rows: 24 });
    await expect(
      rpc.consoles.resizeTerminal({ id: 'ended-long-ago', columns: 0, rows: 24 }),
    ).rejects.toMatchObject({ code: 'invalid_argument' });

    const reply = await rpc.domains
      .monitor({ ...target(seen), command: 'info status', kind: 'hmp' })
      .catch((error: unknown) => error);
    // a hypervisor without monitors says so, in the same way over both
    expect(reply).toMatchObject(
      'reply' in (reply as object) ? { reply: expect.any(String) as unknown } : { code: 'unsupported' },
    );
    await expect(
      rpc.domains.changeMedia({ ...target(seen), target: 'nosuch', path: null }),
    ).rejects.toMatchObject({ name: 'GuestroomError' });
  });

  it('finds images and folders of the host', async () => {
    const [pool] = await rpc.volumes.pools({ node });
    const volumes = await rpc.volumes.list({ node, pool: pool?.name ?? '' });
    const path = volumes[0]?.path ?? '';
    expect(await rpc.volumes.lookup({ node, path })).toMatchObject({ path });
    expect((await rpc.volumes.browse({ node, path: null })).entries.length).toBeGreaterThan(0);
    expect(await rpc.volumes.recognise({ node, path })).toHaveProperty('kind');
  });

  it('sends and fetches only the files of this computer that the person chose', async () => {
    const { pools } = await rpc.transfers.places({ node });
    const to = { pool: pools[0]?.name ?? '', name: 'debian.iso' };
    const upload = (from: string) => rpc.transfers.upload({ node, from, to });
    await expect(upload('/etc/passwd')).rejects.toMatchObject({ code: 'denied' });
    // chosen above, and not there
    await expect(upload('/images/debian.iso')).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      rpc.transfers.download({ node, from: { path: '/x' }, to: '/etc/passwd' }),
    ).rejects.toMatchObject({ code: 'denied' });
    await expect(rpc.app.browse({ path: null })).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('plans a machine and makes it', async () => {
    expect((await rpc.provision.systems({ node })).length).toBeGreaterThan(10);
    const choices = { source: { kind: 'empty' as const }, name: 'made-here', start: false };
    const plan = await rpc.provision.plan({ node, choices });
    expect(plan.problems.filter(({ level }) => level === 'error')).toEqual([]);
    const { task, uuid } = await rpc.provision.create({ node, choices });
    expect(await taskEnds(task)).toMatchObject({ state: 'done' });
    expect((await rpc.domains.detail({ node, uuid })).summary.name).toBe('made-here');
  });

  it('says the same about wrong arguments', async () => {
    await expect(rpc.domains.detail({ node: 'NO', uuid: 'no' })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    await expect(
      rpc.domains.detail({ node, uuid: '00000000-0000-4000-8000-000000000000' }),
    ).rejects.toMatchObject({ code: 'not_found' });
    await expect(rpc.nodes.remove({ node, more: true } as unknown as { node: string })).rejects.toMatchObject(
      { code: 'invalid_argument' },
    );
  });

  it('lets go of a host', async () => {
    await rpc.nodes.disconnect({ node });
    await expect(rpc.domains.xml(target(one(() => true)))).rejects.toMatchObject({ name: 'GuestroomError' });
    await rpc.nodes.remove({ node });
  });

  it('was asked everything that there is', () => {
    const all = Object.entries(contract).flatMap(([area, calls]) =>
      Object.keys(calls).map((name) => `${area}.${name}`),
    );
    expect(all.filter((name) => !made.has(name))).toEqual([]);
  });
});
