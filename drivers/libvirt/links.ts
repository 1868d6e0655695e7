import { GuestroomError } from '../api/errors.ts';
import { Lane } from './lane.ts';
import type { RpcClient } from './rpc/client.ts';
import type { Session } from './session.ts';

export interface Slowness {
  /** It takes as long as a guest's memory, a volume or a server that does not answer: nobody else waits for it. */
  long?: boolean;
  /** Gives up while it still waits for its turn. */
  turn?: AbortSignal | undefined;
}

/**
 * The connections of one node: one for what answers at once, one for what may hang for a while, one for long work (a
 * migration, a refresh of a pool, the guest agent), and one for each console, upload and download, since a stream that
 * stands still stops its whole connection.
 */
export class Links {
  /** Why the first connection ended; never rejects. */
  readonly closed: Promise<GuestroomError>;
  readonly main: Session;
  private readonly open: ((signal?: AbortSignal) => Promise<Session>) | undefined;
  private readonly slow: Lane;
  private readonly long: Lane;
  private readonly fresh = new Set<RpcClient>();
  private readonly ending = new AbortController();

  /**
   * `open` makes one more connection like `main`. Without it everything goes over the one: the test driver reads its file
   * anew for each connection, and what is done on one is not seen on another.
   */
  constructor(main: Session, open: ((signal?: AbortSignal) => Promise<Session>) | undefined) {
    this.main = main;
    this.open = open;
    const lane = (): Lane => new Lane(open ? () => this.another(open) : () => this.mainOnly());
    this.slow = lane();
    this.long = lane();
    this.closed = main.rpc.closed.then((error) => {
      this.end();
      return error;
    });
  }

  /** Runs one call that may take long on a link that is kept for such. */
  slowly<T>(work: (rpc: RpcClient) => Promise<T>, { long = false, turn }: Slowness = {}): Promise<T> {
    return (long ? this.long : this.slow).run(work, turn);
  }

  /** A connection for one stream; who asked for it releases it. */
  async apart(signal?: AbortSignal): Promise<{ rpc: RpcClient; release: () => void }> {
    this.check();
    if (!this.open) return { rpc: this.main.rpc, release: () => undefined };
    const { rpc } = await this.another(this.open, signal);
    this.fresh.add(rpc);
    void rpc.closed.then(() => this.fresh.delete(rpc));
    return { rpc, release: () => rpc.close() };
  }

  /** Ends all of them. The daemon is told nothing: it notices. */
  end(): void {
    if (this.ending.signal.aborted) return;
    this.ending.abort();
    for (const rpc of this.fresh) rpc.close();
    this.slow.end();
    this.long.end();
    this.main.rpc.close();
  }

  /** One more connection, unless this node's come to their end meanwhile. */
  private async another(
    open: (signal?: AbortSignal) => Promise<Session>,
    signal?: AbortSignal,
  ): Promise<Session> {
    this.check();
    const ended = this.ending.signal;
    try {
      const session = await open(signal ? AbortSignal.any([signal, ended]) : ended);
      if (ended.aborted) session.rpc.close();
      this.check();
      return session;
    } catch (error) {
      this.check();
      throw error;
    }
  }

  private mainOnly(): Promise<Session> {
    this.check();
    return Promise.resolve(this.main);
  }

  private check(): void {
    if (this.ending.signal.aborted)
      throw new GuestroomError('lost', 'The connection is closed', { hint: 'Connect to the host again' });
  }
}
