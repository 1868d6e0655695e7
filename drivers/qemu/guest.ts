import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { ExitStatus, Host } from '../api/host.ts';
import type { Logger } from '../api/driver.ts';
import type { DomainState } from '../api/model.ts';
import type { Domain } from '../xml/domain/types.ts';
import { describeEnd, type GuestEnd } from './ending.ts';
import { asObject, asText, parseObject } from './json.ts';
import { readLive, writeLive, type Ending, type LiveFacts } from './live.ts';
import type { Places } from './places.ts';
import { QmpClient, type QmpEvent } from './qmp.ts';

export interface GuestHooks {
  /** State, or something else that a list shows, is another. */
  changed(): void;
  /** The process is gone and everything is known about why. Called once; whoever ended the guest waits for it. */
  ended(end: GuestEnd): Promise<void>;
  event(event: QmpEvent): void;
}

const runStates: Readonly<Record<string, [DomainState, string]>> = {
  running: ['running', 'booted'],
  paused: ['paused', 'user'],
  prelaunch: ['paused', 'starting up'],
  inmigrate: ['paused', 'restoring'],
  postmigrate: ['paused', 'saving'],
  'finish-migrate': ['paused', 'saving'],
  'save-vm': ['paused', 'saving'],
  'restore-vm': ['paused', 'restoring'],
  suspended: ['pmsuspended', 'unknown'],
  shutdown: ['shutdown', 'user'],
  'guest-panicked': ['paused', 'crashed'],
  'io-error': ['paused', 'ioerror'],
  'internal-error': ['paused', 'internal error'],
  watchdog: ['paused', 'watchdog'],
  debug: ['paused', 'unknown'],
  colo: ['running', 'migrated'],
};

/** How long QEMU may take to be gone after its monitor closed or it was asked to end. */
const endDeadline = 10_000;
/** Between two looks at a guest whose monitor is out of reach, in ms. */
const monitorPace = 1000;

/** A guest that runs: its process, its monitor and what is known of its state. */
export class RunningGuest {
  readonly facts: LiveFacts;
  domain: Domain;
  /** The document that it was started from, with what the start found out. */
  document: string;
  state: DomainState = 'running';
  /** libvirt's word for why it is in that state. */
  reason = 'booted';
  /** Something that went wrong while it goes on: a write that failed. */
  trouble: { message: string; detail?: string; hint?: string; code?: string } | undefined;

  private readonly host: Host;
  private readonly places: Places;
  private readonly hooks: GuestHooks;
  private readonly log: Logger;
  private qmp: QmpClient | undefined;
  private shutdownReason: string | undefined;
  private exit: Promise<ExitStatus> | undefined;
  private released = false;
  private over: Promise<void> | undefined;
  private seeking: Promise<void> | undefined;

  constructor(
    host: Host,
    places: Places,
    facts: LiveFacts,
    document: string,
    domain: Domain,
    hooks: GuestHooks,
    log: Logger,
  ) {
    this.host = host;
    this.places = places;
    this.facts = facts;
    this.document = document;
    this.domain = domain;
    this.hooks = hooks;
    this.log = log;
  }

  /** Takes a free monitor and reads the state. Where none can be had the guest still shows, as running. */
  async attach(): Promise<void> {
    try {
      await this.reach();
    } catch (error) {
      if (!(await this.host.alive(this.facts.process))) return this.lost();
      this.log.warn('The monitor of a guest is out of reach', {
        domain: this.facts.name,
        error: toGuestroomError(error).message,
      });
      this.seek();
    }
  }

  /**
   * Goes on with the monitor that the start opened. `exit` comes after the end; only the instance that started the
   * guest learns it.
   */
  async begin(qmp: QmpClient, exit: Promise<ExitStatus>, reason: string): Promise<void> {
    this.exit = exit;
    this.use(qmp);
    this.state = 'paused';
    this.reason = reason;
    try {
      await this.refresh();
    } catch (error) {
      if (toGuestroomError(error).code !== 'lost') throw error;
      if (await this.deadWithin(endDeadline)) await this.lost();
    }
  }

