import type { Client, ClientChannel, PseudoTtyOptions, SFTPWrapper } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';

/** Servers allow ten sessions of one connection at a time unless told otherwise (MaxSessions); some are left for others. */
const mostSessions = 8;
/** Of those for terminals: each stays for as long as the person likes, and drivers need the others for programs and files. */
const mostShells = 5;
/** ms that a session is waited for which the server refuses while others of ours are open, and between two attempts. */
const patience = 10_000;
const pause = 50;

/** The programs, shells and file transfers of one connection. Who comes when all are in use waits for the next free one. */
export class Sessions {
  readonly #client: Client;
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #shells = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Runs a command line by the account's login shell. */
  exec(command: string): Promise<ClientChannel> {
    return this.#session((done) => this.#client.exec(command, done));
  }

  /** The account's login shell with a terminal. Rejects with `busy` rather than wait for the end of another one. */
  async shell(terminal: PseudoTtyOptions): Promise<ClientChannel> {
    if (this.#shells >= mostShells) {
      throw new GuestroomError('busy', 'The connection to the host carries no more terminals', {
        detail: `${String(this.#shells)} are open`,
        hint: 'Close a terminal of this host that is not needed',
      });
    }
    this.#shells += 1;
    try {
      const channel = await this.#session<ClientChannel>((done) => this.#client.shell(terminal, done));
      channel.once('close', () => (this.#shells -= 1));
      return channel;
    } catch (thrown) {
      this.#shells -= 1;
      throw thrown;
    }
  }

  sftp(): Promise<SFTPWrapper> {
    return this.#session((done) => this.#client.sftp(done));
  }

  async #session<Channel extends ClientChannel | SFTPWrapper>(
    begin: (done: (error: Error | undefined, channel: Channel) => void) => void,
  ): Promise<Channel> {
    const deadline = Date.now() + patience;
    for (;;) {
      while (this.#open >= mostSessions) await this.#nextFree();
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
        const told = { detail: error.message, cause: error };
        if (error.reason === undefined)
          throw new GuestroomError('lost', 'The SSH connection has ended', told);
        // this server allows fewer, or has not yet seen that one of ours is over, of which it tells nothing
        if (this.#open > 0 && Date.now() < deadline) {
          await this.#nextFree(pause);
          continue;
        }
        throw new GuestroomError('denied', 'The host allows no more sessions over this SSH connection', {
          ...told,
          hint: `${String(this.#open)} are open; raise MaxSessions in its sshd_config`,
        });
      }
    }
  }

  /** Resolves once one of ours is over, or after some ms. */
  #nextFree(most?: number): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const late = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        resolve();
      };
      const timer = most === undefined ? undefined : setTimeout(late, most);
      this.#waiting.push(go);
    });
  }

  #free(): void {
    this.#open -= 1;
    this.#waiting.shift()?.();
  }
}
