import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type Readable, Transform } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ExecOptions, ExitStatus, Host, SpawnOptions } from '../../../drivers/api/host.ts';
import { cancelled, collect, defaultTimeout, late, type Running } from '../program-output.ts';
import type { ControlShell } from './control-shell.ts';
import { launcher, missing, withEnvironment } from './launching.ts';
import type { Processes } from './processes.ts';
import { shellCommand } from './quoting.ts';
import type { Sessions } from './sessions.ts';

/** ms that the login scripts of the account may take before a program begins. */
const beginning = 30_000;

export type Programs = Pick<Host, 'exec' | 'spawn' | 'launch'>;

/** What goes before a program; "$1" the mark, "$2" the folder, "$3" the program itself to look for; the rest is run. */
const starting = [
  // login scripts may print: what is before the marks is theirs
  'mark=$1 folder=$2; shift 2',
  'if [ -n "$folder" ] && ! cd "$folder"; then printf "%s folder\\n" "$mark"; exit 1; fi',
  'if ! command -v -- "$1" >/dev/null 2>&1; then printf "%s missing\\n" "$mark"; exit 127; fi',
  'case $1 in */*) [ -x "$1" ] || { printf "%s denied\\n" "$mark"; exit 126; } ;; esac',
  'shift',
  'printf "%s %s\\n" "$mark" "$$"; printf "%s\\n" "$mark" >&2',
  'exec "$@"',
].join('\n');

/** Programs on the host of an SSH connection, each a session of its own. */
export function sshPrograms(
  sessions: Sessions,
  control: ControlShell,
  processes: Pick<Processes, 'looking' | 'identity' | 'alive'>,
): Programs {
  const start = async (file: string, args: readonly string[], options: SpawnOptions): Promise<Started> => {
    const mark = `guestroom-${randomBytes(8).toString('hex')}`;
    const words = [mark, options.cwd ?? '', file, ...withEnvironment(file, args, options.env)];
    let began: Promise<Omit<Started, 'kill'>> | undefined;
    const channel = await sessions.exec(shellCommand(starting, words), (opened) => {
      began = begun(opened, mark, file, options.cwd);
    });
    if (!began) throw new GuestroomError('internal', 'A session that nobody listens to');
    const started = await began;
    // SSH's own signals go to nobody once the program's input has ended; the server made it the leader of a group
    let over = false;
    void started.ended.then(() => {
      over = true;
    });
    const kill = (signal: string): void => {
      // its number may be another program's by now
      if (over) return;
      void control
        .ask('kill -s "$1" -- "-$2" 2>/dev/null || kill -s "$1" "$2"', [signal.slice(3), String(started.pid)])
        .catch(() => channel.destroy());
    };
    return { ...started, kill };
  };

  return {
    async exec(file, args, options = {}) {
      // messages that are read by a program come in one language
      const begin = () => start(file, args, { ...options, env: { LC_ALL: 'C', ...options.env } });
      return collect(runningOf(await inTime(begin, file, options)), file, options);
    },

    async spawn(file, args, options = {}) {
      const { channel, stdout, stderr, pid, ended, kill } = await start(file, args, options);
      return {
        pid,
        stdin: channel,
        stdout,
        stderr,
        ended,
        kill: (signal = 'SIGTERM') => kill(signal),
      };
    },

    launch: launcher(control, processes),
  };
}

function runningOf({ channel, stdout, stderr, ended, kill }: Started): Running {
  let giveUp: (value: unknown) => void = () => undefined;
  const givenUp = new Promise((resolve) => (giveUp = resolve));
  return {
    stdin: channel,
    stdout,
    stderr,
    exited: Promise.race([ended, givenUp]),
    closed: Promise.all([ended, once(stdout, 'end'), once(stderr, 'end')]).then(([end]) => end),
    kill(signal) {
      kill(signal);
      if (signal !== 'SIGKILL') return;
      // a host that has stopped answering does not tell of the end either
      channel.destroy();
      giveUp(undefined);
    },
  };
}

