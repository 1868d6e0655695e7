import type { Change } from '../api/driver.ts';

/** Rows as the readers know them, by a key: what is told again would say nothing new. */
export class Told {
  readonly #rows = new Map<string, string>();

  /** Keeps the row; false when it was known. */
  differs(key: string, row: unknown): boolean {
    const text = JSON.stringify(row);
    if (this.#rows.get(key) === text) return false;
    this.#rows.set(key, text);
    return true;
  }

  forget(key: string): void {
    this.#rows.delete(key);
  }
}

/** Tells every reader every change once, in order. A reader hears what happens after it began to listen. */
export class ChangeHub {
  readonly #readers = new Set<(change: Change) => void>();

  tell(change: Change): void {
    for (const reader of [...this.#readers]) reader(change);
  }

  /** Listens from this call on, not from the first `next`. Ends when either signal aborts. */
  listen(signal: AbortSignal, closed: AbortSignal): AsyncIterable<Change> {
    const queue: Change[] = [];
    let wake: (() => void) | undefined;
    let done = signal.aborted || closed.aborted;
    const reader = (change: Change): void => {
      queue.push(change);
      wake?.();
    };
    const stop = (): void => {
      done = true;
      this.#readers.delete(reader);
      signal.removeEventListener('abort', stop);
      closed.removeEventListener('abort', stop);
      wake?.();
    };
    if (!done) {
      this.#readers.add(reader);
      signal.addEventListener('abort', stop);
      closed.addEventListener('abort', stop);
    }
    const next = async (): Promise<IteratorResult<Change, undefined>> => {
      for (;;) {
        if (done) return { done: true, value: undefined };
        const change = queue.shift();
        if (change) return { done: false, value: change };
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        wake = undefined;
      }
    };
    return {
      [Symbol.asyncIterator]: () => ({
        next,
        return: () => {
          stop();
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
  }
}
