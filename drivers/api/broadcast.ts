/** Hands every value to all who listen now; each has its own queue, so that a slow one loses nothing. */
export class Broadcast<T> {
  private readonly readers = new Set<(value: T | undefined) => void>();

  send(value: T): void {
    for (const reader of [...this.readers]) reader(value);
  }

  /** Ends all iterables. */
  end(): void {
    for (const reader of [...this.readers]) reader(undefined);
    this.readers.clear();
  }

  /** Everything sent from the call on, until the signal aborts. */
  listen(signal: AbortSignal): AsyncIterable<T> {
    const queue: T[] = [];
    let over = signal.aborted;
    let wake: (() => void) | undefined;
    const reader = (value: T | undefined): void => {
      if (value === undefined) over = true;
      else queue.push(value);
      wake?.();
    };
    const stop = (): void => {
      this.readers.delete(reader);
      over = true;
      wake?.();
    };
    if (!over) {
      this.readers.add(reader);
      signal.addEventListener('abort', stop, { once: true });
    }
    const next = async (): Promise<IteratorResult<T>> => {
      for (;;) {
        const value = signal.aborted ? undefined : queue.shift();
        if (value !== undefined) return { done: false, value };
        if (over) {
          signal.removeEventListener('abort', stop);
          return { done: true, value: undefined };
        }
        await new Promise<void>((resolve) => (wake = resolve));
        wake = undefined;
      }
    };
    return {
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          stop();
          signal.removeEventListener('abort', stop);
          return Promise.resolve({ done: true, value: undefined });
        },
      }),
    };
  }
}
