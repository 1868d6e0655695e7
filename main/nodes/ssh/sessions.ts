import type { Client, ClientChannel, PseudoTtyOptions, SFTPWrapper } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';

/** Servers allow ten sessions of one connection at a time unless told otherwise (MaxSessions); some are left for others. */
const mostSessions = 8;
/** Of those for terminals: each stays for as long as the person likes, and drivers need the others for programs and files. */
const mostShells = 5;
/** ms that a session is waited for which the server refuses while others of ours are open, and between two attempts. */
const patience = 10_000;
const pause = 50;
/** ms after which the server has surely seen that one of ours is over. */
const settling = 1000;
/** ms that a server may take to open a session at all: what the host does at each login (PAM) may hang. */
const opening = 20_000;

/** The programs, shells and file transfers of one connection. Who comes when all are in use waits for the next free one. */
export class Sessions {
  readonly #client: Client;
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #shells = 0;
  /** The connection has ended. */
  #over = false;
  /** When the last one of ours was over. */
  #closed = 0;

  constructor(client: Client) {
    this.#client = client;
    client.once('close', () => {
      this.#over = true;
      for (const go of this.#waiting.splice(0)) go();
    });
  }

  /**
   * Runs a command line by the account's login shell. `listen` is called before anything else of the session is read: its
   * exit and its end may have come together with its beginning.
   */
  exec(command: string, listen: (channel: ClientChannel) => void): Promise<ClientChannel> {
    return this.#session((done) => this.#client.exec(command, done), listen);
  }

  /** The account's login shell with a terminal. Rejects with `busy` rather than wait for the end of another one. */
  async shell(terminal: PseudoTtyOptions, listen: (channel: ClientChannel) => void): Promise<ClientChannel> {
    if (this.#shells >= mostShells) {
      throw new GuestroomError('busy', 'The connection to the host carries no more terminals', {
        detail: `${String(this.#shells)} are open`,
        hint: 'Close a terminal of this host that is not needed',
      });
    }
    this.#shells += 1;
    try {
      return await this.#session<ClientChannel>(
        (done) => this.#client.shell(terminal, done),
        (channel) => {
          channel.once('close', () => (this.#shells -= 1));
          listen(channel);
        },
      );
    } catch (thrown) {
      this.#shells -= 1;
      throw thrown;
    }
  }

  sftp(listen: (session: SFTPWrapper) => void): Promise<SFTPWrapper> {
    return this.#session((done) => this.#client.sftp(done), listen);
  }

  async #session<Channel extends ClientChannel | SFTPWrapper>(
    begin: (done: (error: Error | undefined, channel: Channel) => void) => void,
    listen: (channel: Channel) => void,
  ): Promise<Channel> {
    const deadline = Date.now() + patience;
    for (;;) {
      while (!this.#over && this.#open >= mostSessions) await this.#nextFree();
      this.#open += 1;
      try {
        return await this.#opened(begin, listen);
      } catch (thrown) {
        this.#free();
        if (thrown instanceof GuestroomError) throw thrown;
        const error = thrown as Error & { reason?: unknown };
        const told = { detail: error.message, cause: error };
        if (this.#over || /^Not connected|^No response/.test(error.message))
          throw new GuestroomError('lost', 'The SSH connection has ended', told);
        // the session was opened, and then refused to do what it is for
        if (error.reason === undefined) {
          throw new GuestroomError('unsupported', 'The host’s SSH server does not do this for the account', {
            ...told,
            hint: 'It has to allow programs and file transfer: see its sshd_config',
          });
        }
        // this server allows fewer, or has not yet seen that one of ours is over, of which it tells nothing
        const busy = this.#open > 0 || Date.now() - this.#closed < settling;
        if (busy && Date.now() < deadline) {
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

  /** One that comes too late is closed. */
  #opened<Channel extends ClientChannel | SFTPWrapper>(
    begin: (done: (error: Error | undefined, channel: Channel) => void) => void,
    listen: (channel: Channel) => void,
  ): Promise<Channel> {
    return new Promise((resolve, reject) => {
      let over = false;
      const late = (): void => {
        over = true;
        reject(
          new GuestroomError('timeout', 'The host does not open a session over this SSH connection', {
            hint: 'It may be overloaded, or wait for something at each login: see its log',
          }),
        );
      };
      const timer = setTimeout(late, opening);
      try {
        begin((error, channel) => {
          clearTimeout(timer);
          if (error) return reject(error);
          if (over) {
            channel.on('error', () => undefined);
            return void (channel as ClientChannel).destroy();
          }
          (channel as ClientChannel).once('close', () => {
            this.#closed = Date.now();
            this.#free();
          });
          listen(channel);
          resolve(channel);
        });
      } catch (thrown) {
        // ssh2 throws where the connection has ended
        clearTimeout(timer);
        reject(thrown as Error);
      }
    });
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
