import { connect, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net';
import { type Lender, lendsBy } from '../../drivers/api/lent-reads.ts';

/** A socket that lends what it reads; to a reader who does not borrow it is like any other. */
export function connectLending(address: NetConnectOpts): Socket {
  const reads = new ReadBuffers();
  const onread: OnReadOpts = {
    buffer: () => reads.buffer,
    // the socket pushes its end itself
    callback: (length) => socket.push(reads.take(length, socket.isPaused())),
  };
  const socket: Socket = connect({ ...address, onread });
  lendsBy(socket, reads);
  return socket;
}

const firstSize = 64 * 1024;
/** What one read brings at most while bytes are borrowed: more no longer fits the processor's cache. */
const lentSize = 256 * 1024;
/** Shorter chunks that may be kept are copied, so that one of 100 bytes does not hold a whole buffer. */
const shortest = 32 * 1024;
/** Buffers that wait to be filled again. */
const mostFree = 2;

class ReadBuffers implements Lender {
  /** Where the next read goes. */
  buffer: Buffer = Buffer.allocUnsafeSlow(firstSize);
  #size = firstSize;
  #borrowed = false;
  #briefly = false;
  readonly #free: Buffer[] = [];
  /** Weak: a chunk that is dropped in place of being given back is no leak. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  borrow({ briefly } = { briefly: false }): void {
    this.#borrowed = true;
    this.#briefly = briefly;
  }

  giveBack(bytes: Uint8Array): void {
    const { buffer } = bytes;
    if (!this.#lent.delete(buffer)) return;
    if (buffer.byteLength === this.#size && this.#free.length < mostFree)
      this.#free.push(Buffer.from(buffer));
  }

  /** The bytes that have just come into `buffer`. Those that have to wait for their reader are not given back soon. */
  take(length: number, waits: boolean): Buffer {
    const { buffer } = this;
    if (length < shortest && (!this.#briefly || waits)) return Buffer.from(buffer.subarray(0, length));
    if (this.#borrowed) {
      this.#lent.add(buffer.buffer);
      // quiet lines keep the small buffer
      if (length === buffer.length) this.#size = lentSize;
    }
    this.buffer = this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#size);
    return buffer.subarray(0, length);
  }
}
