import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { ORPCError } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { ErrorData } from '../../drivers/api/errors.ts';
import type { DocumentRemark, Driver } from '../../drivers/api/driver.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { drivers } from '../../drivers/index.ts';
import type { Contract } from '../../preload/contract.ts';
import type { InventoryBatch, NodeRow, SampleBatch, Settings, TaskRow } from '../../preload/rows.ts';
import { appInFolder, type AppInFolder, until } from './app-in-folder.ts';

let one: AppInFolder | undefined;
afterEach(async () => {
  await one?.end();
  one = undefined;
});
const open = async (...args: Parameters<typeof appInFolder>): Promise<AppInFolder> =>
  (one = await appInFolder(...args));

/** What a window would be told. */
const refusal = async (work: Promise<unknown>): Promise<ErrorData> => {
  try {
    await work;
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(ORPCError);
    return v.parse(ErrorData, (thrown as ORPCError<string, unknown>).data);
  }
  throw new Error('it was not refused');
};
const connect = async (self: AppInFolder, uri = 'test:///default', name = 'Test'): Promise<string> => {
  const { node } = await self.client.nodes.add({ uri, name });
  await self.client.nodes.connect({ node });
  return node;
};
const rows = (self: AppInFolder, node: string): DomainSummary[] => self.app.inventory.domains(node);
const first = (self: AppInFolder, node: string): DomainSummary => {
  const [row] = rows(self, node);
  if (!row) throw new Error('the host has no machine');
  return row;
};
const ended = async (self: AppInFolder, id: string): Promise<TaskRow> => {
  await until(() => self.app.tasks.get(id)?.state !== 'running');
  const row = self.app.tasks.get(id);
  if (!row) throw new Error('the task is gone');
  return row;
};

describe('the first start', () => {
  it('offers what is on this computer and adds nothing by itself', { timeout: 60_000 }, async () => {
    const self = await open();
    const probes = await self.client.nodes.probe();
    expect(probes.map(({ driver }) => driver)).toContain('test');
    expect(self.app.inventory.nodes()).toEqual([]);
    const found = probes.find(({ driver }) => driver === 'test');
    const { node } = await self.client.nodes.add({ uri: found?.uri ?? '' });
    const again = await self.client.nodes.probe();
    expect(again.find(({ driver }) => driver === 'test')?.node).toBe(node);
  });

  it('tells about itself, and opens only pages of our own', async () => {
    const self = await open();
    const info = await self.client.app.info();
    expect(info).toMatchObject({ name: 'Guestroom', version: '1.2.3', dialogs: false, windows: false });
    expect(info.folders.config).toBe(join(self.folder, 'config'));
    await self.client.app.openLink({ link: 'licence' });
    expect(self.opened).toEqual(['https://www.apache.org/licenses/LICENSE-2.0']);
    expect((await refusal(self.client.app.chooseFile({ purpose: 'iso', title: 'x' }))).code).toBe(
      'unsupported',
    );
    expect((await self.client.app.notices()).text).toBe('notices');
  });
});

