import type { Change, Connection, Driver } from '../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';
import type { NodeInfo } from '../../drivers/api/model.ts';
import { type ConnectionUri, formatUri, transportOf } from '../../drivers/api/uri.ts';
import type { ConnectionDetails } from '../../preload/attempts.ts';
import type { NodeRow } from '../../preload/rows.ts';
import type { Log } from '../log.ts';
import type { Sampler } from '../samples/sampler.ts';
import type { Inventory } from './inventory.ts';
import { Login } from './login.ts';
import type { Logins } from './logins.ts';
import { endConnection, openConnection } from './opening.ts';
import type { Reach, Reached } from './reach.ts';
import { RoundTrip } from './round-trip.ts';
import type { SavedNode } from './saved.ts';
import { settling } from './settling.ts';
import { Steps } from './steps.ts';

export interface NodeParts {
  inventory: Inventory;
  sampler: Sampler;
  log: Log;
  logins: Logins;
  reach: Pick<Reach, 'to'>;
  /** ms before the first new attempt; it doubles up to `longest`. */
  backoff: { first: number; longest: number };
}

/** ms that a connection has to show that it outlived a sleep of this computer. */
const patienceAfterSleep = 5000;

interface Open {
  connection: Connection;
  host: Host;
  reached: Reached;
  /** ms since 1970. */
  since: number;
  /** Of a host over SSH. */
  roundTrip: RoundTrip | undefined;
  info: NodeInfo;
}

/** One saved node and its connection: disconnected, connecting, connected, waiting for a new attempt, or failed. */
export class Node {
  readonly id: string;
  readonly uri: ConnectionUri;
  readonly driver: Driver;
  readonly #parts: NodeParts;
  readonly #log: Log;
  #saved: SavedNode;
  #state: NodeRow['state'] = 'disconnected';
  #error: GuestroomError | undefined;
  #retryAt: number | undefined;
  #attempts = 0;
  #open: Open | undefined;
  /** Its address lets nobody change anything; known once it was connected. */
  #onlyReads = false;
  /** Of the last attempt. */
  #steps: Steps | undefined;
  /** Ends whatever the node is doing now: an attempt, a connection, a wait. */
  #stop = new AbortController();
  #settled: Promise<void> = Promise.resolve();
  /** What is asked of it, one after another; only the last of them counts. */
  #turn: Promise<void> = Promise.resolve();
  #asked: symbol | undefined;
  #closing: Promise<unknown> = Promise.resolve();
  #left = false;

  constructor(id: string, saved: SavedNode, uri: ConnectionUri, driver: Driver, parts: NodeParts) {
    this.id = id;
    this.uri = uri;
    this.driver = driver;
    this.#saved = saved;
    this.#parts = parts;
    this.#log = parts.log.with({ node: id });
    this.publish();
  }

  get saved(): SavedNode {
    return this.#saved;
  }

  get state(): NodeRow['state'] {
    return this.#state;
  }

  /** The open connection, or the reason why there is none. */
  get open(): Open {
    if (this.#open) return this.#open;
    throw (
      this.#error ??
      new GuestroomError('unreachable', `${this.#saved.name} is not connected`, {
        node: this.id,
        hint: 'Connect to the host first',
      })
    );
  }

  get details(): ConnectionDetails {
    return {
      steps: this.#steps?.rows ?? [],
      ...(this.#open ? { connected: this.#open.since } : {}),
      hops: [...(this.#open?.reached.ssh?.hops ?? [])],
    };
  }

  /** The saved entry changed. Whether it is read-only counts from the next connection on, so that one is made anew. */
  async change(saved: SavedNode): Promise<void> {
    const anew = saved.readOnly !== this.#saved.readOnly;
    this.#saved = saved;
    this.publish();
    if (!anew) return;
    if (this.#state !== 'connecting' && this.#state !== 'connected') return;
    await this.#instead(() => this.#begin());
    await this.#settled;
  }

  /**
   * Resolves once connected. Rejects, and stays `failed` with the same error, when that is not possible; with
   * `cancelled` when it was told to disconnect meanwhile.
   */
  async connect(): Promise<void> {
    const under = this.#state === 'connected' || this.#state === 'connecting';
    if (!under || this.#stop.signal.aborted) {
      await this.#instead(() => {
        this.#attempts = 0;
        this.#begin();
      });
    }
    await this.#settled;
    if (this.state !== 'connected') throw this.#error ?? new GuestroomError('cancelled', 'Cancelled');
  }

  /** Like connect, but keeps trying while the reason may pass. For a node that was not asked anything yet; the row tells. */
  keep(): void {
    if (this.#state !== 'disconnected' || this.#asked) return;
    this.#attempts = 1;
    this.#begin();
  }

  /** The person's own word: also what they answered to its logins is forgotten. */
  disconnect(): Promise<void> {
    this.#parts.logins.forget(formatUri(this.uri));
    return this.#instead(() => {
      this.#attempts = 0;
      this.#enter('disconnected');
    });
  }

  /** Disconnects for good: nothing is told of it any more. */
  leave(): Promise<void> {
    this.#left = true;
    return this.disconnect();
  }

  /** The computer has slept: what waits is tried at once, and a host over SSH must show that it is still there. */
  woke(): void {
    if (this.#state === 'waiting') {
      void this.#instead(() => {
        this.#attempts = 1;
        this.#begin();
      });
      return;
    }
    const open = this.#open;
    const { signal } = this.#stop;
    open?.roundTrip?.check(patienceAfterSleep).catch((cause: unknown) => {
      const message = `${this.#saved.name} does not answer since this computer woke up`;
      this.#lost(open.connection, new GuestroomError('lost', message, { cause }), signal);
      // what hangs on the dead way need not be waited for
      open.reached.end();
    });
  }

