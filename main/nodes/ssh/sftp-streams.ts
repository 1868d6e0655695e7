import { Readable, Writable } from 'node:stream';
import type { SFTPWrapper } from 'ssh2';

/** Bytes of one request, and bytes on their way: enough for a line of 100 ms at 300 Mbit/s. */
const piece = 128 * 1024;
const ahead = 4 * 1024 * 1024;

type Done = (error?: Error | null) => void;

export interface OpenFile {
  session: SFTPWrapper;
  handle: Buffer;
  /** What an error of SFTP was about. */
  explain: (thrown: unknown) => Promise<Error>;
}

/** ssh2 leaves requests of a session that has ended without an answer, for ever. */
function isOver(session: SFTPWrapper): boolean {
  const { incoming, outgoing } = session as SFTPWrapper &
    Record<'incoming' | 'outgoing', { state?: unknown }>;
  // of a line that was cut only the way in is closed
  return incoming.state !== 'open' || outgoing.state !== 'open';
}

const over = (): Error => new Error('The SFTP session is closed');

/** Closes the handle, then tells what is to be told: `failed` is an error of SFTP's own. */
function finish({ session, handle, explain }: OpenFile, error: Error | null, failed: boolean, done: Done) {
  const tell = (last: Error | null, ours: boolean): void => {
    if (last && ours) explain(last).then(done, done);
    else done(last);
  };
  if (isOver(session)) tell(error, failed);
  else session.close(handle, (late) => tell(error ?? late ?? null, error ? failed : true));
}

/** What was asked for, in the order of the file; `bytes` once it has come. */
interface Asked {
  bytes?: Buffer;
}

/** A file of the host, read with many requests on their way. It owns the handle. */
export class SftpReader extends Readable {
  readonly #file: OpenFile;
  readonly #asked: Asked[] = [];
  #next: number;
  #ended = false;
  #failed: Error | undefined;

  constructor(file: OpenFile, start = 0) {
    super({ highWaterMark: 4 * piece });
    this.#file = file;
    this.#next = start;
  }

  override _read(): void {
    while (!this.#ended && !this.destroyed && this.#asked.length * piece < ahead) {
      const mine: Asked = {};
      this.#asked.push(mine);
      this.#request(mine, Buffer.allocUnsafe(piece), 0, this.#next);
      this.#next += piece;
    }
    this.#give();
  }

  #request(mine: Asked, buffer: Buffer, filled: number, at: number): void {
    const { session, handle } = this.#file;
    if (isOver(session)) return this.#fail(over());
    const wanted = buffer.length - filled;
    session.read(handle, buffer, filled, wanted, at + filled, (error, count) => {
      if (this.destroyed) return;
      const atEnd = error ? isEnd(error) : count === 0;
      if (error && !atEnd) return this.#fail(error);
      const total = atEnd ? filled : filled + count;
      // servers may give less than was asked for
      if (!atEnd && total < buffer.length) return this.#request(mine, buffer, total, at);
      this.#ended ||= atEnd;
      mine.bytes = buffer.subarray(0, total);
      this.#give();
    });
  }

  #fail(error: Error): void {
    this.#failed ??= error;
    this.destroy(error);
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
    finish(this.#file, error, error !== null && error === this.#failed, done);
  }
}

/** ssh2 tells the end of a file as an error of SFTP's code 1. */
const isEnd = (error: Error): boolean => (error as Error & { code?: unknown }).code === 1;

/** A file of the host, written with many requests on their way. It owns the handle; finished means that the host has it all. */
export class SftpWriter extends Writable {
  readonly #file: OpenFile;
  /** Has the host put all of it on its disk. */
  readonly #flush: (() => Promise<unknown>) | undefined;
  #at: number;
  #flying = 0;
  #waiting: Done | undefined;
  #failed: Error | undefined;

  constructor(file: OpenFile, start = 0, flush?: () => Promise<unknown>) {
    super({ highWaterMark: 4 * piece });
    this.#file = file;
    this.#at = start;
    this.#flush = flush;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    const { session, handle } = this.#file;
    if (isOver(session)) this.#failed ??= over();
    if (this.#failed) return done(this.#failed);
    for (let from = 0; from < chunk.length; from += piece) {
      const length = Math.min(piece, chunk.length - from);
      this.#flying += length;
      session.write(handle, chunk, from, length, this.#at, (error) => this.#written(length, error));
      this.#at += length;
    }
    if (this.#flying < ahead) done();
    else this.#waiting = done;
  }

  #written(length: number, error: Error | null | undefined): void {
    this.#flying -= length;
    if (error) this.#failed ??= error;
    const goesOn =
      this.#failed !== undefined || this.#flying === 0 || (this.#flying < ahead && !this.writableEnded);
    if (!this.#waiting || !goesOn) return;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting(this.#failed);
  }

  override _final(done: Done): void {
    const written = (error?: Error | null): void => {
      if (error || !this.#flush) return done(error);
      if (isOver(this.#file.session)) return done((this.#failed ??= over()));
      this.#flush().then(
        () => done(),
        (thrown: unknown) =>
          done((this.#failed ??= thrown instanceof Error ? thrown : new Error(String(thrown)))),
      );
    };
    if (this.#failed || this.#flying === 0) written(this.#failed);
    else this.#waiting = written;
  }

  override _destroy(error: Error | null, done: Done): void {
    finish(this.#file, error, error !== null && error === this.#failed, done);
  }
}
