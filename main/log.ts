import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type LevelWithSilent, pino } from 'pino';
import type { Logger } from '../drivers/api/driver.ts';
import { redact, redactText } from './redact.ts';

export interface Log extends Logger {
  /** A fault of ours, or something the person should report. */
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** The same log with these facts on every line. */
  with(facts: Readonly<Record<string, unknown>>): Log;
  close(): void;
}

export interface LogOptions {
  /** Folder of the log; made with mode 0700. */
  folder: string;
  level?: LevelWithSilent;
  /** Bytes after which a new file begins; one older file is kept. Default 4 MiB. */
  maxBytes?: number;
}

export const logName = 'guestroom.log';

/** One JSON object a line into `guestroom.log`, mode 0600, at most two files. No secret gets in: see `redact.ts`. */
export function createLog({ folder, level = 'info', maxBytes = 4 * 1024 * 1024 }: LogOptions): Log {
  const file = new BoundedFile(join(folder, logName), maxBytes);
  const root = pino({ level, base: { pid: process.pid } }, file);
  const wrap = (logger: typeof root): Log => {
    const line =
      (at: 'debug' | 'info' | 'warn' | 'error') =>
      (message: string, facts?: Readonly<Record<string, unknown>>): void => {
        if (!logger.isLevelEnabled(at)) return;
        logger[at](redact(facts ?? {}), redactText(message));
      };
    return {
      debug: line('debug'),
      info: line('info'),
      warn: line('warn'),
      error: line('error'),
      with: (facts) => wrap(logger.child(redact(facts) as Record<string, unknown>)),
      close: () => file.close(),
    };
  };
  return wrap(root);
}

/** Appends lines; begins anew when it is full. Writes at once, so that the last words before a crash are there. */
class BoundedFile {
  readonly #path: string;
  readonly #maxBytes: number;
  #fd: number | undefined;
  #size = 0;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    this.#open();
  }

  write(line: string): void {
    if (this.#fd === undefined) return;
    const bytes = Buffer.from(line);
    if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) {
      closeSync(this.#fd);
      renameSync(this.#path, `${this.#path}.1`);
      this.#open();
    }
    this.#size += writeSync(this.#fd, bytes);
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): void {
    const fd = openSync(this.#path, 'a', 0o600);
    // an older file may have been made by hand, or under another umask
    fchmodSync(fd, 0o600);
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
  }
}
