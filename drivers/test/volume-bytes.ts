import type { Extent, VolumeSink, VolumeSource, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import { detectFormat, headLength } from '../storage/image-format.ts';
import type { Content, Piece } from './content.ts';
import { lengthOf, type StoredFile } from './files.ts';

/** What the bytes of a file say about it: an image's format and the size that a guest sees. */
export function recognised(content: Content, length: number): { format: string; capacity: number } {
  const head = content.read(0, Math.min(length, headLength));
  const format = detectFormat(head) ?? 'raw';
  const virtual = format === 'qcow2' && head.length >= 32 ? Number(Buffer.from(head).readBigUInt64BE(24)) : 0;
  return { format, capacity: virtual > 0 && Number.isSafeInteger(virtual) ? virtual : length };
}

/** The bytes from `offset` on, to the end or `length` many. Throws `invalid_argument` for what is outside the file. */
export function extentOf(size: number, { offset = 0, length }: Extent): { offset: number; length: number } {
  const most = size - offset;
  const wanted = length ?? most;
  if (
    !Number.isSafeInteger(offset) ||
    offset < 0 ||
    !Number.isSafeInteger(wanted) ||
    wanted < 0 ||
    wanted > most
  )
    throw new GuestroomError('invalid_argument', 'This part is not inside the volume', {
      detail: `offset ${String(offset)}, length ${String(length)}, of ${String(size)} bytes`,
    });
  return { offset, length: wanted };
}

/** Writes a part of the file into the sink and ends it; holes as such where it takes them. */
export async function send(
  file: StoredFile,
  extent: Extent,
  sink: VolumeSink,
  { signal, onProgress }: WorkContext,
): Promise<void> {
  const { offset, length } = extentOf(lengthOf(file), extent);
  let done = 0;
  for (const piece of piecesFor(sink, file.content.pieces(offset, length))) {
    if (signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
    const taking = 'data' in piece ? sink.write(piece.data) : sink.hole?.(piece.hole);
    if (taking) await orAborted(signal, taking);
    done += 'data' in piece ? piece.data.length : piece.hole;
    onProgress?.(done / length);
  }
  if (length === 0) onProgress?.(1);
  await orAborted(signal, sink.end());
}

const zeros = new Uint8Array(256 * 1024);

function* piecesFor(sink: VolumeSink, pieces: Iterable<Piece>): Iterable<Piece> {
  for (const piece of pieces) {
    if ('data' in piece || sink.hole) yield piece;
    else
      for (let left = piece.hole; left > 0; left -= zeros.length)
        yield { data: zeros.subarray(0, Math.min(left, zeros.length)) };
  }
}

/** Who cancels does not wait for a sink that takes nothing. */
function orAborted(signal: AbortSignal | undefined, work: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new GuestroomError('cancelled', 'Cancelled'));
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
    work
      .finally(() => signal?.removeEventListener('abort', stop))
      .then(resolve, (thrown: unknown) => reject(toGuestroomError(thrown)));
  });
}

/** Writes what comes into the content, holes as holes; answers where it ended. `most` bytes may come. */
export async function receive(
  content: Content,
  offset: number,
  most: number,
  from: VolumeSource,
  { signal, onProgress }: WorkContext,
): Promise<number> {
  let at = offset;
  for await (const piece of from) {
    if (signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
    const length = 'data' in piece ? piece.data.length : piece.hole;
    if (at + length > offset + most)
      throw new GuestroomError('invalid_argument', 'More bytes came than there is room for', {
        hint: `At most ${String(most)} bytes fit`,
      });
    if ('data' in piece) content.write(at, piece.data);
    else content.punch(at, length);
    at += length;
    onProgress?.(most === 0 ? 1 : (at - offset) / most, `${String(at - offset)} bytes`);
  }
  return at;
}