describe('hosts', () => {
  it('are saved privately and connected again by the next start', async () => {
    const self = await open();
    const node = await connect(self);
    expect(node).toBe('test-default');
    expect(rows(self, node).length).toBeGreaterThan(0);
    const file = join(self.folder, 'config', 'nodes.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('test:///default');
    await self.again();
    await until(() => self.app.inventory.node(node)?.state === 'connected');
    expect(rows(self, node).length).toBeGreaterThan(0);
  });

  it('can be renamed, disconnected and forgotten', async () => {
    const self = await open();
    const node = await connect(self);
    await self.client.nodes.update({ node, name: 'Renamed', autoconnect: false });
    expect(self.app.inventory.node(node)).toMatchObject({
      name: 'Renamed',
      autoconnect: false,
      state: 'connected',
    });
    await self.client.nodes.disconnect({ node });
    expect(self.app.inventory.node(node)).toMatchObject({ state: 'disconnected' });
    expect(rows(self, node)).toEqual([]);
    expect((await refusal(self.client.nodes.capabilities({ node }))).code).toBe('unreachable');
    await self.client.nodes.remove({ node });
    await until(() => self.app.inventory.nodes().length === 0);
    expect((await refusal(self.client.nodes.connect({ node }))).code).toBe('not_found');
  });

  it('are refused twice, of unknown kinds, and with a password in the address', async () => {
    const self = await open();
    await connect(self);
    expect((await refusal(self.client.nodes.add({ uri: 'test:///default' }))).code).toBe('exists');
    expect((await refusal(self.client.nodes.add({ uri: 'nonsense' }))).code).toBe('invalid_argument');
    expect((await refusal(self.client.nodes.add({ uri: 'qemu+ext://host/system' }))).code).toBe(
      'invalid_argument',
    );
    const secret = await refusal(self.client.nodes.add({ uri: 'qemu+ssh://me:PLANTED@host/system' }));
    expect(JSON.stringify(secret)).not.toContain('PLANTED');
    expect(self.app.inventory.nodes()).toHaveLength(1);
    expect(await readFile(join(self.folder, 'state', 'guestroom.log'), 'utf8')).not.toContain('PLANTED');
  });

  it('opened read-only refuse changes with that reason', async () => {
    const self = await open();
    const { node } = await self.client.nodes.add({ uri: 'test:///default', readOnly: true });
    await self.client.nodes.connect({ node });
    const { uuid, name } = first(self, node);
    expect(await refusal(self.client.domains.rename({ node, uuid, name: 'x' }))).toMatchObject({
      code: 'read_only',
      domain: name,
    });
    await self.client.nodes.update({ node, readOnly: false });
    await until(() => self.app.inventory.node(node)?.verdicts?.rename?.can === 'yes');
  });
});

describe('virtual machines', () => {
  it('change state, and each window is told', async () => {
    const self = await open();
    const node = await connect(self);
    const { uuid } = first(self, node);
    const feed = await self.client.inventory.watch();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const { events } of feed as AsyncIterable<InventoryBatch>) {
        for (const event of events) {
          if (event.kind === 'domains')
            for (const row of event.domains) if (row.uuid === uuid) seen.push(row.state);
          if (event.kind === 'domain' && event.domain.uuid === uuid) seen.push(event.domain.state);
        }
      }
    })();
    await until(() => seen.length === 1);
    for (const operation of ['suspend', 'resume', 'destroy', 'start'] as const) {
      const before = seen.length;
      const [outcome] = await self.client.domains.act({ operation, targets: [{ node, uuid }] });
      expect(outcome).toEqual({ node, uuid, ok: true });
      await until(() => seen.length > before);
    }
    expect(seen).toEqual(['running', 'paused', 'running', 'shutoff', 'running']);
    await feed.return?.();
    await watching;
    expect(self.app.inventory.readers).toBe(0);
  });

  it('answer one by one when many are acted on', async () => {
    const self = await open();
    const node = await connect(self, 'test:///generate?domains=300&seed=3&running=0.5');
    const all = rows(self, node);
    const missing = '00000000-0000-4000-8000-00000000dead';
    const targets = [...all.map(({ uuid }) => ({ node, uuid })), { node, uuid: missing }];
    const outcomes = await self.client.domains.act({ operation: 'start', targets });
    expect(outcomes.map(({ uuid }) => uuid)).toEqual(targets.map(({ uuid }) => uuid));
    for (const [index, row] of all.entries()) {
      const outcome = outcomes[index];
      if (row.state === 'shutoff') expect(outcome).toMatchObject({ ok: true });
      else
        expect(outcome).toMatchObject({
          ok: false,
          reason: 'already_active',
          error: { code: 'wrong_state' },
        });
    }
    expect(outcomes.at(-1)).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it('are refused by the same verdict that the window shows', async () => {
    const self = await open();
    const node = await connect(self);
    const { uuid, name } = first(self, node);
    const error = await refusal(self.client.domains.rename({ node, uuid, name: 'other' }));
    expect(error).toMatchObject({
      code: 'wrong_state',
      message: 'Shut the virtual machine down first',
      domain: name,
    });
    expect(
      (await refusal(self.client.domains.monitor({ node, uuid, command: 'info', kind: 'hmp' }))).code,
    ).toMatch(/unsupported|wrong_state|internal/);
  });

  it('show their facts and documents', async () => {
    const self = await open();
    const node = await connect(self, 'test:///showcase');
    for (const { uuid, name } of rows(self, node)) {
      const detail = await self.client.domains.detail({ node, uuid });
      expect(detail.summary.name).toBe(name);
      expect(detail.currentMemory).toBeGreaterThan(0);
      const { xml } = await self.client.domains.xml({ node, uuid, inactive: true });
      expect(xml).toContain(`<uuid>${uuid}</uuid>`);
    }
  });

  it('are made from a document and checked before', async () => {
    const self = await open();
    const node = await connect(self);
    const xml = `<domain type='test'><name>made</name><memory>65536</memory><os><type>hvm</type></os></domain>`;
    expect(await self.client.domains.check({ node, xml })).toBeInstanceOf(Array);
    const { uuid, state } = await self.client.domains.define({ node, xml });
    expect(state).toBe('shutoff');
    await until(() => self.app.inventory.domain(node, uuid) !== undefined);
    expect((await refusal(self.client.domains.define({ node, xml: '<domain>' }))).code).toBe('xml_invalid');
    await self.client.domains.rename({ node, uuid, name: 'renamed' });
    await self.client.domains.setMetadata({ node, uuid, title: 'A title' });
    await until(() => self.app.inventory.domain(node, uuid)?.title === 'A title');
    expect(self.app.inventory.domain(node, uuid)?.name).toBe('renamed');
    const { task } = await self.client.domains.undefine({ node, uuid });
    expect(await ended(self, task)).toMatchObject({ kind: 'undefine', state: 'done', subject: 'renamed' });
    await until(() => self.app.inventory.domain(node, uuid) === undefined);
  });

  it('are deleted with the disks that the person chose, and say which should stay', async () => {
    const self = await open();
    const node = await connect(self, 'test:///showcase');
    const all = rows(self, node);
    const targets = all.map(({ uuid }) => ({ node, uuid }));
    const { volumes } = await self.client.domains.volumes({ targets });
    const mine = volumes.find(({ keep }) => keep === undefined);
    expect(mine).toBeDefined();
    const uuid = mine?.uuid ?? '';
    const path = mine?.path ?? '';
    expect((await self.client.volumes.lookup({ node, path })).path).toBe(path);
    const { task } = await self.client.domains.undefine({ node, uuid, volumes: [path], destroy: true });
    const row = await ended(self, task);
    expect(row.error).toBeUndefined();
    expect((await refusal(self.client.volumes.lookup({ node, path }))).code).toBe('not_found');
  });

  it('tell before they are deleted which of them have firmware variables and a TPM', async () => {
    const self = await open();
    const node = await connect(self);
    const define = async (name: string, os: string, devices: string) => {
      const xml = `<domain type='test'><name>${name}</name><memory>65536</memory>${os}<devices>${devices}</devices></domain>`;
      const { uuid } = await self.client.domains.define({ node, xml });
      await until(() => self.app.inventory.domain(node, uuid) !== undefined);
      return { node, uuid };
    };
    const tpm = `<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>`;
    const os = (inside: string, firmware = '') => `<os${firmware}><type>hvm</type>${inside}</os>`;
    const bios = await define('bios', os(''), '');
    const both = await define('both', os('', " firmware='efi'"), tpm);
    const named = await define('named', os('<nvram>/srv/vars.fd</nvram>', " firmware='efi'"), '');
    const stateless = await define('stateless', os("<loader stateless='yes'/>", " firmware='efi'"), '');
    const { states } = await self.client.domains.volumes({ targets: [bios, both, named, stateless] });
    expect(states).toEqual([{ ...both, nvram: true, tpm: true, snapshots: 0 }]);
  });

  it('tell before they are deleted how many snapshots are lost with them', async () => {
    const self = await open();
    const node = await connect(self, 'test:///showcase');
    const named = (name: string) => {
      const row = rows(self, node).find((domain) => domain.name === name);
      if (!row) throw new Error(`the host has no ${name}`);
      return { node, uuid: row.uuid };
    };
    const targets = [named('web-01'), named('web-02'), named('db-primary')];
    const { states } = await self.client.domains.volumes({ targets });
    expect(states.filter(({ snapshots }) => snapshots > 0)).toMatchObject([
      { ...targets[0], snapshots: 3 },
      { ...targets[2], snapshots: 1 },
    ]);
  });

  it('are saved as a task that can be stopped', async () => {
    const self = await open();
    const node = await connect(self, 'test:///default?pace=50');
    const { uuid } = first(self, node);
    const [outcome] = await self.client.domains.act({ operation: 'managedSave', targets: [{ node, uuid }] });
    const id = outcome?.task ?? '';
    await until(() => (self.app.tasks.get(id)?.progress ?? 0) > 0);
    const [second] = await self.client.domains.act({ operation: 'managedSave', targets: [{ node, uuid }] });
    expect(second).toMatchObject({ ok: false, error: { code: 'busy' } });
    await self.client.tasks.cancel({ task: id });
    expect(await ended(self, id)).toMatchObject({ state: 'cancelled' });
    expect(self.app.inventory.domain(node, uuid)).toMatchObject({ state: 'running', hasManagedSave: false });
  });

  it('give pictures, screens and serial lines by single-use tickets', async () => {
    const self = await open();
    const node = await connect(self, 'test:///showcase');
    const running = rows(self, node).filter(({ state }) => state === 'running');
    let opened = 0;
    for (const { uuid } of running) {
      const detail = await self.client.domains.detail({ node, uuid });
      if (detail.graphics.some(({ openable }) => openable)) {
        expect((await self.client.consoles.graphics({ node, uuid })).ticket).toMatch(/^[\w-]{22}$/);
        expect((await self.client.domains.screenshot({ node, uuid })).ticket).toMatch(/^[\w-]{22}$/);
        opened += 2;
      }
      const line = detail.consoles.find(({ openable }) => openable);
      if (line) {
        expect((await self.client.consoles.serial({ node, uuid, alias: line.alias })).ticket).toMatch(
          /^[\w-]{22}$/,
        );
        opened += 1;
      }
    }
    expect(opened).toBeGreaterThan(2);
    expect(self.app.consoles.count().waiting).toBe(opened);
  });

  it('have statistics while somebody looks', async () => {
    const self = await open({ samples: { watched: 20, unwatched: 50 } });
    const node = await connect(self);
    const { uuid } = first(self, node);
    const inventory = await self.client.inventory.watch();
    const feed = await self.client.samples.watch({
      targets: [
        { node, uuid },
        { node, uuid: null },
      ],
    });
    const batch = (await feed.next()).value as SampleBatch;
    expect(batch.map((row) => row.uuid)).toContain(uuid);
    const history = await self.client.samples.history({ node, uuid, seconds: 60, points: 10 });
    expect(history.time.length).toBeGreaterThan(0);
    expect(history.cpu).toHaveLength(history.time.length);
    await feed.return?.();
    await inventory.return?.();
  });
});

