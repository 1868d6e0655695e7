import type { Logger } from '../../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../api/errors.ts';
import type { Host } from '../../api/host.ts';
import type { UnixReach } from '../address.ts';
import { daemonPrograms, findDaemon, installCommand, machineName } from './daemons.ts';
import { type Patience, bounded, cancelled, noAnswer } from './patience.ts';
import { type UnixStream, lookAt, openSocket } from './sockets.ts';

export interface SessionDaemon extends Pick<UnixReach, 'driver' | 'mode' | 'daemon'> {
  /** Where its socket will be, one of these. */
  readonly paths: readonly string[];
  readonly folder: string;
}

/** A socket is there a moment before its daemon listens, and nothing tells of that moment. */
const betweenBindAndListen = 25;
/** A daemon that ends at once may have met another that is being started for the same account. */
const otherDaemonMilliseconds = 3000;

/** The last one of this process that starts, or waits to start, an account's daemon on a host. */
const turns = new WeakMap<Host, Promise<unknown>>();

/**
 * Gives what the account's own daemon answers, and starts it when it is not there. Several may ask at once: the later ones
 * wait for the first, and find its daemon.
 */
export async function openForAccount(
  host: Host,
  daemon: SessionDaemon,
  patience: Patience,
  log: Logger,
): Promise<UnixStream> {
  const before = turns.get(host);
  const turn = (async () => {
    if (before) {
      const settled = before.then(
        () => undefined,
        () => undefined,
      );
      await bounded(
        settled,
        patience,
        () => noAnswer(daemon.folder, patience, hintFor(daemon)),
        () => undefined,
      );
      const stream = await firstOpen(host, daemon.paths, patience);
      if (typeof stream === 'object') return stream;
    }
    return startForAccount(host, daemon, patience, log);
  })();
  turns.set(host, turn);
  try {
    return await turn;
  } finally {
    if (turns.get(host) === turn) turns.delete(host);
  }
}

const hintFor = (daemon: SessionDaemon): string =>
  `Try again, or start it in a terminal: ${daemonPrograms(daemon)[0] ?? ''} --timeout=120`;

/** Starts the account's own daemon, as libvirt's client does; it ends by itself two minutes after its last use. */
async function startForAccount(
  host: Host,
  daemon: SessionDaemon,
  patience: Patience,
  log: Logger,
): Promise<UnixStream> {
  const program = await findDaemon(host, daemonPrograms(daemon));
  if (program === undefined) {
    throw new GuestroomError('program_missing', `libvirt is not installed on ${machineName(host)}`, {
      hint: `Install it: ${await installCommand(host, daemon.driver)}`,
      detail: `looked for ${daemonPrograms(daemon).join(', ')}`,
    });
  }
  await host.files.makeFolder(daemon.folder);
  const name = host.files.basename(program);
  const output = host.files.join(host.paths.state, `${name}-session.log`);
  const news = new News(patience);
  const unwatch = await host.files.watch(daemon.folder, () => news.arrived());
  try {
    if (patience.signal?.aborted) throw cancelled();
    log.info('Starting the account’s own daemon of libvirt', { program });
    await host.launch(program, ['--timeout=120'], {
      log: output,
      ended: ({ status, signal }) => news.ended(`${name} ended with ${String(status ?? signal)}`),
    });
    for (;;) {
      const stream = await firstOpen(host, daemon.paths, patience);
      if (stream === 'not yet') news.soon(betweenBindAndListen);
      else if (stream !== undefined) return stream;
      if (!(await news.next())) break;
    }
    if (patience.signal?.aborted) throw cancelled();
    throw new GuestroomError(
      news.end === undefined ? 'timeout' : 'program_failed',
      news.end ?? `${name} made no socket within ${String(patience.timeout / 1000)} seconds`,
      { hint: `What it wrote is in ${output}`, detail: await lastWords(host, output) },
    );
  } finally {
    unwatch();
    news.close();
  }
}

/** `not yet`: a socket is there, and nobody listens. */
async function firstOpen(
  host: Host,
  paths: readonly string[],
  patience: Patience,
): Promise<UnixStream | 'not yet' | undefined> {
  let there = false;
  for (const path of paths) {
    if ((await lookAt(host, path)) === undefined) continue;
    try {
      const stream = await openSocket(host, path, patience);
      return { stream, path };
    } catch (thrown) {
      const error = toGuestroomError(thrown);
      if (error.code !== 'unreachable') throw error;
      there = true;
    }
  }
  return there ? 'not yet' : undefined;
}

async function lastWords(host: Host, file: string): Promise<string | undefined> {
  const stat = await host.files.stat(file);
  if (stat === undefined || stat.size === 0) return undefined;
  const from = Math.max(0, stat.size - 2000);
  return Buffer.from(await host.files.readAt(file, from, 2000))
    .toString('utf8')
    .trim();
}

/** Something may have changed: the folder's entries, time, the daemon's end. */
class News {
  /** How the daemon ended. */
  end: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #timers: NodeJS.Timeout[] = [];
  #waiting: (() => void) | undefined;
  #fresh = false;
  #over = false;

  constructor({ timeout, signal }: Patience) {
    this.#signal = signal;
    this.#timers.push(setTimeout(this.#finish, timeout));
    signal?.addEventListener('abort', this.#finish, { once: true });
    if (signal?.aborted === true) this.#finish();
  }

  arrived(): void {
    this.#fresh = true;
    this.#waiting?.();
  }

  soon(milliseconds: number): void {
    this.#timers.push(setTimeout(() => this.arrived(), milliseconds));
  }

  ended(how: string): void {
    this.end = how;
    this.#timers.push(setTimeout(this.#finish, otherDaemonMilliseconds));
  }

  /** Resolves when there is news since the last call; false when there will be none that matters. */
  async next(): Promise<boolean> {
    if (!this.#fresh && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
      this.#waiting = undefined;
    }
    this.#fresh = false;
    return !this.#over;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#signal?.removeEventListener('abort', this.#finish);
  }

  readonly #finish = (): void => {
    this.#over = true;
    this.#waiting?.();
  };
}
