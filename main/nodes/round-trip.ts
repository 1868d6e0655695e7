import { GuestroomError } from '../../drivers/api/errors.ts';

export interface RoundTripOptions {
  /** ms of one question and its answer. */
  ask(): Promise<number>;
  /** Whether a window is open at all: without one nothing is asked. */
  attended(): boolean;
  /** `milliseconds` is another one. */
  changed(): void;
  failed(thrown: unknown): void;
}

/** ms between two questions. */
const pace = 15_000;
/** What differs by no more than both of these is the same to a person. */
const share = 0.2;
const least = 10;

/** How long a host takes to answer, asked again and again while somebody looks. */
export class RoundTrip {
  readonly #options: RoundTripOptions;
  #milliseconds: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** When it was asked last (performance.now). */
  #asked = -Infinity;
  #busy = false;
  #ended = false;

  constructor(options: RoundTripOptions) {
    this.#options = options;
    this.#plan();
  }

  /** Whole ms; undefined before the first answer. */
  get milliseconds(): number | undefined {
    return this.#milliseconds;
  }

  /** A window came or went. */
  attendance(): void {
    this.#plan();
  }

  /** Asks now. Rejects with `timeout` when no answer comes in so many ms, and with what went wrong. */
  async check(patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new GuestroomError('timeout', `No answer in ${String(patience / 1000)} seconds`);
      timer = setTimeout(() => reject(error), patience);
    });
    try {
      this.#take(await Promise.race([this.#options.ask(), late]));
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    clearTimeout(this.#timer);
    if (this.#ended || this.#busy || !this.#options.attended()) return;
    const wait = Math.max(0, this.#asked + pace - performance.now());
    this.#timer = setTimeout(() => void this.#ask(), wait);
    this.#timer.unref();
  }

  async #ask(): Promise<void> {
    this.#busy = true;
    this.#asked = performance.now();
    try {
      this.#take(await this.#options.ask());
    } catch (thrown) {
      if (!this.#ended) this.#options.failed(thrown);
    } finally {
      this.#busy = false;
      this.#plan();
    }
  }

  #take(milliseconds: number): void {
    if (this.#ended) return;
    const before = this.#milliseconds;
    const difference = before === undefined ? Infinity : Math.abs(milliseconds - before);
    if (before !== undefined && (difference <= least || difference <= before * share)) return;
    this.#milliseconds = Math.round(milliseconds);
    this.#options.changed();
  }
}
