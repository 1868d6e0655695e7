import { Duplex } from 'node:stream';
import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { chardevId } from './arguments/characters.ts';
import type { RunningGuest } from './guest.ts';
import { asList, asObject, asText } from './json.ts';
import type { Endpoint, LiveConsole } from './live.ts';

/** What a new viewer is shown of what went before. */
const replayLength = 64 * 1024;
/** How long QEMU may take to notice that the last viewer went. */
const freeDeadline = 2000;

export async function connectEndpoint(host: Host, endpoint: Endpoint): Promise<Duplex> {
  return 'device' in endpoint ? host.openDevice(endpoint.device) : host.connect(endpoint);
}

/**
 * One console of one guest for any number of viewers. QEMU serves one client, so the viewers share a connection: each
 * sees everything, all may type. QEMU keeps what the guest writes in a file too, so that nobody needs to be there
 * from the beginning: a viewer first gets the last 64 KiB of it. Another instance of the app that holds the console is
 * told as `busy`.
 */
export class ConsoleHub {
  private readonly host: Host;
  private readonly guest: RunningGuest;
  private readonly console: LiveConsole;
  private readonly viewers = new Set<Viewer>();
  private upstream: Duplex | undefined;
  private opening: Promise<void> | undefined;
  private recent: Buffer = Buffer.alloc(0);
  /** Log bytes written around the moment of connecting, which may come over the connection once more. */
  private doubtful: Buffer = Buffer.alloc(0);

  constructor(host: Host, guest: RunningGuest, console: LiveConsole) {
    this.host = host;
    this.guest = guest;
    this.console = console;
  }

  async open(): Promise<Duplex> {
    if (!this.upstream) {
      this.opening ??= this.connect().finally(() => (this.opening = undefined));
      await this.opening;
      // it may have ended while several waited for it
      if (!this.upstream) throw new GuestroomError('lost', 'The console was closed');
    }
    const viewer = new Viewer(
      (chunk, done) => {
        if (this.upstream) this.upstream.write(chunk, done);
        else done(new GuestroomError('lost', 'The console was closed'));
      },
      () => this.flow(),
      () => this.leave(viewer),
    );
    this.viewers.add(viewer);
    if (this.recent.length > 0) viewer.show(withoutQueries(this.recent));
    return viewer;
  }

  private async connect(): Promise<void> {
    const { log, endpoint } = this.console;
    await this.waitUntilFree();
    const before = log === undefined ? 0 : ((await this.host.files.stat(log))?.size ?? 0);
    const stream = await connectEndpoint(this.host, endpoint);
    const early: Buffer[] = [];
    const hold = (chunk: Buffer): void => void early.push(chunk);
    stream.on('data', hold);
    let over = false;
    for (const end of ['close', 'end', 'error']) {
      stream.on(end, () => {
        over = true;
        this.lost(stream);
      });
    }
    try {
      if (log !== undefined) await this.replay(log, before);
    } catch (error) {
      stream.destroy();
      throw error;
    }
    if (over) {
      stream.destroy();
      throw new GuestroomError('lost', 'The console was closed');
    }
    stream.off('data', hold);
    this.upstream = stream;
    for (const chunk of early) this.receive(chunk);
    stream.on('data', (chunk: Buffer) => this.receive(chunk));
  }

  /** Takes what went before from the log, which had `before` bytes when the console was not connected yet. */
  private async replay(log: string, before: number): Promise<void> {
    const size = (await this.host.files.stat(log))?.size ?? 0;
    const from = Math.max(0, size - replayLength);
    this.recent =
      size === 0 ? Buffer.alloc(0) : Buffer.from(await this.host.files.readAt(log, from, size - from));
    this.doubtful = this.recent.subarray(Math.max(0, before - from));
  }

  private async waitUntilFree(): Promise<void> {
    if ('device' in this.console.endpoint) return;
    const label = chardevId(this.console.alias);
    const deadline = Date.now() + freeDeadline;
    for (;;) {
      const all = asList(await this.guest.execute('query-chardev')).map(asObject);
      const name = asText(all.find((one) => one['label'] === label)?.['filename']);
      if (name === undefined || name.startsWith('disconnected:')) return;
      if (Date.now() > deadline) {
        throw new GuestroomError('busy', 'The console is open in another program', {
          hint: 'Close it there; QEMU serves one at a time',
        });
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  private receive(chunk: Buffer): void {
    let fresh = chunk;
    if (this.doubtful.length > 0) {
      fresh = chunk.subarray(overlap(this.doubtful, chunk));
      this.doubtful = Buffer.alloc(0);
    }
    if (fresh.length === 0) return;
    this.recent = Buffer.concat([this.recent, fresh]).subarray(-replayLength);
    for (const viewer of this.viewers) viewer.show(fresh);
    this.flow();
  }

  /** The slowest viewer sets the pace, as a real line would. */
  private flow(): void {
    if ([...this.viewers].some((viewer) => viewer.full)) this.upstream?.pause();
    else this.upstream?.resume();
  }

  private leave(viewer: Viewer): void {
    this.viewers.delete(viewer);
    if (this.viewers.size > 0) this.flow();
    else {
      this.upstream?.destroy();
      this.upstream = undefined;
    }
  }

  private lost(stream: Duplex): void {
    if (this.upstream !== stream) return;
    this.upstream = undefined;
    for (const viewer of [...this.viewers]) viewer.finish();
    this.viewers.clear();
  }
}

/** Length of the longest end of `log` that `chunk` begins with. */
export function overlap(log: Buffer, chunk: Buffer): number {
  for (let length = Math.min(log.length, chunk.length); length > 0; length--) {
    if (log.subarray(log.length - length).equals(chunk.subarray(0, length))) return length;
  }
  return 0;
}

/** Questions that a program once asked its terminal must not be answered a second time. */
export function withoutQueries(bytes: Buffer): Buffer {
  // eslint-disable-next-line no-control-regex -- terminal sequences begin with the escape character
  return Buffer.from(bytes.toString('latin1').replace(/\x1b\[[>?=]?[0-9;]*[cn]/g, ''), 'latin1');
}

class Viewer extends Duplex {
  full = false;
  private readonly send: (chunk: Buffer, done: (error?: Error | null) => void) => void;
  private readonly wants: () => void;
  private readonly left: () => void;

  constructor(
    send: (chunk: Buffer, done: (error?: Error | null) => void) => void,
    wants: () => void,
    left: () => void,
  ) {
    super({ allowHalfOpen: false });
    this.send = send;
    this.wants = wants;
    this.left = left;
  }

  show(bytes: Buffer): void {
    if (!this.destroyed && !this.push(bytes)) this.full = true;
  }

  finish(): void {
    if (!this.destroyed) this.push(null);
  }

  override _read(): void {
    if (!this.full) return;
    this.full = false;
    this.wants();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.send(chunk, done);
  }

  override _final(done: () => void): void {
    this.finish();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.left();
    done(error);
  }
}

/** A console log that has grown beyond this starts anew: the guest must not fill the disk. */
const longestLog = 8 * 1024 * 1024;

/** QEMU appends to its logs for ever; they are emptied in place, for it holds them open. */
export async function trimLogs(host: Host, consoles: readonly LiveConsole[], folder: string): Promise<void> {
  for (const { log } of consoles) {
    if (log === undefined || !log.startsWith(folder)) continue;
    const stat = await host.files.stat(log);
    if (!stat || stat.size <= longestLog) continue;
    const { status, stderr } = await host.exec('cp', ['/dev/null', log]);
    if (status !== 0)
      throw new GuestroomError('program_failed', `${log} could not be shortened`, { detail: stderr });
  }
}
