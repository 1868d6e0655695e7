import type { Connection, Driver } from '../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { type ConnectionOperation, type DomainOperation, refusal } from '../../drivers/api/operations.ts';
import { refusedFor } from '../../drivers/api/refusals.ts';
import { type ConnectionUri, formatUri, parseUri } from '../../drivers/api/uri.ts';
import type { TrialRow } from '../../preload/attempts.ts';
import type { ImportOutcome } from '../../preload/importing.ts';
import type { Probe } from '../../preload/rows.ts';
import { driverFor as registered } from '../../drivers/index.ts';
import type { Feed } from '../feed.ts';
import type { Log } from '../log.ts';
import type { Secrets } from '../platform.ts';
import type { Questions } from '../questions.ts';
import type { Sampler } from '../samples/sampler.ts';
import type { Inventory } from './inventory.ts';
import type { LocalHost } from './local-host.ts';
import { Logins } from './logins.ts';
import { Node, type NodeParts } from './node.ts';
import { checkWay, Reach, type ReachOptions } from './reach.ts';
import { Remembered } from './remembered.ts';
import { noSuchNode, type SavedNode, type SavedNodes } from './saved.ts';
import { tryConnection } from './trial.ts';
import { WakeWatch } from './wake.ts';

export interface NodesOptions {
  host: LocalHost;
  saved: SavedNodes;
  inventory: Inventory;
  sampler: Sampler;
  log: Log;
  drivers: readonly Driver[];
  questions: Questions;
  /** The system's key store, where there is one. */
  secrets?: Secrets | undefined;
  backoff?: NodeParts['backoff'];
  reach?: Pick<ReachOptions, 'sshConfig' | 'timeout'>;
}

export interface NewNode {
  /** Default: the host's name, or what the driver is called. */
  name?: string | undefined;
  uri: string;
  autoconnect: boolean;
  readOnly: boolean;
}

export interface NodeChange {
  name?: string | undefined;
  autoconnect?: boolean | undefined;
  readOnly?: boolean | undefined;
}

/** A domain that may be worked on: its node is connected. */
export interface Found {
  node: Node;
  connection: Connection;
  host: Host;
  domain: DomainSummary;
}

/** All saved nodes. The list is that of the file, also when another instance changes it. */
export class Nodes {
  readonly #options: NodesOptions;
  readonly #parts: NodeParts;
  readonly #nodes = new Map<string, Node>();
  /** Forgotten ones whose connection is still closing. */
  readonly #leaving = new Map<string, Promise<void>>();
  #unsubscribe: (() => void) | undefined;
  #wake: WakeWatch | undefined;

  constructor(options: NodesOptions) {
    this.#options = options;
    options.inventory.onAttendance(() => {
      for (const node of this.#nodes.values()) node.attendance();
    });
    this.#parts = {
      inventory: options.inventory,
      sampler: options.sampler,
      log: options.log,
      logins: new Logins(options.questions, new Remembered(options.secrets, options.log)),
      backoff: options.backoff ?? { first: 1000, longest: 60_000 },
      reach: new Reach({ host: options.host, log: options.log, ...options.reach }),
    };
  }

  /** How many were forgotten and are not gone yet. */
  get leaving(): number {
    return this.#leaving.size;
  }

  /** Connects what the person wants connected at start. Resolves at once; rows tell how it goes. */
  start(): void {
    const { saved } = this.#options;
    this.#follow();
    for (const node of this.#nodes.values()) if (node.saved.autoconnect) node.keep();
    this.#unsubscribe = saved.subscribe(() => this.#follow());
    this.#wake = new WakeWatch(() => {
      for (const node of this.#nodes.values()) node.woke();
    });
  }

  /** The computer has woken up, as a desktop tells it; without one our own clock does. */
  woke(): void {
    this.#wake?.woke();
  }

  /** The driver for a URI. Throws `unsupported` when there is none. */
  driverFor(uri: ConnectionUri): Driver {
    return this.#options.drivers.find((candidate) => candidate.accepts(uri)) ?? registered(uri);
  }

