/** Where the bytes of a serial line are drawn: `done` is called when they have been worked off. */
export interface TerminalSink {
  write(data: Uint8Array, done: () => void): void;
}

/** Handed to the terminal at once: it works this off in a frame or two. */
const portion = 128 * 1024;

/**
 * Between a serial line and its terminal. The terminal gets one portion at a time and the next when it has drawn it, so
 * that keys and the rest of the window stay quick under a flood. Only what is drawn counts as used: the line's credit
 * window bounds what can wait here, and a guest that writes faster than it is drawn is slowed down, not cut.
 */
export class TerminalFeed {
  #sink: TerminalSink;
  #used: (bytes: number) => void;
  #queue: Uint8Array[] = [];
  #waiting = 0;
  #busy = false;
  #ended = false;

  /** `used` hears of each byte that no longer takes memory. */
  constructor(sink: TerminalSink, used: (bytes: number) => void) {
    this.#sink = sink;
    this.#used = used;
  }

  /** Bytes that wait to be drawn. */
  get waiting(): number {
    return this.#waiting;
  }

  push(data: Uint8Array): void {
    if (data.byteLength === 0 || this.#ended) return;
    this.#queue.push(data);
    this.#waiting += data.byteLength;
    this.#next();
  }

  end(): void {
    this.#ended = true;
    this.#queue = [];
    this.#waiting = 0;
  }

  #next(): void {
    if (this.#busy || this.#queue.length === 0) return;
    this.#busy = true;
    const data = this.#take();
    this.#sink.write(data, () => {
      this.#busy = false;
      if (this.#ended) return;
      this.#used(data.byteLength);
      this.#next();
    });
  }

  /** Up to a portion, many small pieces as one. */
  #take(): Uint8Array {
    const data = this.#gather();
    this.#waiting -= data.byteLength;
    return data;
  }

  #gather(): Uint8Array {
    const first = this.#queue[0] ?? new Uint8Array();
    if (first.byteLength > portion) {
      this.#queue[0] = first.subarray(portion);
      return first.subarray(0, portion);
    }
    let size = 0;
    let count = 0;
    for (const piece of this.#queue) {
      if (size + piece.byteLength > portion) break;
      size += piece.byteLength;
      count += 1;
    }
    const pieces = this.#queue.splice(0, count);
    if (pieces.length === 1) return first;
    const whole = new Uint8Array(size);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.byteLength;
    }
    return whole;
  }
}