describe('the wizard', () => {
  it('leaves nothing of a machine whose making was cancelled', async () => {
    const self = await open();
    const node = await connect(self, 'test:///showcase?pace=40');
    const pools = (await self.client.volumes.pools({ node })).filter(({ active }) => active);
    const volumes = (
      await Promise.all(pools.map(({ name }) => self.client.volumes.list({ node, pool: name })))
    ).flat();
    const image = volumes.find(({ format, backing }) => format === 'qcow2' && backing === undefined);
    expect(image).toBeDefined();
    const source = { kind: 'image' as const, path: image?.path ?? '', mode: 'copy' as const };
    const before = rows(self, node).length;
    const { task, uuid } = await self.client.provision.create({
      node,
      choices: { source, name: 'half-made' },
    });
    await until(() => (self.app.tasks.get(task)?.progress ?? 0) > 0);
    expect(self.app.tasks.get(task)).toMatchObject({ kind: 'create', subject: 'half-made', step: 'copy' });
    await self.client.tasks.cancel({ task });
    expect(await ended(self, task)).toMatchObject({ state: 'cancelled' });
    const after = await Promise.all(pools.map(({ name }) => self.client.volumes.list({ node, pool: name })));
    expect(after.flat().map(({ path }) => path)).toEqual(volumes.map(({ path }) => path));
    expect(rows(self, node)).toHaveLength(before);
    expect(self.app.inventory.domain(node, uuid)).toBeUndefined();
  });

  it('does not stop at a disk that it is about to make, but does at any other that is missing', async () => {
    const [test] = drivers.filter(({ name }) => name === 'test');
    if (!test) throw new Error('the build has no test hypervisor');
    const remark = (index: number): DocumentRemark => ({
      path: `devices/disk[${String(index)}]/source`,
      message: 'The image is not there',
      level: 'fatal',
    });
    const strict: Driver = {
      ...test,
      open: async (uri, context) => {
        const connection = await test.open(uri, context);
        connection.domains.check = () => Promise.resolve([remark(1), remark(2)]);
        return connection;
      },
    };
    const self = await open({ drivers: [strict] });
    const node = await connect(self, 'test:///showcase');
    const choices = { source: { kind: 'empty' as const }, name: 'new-disk' };
    const { problems, document } = await self.client.provision.plan({ node, choices });
    expect(document).toMatch(/<disk [^>]*device="disk"/);
    expect(problems.filter(({ level }) => level === 'error').map(({ params }) => params['path'])).toEqual([
      'devices/disk[2]/source',
    ]);
  });

  it('plans, makes and starts a machine', async () => {
    const self = await open();
    const node = await connect(self, 'test:///showcase?pace=20');
    expect((await self.client.provision.systems({ node })).length).toBeGreaterThan(10);
    const choices = { source: { kind: 'empty' as const }, name: 'fresh-one', start: true };
    const preview = await self.client.provision.plan({ node, choices });
    expect(preview.problems.filter(({ level }) => level === 'error')).toEqual([]);
    const again = await self.client.provision.plan({ node, choices });
    expect(again.document).toBe(preview.document);
    const { task, uuid } = await self.client.provision.create({ node, choices });
    expect((await ended(self, task)).error).toBeUndefined();
    await until(() => self.app.inventory.domain(node, uuid)?.state === 'running');
    expect((await refusal(self.client.provision.create({ node, choices }))).code).toBe('invalid_argument');
  });
});

