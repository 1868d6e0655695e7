import type { Duplex } from 'node:stream';
import type { Logger } from '../../api/driver.ts';
import { toGuestroomError, type GuestroomError } from '../../api/errors.ts';
import { readLent } from '../../api/lent-reads.ts';
import { encodeCall, procedureOf, protocolVersion } from './calls.ts';
import type { Args, Known, Procedure, Result } from './calls.ts';
import { fieldsCodec } from './codec.ts';
import { StorageVolDownloadFlags, StorageVolUploadFlags } from './enums.gen.ts';
import { again, cancelled, closedByUs, cut, late, malformed, silent } from './endings.ts';
import { EventHub, type Message, type Payload } from './event-hub.ts';
import { FrameReader, FrameStatus, FrameType, headerOf, type Frame } from './frames.ts';
import { defaultKeepalive, Keepalive, type KeepaliveOptions } from './keepalive.ts';
import { LibvirtError } from './libvirt-error.ts';
import { Outbox } from './outbox.ts';
import { programs, streams, structs, type ErrorReply } from './procedures.gen.ts';
import { RpcStream, type StreamProcedure } from './stream.ts';
import { Malformed, XdrReader } from './xdr-reader.ts';
import { XdrWriter } from './xdr-writer.ts';

export interface RpcOptions {
  /** Every packet is written on its own: TLS. */
  framePerWrite: boolean;
  log: Logger;
  keepalive?: KeepaliveOptions;
}

export interface CallOptions {
  /** Gives up waiting; the daemon goes on. */
  signal?: AbortSignal;
  /** ms until it rejects with `timeout`. Without one it waits as long as the connection lives. */
  timeout?: number;
}

interface Waiting {
  procedure: Known;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
  /** Lets go of timer and signal. */
  forget: () => void;
}

/** Streams that ended: their serials, for what the daemon had sent before it knew. */
const mostEnded = 1000;
/** Calls of a client that a daemon works on at a time; before one is done it reads no pings. */
const serverWindow = 5;
const pingNumber = 1;
const pongNumber = 2;
const sparseFlag: Partial<Record<Procedure, number>> = {
  STORAGE_VOL_UPLOAD: StorageVolUploadFlags.SPARSE_STREAM,
  STORAGE_VOL_DOWNLOAD: StorageVolDownloadFlags.SPARSE_STREAM,
};
const ours: ReadonlySet<number> = new Set(Object.values(programs));
const errorCodec = fieldsCodec(structs['error'] ?? '');

/**
 * One connection to a daemon of libvirt over any byte stream. Calls overlap and are answered in any order. Anything
 * that is not the protocol ends the connection with `protocol`; whatever was under way then rejects.
 */
export class RpcClient {
  /** Why it ended. Resolves once, also after close(); never rejects. */
  readonly closed: Promise<GuestroomError>;

  private readonly stream: Duplex;
  private readonly log: Logger;
  private readonly outbox: Outbox;
  private readonly reader: FrameReader;
  private readonly events: EventHub;
  private readonly keepalive: Keepalive;
  private readonly writer = new XdrWriter();
  private readonly waiting = new Map<number, Waiting>();
  /** Calls that nobody waits for any more, and what is to be done if they succeed. */
  private readonly abandoned = new Map<number, (() => void) | undefined>();
  private readonly streams = new Map<number, { procedure: Known; stream: RpcStream }>();
  private readonly endedStreams = new Set<number>();
  private holds = 0;
  private lastSerial = 0;
  private ended: GuestroomError | undefined;
  private readonly settleClosed: (reason: GuestroomError) => void;

  constructor(stream: Duplex, options: RpcOptions) {
    this.stream = stream;
    this.log = options.log;
    let settle: (reason: GuestroomError) => void = () => undefined;
    this.closed = new Promise((resolve) => (settle = resolve));
    this.settleClosed = settle;
    this.outbox = new Outbox(stream, options.framePerWrite);
    this.events = new EventHub((error, message) =>
      this.log.warn('A listener of libvirt events failed', { message, error: String(error) }),
    );
    this.keepalive = new Keepalive(options.keepalive ?? defaultKeepalive, {
      ping: () => this.sendKeepalive(pingNumber),
      sign: () => this.sendKeepalive(pongNumber),
      dead: (silence) => this.end(silent(silence)),
      crowded: () => this.waiting.size + this.abandoned.size >= serverWindow,
    });
    this.reader = new FrameReader((frame) => this.frame(frame));
    readLent(stream, (bytes) => this.data(bytes));
    stream.on('error', (error: Error) => this.end(cut(error)));
    stream.on('end', () => this.end(cut()));
    stream.on('close', () => this.end(cut()));
    // its events are over then
    if (stream.destroyed) this.end(cut(stream.errored ?? undefined));
  }

