export interface FeedOptions<T> {
  /** What is new since the last call; undefined when nothing is. */
  drain(): T | undefined;
  /** Called once, when nobody reads any more. */
  ended(): void;
  /** Milliseconds that lie at least between two values, so that a burst becomes one of them. Default 16. */
  interval?: number;
  signal?: AbortSignal | undefined;
}

/**
 * The reading end of a feed. It keeps no queue of its own: news wake it, and what it gives is made when it is read,
 * so a slow reader gets fewer and newer values instead of filling memory.
 */
export class Feed<T> implements AsyncIterableIterator<T, undefined> {
  readonly #options: FeedOptions<T>;
  readonly #interval: number;
  #last = -Infinity;
  #news = true;
  #hurry = false;
  #done = false;
  #wake: (() => void) | undefined;

  constructor(options: FeedOptions<T>) {
    this.#options = options;
    this.#interval = options.interval ?? 16;
    // not at once: whoever makes the feed has not finished with it
    if (options.signal?.aborted) queueMicrotask(this.end);
    else options.signal?.addEventListener('abort', this.end, { once: true });
  }

  /** There is something new. */
  readonly wake = (): void => {
    this.#news = true;
    this.#wake?.();
  };

  /** Called while draining: there is more, and it need not wait for the interval. */
  readonly more = (): void => {
    this.#hurry = true;
    this.wake();
  };

  readonly end = (): void => {
    if (this.#done) return;
    this.#done = true;
    this.#options.signal?.removeEventListener('abort', this.end);
    this.#options.ended();
    this.#wake?.();
  };

  async next(): Promise<IteratorResult<T, undefined>> {
    if (this.#options.signal?.aborted) this.end();
    for (;;) {
      if (this.#done) return { done: true, value: undefined };
      const early = this.#last + this.#interval - performance.now();
      if (!this.#news) await this.#sleep(undefined);
      else if (early > 0) await this.#sleep(early);
      else {
        this.#news = false;
        this.#hurry = false;
        const value = this.#options.drain();
        if (value === undefined) continue;
        this.#last = this.#hurry ? -Infinity : performance.now();
        return { done: false, value };
      }
    }
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Until news come, or the time is over; the end interrupts both. */
  async #sleep(milliseconds: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = () => {
        if (milliseconds === undefined || this.#done) resolve();
      };
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
