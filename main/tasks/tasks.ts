import { randomUUID } from 'node:crypto';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { TaskEvent, TaskRow } from '../../preload/rows.ts';
import { Feed } from '../feed.ts';
import type { Log } from '../log.ts';
import { Lanes } from './lanes.ts';

export type TaskKind = TaskRow['kind'];
export type TaskStep = NonNullable<TaskRow['step']>;

export interface TaskStart {
  kind: TaskKind;
  /** Name for the title: of the domain, the file. */
  subject: string;
  node?: string;
  uuid?: string;
  /** Default true. */
  cancellable?: boolean;
  /** Writes much to this node's disks: only some of such tasks run at once, the others wait. */
  heavy?: boolean;
}

export interface TaskContext {
  readonly signal: AbortSignal;
  /** A new step begins; its progress is not known yet. */
  step(step: TaskStep, detail?: string): void;
  /** 0 to 1, within the whole task. */
  progress(done: number, detail?: string): void;
  /** The same for bytes on their way. */
  moved(bytes: NonNullable<TaskRow['bytes']>): void;
  /** What it has made, told once it is done. */
  made(what: NonNullable<TaskRow['made']>): void;
  /** From here on it can no longer be stopped. */
  commit(): void;
}

export interface StartedTask {
  id: string;
  /** Resolves when it has ended, whatever the outcome. */
  ended: Promise<TaskRow>;
}

interface Entry {
  row: TaskRow;
  abort: AbortController;
  /** When progress began to be known, and at what value. */
  since?: { time: number; done: number };
}

/** Ended tasks that are remembered. */
const history = 200;
const feedInterval = 100;
/** Heavy tasks that run at once on a node. */
const heavyAtOnce = 3;
/** ms that tasks have to take back what they have made when the program ends. */
const closeWait = 10_000;

