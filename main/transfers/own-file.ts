import { type FileHandle, open } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { piecesKept } from '../../drivers/api/storage.ts';

const piece = 1024 * 1024;
/** What is at least so long and nothing but zeros counts as a hole. */
const grain = 64 * 1024;
const zeros = Buffer.alloc(grain);

export type Pieces = AsyncGenerator<{ data: Uint8Array } | { hole: number }>;

/**
 * A file's bytes in order, at most `length` of them. With `sparse`, stretches of zeros are holes: Node cannot ask the
 * system where a file has some, and what reads as zeros need not be sent either way.
 */
export async function* fileAsPieces(file: FileHandle, length: number, sparse: boolean): Pieces {
  let hole = 0;
  const turns: Buffer[] = [];
  for (let at = 0, turn = 0; at < length;) {
    const buffer = (turns[turn % (piecesKept + 1)] ??= Buffer.allocUnsafe(piece));
    const { bytesRead } = await file.read(buffer, 0, Math.min(piece, length - at), at);
    // it became shorter meanwhile
    if (bytesRead === 0) break;
    at += bytesRead;
    const read = buffer.subarray(0, bytesRead);
    let used = false;
    for (const { empty, bytes } of sparse ? stretches(read) : [{ empty: false, bytes: read }]) {
      if (empty) {
        hole += bytes.length;
        continue;
      }
      if (hole > 0) yield { hole };
      hole = 0;
      yield { data: bytes };
      used = true;
    }
    // what nobody has got can be read over at once
    if (used) turn += 1;
  }
  if (hole > 0) yield { hole };
}

/** Neighbouring grains of one kind together. */
function* stretches(bytes: Buffer): Generator<{ empty: boolean; bytes: Buffer }> {
  let start = 0;
  let empty: boolean | undefined;
  for (let at = 0; at < bytes.length; at += grain) {
    const part = bytes.subarray(at, at + grain);
    const now = part.equals(zeros.subarray(0, part.length));
    if (empty !== undefined && now !== empty) {
      yield { empty, bytes: bytes.subarray(start, at) };
      start = at;
    }
    empty = now;
  }
  if (empty !== undefined) yield { empty, bytes: bytes.subarray(start) };
}

/** A file of this computer that a volume is written into. It closes the file when it ends or is destroyed. */
export class OwnFileSink extends Writable {
  readonly #file: FileHandle;
  readonly #flush: boolean;
  #at = 0;

  /** With `flush` it is finished only once all of it is on the disk. */
  constructor(file: FileHandle, { flush = false } = {}) {
    super({ highWaterMark: piece });
    this.#file = file;
    this.#flush = flush;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#at;
  }

  /** Leaves out bytes that are zeros, once all before them is written. */
  async hole(bytes: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.write(zeros.subarray(0, 0), (error) => (error ? reject(error) : resolve()));
    });
    this.#at += bytes;
  }

  override _write(chunk: Buffer, _: BufferEncoding, told: (error?: Error | null) => void): void {
    this.#writeAll([chunk]).then(() => told(), told);
  }

  override _writev(chunks: { chunk: Buffer }[], told: (error?: Error | null) => void): void {
    this.#writeAll(chunks.map(({ chunk }) => chunk)).then(() => told(), told);
  }

  async #writeAll(chunks: readonly Buffer[]): Promise<void> {
    for (let left = chunks; left.length > 0;) {
      const { bytesWritten } = await this.#file.writev(left, this.#at);
      this.#at += bytesWritten;
      left = after(left, bytesWritten);
    }
  }

  override _final(told: (error?: Error | null) => void): void {
    // a hole at the end is only there once the file is as long
    this.#file
      .truncate(this.#at)
      .then(() => (this.#flush ? this.#file.sync() : undefined))
      .then(() => told(), told);
  }

  override _destroy(error: Error | null, told: (error?: Error | null) => void): void {
    this.#file.close().then(
      () => told(error),
      (failed: Error) => told(error ?? failed),
    );
  }
}

/** Opens a file for a download, empty; `made` where it was not there before. */
export async function openForDownload(path: string): Promise<{ file: FileHandle; made: boolean }> {
  try {
    return { file: await open(path, 'wx'), made: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return { file: await open(path, 'w'), made: false };
  }
}

/** What is left of them once so many bytes are done. */
function after(chunks: readonly Buffer[], bytes: number): readonly Buffer[] {
  let skip = bytes;
  return chunks.flatMap((chunk) => {
    const part = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - part.length;
    return part.length > 0 ? [part] : [];
  });
}
