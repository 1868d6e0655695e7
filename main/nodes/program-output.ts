import type { Readable } from 'node:stream';
import { GuestroomError } from '../../drivers/api/errors.ts';

/** What programs of any host have in common that are run to their end. */

/** ms that a program may run unless its caller says otherwise. */
export const defaultTimeout = 30_000;
/** Bytes of each of its outputs that are kept. */
export const defaultMaxOutput = 16 * 1024 * 1024;
/** ms that it may take to end after it was asked, before it is killed. */
export const graceMilliseconds = 2000;

/** Keeps what comes, up to a limit; answers it as text. Each part goes to `push` as well. */
export function gather(
  stream: Readable | null,
  limit: number,
  tooLarge: () => void,
  push?: (chunk: Buffer) => void,
): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) return tooLarge();
    chunks.push(chunk);
    push?.(chunk);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

export const late = (file: string, timeout: number): GuestroomError =>
  new GuestroomError('timeout', `${file} did not end within ${String(timeout / 1000)} seconds`);

export const cancelled = (file: string): GuestroomError =>
  new GuestroomError('cancelled', `${file} was stopped`);

export const wroteTooMuch = (file: string, limit: number): GuestroomError =>
  new GuestroomError('too_large', `${file} wrote more than ${String(limit)} bytes`);
