import type { RpcClient } from './rpc/client.ts';
import type { Session } from './session.ts';
import { cancelled } from './rpc/endings.ts';

/** How many calls of a lane are under way at once; the daemon works on five of a client. */
const atOnce = 3;

/** One further connection of a node for calls that may take long: a few at once, the others wait in their order. */
export class Lane {
  readonly #open: () => Promise<Session>;
  #session: Promise<Session> | undefined;
  #running = 0;
  readonly #waiting = new Set<() => void>();

  /** `open` makes the connection when the first call needs it, and again after it was cut. */
  constructor(open: () => Promise<Session>) {
    this.#open = open;
  }

  /** Rejects with `cancelled`, without having begun, when `turn` aborts before the turn comes. */
  async run<T>(work: (rpc: RpcClient) => Promise<T>, turn?: AbortSignal): Promise<T> {
    if (this.#running < atOnce) this.#running += 1;
    else await this.#turn(turn);
    try {
      const rpc = await this.#rpc();
      if (turn?.aborted) throw cancelled();
      return await work(rpc);
    } finally {
      // those who wait are let in by those who leave, in their order
      const [next] = this.#waiting;
      if (next) next();
      else this.#running -= 1;
    }
  }

  end(): void {
    // one that is still being opened ends once it is there
    void this.#session?.then(
      ({ rpc }) => rpc.close(),
      () => undefined,
    );
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => () => {
        this.#waiting.delete(go);
        signal?.removeEventListener('abort', stop);
        done();
      };
      const go = settle(resolve);
      const stop = settle(() => reject(cancelled()));
      this.#waiting.add(go);
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
    });
  }

  async #rpc(): Promise<RpcClient> {
    let opening = this.#session;
    if (!opening) {
      opening = this.#open();
      this.#session = opening;
      const forget = (): void => {
        if (this.#session === opening) this.#session = undefined;
      };
      opening.then(({ rpc }) => rpc.closed.then(forget), forget);
    }
    return (await opening).rpc;
  }
}
