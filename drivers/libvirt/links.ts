import { GuestroomError } from '../api/errors.ts';
import type { RpcClient } from './rpc/client.ts';
import type { Session } from './session.ts';

/** How many calls that may hang are under way on the slow link; the daemon works on five of a client. */
const slowAtOnce = 3;

/**
 * The connections of one node: one for what answers at once, one for what may hang (the guest agent, a refresh of a pool,
 * a migration), and one for each console, upload and download, since a stream that stands still stops its whole connection.
 */
export class Links {
  /** Why the first connection ended; never rejects. */
  readonly closed: Promise<GuestroomError>;
  readonly main: Session;
  private readonly open: ((signal?: AbortSignal) => Promise<Session>) | undefined;
  private slow: Promise<Session> | undefined;
  private slowCalls = 0;
  private readonly queue: (() => void)[] = [];
  private readonly fresh = new Set<RpcClient>();
  private ended = false;

  /**
   * `open` makes one more connection like `main`. Without it everything goes over the one: the test driver reads its file
   * anew for each connection, and what is done on one is not seen on another.
   */
  constructor(main: Session, open: ((signal?: AbortSignal) => Promise<Session>) | undefined) {
    this.main = main;
    this.open = open;
    this.closed = main.rpc.closed.then((error) => {
      this.end();
      return error;
    });
  }

  /** Runs one call that may take long on the link that is kept for such. */
  async slowly<T>(work: (rpc: RpcClient) => Promise<T>): Promise<T> {
    // those who wait are let in by those who leave, in their order
    if (this.slowCalls >= slowAtOnce) await new Promise<void>((go) => this.queue.push(go));
    else this.slowCalls += 1;
    try {
      return await work(await this.slowRpc());
    } finally {
      const next = this.queue.shift();
      if (next) next();
      else this.slowCalls -= 1;
    }
  }

  /** A connection for one stream; who asked for it releases it. */
  async apart(signal?: AbortSignal): Promise<{ rpc: RpcClient; release: () => void }> {
    this.check();
    if (!this.open) return { rpc: this.main.rpc, release: () => undefined };
    const { rpc } = await this.open(signal);
    if (this.ended) {
      rpc.close();
      this.check();
    }
    this.fresh.add(rpc);
    void rpc.closed.then(() => this.fresh.delete(rpc));
    return { rpc, release: () => rpc.close() };
  }

  /** Ends all of them. The daemon is told nothing: it notices. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const rpc of this.fresh) rpc.close();
    // one that is still being opened ends once it is there
    void this.slow?.then(
      ({ rpc }) => rpc.close(),
      () => undefined,
    );
    this.main.rpc.close();
  }

  private async slowRpc(): Promise<RpcClient> {
    this.check();
    if (!this.open) return this.main.rpc;
    let opening = this.slow;
    if (!opening) {
      opening = this.open();
      this.slow = opening;
      const forget = (): void => {
        if (this.slow === opening) this.slow = undefined;
      };
      opening.then(({ rpc }) => rpc.closed.then(forget), forget);
    }
    const { rpc } = await opening;
    if (this.ended) rpc.close();
    return rpc;
  }

  private check(): void {
    if (this.ended)
      throw new GuestroomError('lost', 'The connection is closed', { hint: 'Connect to the host again' });
  }
}
