/** Calls once nothing has happened for a time; stands still while it is paused. */
export class Deadline {
  readonly #milliseconds: number;
  readonly #passed: () => void;
  #timer: NodeJS.Timeout | undefined;
  #pauses = 0;
  #ended = false;

  constructor(milliseconds: number, passed: () => void) {
    this.#milliseconds = milliseconds;
    this.#passed = passed;
    this.restart();
  }

  /** Something has happened. */
  restart(): void {
    clearTimeout(this.#timer);
    if (this.#pauses > 0 || this.#ended) return;
    this.#timer = setTimeout(this.#passed, this.#milliseconds);
  }

  pause(): void {
    this.#pauses += 1;
    clearTimeout(this.#timer);
  }

  /** The whole time counts anew. */
  resume(): void {
    this.#pauses -= 1;
    this.restart();
  }

  end(): void {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
