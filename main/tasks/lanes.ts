/** Lets at most `width` pieces of work of one lane run at once; the others wait in their order. */
export class Lanes {
  readonly #width: number;
  readonly #lanes = new Map<string, { running: number; waiting: Set<() => void> }>();

  constructor(width: number) {
    this.#width = width;
  }

  /** Rejects with the signal's reason, without having begun, when it aborts before the turn comes. */
  async run<T>(lane: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const entry = this.#lanes.get(lane) ?? { running: 0, waiting: new Set() };
    this.#lanes.set(lane, entry);
    if (entry.running < this.#width) entry.running += 1;
    else await this.#turn(entry.waiting, signal);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // the place goes from hand to hand, so that nobody who comes later takes it
      const [next] = entry.waiting;
      if (next) next();
      else entry.running -= 1;
      if (entry.running === 0) this.#lanes.delete(lane);
    }
  }

  #turn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => () => {
        waiting.delete(go);
        signal.removeEventListener('abort', stop);
        done();
      };
      const go = settle(resolve);
      const stop = settle(() => reject(signal.reason as Error));
      waiting.add(go);
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
    });
  }
}