  /** A window came or went. */
  attendance(): void {
    this.#open?.roundTrip?.attendance();
  }

  publish(): void {
    if (this.#left) return;
    const { name, uri, autoconnect, readOnly } = this.#saved;
    const transport = transportOf(this.uri);
    const roundTrip = this.#open?.roundTrip?.milliseconds;
    const shows = this.#state !== 'connected' && this.#state !== 'disconnected';
    this.#parts.inventory.setNode({
      id: this.id,
      name,
      uri,
      driver: this.driver.title,
      local: this.uri.local,
      ...(transport === 'unix' ? {} : { transport }),
      autoconnect,
      readOnly: readOnly || this.#onlyReads,
      state: this.#state,
      ...(this.#error ? { error: this.#error.toData() } : {}),
      ...(shows && this.#steps ? { steps: this.#steps.rows } : {}),
      ...(this.#retryAt === undefined ? {} : { retryAt: this.#retryAt }),
      ...(this.#open ? this.#known(this.#open) : {}),
      ...(this.#open?.host.openTerminal ? { terminal: true } : {}),
      ...(roundTrip === undefined ? {} : { roundTrip }),
    });
  }

  #known({ info, connection }: Open): Pick<NodeRow, 'info' | 'verdicts' | 'ownFiles'> {
    const { verdicts, machine } = connection;
    return { info, verdicts, ownFiles: machine?.local === true };
  }

  #enter(state: NodeRow['state'], error?: GuestroomError, retryAt?: number): void {
    this.#state = state;
    this.#error = error;
    this.#retryAt = retryAt;
    if (error) error.node ??= this.id;
    this.publish();
  }

  /** Ends what it is doing, then does this, unless something else is asked meanwhile. Resolves once the last word is carried out. */
  async #instead(next: () => void): Promise<void> {
    const asked = Symbol();
    this.#asked = asked;
    this.#stop.abort();
    this.#turn = this.#turn.then(async () => {
      if (this.#asked !== asked) return;
      await this.#settled;
      this.#drop();
      await this.#closing;
      if (this.#asked === asked) next();
    });
    let turn: Promise<void>;
    do {
      turn = this.#turn;
      await turn;
    } while (turn !== this.#turn);
  }

  /** Forgets the connection and what is known through it; the curves stay, it may come back. */
  #drop(): void {
    const open = this.#open;
    this.#open = undefined;
    this.#parts.sampler.remove(this.id, true);
    this.#parts.inventory.clearDomains(this.id);
    if (!open) return;
    open.roundTrip?.end();
    const ended = endConnection(open.connection, this.#log).then(() => open.reached.end());
    this.#closing = Promise.all([this.#closing, ended]);
  }

  #begin(): void {
    if (this.#left) return;
    this.#stop = new AbortController();
    this.#settled = this.#attempt(this.#stop.signal);
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const { inventory, sampler, reach } = this.#parts;
    const { driver, uri } = this;
    const listed = settling<boolean>();
    const steps = new Steps(driver, uri, () => {
      if (this.#steps === steps) this.publish();
    });
    this.#steps = steps;
    this.#enter('connecting');
    const login = new Login(this.#parts.logins, {
      uri: formatUri(uri),
      asking: { node: this.id },
      signal,
      lasting: true,
      waiting: steps.waiting,
    });
    const { readOnly } = this.#saved;
    try {
      const { connection, reached, info, domains } = await openConnection({
        ...{ driver, uri, reach, readOnly, log: this.#log, signal, steps, login },
        // read before the list is asked for: what happens in between is not missed
        opened: (open) => void this.#follow(open, listed.promise, signal),
      });
      const roundTrip = this.#measure(reached);
      this.#open = { connection, host: reached.host, reached, since: Date.now(), info, roundTrip };
      this.#onlyReads = connection.readOnly && !readOnly;
      this.#attempts = 0;
      inventory.setDomains(this.id, domains);
      this.#enter('connected');
      sampler.add(this.id, () => this.open.connection.stats());
      // hypervisors that we run ourselves have no connection of their own that could end
      void reached.ssh?.lost.then((error) => this.#lost(connection, error, signal));
      listed.resolve(true);
    } catch (thrown) {
      listed.resolve(false);
      const error = toGuestroomError(thrown);
      if (signal.aborted) return this.#enter('disconnected');
      // the kept answer is not right any more: the person is asked
      if (error.code === 'auth_failed' && login.worthAsking) return this.#attempt(signal);
      if (error.code === 'internal') this.#log.error('Could not connect', { error: thrown });
      this.#failed(error, signal);
    }
  }

  /** Applies changes once `listed` says that the list is there, and sees the end of the connection. */
  async #follow(connection: Connection, listed: Promise<boolean>, signal: AbortSignal): Promise<void> {
    let error = new GuestroomError('lost', `The connection to ${this.#saved.name} ended`);
    try {
      for await (const change of connection.changes(signal)) {
        if (!(await listed) || signal.aborted) return;
        if (change.kind === 'closed') {
          error = toGuestroomError(change.error);
          break;
        }
        this.#apply(connection, change);
      }
    } catch (thrown) {
      error = toGuestroomError(thrown);
    }
    if (await listed) this.#lost(connection, error, signal);
  }

  /** The connection has ended by itself. The first word about it counts: what ran over it ends, too. */
  #lost(connection: Connection, error: GuestroomError, signal: AbortSignal): void {
    if (signal.aborted || this.#open?.connection !== connection) return;
    this.#log.warn('The connection was lost', { error });
    this.#drop();
    this.#attempts = 1;
    this.#failed(
      error.retryable
        ? error
        : new GuestroomError('lost', error.message, { detail: error.detail, cause: error }),
      signal,
    );
  }

  /** How long a host over SSH takes to answer, told with the row. */
  #measure({ ssh }: Reached): RoundTrip | undefined {
    return (
      ssh &&
      new RoundTrip({
        ask: () => ssh.roundTrip(),
        attended: () => this.#parts.inventory.readers > 0,
        changed: () => this.publish(),
        failed: (error) => this.#log.debug('The time of an answer is not known', { error }),
      })
    );
  }

  #apply(connection: Connection, change: Exclude<Change, { kind: 'closed' }>): void {
    // one that was given up may still tell something until it has closed
    if (this.#open?.connection !== connection) return;
    const { inventory } = this.#parts;
    switch (change.kind) {
      case 'domain':
        return inventory.setDomain(this.id, change.domain);
      case 'domain-removed':
        return inventory.removeDomain(this.id, change.uuid);
      case 'document':
        return inventory.documentChanged(this.id, change.uuid);
      case 'node':
        this.#open = { ...this.#open, info: change.info };
        return this.publish();
      // nothing that shows these is there yet
      case 'network':
      case 'network-removed':
      case 'pool':
      case 'pool-removed':
      case 'volumes':
      case 'snapshots':
      case 'node-devices':
        return;
    }
  }

  /** Waits and tries anew where that may help and the person did not ask for this very attempt; a refused login is never repeated. */
  #failed(error: GuestroomError, signal: AbortSignal): void {
    if (!error.retryable || this.#attempts === 0) return this.#enter('failed', error);
    const { first, longest } = this.#parts.backoff;
    const full = Math.min(longest, first * 2 ** (this.#attempts - 1));
    // up to a fifth less, so that a hundred nodes of one failed switch do not come back in the same moment
    const wait = full * (1 - Math.random() / 5);
    this.#attempts += 1;
    this.#enter('waiting', error, Date.now() + wait);
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', ended);
      if (!signal.aborted) this.#begin();
    }, wait);
    const ended = (): void => clearTimeout(timer);
    signal.addEventListener('abort', ended, { once: true });
  }
}
