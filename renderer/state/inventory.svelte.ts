import { SvelteMap } from 'svelte/reactivity';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { isActive } from '../../drivers/api/operations.ts';
import type { InventoryBatch, InventoryEvent, NodeRow } from '../../preload/rows.ts';
import { compareNames, NodeDomains } from './node-domains.svelte.ts';

/** One virtual machine on one host. */
export interface DomainRef {
  node: string;
  uuid: string;
}
export const refKey = (ref: DomainRef): string => `${ref.node}/${ref.uuid}`;

const byRank = (a: NodeRow, b: NodeRow): number =>
  Number(b.local) - Number(a.local) || compareNames(a.name, b.name) || (a.id < b.id ? -1 : 1);

/** What a batch changes on one node, gathered so that each list is made anew only once. */
interface NodeChange {
  clear: boolean;
  changed: Map<string, DomainSummary>;
  removed: Set<string>;
}

/** All hosts and their virtual machines, as main tells them. */
export class Inventory {
  nodes: readonly NodeRow[] = $state.raw([]);
  /** The first snapshot is complete. */
  ready = $state(false);
  #domains = new SvelteMap<string, NodeDomains>();
  #documents = new SvelteMap<string, number>();
  /** Snapshots in place of what was shown: changes of documents before them were not heard of. */
  #anew = $state(0);
  /** Hosts whose rows were taken away while they still count as connected: they are about to leave. */
  #leaving = new Set<string>();
  /** A snapshot that comes while an older one is shown: shown once it is whole. */
  #staged: InventoryEvent[] | undefined;

  apply(batch: InventoryBatch): void {
    let open: InventoryEvent[] = [];
    for (const event of batch.events) {
      if (event.kind === 'reset') {
        open = [];
        this.#staged = this.ready ? [event] : undefined;
        if (!this.ready) this.#reset();
      } else if (this.#staged) {
        this.#staged.push(event);
        if (event.kind === 'ready') {
          const whole = this.#staged;
          this.#staged = undefined;
          this.#replace(whole);
        }
      } else open.push(event);
    }
    this.#take(open);
  }

  node(id: string): NodeRow | undefined {
    return this.nodes.find((node) => node.id === id);
  }

  /** The host's virtual machines in the order of their names. */
  domains(node: string): readonly DomainSummary[] {
    return this.#domains.get(node)?.rows ?? [];
  }

  domain(ref: DomainRef): DomainSummary | undefined {
    return this.#domains.get(ref.node)?.get(ref.uuid);
  }

  /** It is not there any more, as opposed to out of sight with its host, which may come back. */
  gone(ref: DomainRef): boolean {
    if (!this.ready) return false;
    const node = this.node(ref.node);
    if (!node) return true;
    return node.state === 'connected' && !this.#leaving.has(node.id) && !this.domain(ref);
  }

  /** Grows each time the virtual machine's document changes: an open page reads it anew. */
  document(ref: DomainRef): number {
    return (this.#documents.get(refKey(ref)) ?? 0) + this.#anew;
  }

  connected: readonly NodeRow[] = $derived(this.nodes.filter((node) => node.state === 'connected'));
  /** Not there although they should be. */
  offline: readonly NodeRow[] = $derived(
    this.nodes.filter((node) => node.state === 'failed' || node.state === 'waiting'),
  );
  counts: { all: number; active: number } = $derived.by(() => {
    let all = 0;
    let active = 0;
    for (const node of this.nodes)
      for (const row of this.domains(node.id)) {
        all += 1;
        if (isActive(row.state)) active += 1;
      }
    return { all, active };
  });

  #reset(): void {
    this.nodes = [];
    this.#domains.clear();
  }

  /** A whole snapshot in place of what is shown: hosts and rows that it does not name are gone. */
  #replace(events: readonly InventoryEvent[]): void {
    const nodes = new Set<string>();
    const rows = new Map<string, Set<string>>();
    for (const event of events) {
      if (event.kind === 'node') nodes.add(event.node.id);
      const domains =
        event.kind === 'domains' ? event.domains : event.kind === 'domain' ? [event.domain] : [];
      if (event.kind === 'domains' || event.kind === 'domain') {
        const known = rows.get(event.node) ?? new Set();
        for (const row of domains) known.add(row.uuid);
        rows.set(event.node, known);
      }
    }
    const gone: InventoryEvent[] = [];
    for (const node of this.nodes) {
      if (!nodes.has(node.id)) gone.push({ kind: 'node-removed', node: node.id });
      for (const row of this.domains(node.id))
        if (!rows.get(node.id)?.has(row.uuid))
          gone.push({ kind: 'domain-removed', node: node.id, uuid: row.uuid });
    }
    this.#anew += 1;
    this.#take([...gone, ...events]);
  }

  #take(events: readonly InventoryEvent[]): void {
    const nodes = new Map(this.nodes.map((node) => [node.id, node]));
    const changes = new Map<string, NodeChange>();
    let nodesChanged = false;
    const change = (node: string): NodeChange => {
      let found = changes.get(node);
      if (!found) changes.set(node, (found = { clear: false, changed: new Map(), removed: new Set() }));
      return found;
    };
    const put = (node: string, row: DomainSummary) => {
      this.#leaving.delete(node);
      const of = change(node);
      of.removed.delete(row.uuid);
      of.changed.set(row.uuid, row);
    };
    for (const event of events) {
      switch (event.kind) {
        case 'node':
          nodes.set(event.node.id, event.node);
          if (event.node.state !== 'connected') this.#leaving.delete(event.node.id);
          nodesChanged = true;
          break;
        case 'node-removed':
          nodesChanged = nodes.delete(event.node) || nodesChanged;
          changes.set(event.node, { clear: true, changed: new Map(), removed: new Set() });
          break;
        case 'domains':
          for (const row of event.domains) put(event.node, row);
          break;
        case 'domain':
          put(event.node, event.domain);
          break;
        case 'domain-removed': {
          const of = change(event.node);
          of.changed.delete(event.uuid);
          of.removed.add(event.uuid);
          break;
        }
        case 'domains-removed':
          this.#leaving.add(event.node);
          changes.set(event.node, { clear: true, changed: new Map(), removed: new Set() });
          break;
        case 'document':
          this.#documents.set(refKey(event), (this.#documents.get(refKey(event)) ?? 0) + 1);
          break;
        case 'ready':
          this.ready = true;
          break;
      }
    }
    if (nodesChanged) this.nodes = [...nodes.values()].toSorted(byRank);
    for (const [node, of] of changes) {
      let domains = this.#domains.get(node);
      if (!domains) this.#domains.set(node, (domains = new NodeDomains()));
      if (of.clear) domains.clear();
      domains.apply([...of.changed.values()], of.removed);
      if (!nodes.has(node)) this.#domains.delete(node);
    }
  }
}
