import { Duplex } from 'node:stream';

/** Bytes that wait in one direction before the writer is told to stop. */
const highWaterMark = 64 * 1024;

class End extends Duplex {
  #peer: End | undefined;
  #waiting: (() => void) | undefined;

  constructor() {
    // as a socket: when the other side ends, so does this one
    super({ highWaterMark, allowHalfOpen: false });
  }

  meet(peer: End): void {
    this.#peer = peer;
  }

  override _read(): void {
    const peer = this.#peer;
    const waiting = peer?.takeWaiting();
    if (waiting) queueMicrotask(waiting);
  }

  takeWaiting(): (() => void) | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    // nobody reads any more: as a socket whose other side has gone, without an error
    if (!peer || peer.destroyed || peer.readableEnded) {
      done();
      return;
    }
    if (peer.push(chunk)) done();
    else this.#waiting = done;
  }

  override _final(done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    if (peer && !peer.destroyed) peer.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const peer = this.#peer;
    if (peer && !peer.destroyed) {
      // a writer that waits for this side to read must not wait for ever
      peer.takeWaiting()?.();
      if (!this.writableFinished) peer.push(null);
      if (!peer.writableEnded) peer.end();
    }
    done(error);
  }
}

/** Two ends of one in-memory stream: what is written into one is read from the other, and a slow reader stops the writer. */
export function streamPair(): [Duplex, Duplex] {
  const near = new End();
  const far = new End();
  near.meet(far);
  far.meet(near);
  return [near, far];
}