  private use(qmp: QmpClient): void {
    this.qmp = qmp;
    qmp.onEvent((event) => this.onEvent(event));
    void qmp.closed.then(() => {
      this.qmp = undefined;
      this.seek();
    });
  }

  /** The monitor and the state; rejects where QEMU does not answer. */
  private async reach(): Promise<void> {
    if (!this.qmp) {
      const qmp = await connectMonitor(this.host, this.places);
      if (this.released) return qmp.close();
      this.use(qmp);
    }
    await this.refresh();
  }

  get monitor(): QmpClient {
    if (this.qmp) return this.qmp;
    throw new GuestroomError('busy', `The monitor of ${this.facts.name} is not free`, {
      hint: 'Close another program that looks at this virtual machine',
    });
  }

  execute(command: string, args?: Readonly<Record<string, unknown>>, timeout?: number): Promise<unknown> {
    return this.monitor.execute(command, args, timeout === undefined ? {} : { timeout });
  }

  /** Runs a QMP command given as JSON text; answers the reply as JSON text. */
  async executeText(text: string): Promise<string> {
    const json = parseObject(text);
    const command = asText(json?.['execute']);
    if (!json || command === undefined) {
      throw new GuestroomError('invalid_argument', 'This is not a QMP command', {
        hint: 'An example: {"execute": "query-status"}',
      });
    }
    const args = json['arguments'];
    const result = await this.execute(command, args === undefined ? undefined : asObject(args));
    return JSON.stringify({ return: result });
  }

  /** The live document after a change of its title or of a medium. */
  replaceDocument(text: string, domain: Domain): void {
    this.document = text;
    this.domain = domain;
  }

  /** Asks QEMU for the state. */
  async refresh(): Promise<void> {
    const status = (await this.execute('query-status')) as { status?: unknown };
    this.take(asText(status.status) ?? 'running');
  }

  /** Ends the process; resolves when it is gone. What was cached is written by QEMU unless it does not listen. */
  async destroy(reason: Ending): Promise<void> {
    this.facts.ending = reason;
    // only others need it to know why: a full disk keeps no guest alive
    await this.note({ ending: reason }).catch((error: unknown) =>
      this.log.warn('Why a guest is ended could not be noted', {
        domain: this.facts.name,
        error: toGuestroomError(error).message,
      }),
    );
    if (this.qmp) {
      // the reply may be cut off by the end that it announces
      await this.execute('quit', undefined, 3000).catch((error: unknown) =>
        this.log.debug('quit', { domain: this.facts.name, error: toGuestroomError(error).message }),
      );
    } else await this.host.signal(this.facts.process, 'SIGTERM');
    if (!(await this.deadWithin(endDeadline / 2))) {
      await this.host.signal(this.facts.process, 'SIGTERM');
      if (!(await this.deadWithin(endDeadline / 2))) await this.host.signal(this.facts.process, 'SIGKILL');
      if (!(await this.deadWithin(endDeadline))) {
        throw new GuestroomError('timeout', 'QEMU does not end', {
          hint: 'The system waits for a disk or another device of it: look at that, then try again',
        });
      }
    }
    await this.lost();
  }

  /** A reboot was asked for, by this or another instance: only the file beside the guest knows of both. */
  async isRebooting(): Promise<boolean> {
    return (await readLive(this.host, this.places.liveFacts))?.rebooting === true;
  }

  setRebooting(rebooting: boolean): Promise<void> {
    return this.note({ rebooting });
  }

  /** Writes down beside the guest what every instance is to know of it. What others wrote there stays. */
  async note(change: Partial<LiveFacts>): Promise<void> {
    const facts = await readLive(this.host, this.places.liveFacts);
    if (facts) await writeLive(this.host, this.places.liveFacts, { ...facts, ...change });
  }

  /** Lets go of the guest, which goes on. */
  release(): void {
    this.released = true;
    this.qmp?.close();
  }

