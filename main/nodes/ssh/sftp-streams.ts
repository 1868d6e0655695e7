import { Readable, Writable } from 'node:stream';
import type { SFTPWrapper } from 'ssh2';

/** Bytes of one request, and bytes on their way: enough for a line of 100 ms at 300 Mbit/s. */
const piece = 128 * 1024;
const ahead = 4 * 1024 * 1024;

type Failure = (thrown: unknown) => Error;
type Done = (error?: Error | null) => void;

/** What was asked for, in the order of the file; `bytes` once it has come. */
interface Asked {
  bytes?: Buffer;
}

/** A file of the host, read with many requests on their way. It owns the handle. */
export class SftpReader extends Readable {
  readonly #sftp: SFTPWrapper;
  readonly #handle: Buffer;
  readonly #failure: Failure;
  readonly #asked: Asked[] = [];
  #next = 0;
  #ended = false;

  constructor(sftp: SFTPWrapper, handle: Buffer, failure: Failure) {
    super({ highWaterMark: 4 * piece });
    this.#sftp = sftp;
    this.#handle = handle;
    this.#failure = failure;
  }

  override _read(): void {
    while (!this.#ended && this.#asked.length * piece < ahead) {
      const mine: Asked = {};
      this.#asked.push(mine);
      this.#request(mine, Buffer.allocUnsafe(piece), 0, this.#next);
      this.#next += piece;
    }
    this.#give();
  }

  #request(mine: Asked, buffer: Buffer, filled: number, at: number): void {
    const wanted = buffer.length - filled;
    this.#sftp.read(this.#handle, buffer, filled, wanted, at + filled, (error, count) => {
      if (this.destroyed) return;
      const over = error ? isEnd(error) : count === 0;
      if (error && !over) return void this.destroy(this.#failure(error));
      const total = over ? filled : filled + count;
      // servers may give less than was asked for
      if (!over && total < buffer.length) return this.#request(mine, buffer, total, at);
      this.#ended ||= over;
      mine.bytes = buffer.subarray(0, total);
      this.#give();
    });
  }

  #give(): void {
    for (;;) {
      const bytes = this.#asked[0]?.bytes;
      if (!bytes) return;
      this.#asked.shift();
      // what was asked for beyond the end is not waited for
      if (bytes.length === 0) return void this.push(null);
      const more = this.push(bytes);
      if (bytes.length < piece) return void this.push(null);
      if (!more) return;
    }
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#sftp.close(this.#handle, () => done(error));
  }
}

/** ssh2 tells the end of a file as an error of SFTP's code 1. */
const isEnd = (error: Error): boolean => (error as Error & { code?: unknown }).code === 1;

/** A file of the host, written with many requests on their way. It owns the handle; finished means that the host has it all. */
export class SftpWriter extends Writable {
  readonly #sftp: SFTPWrapper;
  readonly #handle: Buffer;
  readonly #failure: Failure;
  #at: number;
  #flying = 0;
  #waiting: Done | undefined;
  #failed: Error | undefined;

  constructor(sftp: SFTPWrapper, handle: Buffer, failure: Failure, start = 0) {
    super({ highWaterMark: 4 * piece });
    this.#sftp = sftp;
    this.#handle = handle;
    this.#failure = failure;
    this.#at = start;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (this.#failed) return done(this.#failed);
    for (let from = 0; from < chunk.length; from += piece) {
      const length = Math.min(piece, chunk.length - from);
      this.#flying += length;
      this.#sftp.write(this.#handle, chunk, from, length, this.#at, (error) => this.#written(length, error));
      this.#at += length;
    }
    if (this.#flying < ahead) done();
    else this.#waiting = done;
  }

  #written(length: number, error: Error | null | undefined): void {
    this.#flying -= length;
    if (error) this.#failed ??= this.#failure(error);
    const goesOn =
      this.#failed !== undefined || this.#flying === 0 || (this.#flying < ahead && !this.writableEnded);
    if (!this.#waiting || !goesOn) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting(this.#failed);
  }

  override _final(done: Done): void {
    if (this.#failed || this.#flying === 0) done(this.#failed);
    else this.#waiting = done;
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#sftp.close(this.#handle, (late) => done(error ?? (late ? this.#failure(late) : null)));
  }
}