describe('calls', () => {
  it('with unknown or wrong fields are refused before anything happens', async () => {
    const self = await open();
    const node = await connect(self);
    const { uuid } = first(self, node);
    const send = (input: unknown): Promise<unknown> => self.client.domains.act(input as never);
    expect(
      await refusal(send({ operation: 'destroy', targets: [{ node, uuid, sudo: true }] })),
    ).toMatchObject({
      code: 'invalid_argument',
      message: 'Unknown field: targets[0].sudo',
    });
    expect((await refusal(send({ operation: 'format', targets: [{ node, uuid }] }))).code).toBe(
      'invalid_argument',
    );
    expect((await refusal(send({ operation: 'destroy', targets: [] }))).code).toBe('invalid_argument');
    expect((await refusal(send({ __proto__: null, operation: 'destroy', targets: 'all' }))).code).toBe(
      'invalid_argument',
    );
    expect((await refusal(self.client.nodes.connect({ node: '../etc' }))).code).toBe('invalid_argument');
    expect((await refusal(self.client.settings.set({ theme: 'dark', x: 1 } as never))).code).toBe(
      'invalid_argument',
    );
    const choices = { source: { kind: 'empty', path: '/etc/passwd' } };
    expect(await refusal(self.client.provision.plan({ node, choices } as never))).toMatchObject({
      code: 'invalid_argument',
      message: 'Unknown field: choices.source.path',
    });
    expect(first(self, node).state).toBe('running');
  });

  it('that are too long or too deep are refused', async () => {
    const self = await open();
    const node = await connect(self);
    const xml = 'x'.repeat(5 * 1024 * 1024);
    expect((await refusal(self.client.domains.check({ node, xml }))).code).toBe('too_large');
    let deep: unknown = 1;
    for (let index = 0; index < 100; index += 1) deep = { deep };
    expect((await refusal(self.client.settings.set(deep as never))).code).toBe('too_large');
    const targets = Array.from({ length: 200_000 }, () => 1);
    expect((await refusal(self.client.domains.volumes({ targets } as never))).code).toBe('too_large');
  });

  it('that fail by a fault of ours are logged', async () => {
    const self = await open({ platform: { notices: () => Promise.reject(new TypeError('oops')) } });
    expect(await refusal(self.client.app.notices())).toMatchObject({ code: 'internal', message: 'oops' });
    const log = await readFile(join(self.folder, 'state', 'guestroom.log'), 'utf8');
    expect(log).toContain('app.notices');
    expect(log).toContain('TypeError');
  });
});

