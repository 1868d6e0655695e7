import { afterEach, describe, expect, it } from 'vitest';
import type { Change, Connection, Driver } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { drivers } from '../../../drivers/index.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import { appInFolder, type AppInFolder, until } from '../app-in-folder.ts';

/** The test hypervisor behind a link that can be cut, and that may refuse. */
class Link {
  opened = 0;
  closed = 0;
  refuse: GuestroomError | undefined;
  /** Opening takes as long as this. */
  gate: Promise<void> = Promise.resolve();
  /** Closing takes as long as this. */
  closing: Promise<void> = Promise.resolve();
  /** Runs between the opening and the list. */
  meanwhile: ((connection: Connection) => Promise<void>) | undefined;
  #cuts = new Set<(error: Error) => void>();

  cut(error: Error = new GuestroomError('lost', 'cut')): void {
    for (const cut of [...this.#cuts]) cut(error);
    this.#cuts.clear();
  }

  driver(): Driver {
    const [test] = drivers.filter(({ name }) => name === 'test');
    if (!test) throw new Error('the build has no test hypervisor');
    return {
      ...test,
      open: async (uri, context) => {
        this.opened += 1;
        if (this.refuse) throw this.refuse;
        const inner = await test.open(uri, context);
        await this.gate;
        return this.#wrap(inner);
      },
    };
  }

  #wrap(inner: Connection): Connection {
    const broken = new Promise<Change>((resolve) => {
      this.#cuts.add((error) => resolve({ kind: 'closed', error }));
    });
    const { meanwhile } = this;
    const own: Partial<Connection> = {
      node: async () => {
        await meanwhile?.(inner);
        return inner.node();
      },
      changes: async function* (signal) {
        const changes = inner.changes(signal)[Symbol.asyncIterator]();
        let next = changes.next();
        for (;;) {
          const step = await Promise.race([next, broken.then((value) => ({ done: false as const, value }))]);
          if (step.done) return;
          yield step.value;
          if (step.value.kind === 'closed') return;
          next = changes.next();
        }
      },
      close: async () => {
        this.closed += 1;
        await this.closing;
        await inner.close();
      },
    };
    return new Proxy(inner, {
      get: (target, key) => {
        if (key in own) return own[key as keyof Connection];
        const value: unknown = Reflect.get(target, key);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }
}

let self: AppInFolder | undefined;
afterEach(async () => {
  await self?.end();
  self = undefined;
});

async function start(
  link: Link,
  backoff = { first: 5, longest: 20 },
): Promise<{ app: AppInFolder; row(): NodeRow }> {
  const app = await appInFolder({ drivers: [link.driver()], backoff });
  self = app;
  const { node } = await app.client.nodes.add({ uri: 'test:///default', name: 'Test' });
  return {
    app,
    row: () => {
      const row = app.app.inventory.node(node);
      if (!row) throw new Error('the host is gone');
      return row;
    },
  };
}

describe('a host', () => {
  it('that is made read-only while it connects is connected read-only', async () => {
    const link = new Link();
    let pass: () => void = () => undefined;
    link.gate = new Promise((resolve) => (pass = resolve));
    const { app, row } = await start(link);
    await until(() => link.opened === 1);
    await app.client.nodes.update({ node: row().id, readOnly: true });
    pass();
    await until(() => row().state === 'connected');
    expect(row()).toMatchObject({
      readOnly: true,
      verdicts: { shutdown: { can: 'no', reason: 'read_only' } },
    });
  });

  it('that is left while it is connected anew for a change stays left', async () => {
    const link = new Link();
    const { app, row } = await start(link);
    await until(() => row().state === 'connected');
    const node = row().id;
    let go: () => void = () => undefined;
    link.closing = new Promise((resolve) => (go = resolve));
    await app.client.nodes.update({ node, readOnly: true });
    await until(() => link.closed === 1);
    const left = app.client.nodes.disconnect({ node });
    go();
    await left;
    // what would be connected once more begins at once
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([row().state, link.opened, link.closed]).toEqual(['disconnected', 1, 1]);
  });

  it('that was lost comes back by itself, with its machines', async () => {
    const link = new Link();
    const { app, row } = await start(link);
    await until(() => row().state === 'connected');
    const machines = () => app.app.inventory.domains(row().id).map(({ uuid }) => uuid);
    const before = machines();
    expect(before.length).toBeGreaterThan(0);
    const states: string[] = [];
    const feed = await app.client.inventory.watch();
    const watching = (async () => {
      for await (const { events } of feed) {
        for (const event of events) if (event.kind === 'node') states.push(event.node.state);
      }
    })();
    await until(() => states.length > 0);
    link.refuse = new GuestroomError('unreachable', 'no route');
    link.cut();
    await until(() => link.opened >= 4);
    expect(row()).toMatchObject({ state: expect.stringMatching(/waiting|connecting/) as string });
    expect(machines()).toEqual([]);
    link.refuse = undefined;
    await until(() => row().state === 'connected');
    expect(machines()).toEqual(before);
    expect(row().error).toBeUndefined();
    await until(() => states.at(-1) === 'connected');
    expect(states).toContain('waiting');
    await feed.return?.();
    await watching;
    expect(link.closed).toBe(1);
  });

  it('that waits tells why and until when, and can be connected or left at once', async () => {
    const link = new Link();
    const { app, row } = await start(link, { first: 3_600_000, longest: 3_600_000 });
    await until(() => row().state === 'connected');
    const before = Date.now();
    link.cut(new GuestroomError('timeout', 'no answer'));
    await until(() => row().state === 'waiting');
    expect(row().error).toMatchObject({ code: 'timeout', message: 'no answer', node: row().id });
    expect(row().retryAt).toBeGreaterThanOrEqual(before + 0.8 * 3_600_000);
    await app.client.nodes.connect({ node: row().id });
    expect(row().state).toBe('connected');
    link.cut();
    await until(() => row().state === 'waiting');
    await app.client.nodes.disconnect({ node: row().id });
    expect(row()).toMatchObject({ state: 'disconnected' });
    expect(row().retryAt).toBeUndefined();
  });

  it('that refuses the login is not asked again', async () => {
    const link = new Link();
    link.refuse = new GuestroomError('auth_failed', 'wrong password');
    const { app, row } = await start(link);
    await until(() => row().state === 'failed');
    expect(link.opened).toBe(1);
    await expect(app.client.nodes.connect({ node: row().id })).rejects.toMatchObject({
      data: { code: 'auth_failed' },
    });
    expect(link.opened).toBe(2);
    link.refuse = undefined;
    await app.client.nodes.connect({ node: row().id });
    expect(row().state).toBe('connected');
  });

  it('misses nothing that happens while it connects', async () => {
    const link = new Link();
    let uuid = '';
    link.meanwhile = async (connection) => {
      const [first] = await connection.domains.list();
      uuid = first?.uuid ?? '';
      await connection.domains.suspend(uuid);
    };
    const { app, row } = await start(link);
    await until(() => row().state === 'connected');
    await until(() => app.app.inventory.domain(row().id, uuid)?.state === 'paused');
  });

  it('that does not answer while it connects can be left at once, and its late answer is closed', async () => {
    const link = new Link();
    let go: () => void = () => undefined;
    link.gate = new Promise<void>((resolve) => (go = resolve));
    const { app, row } = await start(link);
    await until(() => link.opened === 1);
    await app.client.nodes.disconnect({ node: row().id });
    expect(row().state).toBe('disconnected');
    go();
    await until(() => link.closed === 1);
    expect(row().state).toBe('disconnected');
  });

  it('that is forgotten while it connects leaves nothing behind', async () => {
    const link = new Link();
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    link.meanwhile = () => gate;
    const { app, row } = await start(link);
    await until(() => link.opened === 1);
    const removed = app.client.nodes.remove({ node: row().id });
    await removed;
    await until(() => app.app.inventory.nodes().length === 0);
    expect(link.closed).toBe(1);
    go();
  });

  it('asked twice at once to connect is connected once', async () => {
    const link = new Link();
    const { app, row } = await start(link);
    await until(() => row().state === 'connected');
    const node = row().id;
    await app.client.nodes.disconnect({ node });
    await Promise.all([app.client.nodes.connect({ node }), app.client.nodes.connect({ node })]);
    expect(row().state).toBe('connected');
    expect(link.opened - link.closed).toBe(1);
  });

  it('does what was asked last, whatever is still under way', async () => {
    const link = new Link();
    const { app, row } = await start(link);
    await until(() => row().state === 'connected');
    const node = row().id;
    await app.client.nodes.disconnect({ node });
    const connecting = app.client.nodes.connect({ node });
    const left = app.client.nodes.disconnect({ node });
    await expect(connecting).rejects.toMatchObject({ data: { code: 'cancelled' } });
    await left;
    expect(row().state).toBe('disconnected');
    expect(link.opened).toBe(link.closed);
    await Promise.all([app.client.nodes.disconnect({ node }), app.client.nodes.connect({ node })]);
    expect(row().state).toBe('connected');
  });

  it('forgotten and added again while its old connection is still closing stays', async () => {
    const link = new Link();
    const { app, row } = await start(link);
    await until(() => row().state === 'connected');
    let go: () => void = () => undefined;
    link.closing = new Promise<void>((resolve) => (go = resolve));
    await app.client.nodes.remove({ node: row().id });
    const adding = app.client.nodes.add({ uri: 'test:///default', name: 'Again' });
    await until(() => app.app.nodes.leaving === 1);
    go();
    await adding;
    await until(() => row().state === 'connected');
    expect(row().name).toBe('Again');
    expect(app.app.inventory.domains(row().id).length).toBeGreaterThan(0);
  });

  it('that was lost says so at once, also when its old connection does not close', async () => {
    const link = new Link();
    const { row } = await start(link);
    await until(() => row().state === 'connected');
    let go: () => void = () => undefined;
    link.closing = new Promise<void>((resolve) => (go = resolve));
    link.refuse = new GuestroomError('auth_failed', 'no');
    link.cut();
    await until(() => row().state !== 'connected');
    go();
  });

  it('saved by another instance appears here, and goes when it is forgotten there', async () => {
    const { app } = await start(new Link());
    const { createApp } = await import('../../../main/app.ts');
    const other = await createApp(app.app.platform);
    try {
      const id = await other.nodes.add({
        uri: 'test:///showcase',
        name: 'Other',
        autoconnect: false,
        readOnly: false,
      });
      await until(() => app.app.inventory.node(id)?.name === 'Other');
      await other.nodes.remove(id);
      await until(() => app.app.inventory.node(id) === undefined);
    } finally {
      await other.close();
    }
  });
});
