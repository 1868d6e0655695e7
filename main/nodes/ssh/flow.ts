/** Bytes of one request; small ones where a line is slow, so that what is typed meanwhile gets in between. */
const smallPiece = 32 * 1024;
const largePiece = 128 * 1024;
/** Bytes on their way: enough at last for a line of 100 ms at 300 Mbit/s. */
const least = smallPiece;
const first = 256 * 1024;
const most = 4 * 1024 * 1024;
/** ms that an answer may be later than the fastest one: what waits in front of us makes everything else on the line wait, too. */
const patience = 100;

/**
 * How many bytes of a transfer may be on their way. Everything of a host shares one connection, so a transfer takes the
 * whole line and yet keeps only little of it queued: the window grows while answers come quickly, and shrinks once they
 * come later than the line itself would have it.
 */
export class Flow {
  #window = first;
  #fastest = Number.POSITIVE_INFINITY;
  /** Answers to what was sent before it tell nothing about the last change. */
  #heeded = 0;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Bytes. */
  get window(): number {
    return this.#window;
  }

  /** Bytes of the next request. */
  get piece(): number {
    return this.#window >= 1024 * 1024 ? largePiece : smallPiece;
  }

  /** A request is sent: what it is called when it is answered. */
  sent(): number {
    return this.#now();
  }

  answered(sent: number, bytes: number): void {
    const took = this.#now() - sent;
    this.#fastest = Math.min(this.#fastest, took);
    if (took - this.#fastest < patience) {
      this.#window = Math.min(most, this.#window + bytes);
      return;
    }
    if (sent < this.#heeded) return;
    this.#heeded = this.#now();
    this.#window = Math.max(least, Math.floor(this.#window / 2));
  }
}