  private onEvent(event: QmpEvent): void {
    switch (event.name) {
      case 'STOP':
      case 'SUSPEND':
      case 'WAKEUP':
      case 'RESUME':
      case 'SHUTDOWN':
        if (event.name === 'SHUTDOWN') this.shutdownReason = asText(event.data['reason']) ?? 'unknown';
        if (event.name === 'RESUME') this.trouble = undefined;
        this.refresh().catch((error: unknown) =>
          this.log.debug('state', { domain: this.facts.name, error: toGuestroomError(error).message }),
        );
        break;
      case 'BLOCK_IO_ERROR':
        if (event.data['action'] === 'stop') {
          const said = asText(event.data['reason']) ?? '';
          this.trouble = {
            message: `A disk ${event.data['operation'] === 'read' ? 'read' : 'write'} failed: ${said}`,
            hint:
              event.data['nospace'] === true
                ? 'Make room on the disk, then resume'
                : 'Check the disk, then resume',
            code: event.data['nospace'] === true ? 'no_space' : 'program_failed',
          };
        }
        break;
      default:
        break;
    }
    this.hooks.event(event);
  }

  private take(status: string): void {
    const [state, reason] = runStates[status] ?? (['running', 'unknown'] as const);
    const before = this.state;
    if (state === before && (state === 'running' || reason === this.reason)) return;
    this.reason =
      state !== 'running'
        ? reason
        : this.reason === 'starting up'
          ? 'booted'
          : this.reason === 'restoring'
            ? 'restored'
            : 'unpaused';
    this.state = state;
    this.hooks.changed();
  }

  /**
   * Looks after a guest without a monitor, until it has ended, or one can be had again: a line that breaks off says
   * nothing about the guest behind it, which goes on.
   */
  private seek(): void {
    this.seeking ??= this.untilReached()
      .catch((error: unknown) =>
        this.log.warn('The end of a guest could not be looked into', {
          domain: this.facts.name,
          error: toGuestroomError(error).message,
        }),
      )
      .finally(() => (this.seeking = undefined));
  }

  private async untilReached(): Promise<void> {
    // one that ends closes its monitor a moment before
    for (let patience = monitorPace; !this.released; patience = 0) {
      let dead = false;
      try {
        dead = await this.deadWithin(patience);
        if (!dead) return await this.reach();
      } catch (error) {
        this.log.debug('monitor', { domain: this.facts.name, error: toGuestroomError(error).message });
      }
      if (dead) return this.lost();
      await new Promise((resolve) => setTimeout(resolve, monitorPace).unref());
    }
  }

  private async deadWithin(milliseconds: number): Promise<boolean> {
    const deadline = Date.now() + milliseconds;
    while (await this.host.alive(this.facts.process)) {
      if (Date.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return true;
  }

  /** The process has ended. Resolves when all that follows from it is done. */
  private lost(): Promise<void> {
    this.over ??= this.bury();
    return this.over;
  }

  private async bury(): Promise<void> {
    // another instance may have written why
    const latest = await readLive(this.host, this.places.liveFacts);
    const ending =
      this.facts.ending ?? (latest?.process.pid === this.facts.process.pid ? latest.ending : undefined);
    const facts = { ...this.facts, ...(ending === undefined ? {} : { ending }) };
    const exit = this.exit && (await within(this.exit, 2000));
    const end = await describeEnd(this.host, this.places, facts, this.shutdownReason, exit);
    await this.hooks.ended(end);
  }
}

/** undefined where it does not come in time. */
export async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>(
    (resolve) => (timer = setTimeout(() => resolve(undefined), milliseconds)),
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Tries all monitors at once and keeps the first that greets: the others are in the hands of other instances. */
export async function connectMonitor(host: Host, places: Places, timeout = 5000): Promise<QmpClient> {
  const abort = new AbortController();
  const attempts = places.monitors.map(async (unix) => {
    const stream = await host.connect({ unix });
    const client = await QmpClient.open(stream, { timeout, signal: abort.signal });
    if (abort.signal.aborted) {
      client.close();
      throw new GuestroomError('cancelled', 'Cancelled');
    }
    abort.abort();
    return client;
  });
  try {
    return await Promise.any(attempts);
  } catch (error) {
    const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
    throw toGuestroomError(first);
  }
}
