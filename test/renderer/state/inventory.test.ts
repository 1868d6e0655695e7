import { describe, expect, it } from 'vitest';
import type { InventoryEvent } from '../../../preload/rows.ts';
import { Inventory } from '../../../renderer/state/inventory.svelte.ts';
import { compareNames } from '../../../renderer/state/node-domains.svelte.ts';
import { host, machine, snapshot, uuidOf } from '../fake-client.ts';

const names = (inventory: Inventory, node: string) => inventory.domains(node).map((row) => row.name);
const filled = () => {
  const inventory = new Inventory();
  inventory.apply(
    snapshot({
      nodes: [host('b', 'lab', { local: false }), host('a', 'This computer')],
      domains: {
        a: [machine(2, 'web-10'), machine(1, 'web-2', { state: 'running' })],
        b: [machine(3, 'db')],
      },
    }),
  );
  return inventory;
};
const deltas = (inventory: Inventory, ...events: InventoryEvent[]) =>
  inventory.apply({ revision: 2, events });

describe('the inventory', () => {
  it('shows this computer first and names in the order people expect', () => {
    const inventory = filled();
    expect(inventory.ready).toBe(true);
    expect(inventory.nodes.map((node) => node.name)).toEqual(['This computer', 'lab']);
    expect(names(inventory, 'a')).toEqual(['web-2', 'web-10']);
    expect(inventory.counts).toEqual({ all: 3, active: 1 });
  });

  it('puts a changed row in place of the old one and leaves the others the very same', () => {
    const inventory = filled();
    const [, other] = inventory.domains('a');
    const lab = inventory.domains('b');
    deltas(inventory, { kind: 'domain', node: 'a', domain: machine(1, 'web-2', { state: 'paused' }) });
    expect(inventory.domain({ node: 'a', uuid: uuidOf(1) })?.state).toBe('paused');
    expect(inventory.domains('a')[1]).toBe(other);
    expect(inventory.domains('b')).toBe(lab);
  });

  it('moves a renamed row to its new place', () => {
    const inventory = filled();
    deltas(inventory, { kind: 'domain', node: 'a', domain: machine(1, 'zebra') });
    expect(names(inventory, 'a')).toEqual(['web-10', 'zebra']);
  });

  it('takes the last word when a batch names a row more than once', () => {
    const inventory = filled();
    deltas(
      inventory,
      { kind: 'domain-removed', node: 'a', uuid: uuidOf(1) },
      { kind: 'domain', node: 'a', domain: machine(1, 'back') },
      { kind: 'domain', node: 'a', domain: machine(9, 'short') },
      { kind: 'domain-removed', node: 'a', uuid: uuidOf(9) },
    );
    expect(names(inventory, 'a')).toEqual(['back', 'web-10']);
  });

  it('empties a host that is gone or disconnected', () => {
    const inventory = filled();
    deltas(inventory, { kind: 'domains-removed', node: 'a' }, { kind: 'node-removed', node: 'b' });
    expect(names(inventory, 'a')).toEqual([]);
    expect(inventory.node('b')).toBeUndefined();
    expect(inventory.domains('b')).toEqual([]);
  });

  it('keeps the old list on the screen until a new snapshot is whole, then drops what it does not name', () => {
    const inventory = filled();
    deltas(inventory, { kind: 'reset' }, { kind: 'node', node: host('a', 'This computer') });
    expect(names(inventory, 'a')).toEqual(['web-2', 'web-10']);
    expect(inventory.nodes).toHaveLength(2);
    deltas(inventory, { kind: 'domains', node: 'a', domains: [machine(2, 'web-10')] }, { kind: 'ready' });
    expect(names(inventory, 'a')).toEqual(['web-10']);
    expect(inventory.nodes.map((node) => node.id)).toEqual(['a']);
  });

  it('tells an open page that the document changed', () => {
    const inventory = filled();
    const target = { node: 'a', uuid: uuidOf(1) };
    const before = inventory.document(target);
    deltas(inventory, { kind: 'document', ...target });
    expect(inventory.document(target)).toBe(before + 1);
    expect(inventory.document({ node: 'a', uuid: uuidOf(2) })).toBe(0);
  });

  it('has an open page read its document anew after a snapshot: what changed before it was not told', () => {
    const inventory = filled();
    const target = { node: 'a', uuid: uuidOf(1) };
    deltas(inventory, { kind: 'document', ...target });
    const before = inventory.document(target);
    inventory.apply(snapshot({ nodes: [host('a', 'This computer')], domains: { a: [machine(1, 'web-2')] } }));
    expect(inventory.document(target)).toBeGreaterThan(before);
  });

  it('orders names with numbers by their value', () => {
    expect(['web-10', 'Web-2', 'db', 'web-1'].toSorted(compareNames)).toEqual([
      'db',
      'web-1',
      'Web-2',
      'web-10',
    ]);
  });
});
