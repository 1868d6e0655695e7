import type { Change, Logger } from '../api/driver.ts';
import { toGuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Domain } from '../xml/domain/types.ts';
import { summarize } from '../xml/summary.ts';
import { Broadcast } from '../api/broadcast.ts';
import { clearRun } from './clearing.ts';
import { DocumentStore, type Notes } from './documents.ts';
import { describeEnd, type GuestEnd, type Problem } from './ending.ts';
import { react } from './reactions.ts';
import { RunningGuest } from './guest.ts';
import { readIfThere, readLive, type LiveFacts } from './live.ts';
import { refusalsOf } from './refusals.ts';
import { noSuchDomain, type Toolbox } from './survey.ts';

/** One domain: persistent, running, or both. */
export interface Entry {
  uuid: string;
  /** The document that the next start uses; undefined for a transient domain. */
  text: string | undefined;
  stamp: string | undefined;
  config: Domain | undefined;
  notes: Notes;
  guest: RunningGuest | undefined;
  saved: boolean;
}

/**
 * All domains of the host as this instance sees them, kept true by what QEMU tells and by watching the folders that
 * other instances write to.
 */
export class Inventory {
  readonly store: DocumentStore;
  readonly changes = new Broadcast<Change>();
  readonly entries = new Map<string, Entry>();
  private readonly tools: Toolbox;
  private readonly log: Logger;
  private readonly readOnly: boolean;
  private readonly told = new WeakMap<Entry, string>();
  private readonly stops: (() => void)[] = [];
  private scanning: Promise<void> | undefined;
  private again = false;
  /** Ends of guests that are being noted: closing waits for them. */
  private readonly settling = new Set<Promise<void>>();
  private readonly expected = new Set<string>();
  private closed = false;

  constructor(tools: Toolbox, log: Logger, readOnly: boolean) {
    this.tools = tools;
    this.log = log;
    this.readOnly = readOnly;
    this.store = new DocumentStore(tools.host, tools.layout);
  }