describe('settings', () => {
  it('reach every window', async () => {
    const self = await open();
    const feed = await self.client.settings.watch();
    const theme = async () => ((await feed.next()).value as { settings: Settings }).settings.theme;
    expect(await theme()).toBe('system');
    await self.client.settings.set({ theme: 'dark' });
    expect(await theme()).toBe('dark');
    await feed.return?.();
  });
});

describe('a window that goes away', () => {
  it('leaves no reader behind, whether it says so or not', async () => {
    const self = await open();
    const node = await connect(self);
    const target = { node, uuid: first(self, node).uuid };
    for (const polite of [true, false]) {
      const { port1, port2 } = new MessageChannel();
      new RPCHandler(self.app.router).upgrade(port1);
      const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ port: port2 }));
      const feeds = await Promise.all([
        client.inventory.watch(),
        client.tasks.watch(),
        client.settings.watch(),
        client.samples.watch({ targets: [target] }),
      ]);
      expect((await feeds[0].next()).value).toMatchObject({
        events: [{ kind: 'reset' }, {}, {}, { kind: 'ready' }],
      });
      expect(self.app.inventory.readers).toBe(1);
      if (polite) for (const feed of feeds) await feed.return?.();
      else port2.close();
      await until(() => self.app.inventory.readers === 0);
      port2.close();
    }
  });
});

describe('the end of the app', () => {
  it('ends feeds and keeps nothing open', async () => {
    const self = await open();
    const node = await connect(self);
    const feed = await self.client.inventory.watch();
    await feed.next();
    const waiting = (async () => {
      let last: NodeRow | undefined;
      for await (const { events } of feed as AsyncIterable<InventoryBatch>) {
        for (const event of events) if (event.kind === 'node') last = event.node;
      }
      return last;
    })();
    await self.app.close();
    await self.app.close();
    expect((await waiting)?.id ?? node).toBe(node);
  });
});