  /** What is on this computer. A driver that fails to look says so in its row. */
  async probe(): Promise<Probe[]> {
    const { drivers, host } = this.#options;
    const rows = drivers.map(async (driver): Promise<Probe[]> => {
      const { name, title } = driver;
      try {
        return [await driver.probe(host)].flat().map((found) => {
          const node = [...this.#nodes.values()].find((other) => sameUri(other.uri, found.uri));
          return { driver: name, title, ...found, ...(node ? { node: node.id } : {}) };
        });
      } catch (thrown) {
        const error = toGuestroomError(thrown);
        this.#options.log.warn('Could not look for a hypervisor', { driver: name, error: thrown });
        return [{ driver: name, title, state: 'missing', uri: '', summary: error.message, lookedFor: [] }];
      }
    });
    return (await Promise.all(rows)).flat();
  }

  /** Tries a connection without saving it. Throws for what is no address that could be opened. */
  test(entry: { uri: string; readOnly: boolean }, signal?: AbortSignal): Feed<TrialRow> {
    const uri = parseUri(entry.uri);
    const driver = this.driverFor(uri);
    const { log, logins, reach } = this.#parts;
    return tryConnection(
      { driver, uri, text: formatUri(uri), reach, readOnly: entry.readOnly, log, logins },
      signal,
    );
  }

  /** Saves a node and begins to connect it. */
  async add(entry: NewNode): Promise<string> {
    const usual = this.nameOf(parseUri(entry.uri));
    const id = await this.#save(entry, entry.name ?? this.#freeName(usual));
    this.get(id).keep();
    return id;
  }

  /** Saves nodes that stay as they are until somebody connects them, each by itself. */
  async import(
    entries: readonly { name: string; uri: string; readOnly: boolean }[],
  ): Promise<ImportOutcome[]> {
    const outcomes: ImportOutcome[] = [];
    for (const entry of entries) {
      const { uri } = entry;
      try {
        const name = this.#freeName(entry.name);
        outcomes.push({ uri, node: await this.#save({ ...entry, autoconnect: false }, name) });
      } catch (thrown) {
        outcomes.push({ uri, error: toGuestroomError(thrown).toData() });
      }
    }
    return outcomes;
  }

  /** What a host is called whom nobody gave a name. Throws `unsupported` when there is no driver for it. */
  nameOf(uri: ConnectionUri): string {
    const { title } = this.driverFor(uri);
    return uri.host ?? title;
  }

  get saved(): readonly SavedNode[] {
    return Object.values(this.#options.saved.all);
  }

  async #save({ uri: text, autoconnect, readOnly }: NewNode, name: string): Promise<string> {
    const uri = parseUri(text);
    this.driverFor(uri);
    checkWay(uri);
    const id = await this.#options.saved.add({ name, uri: formatUri(uri), autoconnect, readOnly });
    await this.#leaving.get(id);
    this.#follow();
    return id;
  }

  async update(id: string, change: NodeChange): Promise<void> {
    this.get(id);
    await this.#options.saved.update(id, change);
    this.#follow();
  }

  /** Forgets it, and what was remembered to log in to it; what runs on it goes on. */
  async remove(id: string): Promise<void> {
    const node = this.#nodes.get(id);
    await this.#options.saved.remove(id);
    this.#follow();
    if (!node) return;
    const others = [...this.#nodes.values()].map(({ uri }) => formatUri(uri));
    await this.#parts.logins.remembered.forget(formatUri(node.uri), others);
  }

  get(id: string): Node {
    const node = this.#nodes.get(id);
    if (!node) throw noSuchNode(id);
    return node;
  }

  /** The node's connection, if it is connected and may do this. */
  connection(
    id: string,
    operation?: ConnectionOperation,
  ): { node: Node; connection: Connection; host: Host } {
    const node = this.get(id);
    const { connection, host } = node.open;
    const verdict = operation && connection.verdicts[operation];
    if (verdict?.can === 'no') throw refusedFor(verdict.reason, { node: id });
    return { node, connection, host };
  }

  domain(id: string, uuid: string): Found {
    const { node, connection, host } = this.connection(id);
    const domain = this.#options.inventory.domain(id, uuid);
    if (!domain) {
      throw new GuestroomError('not_found', 'There is no such virtual machine on this host', {
        node: id,
        domain: uuid,
      });
    }
    return { node, connection, host, domain };
  }

  /** The domain, if it may do this now: by the same verdict that greys out the window's button. */
  allowed(id: string, uuid: string, operation: DomainOperation): Found {
    const found = this.domain(id, uuid);
    const reason = refusal(operation, found.connection.verdicts, found.domain);
    if (reason) throw refusedFor(reason, { node: id, domain: found.domain.name });
    return found;
  }

  async close(): Promise<void> {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#wake?.close();
    this.#wake = undefined;
    await Promise.all([...[...this.#nodes.values()].map((node) => node.leave()), ...this.#leaving.values()]);
    this.#nodes.clear();
    await this.#parts.logins.close();
  }

  /** Makes our nodes those of the file. */
  #follow(): void {
    const { saved, inventory, sampler, log } = this.#options;
    const failed = (error: unknown): void => log.warn('A host could not follow its new settings', { error });
    for (const [id, entry] of Object.entries(saved.all)) {
      if (this.#leaving.has(id)) continue;
      const node = this.#nodes.get(id);
      if (node) {
        if (node.saved.uri !== entry.uri) continue;
        if (JSON.stringify(node.saved) !== JSON.stringify(entry)) node.change(entry).catch(failed);
        continue;
      }
      try {
        const uri = parseUri(entry.uri);
        this.#nodes.set(id, new Node(id, entry, uri, this.driverFor(uri), this.#parts));
      } catch (thrown) {
        log.warn('A saved host is not usable', { node: id, error: thrown });
        inventory.setNode({
          id,
          ...entry,
          driver: '',
          local: false,
          state: 'failed',
          error: toGuestroomError(thrown).toData(),
        });
      }
    }
    for (const { id } of inventory.nodes()) {
      const node = this.#nodes.get(id);
      const entry = saved.all[id];
      // another address is another host: what is known and open is that of the old one
      const stays = entry && (!node || node.saved.uri === entry.uri);
      if (stays || this.#leaving.has(id)) continue;
      this.#nodes.delete(id);
      const gone = (): void => {
        sampler.remove(id, false);
        inventory.removeNode(id);
      };
      if (!node) {
        gone();
        continue;
      }
      const left = node
        .leave()
        .catch(failed)
        .then(() => {
          gone();
          this.#leaving.delete(id);
          // it may have been added again meanwhile
          if (this.#unsubscribe) this.#follow();
        });
      this.#leaving.set(id, left);
    }
  }

  #freeName(base: string): string {
    const names = new Set([...this.#nodes.values()].map(({ saved }) => saved.name));
    let name = base;
    for (let number = 2; names.has(name); number += 1) name = `${base} ${String(number)}`;
    return name;
  }
}

function sameUri(uri: ConnectionUri, text: string): boolean {
  return text !== '' && formatUri(uri) === formatUri(parseUri(text));
}
