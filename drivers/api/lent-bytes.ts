import type { Duplex } from 'node:stream';

/** Looks at bytes that are only lent: their memory is read into again once it returns. */
export type Borrower = (bytes: Buffer) => void;

/** A stream that can read into the same memory again and again: nothing needs collecting, however much comes. */
export interface Lender {
  /** From now on all that comes goes there, and not to the stream's `data`. `pause` and `resume` hold as always. */
  lend(to: Borrower): void;
}

/** What comes goes to `to`, lent where the stream can do that. */
export function readLent(stream: Duplex, to: Borrower): void {
  if (isLender(stream)) stream.lend(to);
  else stream.on('data', to);
}

const isLender = (stream: Duplex): stream is Duplex & Lender =>
  'lend' in stream && typeof stream.lend === 'function';
