import type { Duplex } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import { explainFailure } from './failures.ts';
import { asNumber, asObject, asText, parseObject, type JsonObject } from './json.ts';

/** Something that QEMU tells unasked. */
export interface QmpEvent {
  name: string;
  data: JsonObject;
  /** ms since 1970. */
  time: number;
}

export interface QemuVersion {
  major: number;
  minor: number;
  micro: number;
  /** As the distribution names it. */
  package: string;
}

interface Waiting {
  command: string;
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
  timer: NodeJS.Timeout | undefined;
}

/** Longest line taken from QEMU; its longest honest replies are some hundred KiB. */
const longestLine = 32 * 1024 * 1024;
const defaultTimeout = 30_000;

/**
 * A client of QEMU's machine protocol (docs/interop/qmp-spec in QEMU's manual) over any byte stream.
 * Commands may overlap: replies are matched by id.
 */
export class QmpClient {
  readonly version: QemuVersion;
  /** Resolves once the stream has ended, with the reason where there is one. Never rejects. */
  readonly closed: Promise<GuestroomError | undefined>;

  private readonly stream: Duplex;
  private readonly waiting = new Map<number, Waiting>();
  private readonly listeners = new Set<(event: QmpEvent) => void>();
  private readonly settleClosed: (error: GuestroomError | undefined) => void;
  private nextId = 1;
  private ended = false;

  private constructor(stream: Duplex, version: QemuVersion, reader: LineReader) {
    this.stream = stream;
    this.version = version;
    let settle: (error: GuestroomError | undefined) => void = () => undefined;
    this.closed = new Promise((resolve) => (settle = resolve));
    this.settleClosed = settle;
    reader.take(
      (line) => this.line(line),
      (error) => this.end(error),
    );
  }

  /**
   * Waits for the greeting and leaves negotiation mode. Rejects with `busy` when no greeting comes: a monitor
   * serves one client, a second one waits in the queue. The stream is destroyed on failure.
   */
  static async open(
    stream: Duplex,
    options: { timeout?: number; signal?: AbortSignal } = {},
  ): Promise<QmpClient> {
    const reader = new LineReader(stream);
    try {
      const greeting = await reader.first(options.timeout ?? defaultTimeout, options.signal);
      const client = new QmpClient(stream, readGreeting(greeting), reader);
      await client.execute('qmp_capabilities');
      return client;
    } catch (error) {
      stream.destroy();
      throw error;
    }
  }

  /** Runs a command. A refusal of QEMU rejects with what it said; a command that it lacks with `unsupported`. */
  execute(command: string, args?: JsonObject, options: { timeout?: number } = {}): Promise<unknown> {
    if (this.ended) return Promise.reject(lost());
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      const timeout = options.timeout ?? defaultTimeout;
      const timer =
        timeout === 0
          ? undefined
          : setTimeout(() => {
              this.waiting.delete(id);
              reject(
                new GuestroomError('timeout', `QEMU did not answer ${command}`, {
                  hint: 'The guest may be stuck in input or output; look at its disks and try again',
                }),
              );
            }, timeout);
      this.waiting.set(id, { command, resolve, reject, timer });
      this.stream.write(
        `${JSON.stringify(args ? { execute: command, arguments: args, id } : { execute: command, id })}\n`,
      );
    });
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  close(): void {
    this.end(undefined);
  }

  private line(line: string): void {
    const message = parseObject(line);
    if (!message) {
      this.end(
        new GuestroomError('protocol', 'QEMU sent a line that is not JSON', { detail: line.slice(0, 200) }),
      );
      return;
    }
    const event = asText(message['event']);
    if (event !== undefined) {
      const stamp = asObject(message['timestamp']);
      const time =
        (asNumber(stamp['seconds']) ?? 0) * 1000 + Math.floor((asNumber(stamp['microseconds']) ?? 0) / 1000);
      for (const listener of [...this.listeners]) {
        listener({ name: event, data: asObject(message['data']), time });
      }
      return;
    }
    const id = asNumber(message['id']);
    const waiting = id === undefined ? undefined : this.waiting.get(id);
    if (id === undefined || !waiting) return; // the late reply of a command that timed out
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    if ('error' in message) waiting.reject(refusedBy(waiting.command, asObject(message['error'])));
    else waiting.resolve(message['return']);
  }

  private end(error: GuestroomError | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.stream.destroy();
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const one of waiting) {
      clearTimeout(one.timer);
      one.reject(error ?? lost());
    }
    this.listeners.clear();
    this.settleClosed(error);
  }
}

