import { createSubscriber } from 'svelte/reactivity';

/** The time, moving on once a second while something on the screen reads it. */
class Clock {
  #now = Date.now();
  #subscribe = createSubscriber((update) => {
    this.#now = Date.now();
    const timer = setInterval(() => {
      this.#now = Date.now();
      update();
    }, 1000);
    return () => clearInterval(timer);
  });

  /** ms since 1970 */
  get now(): number {
    this.#subscribe();
    return this.#now;
  }
}

export const clock = new Clock();
