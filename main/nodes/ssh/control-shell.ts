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
  /** Told in the background by what was left running: see `onEvent`. */
  readonly #events = new Map<string, (rest: string) => void>();
  #channel: Promise<ClientChannel> | undefined;
  #output: string[] = [];
  #size = 0;
  #lines = '';
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
    return new Promise((resolve, reject) => {
      this.#expect(channel, { resolve, reject });
      channel.write(`( ${set}${script}\n) </dev/null 2>&1\n${this.#end}`);
    });
  }

  get #end(): string {
    return `printf '\\n%s %s\\n' ${this.#mark} "$?"\n`;
  }

  #expect(channel: ClientChannel, whoever: Pick<Waiting, 'resolve' | 'reject'>): void {
    const late = (): void =>
      this.#fail(channel, new GuestroomError('timeout', 'The host does not answer a simple question'));
    this.#waiting.push({ ...whoever, timer: setTimeout(late, patience) });
  }

  /**
   * A word for a script's background part, which tells by `printf '%s %s\n' WORD … >&3`. Called with the rest of each such line.
   */
  onEvent(told: (rest: string) => void): string {
    const word = `${this.#mark}-${String((this.#next += 1))}`;
    this.#events.set(word, told);
    return word;
  }

  forget(word: string): void {
    this.#events.delete(word);
  }

  async #begin(): Promise<ClientChannel> {
    try {
      // no words, so that every login shell understands it
      const channel = await this.#sessions.exec('exec sh');
      channel.on('data', (part: Buffer) => this.#take(channel, part));
      channel.stderr.on('data', (part: Buffer) => this.#tell(part.toString('latin1')));
      channel.on('error', (error: Error) => this.#fail(channel, error));
      channel.once('close', () =>
        this.#fail(channel, new GuestroomError('lost', 'The shell on the host has ended')),
      );
      // 3 is for what goes on in the background
      const greeting = 'exec 3>&2; umask 077; unset ENV CDPATH; LC_ALL=C; export LC_ALL';
      this.#expect(channel, { resolve: () => undefined, reject: () => undefined });
      // what login scripts print is before this first mark
      channel.write(`${greeting}\n${this.#end}`);
      return channel;
    } catch (thrown) {
      this.#channel = undefined;
      throw thrown;
    }
  }

  #take(channel: ClientChannel, part: Buffer): void {
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

  #tell(text: string): void {
    this.#lines += text;
    const lines = this.#lines.split('\n');
    this.#lines = (lines.pop() ?? '').slice(-4096);
    for (const line of lines) {
      const space = line.indexOf(' ');
      this.#events.get(line.slice(0, space))?.(line.slice(space + 1));
    }
  }

  #fail(channel: ClientChannel, error: Error): void {
    this.#channel = undefined;
    this.#output = [];
    this.#size = 0;
    channel.removeAllListeners('data');
    channel.destroy();
    for (const { reject, timer } of this.#waiting.splice(0)) {
      clearTimeout(timer);
      reject(error);
    }
  }
}
