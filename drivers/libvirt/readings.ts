/** Readings of objects after events: one at a time of each, so that what is told last is not older than the last event. */
export class Readings {
  readonly #running = new Map<string, { again: boolean; done: Promise<void> }>();

  /** Reads and tells. Whoever asks for the same key meanwhile makes it read once more, and waits for the same end. */
  run<T>(key: string, read: () => Promise<T>, tell: (value: T) => void): Promise<void> {
    const running = this.#running.get(key);
    if (running) {
      running.again = true;
      return running.done;
    }
    const next = { again: true, done: Promise.resolve() };
    this.#running.set(key, next);
    next.done = this.#read(next, read, tell).finally(() => this.#running.delete(key));
    return next.done;
  }

  async #read<T>(
    reading: { again: boolean },
    read: () => Promise<T>,
    tell: (value: T) => void,
  ): Promise<void> {
    // what came in one packet is one reading
    await Promise.resolve();
    while (reading.again) {
      reading.again = false;
      const value = await read();
      if (!reading.again) tell(value);
    }
  }
}
