import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { quote } from './quoting.ts';
import type { Sessions } from './sessions.ts';

export interface Reply {
  status: number;
  /** Standard output and error together, as latin1: bytes stay what they are. */
  output: string;
}

interface Waiting {
  resolve(reply: Reply): void;
  reject(error: Error): void;
  timer: NodeJS.Timeout;
}

/** ms: what is asked here is small, and whoever waits behind it must not wait for ever. */
const patience = 20_000;
const mostOutput = 8 * 1024 * 1024;

/**
 * One `sh` on the host that is asked small things, one after another: starting a program by SSH costs the host a tenth of a
 * second each time, a question here costs a round trip. Many may be asked at once. It is made anew when it ends.
 */
export class ControlShell {
  readonly #sessions: Sessions;
  readonly #mark = `guestroom-${randomBytes(12).toString('hex')}`;
  readonly #waiting: Waiting[] = [];
  /** Told in the background by what was left running: see `event`. */
  readonly #events = new Map<string, (rest: string | undefined) => void>();
  #channel: Promise<ClientChannel> | undefined;
  /** The one that is listened to. */
  #current: ClientChannel | undefined;
  /** How the last one that was listened to has ended. */
  #failure: Error | undefined;
  /** It has answered once. */
  #greeted = false;
  #output: string[] = [];
  #size = 0;
  #lines = '';
  /** What it said beside its output before it answered. */
  #said = '';
  #next = 0;

  constructor(sessions: Sessions) {
    this.#sessions = sessions;
  }

  /** Runs a script with arguments as "$1" and so on. Rejects with `timeout` or `lost`; an exit status is a reply. */
  async ask(script: string, args: readonly string[] = []): Promise<Reply> {
    const set = args.length === 0 ? '' : `set -- ${args.map(quote).join(' ')}\n`;
    // a shell of its own: what the script sets or leaves does not matter to the next
    this.#channel ??= this.#begin();
    const channel = await this.#channel;
    if (channel !== this.#current) throw this.#failure ?? this.#late();
    return new Promise((resolve, reject) => {
      this.#expect(channel, { resolve, reject });
      channel.write(`( ${set}${script}\n) </dev/null 2>&1\n${this.#end}`);
    });
  }

  get #end(): string {
    return `printf '\\n%s %s\\n' ${this.#mark} "$?"\n`;
  }

  #expect(channel: ClientChannel, whoever: Pick<Waiting, 'resolve' | 'reject'>): void {
    const late = (): void => this.#fail(channel, this.#late());
    this.#waiting.push({ ...whoever, timer: setTimeout(late, patience) });
  }

  /**
   * A word for a script's background part, which tells once by `printf '%s %s\n' WORD … >&3`. Resolves with the rest of
   * that line, or with undefined when this shell has ended before.
   */
  event(): { word: string; told: Promise<string | undefined> } {
    const word = `${this.#mark}-${String((this.#next += 1))}`;
    return { word, told: new Promise((resolve) => this.#events.set(word, resolve)) };
  }

  forget(word: string): void {
    this.#events.delete(word);
  }

  async #begin(): Promise<ClientChannel> {
    try {
      // no words, so that every login shell understands it
      return await this.#sessions.exec('exec sh', (channel) => {
        this.#current = channel;
        this.#greeted = false;
        this.#lines = this.#said = '';
        channel.on('data', (part: Buffer) => this.#take(channel, part));
        channel.stderr.on('data', (part: Buffer) => this.#tell(channel, part.toString('latin1')));
        channel.on('error', (error: Error) => this.#fail(channel, error));
        channel.once('close', (status?: number | null) => {
          const end = (): void => this.#fail(channel, this.#ended(status));
          // what it said last comes beside the end of its output
          if (channel.stderr.readableEnded) end();
          else channel.stderr.once('end', end);
        });
        // 3 is for what goes on in the background
        const greeting = 'exec 3>&2; umask 077; unset ENV CDPATH; LC_ALL=C; export LC_ALL';
        const greeted = (): void => {
          this.#greeted = true;
        };
        this.#expect(channel, { resolve: greeted, reject: () => undefined });
        // what login scripts print is before this first mark
        channel.write(`${greeting}\n${this.#end}`);
      });
    } catch (thrown) {
      this.#channel = undefined;
      throw thrown;
    }
  }

  /** Without a status it is the connection that has ended. */
  #ended(status: number | null | undefined): GuestroomError {
    const said = Buffer.from(`${this.#output.join('')}\n${this.#said}`.trim(), 'latin1').toString('utf8');
    const detail = said.slice(0, 1000) || undefined;
    if (this.#greeted || typeof status !== 'number')
      return new GuestroomError('lost', 'The shell on the host has ended', { detail });
    return new GuestroomError('unsupported', 'The account has no shell that Guestroom can use', {
      detail: detail ?? `exit status ${String(status)}`,
      hint: 'It needs a login shell and sh: accounts for file transfers only (ForceCommand, internal-sftp) and those with nologin do not do',
    });
  }

  #late(): GuestroomError {
    return this.#greeted
      ? new GuestroomError('timeout', 'The host does not answer a simple question')
      : new GuestroomError('timeout', 'The shell on the host does not begin', {
          hint: 'The login scripts of the account may wait for something: see its .profile and .bashrc',
        });
  }

  #take(channel: ClientChannel, part: Buffer): void {
    // an older one that was given up
    if (channel !== this.#current) return;
    this.#output.push(part.toString('latin1'));
    this.#size += part.length;
    if (this.#size > mostOutput)
      return this.#fail(channel, new GuestroomError('too_large', 'The host answers more than was asked for'));
    // the mark may be cut in two
    const tail = this.#output.slice(-2).join('');
    if (!tail.includes(this.#mark) && !tail.endsWith('\n')) return;
    let text = this.#output.join('');
    const end = new RegExp(`\\n${this.#mark} (\\d+)\\n`);
    for (let found = end.exec(text); found; found = end.exec(text)) {
      const waiting = this.#waiting.shift();
      clearTimeout(waiting?.timer);
      waiting?.resolve({ status: Number(found[1]), output: text.slice(0, found.index) });
      text = text.slice(found.index + found[0].length);
    }
    this.#output = text === '' ? [] : [text];
    this.#size = text.length;
  }

  #tell(channel: ClientChannel, text: string): void {
    if (channel !== this.#current) return;
    if (!this.#greeted) this.#said = (this.#said + text).slice(-4096);
    this.#lines += text;
    const lines = this.#lines.split('\n');
    this.#lines = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) {
      const space = line.indexOf(' ');
      const word = line.slice(0, space);
      this.#events.get(word)?.(line.slice(space + 1));
      this.#events.delete(word);
    }
  }

  #fail(channel: ClientChannel, error: Error): void {
    // what becomes of one that was given up says nothing about the one that is asked now
    if (channel !== this.#current) return;
    this.#current = undefined;
    this.#channel = undefined;
    this.#failure = error;
    this.#output = [];
    this.#size = 0;
    channel.destroy();
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(error);
    }
    for (const told of this.#events.values()) told(undefined);
    this.#events.clear();
  }
}
