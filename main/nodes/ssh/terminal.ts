import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { HostTerminal, TerminalSize } from '../../../drivers/api/host.ts';
import type { SshLink } from './link.ts';

/** The account's login shell with a terminal. Rejects with `busy` when the connection carries as many as it can, and with `denied` when the host gives none. */
export async function openShell(link: SshLink, { columns, rows }: TerminalSize): Promise<HostTerminal> {
  let channel: ClientChannel;
  try {
    channel = await link.sessions.shell(
      { term: 'xterm-256color', cols: columns, rows },
      // its end is what is told
      (opened) => opened.on('error', () => undefined),
    );
  } catch (thrown) {
    if (!(thrown instanceof GuestroomError) || thrown.code !== 'unsupported') throw thrown;
    throw new GuestroomError('denied', 'The host gives this account no terminal', {
      detail: thrown.detail,
      hint: 'See PermitTTY in its sshd_config, and the login shell of the account',
      cause: thrown,
    });
  }
  return {
    stream: new ShellStream(channel, link),
    resize: (size) => channel.setWindow(size.rows, size.columns, 0, 0),
  };
}

/** A shell's channel that ends with the shell, and fails with `lost` when the connection ended under it. */
class ShellStream extends Duplex {
  readonly #channel: ClientChannel;

  constructor(channel: ClientChannel, link: SshLink) {
    super();
    this.#channel = channel;
    const take = (part: Buffer): void => {
      if (!this.push(part)) channel.pause();
    };
    channel.on('data', take);
    channel.stderr.on('data', take);
    channel.on('error', (error: Error) => this.destroy(error));
    channel.once('close', (status?: number | null) => {
      // ssh2 closes the channels of a lost connection as if their programs had ended
      if (status !== undefined) return void this.push(null);
      setImmediate(() => {
        if (!link.ended) return void this.push(null);
        void link.lost.then((error) => this.destroy(error));
      });
    });
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#channel.write(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#channel.destroy();
    done(error);
  }
}
