import { Duplex } from 'node:stream';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Process } from '../../../drivers/api/host.ts';

type Done = (error?: Error | null) => void;

/** More of what a program complains about is not kept. */
const mostWords = 4000;

/** The input and output of a program as one stream, which ends with it. */
export class ProgramStream extends Duplex {
  readonly #process: Process;

  constructor(process: Process) {
    super({ highWaterMark: 64 * 1024 });
    this.#process = process;
    const { stdin, stdout, stderr, ended } = process;
    let words = '';
    stderr.on('data', (part: Buffer) => {
      words = (words + part.toString('utf8')).slice(0, mostWords);
    });
    stdout.on('data', (part: Buffer) => {
      if (!this.push(part)) stdout.pause();
    });
    stdout.once('end', () => this.push(null));
    // its end is what is told
    stdin.on('error', () => undefined);
    void ended.then(({ status, signal }) => {
      if (status === 0 || this.destroyed) return void this.destroy();
      this.destroy(
        new GuestroomError('lost', 'The program that leads there has ended', {
          detail: words.trim() || `exit status ${String(status ?? signal)}`,
        }),
      );
    });
  }

  override _read(): void {
    this.#process.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    // its end ends this stream, too: nobody waits for what is written into the void
    if (this.#process.stdin.write(chunk)) done();
    else this.#process.stdin.once('drain', () => done());
  }

  override _final(done: Done): void {
    this.#process.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#process.stdin.end();
    this.#process.kill('SIGTERM');
    done(error);
  }
}
