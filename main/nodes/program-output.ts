import type { Readable, Writable } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { ExecOptions, ExecResult, ExitStatus } from '../../drivers/api/host.ts';
import { lineSplitter } from './line-splitter.ts';

/** What programs of any host have in common that are run to their end. */

/** ms that a program may run unless its caller says otherwise. */
export const defaultTimeout = 30_000;
/** Bytes of each of its outputs that are kept. */
const defaultMaxOutput = 16 * 1024 * 1024;
/** ms that it may take to end after it was asked, before it is killed. */
const graceMilliseconds = 2000;

/** A program that has just begun. */
export interface Running {
  stdin: Writable;
  stdout: Readable;
  stderr: Readable;
  /** The program has ended; its own children may still hold its streams. */
  exited: Promise<unknown>;
  /** Its streams have ended, too. */
  closed: Promise<ExitStatus>;
  /** After SIGKILL `exited` follows in any case. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/** Gives a program its input and keeps what it writes. One that takes too long, writes too much or is not wanted any more is ended. */
export function collect(program: Running, file: string, options: ExecOptions): Promise<ExecResult> {
  const { maxOutput = defaultMaxOutput, timeout = defaultTimeout, onLine, input = '' } = options;
  return new Promise((resolve, reject) => {
    let failure: GuestroomError | undefined;
    let killTimer: NodeJS.Timeout | undefined;
    const stop = (error: GuestroomError): void => {
      if (failure) return;
      failure = error;
      program.kill('SIGTERM');
      killTimer = setTimeout(() => program.kill('SIGKILL'), graceMilliseconds);
    };
    const timer = timeout > 0 ? setTimeout(() => stop(late(file, timeout)), timeout) : undefined;
    const onAbort = (): void => stop(cancelled(file));
    options.signal?.addEventListener('abort', onAbort, { once: true });
    const settled = (): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      options.signal?.removeEventListener('abort', onAbort);
    };

    const tooLarge = (): void => stop(wroteTooMuch(file, maxOutput));
    const lines = onLine && lineSplitter(onLine);
    const stdout = gather(program.stdout, maxOutput, tooLarge, lines?.push);
    const stderr = gather(program.stderr, maxOutput, tooLarge);
    // what was stopped is gone with its exit, whoever still holds its streams
    void program.exited.then(() => {
      if (!failure) return;
      settled();
      program.stdout.destroy();
      program.stderr.destroy();
      reject(failure);
    });
    void program.closed.then(({ status, signal }) => {
      settled();
      if (failure) return reject(failure);
      if (status === null && signal === null)
        return reject(new GuestroomError('lost', `The connection ended while ${file} ran`));
      lines?.end();
      resolve({ status, signal, stdout: stdout(), stderr: stderr() });
    });
    program.stdin.on('error', (error: NodeJS.ErrnoException) => {
      // a program may end without reading all of its input; its exit status tells whether that was a failure
      if (error.code !== 'EPIPE' && error.code !== 'EOF') stop(toGuestroomError(error));
    });
    program.stdin.end(input);
    if (options.signal?.aborted) onAbort();
  });
}

/** Keeps what comes, up to a limit; answers it as text. Each part goes to `push` as well. */
function gather(
  stream: Readable,
  limit: number,
  tooLarge: () => void,
  push?: (chunk: Buffer) => void,
): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
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

const wroteTooMuch = (file: string, limit: number): GuestroomError =>
  new GuestroomError('too_large', `${file} wrote more than ${String(limit)} bytes`);