  /**
   * Rejects with a LibvirtError where the daemon refuses, else with a GuestroomError: `lost`, `protocol`, `timeout`,
   * `cancelled`, or `invalid_argument` and `too_large` for arguments that do not fit. Never throws.
   */
  call<P extends Procedure>(name: P, args: Args<P>, options: CallOptions = {}): Promise<Result<P>> {
    return new Promise((resolve, reject) => {
      this.start(name, args, options, { resolve: (result) => resolve(result as Result<P>), reject });
    });
  }

  /**
   * A call whose bytes follow it. Holes are allowed where the arguments' flags ask for a sparse stream. Give a stream that
   * may stand still a connection of its own: one that is not read, or a guest that does not read, stops all the others.
   */
  openStream<P extends StreamProcedure>(
    name: P,
    args: Args<P>,
    options: CallOptions = {},
  ): Promise<{ result: Result<P>; stream: RpcStream }> {
    return new Promise((resolve, reject) => {
      const serial = this.freeSerial();
      const procedure = procedureOf(name);
      const stream = new RpcStream(streams[name], isSparse(name, args), this.wireOf(serial, procedure));
      // before the call: data may come before its answer
      this.streams.set(serial, { procedure, stream });
      this.start(name, args, options, {
        resolve: (result) => {
          stream.opened();
          resolve({ result: result as Result<P>, stream });
        },
        reject: (error) => {
          this.dropStream(serial);
          reject(error);
        },
        abandoned: () => this.sendStream(procedure, serial, FrameType.STREAM, FrameStatus.ERROR),
        serial,
      });
    });
  }

  /**
   * Registers for an event and listens; resolves with the callback id that `register` resolves with (`noCallback` for
   * messages that have none). Events that come before that are not lost.
   */
  listen<M extends Message>(
    message: M,
    register: () => Promise<number>,
    listener: (payload: Payload<M>) => void,
  ): Promise<number> {
    return this.events.listen(message, register, listener);
  }

  /** Stops listening; that the daemon stops too is a call of its own. */
  unlisten(message: Message, callback: number): void {
    this.events.unlisten(message, callback);
  }

  startKeepalive(): void {
    if (!this.ended) this.keepalive.start();
  }

  /** Ends the connection at once; pending calls reject with `lost`. */
  close(): void {
    this.end(closedByUs());
  }

