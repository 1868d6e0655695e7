/** ms between two looks at the clock, and how much later than that one must come for the computer to have slept. */
const pace = 10_000;
const slept = 20_000;

/**
 * Tells when the computer has slept: its timers stand still then, and the wall clock does not. Whoever knows better (a
 * desktop that says so) tells it here.
 */
export class WakeWatch {
  readonly #woke: () => void;
  #looked = Date.now();
  readonly #timer: NodeJS.Timeout;

  constructor(woke: () => void) {
    this.#woke = woke;
    this.#timer = setInterval(() => this.#look(), pace);
    this.#timer.unref();
  }

  /** The computer has just woken up. Our own clock does not tell of the same sleep again. */
  woke(): void {
    this.#looked = Date.now();
    this.#woke();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const late = Date.now() - this.#looked - pace;
    this.#looked = Date.now();
    if (late > slept) this.#woke();
  }
}
