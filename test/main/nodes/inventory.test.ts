import { describe, expect, it } from 'vitest';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { Inventory } from '../../../main/nodes/inventory.ts';
import type { InventoryBatch, InventoryEvent, NodeRow } from '../../../preload/rows.ts';

const uuid = (index: number): string => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const domain = (index: number, more: Partial<DomainSummary> = {}): DomainSummary => ({
  uuid: uuid(index),
  name: `vm-${String(index)}`,
  id: null,
  state: 'shutoff',
  persistent: true,
  autostart: false,
  hasManagedSave: false,
  type: 'test',
  vcpus: 1,
  memory: 1024,
  ...more,
});
const row = (id: string): NodeRow => ({
  id,
  name: id,
  uri: 'test:///default',
  driver: 'Test',
  local: true,
  autoconnect: true,
  readOnly: false,
  state: 'connected',
});
const many = (count: number): DomainSummary[] => Array.from({ length: count }, (_, index) => domain(index));

/** What a window makes of the events. */
class Picture {
  nodes = new Map<string, { row: NodeRow; domains: Map<string, DomainSummary> }>();
  ready = 0;
  resets = 0;
  revision = 0;
  take({ revision, events }: InventoryBatch): void {
    expect(revision).toBeGreaterThanOrEqual(this.revision);
    this.revision = revision;
    for (const event of events) this.#apply(event);
  }
  #apply(event: InventoryEvent): void {
    switch (event.kind) {
      case 'reset':
        this.nodes.clear();
        this.resets += 1;
        return;
      case 'ready':
        this.ready += 1;
        return;
      case 'node':
        this.nodes.set(event.node.id, {
          domains: new Map(),
          ...this.nodes.get(event.node.id),
          row: event.node,
        });
        return;
      case 'node-removed':
        this.nodes.delete(event.node);
        return;
      case 'domains':
        for (const one of event.domains) this.nodes.get(event.node)?.domains.set(one.uuid, one);
        return;
      case 'domain':
        this.nodes.get(event.node)?.domains.set(event.domain.uuid, event.domain);
        return;
      case 'domain-removed':
        this.nodes.get(event.node)?.domains.delete(event.uuid);
        return;
      case 'domains-removed':
        this.nodes.get(event.node)?.domains.clear();
        return;
      case 'document':
        return;
    }
  }
  matches(inventory: Inventory): void {
    expect([...this.nodes.keys()].sort()).toEqual(
      inventory
        .nodes()
        .map(({ id }) => id)
        .sort(),
    );
    for (const [id, { domains }] of this.nodes) {
      expect(new Map([...domains].sort())).toEqual(
        new Map(
          inventory
            .domains(id)
            .map((one): [string, DomainSummary] => [one.uuid, one])
            .sort(),
        ),
      );
    }
  }
}

async function readUntilReady(
  feed: AsyncIterator<InventoryBatch>,
  picture: Picture,
  count = 1,
): Promise<number> {
  let largest = 0;
  while (picture.ready < count) {
    const { value, done } = await feed.next();
    if (done) throw new Error('the feed ended');
    const batch = value as InventoryBatch;
    largest = Math.max(
      largest,
      batch.events.reduce((sum, event) => sum + (event.kind === 'domains' ? event.domains.length : 1), 0),
    );
    picture.take(batch);
  }
  return largest;
}

describe('the inventory', () => {
  it('gives a snapshot in chunks, then only what changes', async () => {
    const inventory = new Inventory();
    for (const id of ['a', 'b', 'c']) {
      inventory.setNode(row(id));
      inventory.setDomains(id, many(1500));
    }
    const feed = inventory.watch();
    const picture = new Picture();
    expect(await readUntilReady(feed, picture)).toBeLessThanOrEqual(1010);
    picture.matches(inventory);
    inventory.setDomain('b', domain(3, { state: 'running' }));
    const { value } = await feed.next();
    expect(value?.events).toEqual([{ kind: 'domain', node: 'b', domain: domain(3, { state: 'running' }) }]);
    await feed.return();
    expect(inventory.readers).toBe(0);
  });

  it('stays true while the snapshot is being told and everything changes', async () => {
    const inventory = new Inventory({ chunk: 100 });
    for (const id of ['a', 'b']) {
      inventory.setNode(row(id));
      inventory.setDomains(id, many(1000));
    }
    const feed = inventory.watch();
    const picture = new Picture();
    const first = await feed.next();
    picture.take(first.value as InventoryBatch);
    inventory.removeDomain('a', uuid(1));
    inventory.removeDomain('b', uuid(999));
    inventory.setDomain('a', domain(5000));
    inventory.removeNode('b');
    inventory.setNode(row('c'));
    inventory.setDomains('c', many(5));
    inventory.clearDomains('c');
    inventory.setDomain('c', domain(7));
    await readUntilReady(feed, picture);
    picture.take((await feed.next()).value as InventoryBatch);
    picture.matches(inventory);
    await feed.return();
  });

  it('keeps no machine of a host that went and came again before the reader looked', async () => {
    const inventory = new Inventory();
    inventory.setNode(row('a'));
    inventory.setDomains('a', many(3));
    const feed = inventory.watch();
    const picture = new Picture();
    await readUntilReady(feed, picture);
    inventory.clearDomains('a');
    inventory.removeNode('a');
    inventory.setNode(row('a'));
    inventory.setDomains('a', [domain(7)]);
    picture.take((await feed.next()).value as InventoryBatch);
    picture.matches(inventory);
    await feed.return();
  });

  it('tells a slow reader the last word on each row, not each change', async () => {
    const inventory = new Inventory();
    inventory.setNode(row('a'));
    inventory.setDomains('a', many(3));
    const feed = inventory.watch();
    const picture = new Picture();
    await readUntilReady(feed, picture);
    for (let index = 0; index < 10_000; index += 1) {
      inventory.setDomain('a', domain(index % 3, { memory: index }));
    }
    const { value } = await feed.next();
    expect(value?.events).toHaveLength(3);
    picture.take(value as InventoryBatch);
    picture.matches(inventory);
    await feed.return();
  });

  it('gives a reader that fell far behind a new snapshot in place of a long queue', async () => {
    const inventory = new Inventory({ queue: 100 });
    inventory.setNode(row('a'));
    const feed = inventory.watch();
    const picture = new Picture();
    await readUntilReady(feed, picture);
    inventory.setDomains('a', many(5000));
    for (let index = 0; index < 2000; index += 1) inventory.removeDomain('a', uuid(index));
    await readUntilReady(feed, picture, 2);
    expect(picture.resets).toBe(2);
    picture.matches(inventory);
    await feed.return();
  });

  it('forgets a reader that goes away while it waits', async () => {
    const inventory = new Inventory();
    const stop = new AbortController();
    const feed = inventory.watch(stop.signal);
    await readUntilReady(feed, new Picture());
    const waiting = feed.next();
    stop.abort();
    expect(await waiting).toEqual({ done: true, value: undefined });
    expect(inventory.readers).toBe(0);
    const late = inventory.watch(stop.signal);
    expect((await late.next()).done).toBe(true);
    expect(inventory.readers).toBe(0);
  });
});
