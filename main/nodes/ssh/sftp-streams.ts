import { Readable, Writable } from 'node:stream';
import type { SFTPWrapper } from 'ssh2';
import { Flow } from './flow.ts';
import type { Use } from './sftp.ts';

const streamBuffer = 512 * 1024;

type Done = (error?: Error | null) => void;

export interface OpenFile {
  session: SFTPWrapper;
  onEnd: Use['onEnd'];
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
  readonly length: number;
  bytes?: Buffer;
}

/** A file of the host, read with many requests on their way. It owns the handle. */
export class SftpReader extends Readable {
  readonly #file: OpenFile;
  readonly #flow = new Flow();
  readonly #asked: Asked[] = [];
  /** Bytes of `#asked`. */
  #ahead = 0;
  #next: number;
  #ended = false;
  #failed: Error | undefined;

  constructor(file: OpenFile, start = 0) {
    super({ highWaterMark: streamBuffer });
    this.#file = file;
    this.#next = start;
    const lost = (error: Error): void => {
      // where nobody reads nobody may listen yet: the next who does is told
      if (this.#asked.some(({ bytes }) => bytes === undefined)) this.#fail(error);
    };
    this.once('close', file.onEnd(lost));
  }

  override _read(): void {
    this.#ask();
    this.#give();
  }

  #ask(): void {
    while (!this.#ended && !this.destroyed && this.#ahead < this.#flow.window) {
      const mine: Asked = { length: this.#flow.piece };
      this.#asked.push(mine);
      this.#ahead += mine.length;
      this.#request(mine, Buffer.allocUnsafe(mine.length), 0, this.#next);
      this.#next += mine.length;
    }
  }

  #request(mine: Asked, buffer: Buffer, filled: number, at: number): void {
    const { session, handle } = this.#file;
    if (isOver(session)) return this.#fail(over());
    const wanted = buffer.length - filled;
    const sent = this.#flow.sent();
    session.read(handle, buffer, filled, wanted, at + filled, (error, count) => {
      if (this.destroyed) return;
      const atEnd = error ? isEnd(error) : count === 0;
      if (error && !atEnd) return this.#fail(error);
      if (!atEnd) this.#flow.answered(sent, count);
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
      const [next] = this.#asked;
      const bytes = next?.bytes;
      if (!bytes) return;
      this.#asked.shift();
      this.#ahead -= next.length;
      // what was asked for beyond the end is not waited for
      if (bytes.length === 0) return void this.push(null);
      const more = this.push(bytes);
      if (bytes.length < next.length) return void this.push(null);
      if (!more) return;
    }
  }

  override _destroy(error: Error | null, done: Done): void {
    finish(this.#file, error, error !== null && error === this.#failed, done);
  }
}

/** ssh2 tells the end of a file as an error of SFTP's code 1. */
export const isEnd = (thrown: unknown): boolean => (thrown as { code?: unknown } | undefined)?.code === 1;

/** A file of the host, written with many requests on their way. It owns the handle; finished means that the host has it all. */
export class SftpWriter extends Writable {
  readonly #file: OpenFile;
  /** Has the host put all of it on its disk. */
  readonly #flush: (() => Promise<unknown>) | undefined;
  readonly #flow = new Flow();
  #at: number;
  /** What of the last chunk is not sent yet. */
  #rest: Buffer = Buffer.alloc(0);
  #flying = 0;
  /** Wants the next chunk. */
  #waiting: Done | undefined;
  /** Waits until all is written. */
  #ended: Done | undefined;
  #failed: Error | undefined;

  constructor(file: OpenFile, start = 0, flush?: () => Promise<unknown>) {
    super({ highWaterMark: streamBuffer });
    this.#file = file;
    this.#at = start;
    this.#flush = flush;
    const lost = (error: Error): void => {
      this.#failed ??= error;
      this.#told();
    };
    this.once('close', file.onEnd(lost));
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    if (isOver(this.#file.session)) this.#failed ??= over();
    if (this.#failed) return done(this.#failed);
    this.#rest = chunk;
    this.#waiting = done;
    this.#send();
  }

  /** As much of the chunk as may be on its way; the next one is asked for once all of this one is. */
  #send(): void {
    const { session, handle } = this.#file;
    while (this.#rest.length > 0 && this.#flying < this.#flow.window) {
      const length = Math.min(this.#flow.piece, this.#rest.length);
      const sent = this.#flow.sent();
      this.#flying += length;
      session.write(handle, this.#rest, 0, length, this.#at, (error) => this.#written(sent, length, error));
      this.#at += length;
      this.#rest = this.#rest.subarray(length);
    }
    if (this.#rest.length === 0) this.#told();
  }

  #written(sent: number, length: number, error: Error | null | undefined): void {
    this.#flying -= length;
    this.#flow.answered(sent, length);
    if (error) this.#failed ??= error;
    if (this.#failed) return this.#told();
    if (this.#rest.length > 0) this.#send();
    else if (this.#flying === 0) this.#told();
  }

  /** Whoever waits may go on, or hears what has failed. */
  #told(): void {
    const waiting = this.#waiting ?? (this.#failed || this.#flying === 0 ? this.#ended : undefined);
    if (this.#waiting) this.#waiting = undefined;
    else if (waiting) this.#ended = undefined;
    waiting?.(this.#failed);
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
    else this.#ended = written;
  }

  override _destroy(error: Error | null, done: Done): void {
    finish(this.#file, error, error !== null && error === this.#failed, done);
  }
}