/** Long work: it goes on when its dialog is closed or the window loads anew. */
export class Tasks {
  readonly #log: Log;
  readonly #entries = new Map<string, Entry>();
  readonly #feeds = new Set<{ wake(): void; changed: Map<string, TaskRow | undefined>; end(): void }>();
  readonly #running = new Set<Promise<TaskRow>>();
  /** Id of the task that works on a domain, by `node/uuid`. */
  readonly #claims = new Map<string, string>();
  readonly #lanes = new Lanes(heavyAtOnce);
  #closed = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Rejects with `busy` when a task is already working on the same domain. */
  start(start: TaskStart, work: (context: TaskContext) => Promise<void>): StartedTask {
    if (this.#closed) throw new GuestroomError('cancelled', 'Guestroom is closing');
    const { kind, subject, node, uuid } = start;
    const other = node !== undefined && uuid !== undefined ? this.running(node, uuid) : undefined;
    if (other) {
      throw new GuestroomError('busy', `Something else is being done to ${other.subject}`, {
        hint: 'Wait until that task has ended, or cancel it',
        node,
        domain: uuid,
      });
    }
    const id = randomUUID();
    const row: TaskRow = {
      id,
      kind,
      subject,
      ...(node === undefined ? {} : { node }),
      ...(uuid === undefined ? {} : { uuid }),
      state: 'running',
      startedAt: Date.now(),
      cancellable: start.cancellable ?? true,
    };
    const entry: Entry = { row, abort: new AbortController() };
    this.#entries.set(id, entry);
    this.#tell(entry.row);
    const claim = claimOf(row);
    if (claim !== undefined) this.#claims.set(claim, id);
    const lane = start.heavy ? node : undefined;
    const ended = this.#run(entry, (context) =>
      lane === undefined ? work(context) : this.#lanes.run(lane, context.signal, () => work(context)),
    );
    this.#running.add(ended);
    void ended.then(() => this.#running.delete(ended));
    return { id, ended };
  }

  /** The task that works on this domain now. */
  running(node: string, uuid: string): TaskRow | undefined {
    const id = this.#claims.get(`${node}/${uuid}`);
    return id === undefined ? undefined : this.get(id);
  }

  list(): TaskRow[] {
    return [...this.#entries.values()].map(({ row }) => row);
  }

  get(id: string): TaskRow | undefined {
    return this.#entries.get(id)?.row;
  }

  /** Asks it to stop; what it made is removed by the work itself. Stopping an ended task is no error. */
  cancel(id: string): void {
    const entry = this.#entries.get(id);
    if (!entry) throw new GuestroomError('not_found', 'There is no such task');
    if (entry.row.state !== 'running') return;
    if (!entry.row.cancellable) {
      throw new GuestroomError('unsupported', 'This task cannot be stopped any more');
    }
    entry.abort.abort();
  }

  /** Forgets ended tasks; without ids all of them. */
  clear(ids?: readonly string[]): void {
    for (const id of ids ?? [...this.#entries.keys()]) {
      const entry = this.#entries.get(id);
      if (entry && entry.row.state !== 'running') this.#forget(id);
    }
  }

  /** All tasks, then what changes. */
  watch(signal?: AbortSignal): Feed<TaskEvent> {
    let fresh = true;
    const changed = new Map<string, TaskRow | undefined>();
    const feed = new Feed<TaskEvent>({
      interval: feedInterval,
      signal,
      drain: () => {
        if (fresh) {
          fresh = false;
          changed.clear();
          return { kind: 'snapshot', tasks: this.list() };
        }
        const gone = [...changed].flatMap(([id, row]) => (row ? [] : [id]));
        if (gone.length > 0) {
          for (const id of gone) changed.delete(id);
          if (changed.size > 0) feed.more();
          return { kind: 'removed', ids: gone };
        }
        const [next] = changed.values();
        if (!next) return undefined;
        changed.delete(next.id);
        if (changed.size > 0) feed.more();
        return { kind: 'task', task: next };
      },
      ended: () => this.#feeds.delete(reader),
    });
    const reader = { wake: feed.wake, changed, end: feed.end };
    this.#feeds.add(reader);
    return feed;
  }

  /**
   * Stops what can be stopped and waits for all of it, at most `patience` ms: what a host that hangs does not answer must not
   * keep the program from ending.
   */
  async close(patience = closeWait): Promise<void> {
    this.#closed = true;
    for (const { row, abort } of this.#entries.values()) if (row.cancellable) abort.abort();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), patience);
    });
    const outcome = await Promise.race([Promise.all(this.#running), late]);
    clearTimeout(timer);
    if (outcome === 'late') this.#log.warn('Tasks did not end in time', { running: this.#running.size });
    for (const feed of [...this.#feeds]) feed.end();
  }

  async #run(entry: Entry, work: (context: TaskContext) => Promise<void>): Promise<TaskRow> {
    const { signal } = entry.abort;
    const change = (next: Partial<TaskRow>): void => {
      // work that was given up may still tell how it goes
      if (entry.row.state !== 'running') return;
      entry.row = { ...entry.row, ...next };
      this.#tell(entry.row);
    };
    let made: TaskRow['made'];
    const progress = (share: number, more: Pick<TaskRow, 'detail' | 'bytes'>): void => {
      const progress = Math.min(1, Math.max(0, share));
      const remaining = this.#remaining(entry, progress);
      change({ progress, ...(remaining === undefined ? {} : { remaining }), ...more });
    };
    const context: TaskContext = {
      signal,
      step: (step, detail) => {
        if (entry.row.state !== 'running') return;
        delete entry.since;
        const {
          detail: _detail,
          bytes: _bytes,
          progress: _progress,
          remaining: _remaining,
          ...row
        } = entry.row;
        entry.row = row;
        change({ step, ...(detail === undefined ? {} : { detail }) });
      },
      progress: (done, detail) => progress(done, detail === undefined ? {} : { detail }),
      moved: (bytes) => progress(bytes.total === 0 ? 1 : bytes.done / bytes.total, { bytes }),
      made: (what) => (made = what),
      commit: () => change({ cancellable: false }),
    };
    const claim = claimOf(entry.row);
    const release = (): void => {
      if (claim !== undefined) this.#claims.delete(claim);
    };
    try {
      await work(context);
      release();
      const { remaining: _remaining, detail: _detail, bytes: _bytes, ...row } = entry.row;
      entry.row = row;
      change({
        state: 'done',
        step: 'done',
        progress: 1,
        endedAt: Date.now(),
        cancellable: false,
        ...(made ? { made } : {}),
      });
    } catch (thrown) {
      release();
      const error = toGuestroomError(thrown);
      // a hint is something to do about it: that something was left, which must not go with the word "cancelled"
      const stopped = signal.aborted && error.code === 'cancelled' && error.hint === undefined;
      if (!stopped) {
        const level = error.code === 'internal' ? 'error' : 'warn';
        this.#log[level](`Task ${entry.row.kind} failed`, { task: entry.row.id, error: thrown });
      }
      const { remaining: _remaining, ...row } = entry.row;
      entry.row = row;
      change({
        state: stopped ? 'cancelled' : 'failed',
        endedAt: Date.now(),
        cancellable: false,
        ...(stopped ? {} : { error: error.toData() }),
      });
    }
    this.#trim();
    return entry.row;
  }

  /** Seconds left at the speed so far, once there is enough to go by. */
  #remaining(entry: Entry, done: number): number | undefined {
    const now = performance.now();
    if (!entry.since || done < entry.since.done) {
      entry.since = { time: now, done };
      return undefined;
    }
    const seconds = (now - entry.since.time) / 1000;
    const share = done - entry.since.done;
    return seconds < 1 || share < 0.01 ? undefined : Math.ceil((seconds / share) * (1 - done));
  }

  #trim(): void {
    if (this.#entries.size - this.#running.size < history) return;
    const ended = [...this.#entries.values()].filter(({ row }) => row.state !== 'running');
    for (const { row } of ended.slice(0, Math.max(0, ended.length - history))) this.#forget(row.id);
  }

  #forget(id: string): void {
    this.#entries.delete(id);
    for (const { changed, wake } of this.#feeds) {
      changed.set(id, undefined);
      wake();
    }
  }

  #tell(row: TaskRow): void {
    for (const { changed, wake } of this.#feeds) {
      changed.set(row.id, row);
      wake();
    }
  }
}

function claimOf({ node, uuid }: TaskRow): string | undefined {
  return node === undefined || uuid === undefined ? undefined : `${node}/${uuid}`;
}