/** A program that waits too long for a free session, or for the host to begin it, is not started or ended at once. */
function inTime(begin: () => Promise<Started>, file: string, options: ExecOptions): Promise<Started> {
  const { signal } = options;
  const timeout = options.timeout ?? defaultTimeout;
  return new Promise((resolve, reject) => {
    let over = false;
    const settled = (): void => {
      over = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    };
    const give = (error: unknown): void => {
      settled();
      reject(error as Error);
    };
    const stop = (): void => give(cancelled(file));
    const timer = timeout > 0 ? setTimeout(() => give(late(file, timeout)), timeout) : undefined;
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) return stop();
    begin().then((started) => {
      if (over) {
        started.kill('SIGKILL');
        started.stdout.resume();
        started.stderr.resume();
        return void started.channel.destroy();
      }
      settled();
      resolve(started);
    }, give);
  });
}

interface Started {
  channel: ClientChannel;
  pid: number;
  stdout: Readable;
  stderr: Readable;
  kill(signal: string): void;
  /** Neither a status nor a signal: the connection has ended. */
  ended: Promise<ExitStatus>;
}

/** Resolves once the program runs: until then, what comes is the login scripts'. */
function begun(
  channel: ClientChannel,
  mark: string,
  file: string,
  folder: string | undefined,
): Promise<Omit<Started, 'kill'>> {
  const stdout = new AfterMark(mark);
  const stderr = new AfterMark(mark);
  const ended = new Promise<ExitStatus>((resolve) => {
    // tells how it ended, too: the event `exit` of a quick program has passed before anybody can listen
    channel.once('close', (status?: number | null, signal?: string) => {
      // a channel that we destroyed ends nothing
      for (const stream of [stdout, stderr]) if (!stream.writableEnded) stream.end();
      resolve({ status: status ?? null, signal: signal ?? null });
    });
  });
  // its end is told by the streams and by `ended`
  channel.on('error', () => undefined);
  channel.pipe(stdout);
  channel.stderr.pipe(stderr);
  // where nobody reads any more the rest is let through: an end that is never read keeps the session open
  stdout.once('close', () => channel.resume());
  stderr.once('close', () => channel.stderr.resume());
  return new Promise((resolve, reject) => {
    const give = (error: GuestroomError): void => {
      clearTimeout(timer);
      channel.off('close', early);
      reject(error);
      channel.destroy();
    };
    const early = (): void =>
      give(
        new GuestroomError('lost', `The host ended the session before ${file} ran`, {
          detail: stderr.before || stdout.before || undefined,
        }),
      );
    const timer = setTimeout(
      () =>
        give(
          new GuestroomError('timeout', `The host does not begin to run ${file}`, {
            hint: 'The login scripts of the account may wait for something: see its .profile and .bashrc',
            detail: stderr.before || stdout.before || undefined,
          }),
        ),
      beginning,
    );
    channel.once('close', early);
    stdout.once('mark', (rest: string) => {
      if (rest === 'missing') give(missing(file));
      else if (rest === 'folder') give(new GuestroomError('not_found', `No such folder: ${folder ?? ''}`));
      else if (rest === 'denied') give(new GuestroomError('denied', `Permission denied: ${file}`));
      else {
        clearTimeout(timer);
        channel.off('close', early);
        resolve({ channel, pid: Number(rest), stdout, stderr, ended });
      }
    });
  });
}

/** Passes on what comes after the line that begins with the mark. */
class AfterMark extends Transform {
  readonly #mark: Buffer;
  #seen = false;
  #held = Buffer.alloc(0);

  constructor(mark: string) {
    super({ highWaterMark: 64 * 1024 });
    this.#mark = Buffer.from(mark);
  }

  /** What came before it. */
  get before(): string {
    return this.#seen ? '' : this.#held.toString('utf8').trim();
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null, data?: Buffer) => void,
  ): void {
    if (this.#seen) return done(null, chunk);
    this.#held = Buffer.concat([this.#held, chunk]);
    const at = this.#held.indexOf(this.#mark);
    const end = at === -1 ? -1 : this.#held.indexOf(10, at);
    if (end === -1) {
      // only as much as can still be the beginning of the line, and something to show when it never comes
      this.#held = this.#held.subarray(-64 * 1024);
      return done();
    }
    this.#seen = true;
    this.emit('mark', this.#held.toString('utf8', at + this.#mark.length + 1, end));
    const rest = this.#held.subarray(end + 1);
    this.#held = Buffer.alloc(0);
    done(null, rest.length === 0 ? undefined : rest);
  }
}
