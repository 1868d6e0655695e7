import type { Duplex, Readable } from 'node:stream';

/**
 * Reading without new memory for each chunk. By itself a socket takes 64 KiB for every read and leaves them to the garbage
 * collector; a gigabyte of those costs a hundred collections of everything that the app remembers. A reader that knows
 * when it is done with its bytes borrows them instead, and the same few buffers are filled again.
 */
export interface Lender {
  /** From now on chunks are lent: their memory is filled again once they were given back. `briefly`: that is at once. */
  borrow(options?: { briefly: boolean }): void;
  /** The chunk, or any part of it, is used up. Bytes that were never lent are left alone. */
  giveBack(bytes: Uint8Array): void;
}

const lenders = new WeakMap<Readable, Lender>();

/** undefined for streams that give every chunk away for good. */
export const lenderOf = (stream: Readable): Lender | undefined => lenders.get(stream);

/** Who reads this stream may borrow what it brings. */
export function lendsBy(stream: Readable, lender: Lender): void {
  lenders.set(stream, lender);
}

/** `outer` passes on the chunks of `inner` as they are: who reads it may borrow them. */
export function lendThrough(outer: Readable, inner: Readable): void {
  const lender = lenders.get(inner);
  if (lender !== undefined) lenders.set(outer, lender);
}

/** Gives what comes to `take`, to be used before that returns or while the stream is paused. */
export function readLent(stream: Duplex, take: (bytes: Buffer) => void): void {
  const lender = lenders.get(stream);
  lender?.borrow({ briefly: true });
  let inUse: Buffer | undefined;
  stream.on('data', (bytes: Buffer) => {
    if (inUse) lender?.giveBack(inUse);
    take(bytes);
    // a paused stream still reads ahead until its own buffer is full: not into these
    inUse = stream.isPaused() ? bytes : undefined;
    if (!inUse) lender?.giveBack(bytes);
  });
}