  private start(
    name: Procedure,
    args: unknown,
    { signal, timeout }: CallOptions,
    then: {
      resolve: (result: unknown) => void;
      reject: (error: Error) => void;
      abandoned?: () => void;
      serial?: number;
    },
  ): void {
    if (this.ended || signal?.aborted) {
      then.reject(this.ended ? again(this.ended, 'lost') : cancelled());
      return;
    }
    const procedure = procedureOf(name);
    const serial = then.serial ?? this.freeSerial();
    let packet: Buffer;
    try {
      packet = encodeCall(this.writer, procedure, serial, args);
    } catch (error) {
      then.reject(toGuestroomError(error));
      return;
    }
    const abandon = (error: GuestroomError): void => {
      if (!this.settled(serial)) return;
      this.abandoned.set(serial, then.abandoned);
      then.reject(error);
    };
    const onAbort = (): void => abandon(cancelled());
    const timer = timeout === undefined ? undefined : setTimeout(() => abandon(late(name, timeout)), timeout);
    signal?.addEventListener('abort', onAbort);
    this.waiting.set(serial, {
      procedure,
      resolve: then.resolve,
      reject: then.reject,
      forget: () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      },
    });
    this.outbox.send(packet);
  }

  /** Takes the call out of those that wait. */
  private settled(serial: number): Waiting | undefined {
    const waiting = this.waiting.get(serial);
    if (!waiting) return undefined;
    this.waiting.delete(serial);
    waiting.forget();
    return waiting;
  }

  private freeSerial(): number {
    do this.lastSerial = this.lastSerial >= 0xffff_ffff ? 1 : this.lastSerial + 1;
    while (
      this.waiting.has(this.lastSerial) ||
      this.abandoned.has(this.lastSerial) ||
      this.streams.has(this.lastSerial) ||
      this.endedStreams.has(this.lastSerial)
    );
    return this.lastSerial;
  }

  private data(chunk: Buffer): void {
    if (this.ended) return;
    this.keepalive.heard();
    try {
      this.reader.feed(chunk);
    } catch (error) {
      this.end(error instanceof Malformed ? malformed(error) : toGuestroomError(error));
    }
  }

  private frame(frame: Frame): void {
    if (this.ended) return;
    if (frame.version !== protocolVersion || !ours.has(frame.program))
      throw new Malformed(
        `A packet of the program ${String(frame.program)}, version ${String(frame.version)}`,
      );
    switch (frame.type) {
      case FrameType.REPLY:
      case FrameType.REPLY_WITH_FDS:
        this.reply(frame);
        return;
      case FrameType.MESSAGE:
        if (frame.program === programs.KEEPALIVE) this.ping(frame);
        else if (!this.events.deliver(frame))
          this.log.debug('An unknown message of libvirt', { number: frame.procedure });
        return;
      case FrameType.STREAM:
      case FrameType.STREAM_HOLE:
        this.streamPacket(frame);
        return;
      default:
        throw new Malformed(`A packet of the type ${String(frame.type)}`);
    }
  }

  private reply(frame: Frame): void {
    const { serial, status } = frame;
    const waiting = this.waiting.get(serial);
    if (!waiting) {
      const succeeded = this.abandoned.get(serial);
      if (this.abandoned.delete(serial)) {
        if (status === FrameStatus.OK) succeeded?.();
      } else this.log.debug('An answer of libvirt to nothing that was asked', { serial });
      return;
    }
    const { procedure } = waiting;
    if (frame.program !== procedure.program || frame.procedure !== procedure.number)
      throw new Malformed(
        `An answer to ${procedure.name} that belongs to the call ${String(frame.procedure)}`,
      );
    const payload = new XdrReader(frame.bytes, frame.start, frame.end);
    if (status === FrameStatus.OK) {
      const result = procedure.result.read(payload);
      this.settled(serial);
      waiting.resolve(result);
    } else if (status === FrameStatus.ERROR) {
      const error = readError(payload);
      this.settled(serial);
      waiting.reject(error);
    } else throw new Malformed(`An answer with the status ${String(status)}`);
  }

  private ping(frame: Frame): void {
    if (frame.end !== frame.start) throw new Malformed('A ping with a content');
    if (frame.procedure === pingNumber) this.sendKeepalive(pongNumber);
    else if (frame.procedure !== pongNumber) throw new Malformed('Neither ping nor pong');
  }

  private streamPacket(frame: Frame): void {
    const { serial, status, bytes, start, end } = frame;
    const open = this.streams.get(serial);
    if (!open) {
      if (this.endedStreams.has(serial)) return;
      throw new Malformed(`A packet of the stream ${String(serial)}, which was never opened`);
    }
    const { stream, procedure } = open;
    if (frame.program !== procedure.program || frame.procedure !== procedure.number)
      throw new Malformed(`A packet of the stream ${String(serial)} that belongs to another call`);
    if (frame.type === FrameType.STREAM_HOLE) stream.receiveHole(status, new XdrReader(bytes, start, end));
    else if (status === FrameStatus.ERROR) stream.fail(readError(new XdrReader(bytes, start, end)));
    else stream.receive(status, bytes.subarray(start, end));
  }

  private wireOf(serial: number, procedure: Known): ConstructorParameters<typeof RpcStream>[2] {
    return {
      send: (type, status, payload, sent) => this.sendStream(procedure, serial, type, status, payload, sent),
      hold: () => this.hold(1),
      release: () => this.hold(-1),
      over: () => this.dropStream(serial),
    };
  }

  private sendStream(
    procedure: Known,
    serial: number,
    type: number,
    status: number,
    payload?: Uint8Array,
    sent?: () => void,
  ): void {
    const header = { program: procedure.program, version: protocolVersion, procedure: procedure.number };
    const head = headerOf({ ...header, type, serial, status }, payload?.length);
    this.outbox.send(head, payload, sent);
  }

  private dropStream(serial: number): void {
    if (!this.streams.delete(serial)) return;
    this.endedStreams.add(serial);
    if (this.endedStreams.size <= mostEnded) return;
    for (const oldest of this.endedStreams) {
      this.endedStreams.delete(oldest);
      return;
    }
  }

  private hold(change: 1 | -1): void {
    this.holds += change;
    if (this.ended) return;
    if (this.holds === 1 && change === 1) {
      this.stream.pause();
      this.keepalive.deaf(true);
    } else if (this.holds === 0) {
      this.keepalive.deaf(false);
      this.stream.resume();
    }
  }

  private sendKeepalive(procedure: number): void {
    const { MESSAGE: type } = FrameType;
    const { OK: status } = FrameStatus;
    const { KEEPALIVE: program } = programs;
    this.outbox.send(headerOf({ program, version: protocolVersion, procedure, type, serial: 0, status }));
  }

  private end(reason: GuestroomError): void {
    if (this.ended) return;
    this.ended = reason;
    this.keepalive.stop();
    this.outbox.close();
    this.events.clear();
    this.stream.destroy();
    for (const serial of [...this.waiting.keys()]) this.settled(serial)?.reject(again(reason));
    for (const { stream } of [...this.streams.values()]) stream.fail(again(reason));
    this.abandoned.clear();
    this.streams.clear();
    this.settleClosed(reason);
  }
}

const readError = (payload: XdrReader): LibvirtError =>
  new LibvirtError(errorCodec.read(payload) as ErrorReply);

const isSparse = (name: Procedure, args: object): boolean =>
  'flags' in args && (Number(args.flags) & (sparseFlag[name] ?? 0)) !== 0;
