import { GuestroomError } from '../api/errors.ts';
import { failure } from './daemon.ts';
import type { RpcStream } from './rpc/stream.ts';

/** All that a stream brings. Rejects with `too_large` over `most` bytes. */
export async function collect(stream: RpcStream, most: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > most) throw new GuestroomError('too_large', `More than ${String(most)} bytes came`);
      parts.push(part);
    }
  } catch (error) {
    throw failure(error);
  } finally {
    stream.destroy();
  }
  return Buffer.concat(parts, size);
}
