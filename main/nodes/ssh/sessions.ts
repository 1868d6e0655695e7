import type { Client, ClientChannel, PseudoTtyOptions, SFTPWrapper } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';

/** Servers allow ten sessions of one connection at a time unless told otherwise (MaxSessions); some are left for others. */
const mostSessions = 8;

/** The programs, shells and file transfers of one connection. Who comes when all are in use waits for the next free one. */
export class Sessions {
  readonly #client: Client;
  readonly #waiting: (() => void)[] = [];
  #most = mostSessions;
  #open = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Runs a command line by the account's login shell. */
  exec(command: string): Promise<ClientChannel> {
    return this.#session((done) => this.#client.exec(command, done));
  }

  /** The account's login shell with a terminal. */
  shell(terminal: PseudoTtyOptions): Promise<ClientChannel> {
    return this.#session((done) => this.#client.shell(terminal, done));
  }

  sftp(): Promise<SFTPWrapper> {
    return this.#session((done) => this.#client.sftp(done));
  }

  async #session<Channel extends ClientChannel | SFTPWrapper>(
    begin: (done: (error: Error | undefined, channel: Channel) => void) => void,
  ): Promise<Channel> {
    for (;;) {
      while (this.#open >= this.#most) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      this.#open += 1;
      try {
        const channel = await new Promise<Channel>((resolve, reject) => {
          begin((error, opened) => {
            if (error) reject(error);
            else resolve(opened);
          });
        });
        (channel as ClientChannel).once('close', () => this.#free());
        return channel;
      } catch (thrown) {
        this.#free();
        const error = thrown as Error & { reason?: unknown };
        // this server allows fewer: wait for one of ours
        if (error.reason !== undefined && this.#open > 0) {
          this.#most = Math.max(1, Math.min(this.#most, this.#open));
          continue;
        }
        throw new GuestroomError(
          error.reason === undefined ? 'lost' : 'denied',
          error.reason === undefined
            ? 'The SSH connection has ended'
            : 'The host allows no sessions over SSH',
          {
            detail: error.message,
            cause: error,
            ...(error.reason === undefined ? {} : { hint: 'See MaxSessions in its sshd_config' }),
          },
        );
      }
    }
  }

  #free(): void {
    this.#open -= 1;
    this.#waiting.shift()?.();
  }
}
