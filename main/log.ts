import {
  chmodSync,
  closeSync,
  fchmodSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  truncateSync,
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
  /** Lines that could not be written since the last one that was: a full disk must not stop the program. */
  lost(): number;
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
      lost: () => file.lost,
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
  #lost = 0;
  #reason = '';
  #closed = false;

  constructor(path: string, maxBytes: number) {
    this.#path = path;
    this.#maxBytes = maxBytes;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    chmodSync(dirname(path), 0o700);
    this.#fd = this.#open();
  }

  /** Lines lost since the last one that was written. */
  get lost(): number {
    return this.#lost;
  }

  /** Never throws: whoever logs is often about to handle another fault. */
  write(line: string): void {
    if (this.#closed) return;
    try {
      const bytes = Buffer.from(line);
      if (this.#size > 0 && this.#size + bytes.length > this.#maxBytes) this.#begin();
      const fd = (this.#fd ??= this.#open());
      if (this.#lost > 0) {
        const { pid } = process;
        const lost = {
          level: 40,
          time: Date.now(),
          pid,
          lost: this.#lost,
          reason: this.#reason,
          msg: 'Lines were lost',
        };
        this.#size += writeSync(fd, `${JSON.stringify(lost)}\n`);
        this.#lost = 0;
      }
      this.#size += writeSync(fd, bytes);
    } catch (thrown) {
      this.#lost += 1;
      this.#reason = thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  close(): void {
    this.#closed = true;
    this.#release();
  }

  /** Puts the full file aside; where that is refused it begins anew in place, since it must not grow for ever. */
  #begin(): void {
    this.#release();
    try {
      renameSync(this.#path, `${this.#path}.1`);
    } catch (thrown) {
      if (!isRefused(thrown)) throw thrown;
      truncateSync(this.#path);
    }
  }

  /** The number of a closed file may be given to another one: it is forgotten first. */
  #release(): void {
    const fd = this.#fd;
    this.#fd = undefined;
    if (fd !== undefined) closeSync(fd);
  }

  #open(): number {
    const fd = openSync(this.#path, 'a', 0o600);
    // an older file may have been made by hand, or under another umask
    fchmodSync(fd, 0o600);
    this.#size = fstatSync(fd).size;
    return fd;
  }
}

/** The system refuses it; anything else would be a fault of ours. */
const isRefused = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown;
