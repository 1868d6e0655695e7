import type { DomainSummary } from '../../drivers/api/model.ts';
import type { InventoryBatch, InventoryEvent, NodeRow } from '../../preload/rows.ts';
import { Feed } from '../feed.ts';

interface Held {
  row: NodeRow;
  domains: Map<string, DomainSummary>;
}

interface Reader {
  /** What is still to be told, the last word on each row; undefined while a snapshot is due. */
  pending: Map<string, InventoryEvent> | undefined;
  snapshot: Iterator<InventoryEvent[], undefined> | undefined;
  wake(): void;
  end(): void;
}

export interface InventoryOptions {
  /** Rows in one batch of a snapshot. Default 1000. */
  chunk?: number;
  /** Rows that may wait for a slow reader; over it the reader begins anew with a snapshot. Default 5000. */
  queue?: number;
}

/**
 * All nodes and their domains, once. A reader gets a snapshot in chunks and then what changes; changes of one row that
 * the reader has not taken yet become one, and one that falls far behind gets a new snapshot in their place.
 */
export class Inventory {
  readonly #chunk: number;
  readonly #queue: number;
  readonly #nodes = new Map<string, Held>();
  readonly #readers = new Set<Reader>();
  readonly #attendance: (() => void)[] = [];
  #revision = 0;

  constructor(options: InventoryOptions = {}) {
    this.#chunk = options.chunk ?? 1000;
    this.#queue = options.queue ?? 5000;
  }

  get revision(): number {
    return this.#revision;
  }

  /** Readers now: windows that are open. */
  get readers(): number {
    return this.#readers.size;
  }

  onAttendance(listener: () => void): void {
    this.#attendance.push(listener);
  }

  nodes(): NodeRow[] {
    return [...this.#nodes.values()].map(({ row }) => row);
  }

  node(id: string): NodeRow | undefined {
    return this.#nodes.get(id)?.row;
  }

  domain(node: string, uuid: string): DomainSummary | undefined {
    return this.#nodes.get(node)?.domains.get(uuid);
  }

  domains(node: string): DomainSummary[] {
    return [...(this.#nodes.get(node)?.domains.values() ?? [])];
  }

  setNode(row: NodeRow): void {
    const held = this.#nodes.get(row.id);
    if (held) held.row = row;
    else {
      this.#nodes.set(row.id, { row, domains: new Map() });
      for (const { pending } of this.#readers) {
        // whoever was not told yet that it went still has the machines of the one before
        if (pending?.get(`n/${row.id}`)?.kind === 'node-removed')
          pending.set(`a/${row.id}`, { kind: 'domains-removed', node: row.id });
      }
    }
    this.#tell(`n/${row.id}`, { kind: 'node', node: row });
  }

  removeNode(id: string): void {
    if (!this.#nodes.delete(id)) return;
    this.#forget(id, true);
    this.#tell(`n/${id}`, { kind: 'node-removed', node: id });
  }

  /** All domains of a node; those that are not in the list are gone. */
  setDomains(node: string, domains: readonly DomainSummary[]): void {
    const held = this.#nodes.get(node);
    if (!held) return;
    const uuids = new Set(domains.map(({ uuid }) => uuid));
    for (const uuid of held.domains.keys()) if (!uuids.has(uuid)) this.removeDomain(node, uuid);
    for (const domain of domains) this.setDomain(node, domain);
  }

  setDomain(node: string, domain: DomainSummary): void {
    const held = this.#nodes.get(node);
    if (!held) return;
    held.domains.set(domain.uuid, domain);
    this.#tell(`d/${node}/${domain.uuid}`, { kind: 'domain', node, domain });
  }

  removeDomain(node: string, uuid: string): void {
    if (!this.#nodes.get(node)?.domains.delete(uuid)) return;
    this.#tell(`d/${node}/${uuid}`, { kind: 'domain-removed', node, uuid });
    for (const { pending } of this.#readers) pending?.delete(`x/${node}/${uuid}`);
  }

  clearDomains(node: string): void {
    const held = this.#nodes.get(node);
    if (!held || held.domains.size === 0) return;
    held.domains.clear();
    this.#forget(node, false);
    this.#tell(`a/${node}`, { kind: 'domains-removed', node });
  }

  documentChanged(node: string, uuid: string): void {
    if (this.domain(node, uuid)) this.#tell(`x/${node}/${uuid}`, { kind: 'document', node, uuid });
  }

  watch(signal?: AbortSignal): Feed<InventoryBatch> {
    const feed = new Feed<InventoryBatch>({
      signal,
      drain: () => {
        const events = this.#take(reader);
        if (events.length === 0) return undefined;
        if (reader.snapshot || reader.pending === undefined || reader.pending.size > 0) feed.more();
        return { revision: this.#revision, events };
      },
      ended: () => {
        this.#readers.delete(reader);
        for (const listener of this.#attendance) listener();
      },
    });
    const reader: Reader = { pending: undefined, snapshot: undefined, wake: feed.wake, end: feed.end };
    this.#readers.add(reader);
    for (const listener of this.#attendance) listener();
    return feed;
  }

  close(): void {
    for (const reader of [...this.#readers]) reader.end();
  }

  #take(reader: Reader): InventoryEvent[] {
    if (reader.pending === undefined) {
      // from here on changes wait until the snapshot is told
      reader.pending = new Map();
      reader.snapshot = this.#snapshot();
    }
    if (reader.snapshot) {
      const next = reader.snapshot.next();
      if (!next.done) return next.value;
      reader.snapshot = undefined;
    }
    const events: InventoryEvent[] = [];
    for (const [key, event] of reader.pending) {
      if (events.length >= this.#chunk) break;
      reader.pending.delete(key);
      events.push(event);
    }
    return events;
  }

  /** Each chunk is read when it is asked for, so it is never older than the changes that follow it. */
  *#snapshot(): Generator<InventoryEvent[], undefined> {
    let events: InventoryEvent[] = [{ kind: 'reset' }];
    for (const { row } of this.#nodes.values()) events.push({ kind: 'node', node: row });
    let rows = 0;
    for (const node of [...this.#nodes.keys()]) {
      const uuids = [...(this.#nodes.get(node)?.domains.keys() ?? [])];
      for (let from = 0; from < uuids.length;) {
        const part = uuids.slice(from, from + this.#chunk - rows);
        from += part.length;
        rows += part.length;
        const domains = part.flatMap((uuid) => this.domain(node, uuid) ?? []);
        if (domains.length > 0) events.push({ kind: 'domains', node, domains });
        if (rows < this.#chunk) continue;
        yield events;
        events = [];
        rows = 0;
      }
    }
    events.push({ kind: 'ready' });
    yield events;
    return undefined;
  }

  #tell(key: string, event: InventoryEvent): void {
    this.#revision += 1;
    for (const reader of this.#readers) {
      if (reader.pending === undefined) continue;
      // behind what was told of others meanwhile: the order within a node stays
      reader.pending.delete(key);
      reader.pending.set(key, event);
      if (reader.pending.size > this.#queue) {
        reader.pending = undefined;
        reader.snapshot = undefined;
      }
      reader.wake();
    }
  }

  /** What waits about rows that are gone need not be told. */
  #forget(node: string, itself: boolean): void {
    for (const { pending } of this.#readers) {
      if (!pending) continue;
      for (const key of pending.keys()) {
        if (key.startsWith(`d/${node}/`) || key.startsWith(`x/${node}/`) || key === `a/${node}`)
          pending.delete(key);
      }
      if (itself) pending.delete(`n/${node}`);
    }
  }
}