const lost = (): GuestroomError => new GuestroomError('lost', 'The connection to QEMU ended');

function refusedBy(command: string, error: JsonObject): GuestroomError {
  const said = asText(error['desc']) ?? 'no reason given';
  if (asText(error['class']) === 'CommandNotFound') {
    return new GuestroomError('unsupported', `This QEMU has no command ${command}`, { detail: said });
  }
  return explainFailure(
    said,
    `QEMU refused ${command}`,
    asText(error['class']) === 'DeviceNotFound' ? 'not_found' : 'program_failed',
  );
}

function readGreeting(line: string): QemuVersion {
  const qmp = asObject(parseObject(line)?.['QMP']);
  const version = asObject(qmp['version']);
  const numbers = asObject(version['qemu']);
  const major = asNumber(numbers['major']);
  if (major === undefined) {
    throw new GuestroomError('protocol', 'What answers there is not QEMU', { detail: line.slice(0, 200) });
  }
  return {
    major,
    minor: asNumber(numbers['minor']) ?? 0,
    micro: asNumber(numbers['micro']) ?? 0,
    package: asText(version['package']) ?? '',
  };
}

/** Splits a stream into lines; holds the first until somebody takes the rest. */
class LineReader {
  private readonly stream: Duplex;
  private parts: Buffer[] = [];
  private size = 0;
  private lines: string[] = [];
  private failure: { error: GuestroomError | undefined } | undefined;
  private onLine: ((line: string) => void) | undefined;
  private onEnd: ((error: GuestroomError | undefined) => void) | undefined;
  private wake: (() => void) | undefined;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', (chunk: Buffer) => this.feed(chunk));
    stream.on('error', (error: Error) => this.finish(toGuestroomError(error)));
    stream.on('end', () => this.finish(undefined));
    stream.on('close', () => this.finish(undefined));
  }

  async first(timeout: number, signal?: AbortSignal): Promise<string> {
    signal?.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      if (this.lines.length > 0 || this.failure) {
        resolve();
        return;
      }
      const timer = setTimeout(
        () =>
          done(() =>
            reject(
              new GuestroomError('busy', 'The monitor of QEMU is used by another program', {
                hint: 'Close the other program that looks at this virtual machine, then try again',
              }),
            ),
          ),
        timeout,
      );
      const aborted = (): void => done(() => reject(new GuestroomError('cancelled', 'Cancelled')));
      const done = (then: () => void): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', aborted);
        this.wake = undefined;
        then();
      };
      signal?.addEventListener('abort', aborted);
      this.wake = () => done(resolve);
    });
    const line = this.lines.shift();
    if (line === undefined) throw this.failure?.error ?? lost();
    return line;
  }

  take(onLine: (line: string) => void, onEnd: (error: GuestroomError | undefined) => void): void {
    this.onLine = onLine;
    this.onEnd = onEnd;
    for (const line of this.lines.splice(0)) onLine(line);
    if (this.failure) onEnd(this.failure.error);
  }

  private feed(chunk: Buffer): void {
    if (this.failure) return;
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      this.parts.push(chunk.subarray(from, at));
      const line = Buffer.concat(this.parts).toString('utf8').trim();
      this.parts = [];
      this.size = 0;
      from = at + 1;
      if (line !== '') this.deliver(line);
    }
    const rest = chunk.subarray(from);
    if (rest.length > 0) {
      this.parts.push(rest);
      this.size += rest.length;
      if (this.size > longestLine) {
        this.finish(new GuestroomError('too_large', 'QEMU sent a line that is longer than 32 MiB'));
        this.stream.destroy();
      }
    }
  }

  private deliver(line: string): void {
    if (this.onLine) this.onLine(line);
    else this.lines.push(line);
    this.wake?.();
  }

  private finish(error: GuestroomError | undefined): void {
    if (this.failure) return;
    this.failure = { error };
    this.wake?.();
    this.onEnd?.(error);
  }
}