  async open(): Promise<void> {
    try {
      await this.watch();
      await this.rescan();
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  private async watch(): Promise<void> {
    const { files } = this.tools.host;
    const { layout } = this.tools;
    for (const folder of [layout.documents, layout.runtime]) {
      await files.makeFolder(folder);
      this.stops.push(
        await files.watch(folder, () => {
          this.rescan().catch((error: unknown) =>
            this.log.warn('The list of guests could not be read', { error: toGuestroomError(error).message }),
          );
        }),
      );
    }
  }

  /** Resolves once nothing is written any more. */
  async close(): Promise<void> {
    this.closed = true;
    for (const stop of this.stops.splice(0)) stop();
    for (const { guest } of this.entries.values()) guest?.release();
    this.changes.end();
    // who began them is told how they go
    await Promise.allSettled([this.scanning, ...this.settling]);
  }

  get(uuid: string): Entry {
    const entry = this.entries.get(uuid);
    if (!entry) throw noSuchDomain(uuid);
    return entry;
  }

  byName(name: string): Entry | undefined {
    return [...this.entries.values()].find((entry) => this.domainOf(entry).name === name);
  }

  domainOf(entry: Entry): Domain {
    const domain = entry.guest?.domain ?? entry.config;
    if (!domain) throw noSuchDomain(entry.uuid);
    return domain;
  }

  summary(entry: Entry): DomainSummary {
    const domain = this.domainOf(entry);
    const { guest, notes } = entry;
    const problem = guest ? guest.trouble : notes.problem;
    const crashed = notes.reason === 'crashed';
    const reason = guest ? guest.reason : entry.saved ? 'saved' : (notes.reason ?? 'shutdown');
    const refused = refusalsOf(domain);
    return {
      ...summarize({ ...domain, name: (entry.config ?? domain).name }),
      uuid: entry.uuid,
      id: guest ? guest.facts.id : null,
      state: guest ? guest.state : 'shutoff',
      stateReason: crashed && !guest ? 'crashed' : reason,
      ...(problem === undefined ? {} : { problem }),
      ...(guest ? { since: guest.facts.since } : {}),
      persistent: entry.text !== undefined,
      autostart: notes.autostart,
      hasManagedSave: entry.saved && !guest,
      ...(domain.os.arch === undefined ? { arch: this.tools.host.arch } : {}),
      ...(Object.keys(refused).length === 0 ? {} : { refused }),
    };
  }

  /** Tells everybody how a domain looks now. */
  announce(entry: Entry): void {
    if (this.closed || this.entries.get(entry.uuid) !== entry) return;
    const domain = this.summary(entry);
    const told = JSON.stringify(domain);
    if (this.told.get(entry) === told) return;
    this.told.set(entry, told);
    this.changes.send({ kind: 'domain', domain });
  }

  nextId(): number {
    const ids = [...this.entries.values()].map(({ guest }) => guest?.facts.id ?? 0);
    return Math.max(0, ...ids) + 1;
  }

  /** Looks at both folders again. Calls while it runs lead to one more pass. */
  rescan(): Promise<void> {
    if (this.scanning) {
      this.again = true;
      return this.scanning;
    }
    this.scanning = (async () => {
      do {
        this.again = false;
        if (this.closed) return;
        await this.scanDocuments();
        await this.scanRunning();
      } while (this.again);
    })().finally(() => (this.scanning = undefined));
    return this.scanning;
  }

  /** Takes the stored document of one domain in; resolves with its entry, or undefined where there is none any more. */
  async load(uuid: string): Promise<Entry | undefined> {
    const stored = await this.store.read(uuid);
    if (!stored) {
      this.forget(uuid);
      return undefined;
    }
    const saved = (await this.tools.host.files.stat(this.tools.layout.of(uuid).savedState)) !== undefined;
    const config = readDomain(stored.text);
    const old = this.entries.get(uuid);
    const entry: Entry = old ?? newEntry(uuid);
    const changed = old?.text !== undefined && old.text !== stored.text;
    Object.assign(entry, { text: stored.text, stamp: stored.stamp, config, notes: stored.notes, saved });
    this.entries.set(uuid, entry);
    this.announce(entry);
    if (changed) this.changes.send({ kind: 'document', uuid });
    return entry;
  }

  /** The stored document is gone. */
  forget(uuid: string): void {
    const entry = this.entries.get(uuid);
    if (!entry || entry.text === undefined) return;
    entry.text = undefined;
    entry.stamp = undefined;
    entry.config = undefined;
    entry.notes = { autostart: false };
    entry.saved = false;
    if (entry.guest) this.announce(entry);
    else this.drop(entry);
  }

  /** This instance is starting the guest: what appears of it meanwhile is no find. Ends with the returned call. */
  expect(uuid: string): () => void {
    this.expected.add(uuid);
    return () => this.expected.delete(uuid);
  }

  /**
   * Takes a running guest in once `connect` has its monitor and state: nobody meets it half known. Resolves with how
   * it ended where it did so meanwhile.
   */
  async adopt(
    facts: LiveFacts,
    document: string,
    domain: Domain,
    connect: (guest: RunningGuest) => Promise<void>,
  ): Promise<Entry | GuestEnd> {
    const entry: Entry = this.entries.get(facts.uuid) ?? newEntry(facts.uuid);
    let over: GuestEnd | undefined;
    const known = (): boolean => entry.guest === guest;
    const guest: RunningGuest = new RunningGuest(
      this.tools.host,
      this.tools.layout.of(facts.uuid),
      facts,
      document,
      domain,
      {
        changed: () => {
          if (!known()) return;
          this.announce(entry);
          if (!this.readOnly) react(guest, this.log);
        },
        ended: async (end): Promise<void> => {
          // whoever opens next finds what it left
          if (this.closed) return;
          if (known()) {
            const noted = this.onEnd(entry, guest, end).finally(() => this.settling.delete(noted));
            this.settling.add(noted);
            await noted;
          } else over = end;
        },
        event: ({ name }) => {
          if (name === 'BLOCK_IO_ERROR' && known()) this.announce(entry);
        },
      },
      this.log,
    );
    await connect(guest);
    if (over) {
      await this.settleEnd(facts, over);
      return over;
    }
    if (this.closed) {
      guest.release();
      return entry;
    }
    entry.guest = guest;
    this.entries.set(facts.uuid, entry);
    this.announce(entry);
    if (!this.readOnly) react(guest, this.log);
    return entry;
  }

  async setNotes(
    entry: Entry,
    change: { reason?: string; problem?: Problem | undefined; autostart?: boolean },
  ): Promise<void> {
    const { problem: oldProblem, ...rest } = entry.notes;
    const problem = 'problem' in change ? change.problem : oldProblem;
    const notes: Notes = {
      ...rest,
      ...(change.reason === undefined ? {} : { reason: change.reason }),
      ...(change.autostart === undefined ? {} : { autostart: change.autostart }),
      ...(problem === undefined ? {} : { problem }),
    };
    // our own watch on the folder would bring us here again
    const same = JSON.stringify(notes) === JSON.stringify(entry.notes);
    entry.notes = notes;
    if (same || entry.text === undefined || this.readOnly) return;
    await this.store.writeNotes(entry.uuid, notes);
    entry.stamp = await this.store.stamp(entry.uuid);
  }

  private async scanDocuments(): Promise<void> {
    const uuids = new Set(await this.store.uuids());
    for (const uuid of uuids) {
      const entry = this.entries.get(uuid);
      if (entry?.stamp !== undefined && entry.stamp === (await this.store.stamp(uuid))) continue;
      try {
        await this.load(uuid);
      } catch (error) {
        this.log.warn('A stored document cannot be read', { uuid, error: toGuestroomError(error).message });
      }
    }
    for (const uuid of [...this.entries.keys()]) if (!uuids.has(uuid)) this.forget(uuid);
  }

  private async scanRunning(): Promise<void> {
    const { host, layout } = this.tools;
    const found: string[] = [];
    for (const { name } of await host.files.list(layout.runtime)) {
      const uuid = /^([0-9a-f-]{36})\.json$/.exec(name)?.[1];
      if (uuid !== undefined) found.push(uuid);
    }
    await Promise.all(
      found.map((uuid) =>
        this.look(uuid).catch((error: unknown) => {
          const { code, message } = toGuestroomError(error);
          if (code === 'lost') throw error;
          // one that is damaged hides no other
          this.log.warn('A running guest cannot be read', { uuid, error: message });
        }),
      ),
    );
    // what another instance saved or discarded
    for (const entry of this.entries.values()) {
      if (entry.text === undefined || entry.guest) continue;
      const saved = (await host.files.stat(layout.of(entry.uuid).savedState)) !== undefined;
      if (saved === entry.saved) continue;
      entry.saved = saved;
      this.announce(entry);
    }
  }

  private async look(uuid: string): Promise<void> {
    const { host, layout } = this.tools;
    if (this.expected.has(uuid)) return;
    const facts = await readLive(host, layout.of(uuid).liveFacts);
    const known = this.entries.get(uuid)?.guest;
    if (!facts || known?.facts.process.pid === facts.process.pid || this.expected.has(uuid)) return;
    if (await host.alive(facts.process)) await this.find(facts);
    else await this.bury(facts);
  }

  /** A guest that an earlier run or another instance started. */
  private async find(facts: LiveFacts): Promise<void> {
    const done = this.expect(facts.uuid);
    try {
      const places = this.tools.layout.of(facts.uuid);
      const document = await readIfThere(this.tools.host, places.liveDocument);
      // it has ended since, and its instance has cleaned up
      if (document === undefined) return;
      await this.adopt(facts, document, readDomain(document), (guest) => guest.attach());
    } finally {
      done();
    }
  }

  /** A guest that ended while nobody looked. */
  private async bury(facts: LiveFacts): Promise<void> {
    const { host, layout } = this.tools;
    await this.settleEnd(facts, await describeEnd(host, layout.of(facts.uuid), facts, undefined, undefined));
  }

  private async settleEnd(facts: LiveFacts, end: GuestEnd): Promise<void> {
    const entry = this.entries.get(facts.uuid);
    if (entry) {
      await this.setNotes(entry, { reason: end.reason, problem: end.problem });
      this.announce(entry);
    }
    if (!this.readOnly) await clearRun(this.tools, this.store, facts, end.problem !== undefined);
  }

  private async onEnd(entry: Entry, guest: RunningGuest, end: GuestEnd): Promise<void> {
    if (entry.guest !== guest) return;
    try {
      // who sees it off may start it again at once: everything of this run must be gone by then
      if (!this.readOnly) await clearRun(this.tools, this.store, guest.facts, end.problem !== undefined);
      entry.saved =
        (await this.tools.host.files.stat(this.tools.layout.of(entry.uuid).savedState)) !== undefined;
      await this.setNotes(entry, { reason: end.reason, problem: end.problem });
    } catch (error) {
      // it is off all the same
      this.log.warn('What a guest left could not be cleared away', {
        domain: guest.facts.name,
        error: toGuestroomError(error).message,
      });
    }
    entry.guest = undefined;
    if (entry.text === undefined) {
      if (end.problem) this.log.warn('A temporary guest died', { domain: guest.facts.name, ...end.problem });
      this.drop(entry);
    } else this.announce(entry);
  }

  private drop(entry: Entry): void {
    this.entries.delete(entry.uuid);
    this.changes.send({ kind: 'domain-removed', uuid: entry.uuid });
  }
}

const newEntry = (uuid: string): Entry => ({
  uuid,
  text: undefined,
  stamp: undefined,
  config: undefined,
  notes: { autostart: false },
  guest: undefined,
  saved: false,
});
