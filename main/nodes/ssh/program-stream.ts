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
      // nobody reads what comes after the end, and it must not hold up the program's own
      if (!this.destroyed && !this.push(part)) stdout.pause();
    });
    stdout.once('end', () => this.push(null));
    // its end is what is told
    stdin.on('error', () => undefined);
    // its last words come beside its output
    const said = new Promise((resolve) => void stderr.once('end', resolve));
    void Promise.all([ended, said]).then(([{ status, signal }]) => {
      if (this.destroyed) return;
      if (status === 0) {
        // what it wrote last may not have been read yet
        if (this.readableEnded) this.destroy();
        else this.once('end', () => this.destroy());
        return;
      }
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
    // not before it has gone: the input keeps it as it is while the host takes no more, and it is lent.
    // Its end ends this stream, too: nobody waits for what is written into the void
    this.#process.stdin.write(chunk, () => done());
  }

  override _final(done: Done): void {
    this.#process.stdin.end();
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#process.stdin.end();
    this.#process.stdout.resume();
    this.#process.kill('SIGTERM');
    done(error);
  }
}
