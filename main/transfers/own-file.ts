import { type FileHandle, open } from 'node:fs/promises';
import { piecesKept, type VolumeSink } from '../../drivers/api/storage.ts';

const piece = 1024 * 1024;
/** What is at least so long and nothing but zeros counts as a hole. */
const grain = 64 * 1024;
/** A longer hole comes in parts: in between it can be told how far it is, and cancelled. */
const longestHole = 64 * piece;
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
    if (hole >= longestHole) {
      yield { hole };
      hole = 0;
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

/**
 * Bytes written at once: many, since each write goes through another thread. A little less than 256 KiB, so that most do not
 * begin at such a place: there ext4 wants memory in larger pieces, for which the system may have to look.
 */
const blockLength = 256 * 1024 - 24;
/** Blocks of a file that may be on their way to the disk. */
const mostUnderway = 4;

/**
 * A file of this computer that a volume is written into. What comes is copied into a few large blocks that are used in
 * turn: keeping thousands of small pieces for the disk costs more than that.
 */
export class OwnFileSink implements VolumeSink {
  readonly #file: FileHandle;
  readonly #flush: boolean;
  /** The one that is filled, how far, and where it belongs in the file. */
  #block: Buffer | undefined;
  #filled = 0;
  #at = 0;
  /** The last that came was a hole. */
  #hollow = false;
  /** In their order; each comes back once it is on the disk. */
  readonly #underway: Promise<Buffer>[] = [];

  /** With `flush` it is finished only once all of it is on the disk. */
  constructor(file: FileHandle, { flush = false } = {}) {
    this.#file = file;
    this.#flush = flush;
  }

  /** Bytes so far. */
  get length(): number {
    return this.#at + this.#filled;
  }

  write(bytes: Uint8Array): Promise<void> | undefined {
    const taken = this.#fill(bytes);
    return taken < bytes.length ? this.#writeSlowly(bytes.subarray(taken)) : undefined;
  }

  hole(bytes: number): undefined {
    this.#send();
    this.#at += bytes;
    this.#hollow = true;
  }

  async end(): Promise<void> {
    this.#send();
    await Promise.all(this.#underway);
    // a hole at the end is only there once the file is as long; what is no file, as /dev/null, has no length
    if (this.#hollow) await this.#file.truncate(this.#at);
    if (this.#flush) await this.#file.sync();
    await this.close();
  }

  /** Also of a file that is not finished, and more than once. */
  async close(): Promise<void> {
    // it waits for what is under way
    await this.#file.close();
  }

  async #writeSlowly(bytes: Uint8Array): Promise<void> {
    for (let left = bytes; left.length > 0; left = left.subarray(this.#fill(left)))
      this.#block = await this.#underway.shift();
  }

  /** Copies as much as there are blocks for; answers how much. */
  #fill(bytes: Uint8Array): number {
    let taken = 0;
    this.#hollow &&= bytes.length === 0;
    while (taken < bytes.length) {
      if (!this.#block && this.#underway.length < mostUnderway)
        this.#block = Buffer.allocUnsafeSlow(blockLength);
      if (!this.#block) break;
      const part = bytes.subarray(taken, taken + blockLength - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      taken += part.length;
      if (this.#filled === blockLength) this.#send();
    }
    return taken;
  }

  /** Sends what is filled of the block on its way. */
  #send(): void {
    const block = this.#block;
    if (!block || this.#filled === 0) return;
    const written = writeWhole(this.#file, block.subarray(0, this.#filled), this.#at).then(() => block);
    // whoever waits for the block is told
    written.catch(() => undefined);
    this.#underway.push(written);
    this.#at += this.#filled;
    this.#block = undefined;
    this.#filled = 0;
  }
}

async function writeWhole(file: FileHandle, bytes: Buffer, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;)
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
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
