import { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { GuestroomError } from '../../api/errors.ts';
import { FrameStatus, FrameType } from './frames.ts';
import type { streams } from './procedures.gen.ts';
import { Malformed, type XdrReader } from './xdr-reader.ts';
import { XdrWriter } from './xdr-writer.ts';

export type StreamProcedure = keyof typeof streams;
/** Who sends, seen from us. */
export type Direction = 'read' | 'write' | 'both';

/** What a volume is made of: bytes, and gaps of so many zeros. */
export type Piece = { data: Buffer } | { hole: bigint };

/** The connection as a stream sees it. */
export interface StreamWire {
  send(type: number, status: number, payload?: Uint8Array, sent?: () => void): void;
  /** Reading of the whole connection stops: its socket is the only flow control there is. */
  hold(): void;
  release(): void;
  /** Nothing more is expected; what still comes is dropped. */
  over(): void;
}

/** Longest packet of data: longer ones are not faster, and calls wait behind them. */
const longestPacket = 256 * 1024;
/** Bytes that wait here for a slow reader before the connection is held. */
const readAhead = 1024 * 1024;
/** The same for sparse volumes, counted in pieces: of 64 KiB as a socket brings them, of at most 256 KiB as they are sent. */
const piecesAhead = { read: 16, write: 4 };

type Chunk = Buffer | { hole: bigint };
/** The bytes are lent until it returns, or until what it returned resolves. */
export type Take = (piece: Piece) => Promise<void> | undefined;
type Done = (error?: Error | null) => void;

/**
 * The bytes behind a call that opens a stream. Ending the writable side finishes the stream and waits until the daemon
 * confirms it: only then is an upload whole. `destroy` aborts. A daemon that fails destroys it with a LibvirtError.
 */
export class RpcStream extends Duplex {
  /** Holes may be sent and come. */
  readonly sparse: boolean;
  private readonly direction: Direction;
  private readonly wire: StreamWire;
  private phase: 'opening' | 'open' | 'finishing' | 'over' = 'opening';
  private ended = false;
  private holding = false;
  private taker: Take | undefined;
  /** What is being taken, and all that came after it. */
  private taking: Promise<void> | undefined;
  private confirmed: (() => void) | undefined;
  /** Who waits until the line has taken what was written. */
  private writing: Done | undefined;
  private failure: Error | undefined;
  /** What a failure is told as to whoever has the stream. */
  explain: (error: Error) => Error = (error) => error;

  constructor(direction: Direction, sparse: boolean, wire: StreamWire) {
    const options = {
      readable: direction !== 'write',
      writable: direction !== 'read',
      // a console whose guest is gone takes no more keys either
      allowHalfOpen: false,
      objectMode: sparse,
      readableHighWaterMark: sparse ? piecesAhead.read : readAhead,
      writableHighWaterMark: sparse ? piecesAhead.write : longestPacket,
    };
    super(options);
    this.direction = direction;
    this.sparse = sparse;
    this.wire = wire;
    // it may fail before its owner has got it; it is told by `errored`, `finished` and every later use
    this.on('error', () => undefined);
  }

  /**
   * Gives the content in order to `take`, without keeping any of it: that is what gigabytes are read with. Holes come only
   * where the call asked for a sparse stream. Resolves once the end is confirmed and all is taken; rejects with what the
   * stream or `take` failed with.
   */
  async drain(take: Take): Promise<void> {
    this.taker = take;
    for (let early: Chunk | null; (early = this.read() as Chunk | null) !== null;) this.give(take, early);
    // nothing is kept in it any more, but only a stream that flows tells its end
    this.resume();
    await finished(this, { writable: false });
    await this.taking;
  }

  /** Leaves so many bytes out; the daemon makes them zeros. Rejects with `invalid_argument` where the stream was not opened as sparse. */
  writeHole(bytes: bigint): Promise<void> {
    if (!this.sparse) {
      // the daemon would close the whole connection
      return Promise.reject(new GuestroomError('invalid_argument', 'This stream was not opened as sparse'));
    }
    if (bytes < 0n || bytes > 0x7fff_ffff_ffff_ffffn)
      return Promise.reject(new GuestroomError('invalid_argument', `A hole of ${String(bytes)} bytes`));
    return new Promise((resolve, reject) => {
      this.write({ hole: bytes }, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** The daemon accepted the call. */
  opened(): void {
    this.phase = 'open';
    // nothing is held before: the answer itself may stand behind the data
    if (this.readableLength >= this.readableHighWaterMark) this.hold();
    if (this.ended) this.finishReading();
  }

  /** A packet of data, an end or a confirmation. Throws Malformed. */
  receive(status: number, bytes: Buffer): void {
    if (this.phase === 'over') return;
    if (status === FrameStatus.CONTINUE) {
      if (bytes.length > 0) this.receiveChunk(bytes);
      else this.receiveEnd();
    } else if (status === FrameStatus.OK && this.phase === 'finishing') this.confirm();
    else throw new Malformed(`A stream packet with the status ${String(status)} that nobody waits for`);
  }

  /** A packet that stands for zeros. Throws Malformed. */
  receiveHole(status: number, payload: XdrReader): void {
    if (this.phase === 'over') return;
    const hole = payload.hyper();
    payload.uint();
    if (status !== FrameStatus.CONTINUE || !this.sparse || hole < 0n)
      throw new Malformed('A hole in a stream that has none');
    if (hole > 0n) this.receiveChunk({ hole });
  }

  /** It ended with an error: the daemon's, or the connection's. */
  fail(error: Error): void {
    if (this.phase === 'over') return;
    this.failure = error;
    this.leave();
    // after those who were promised the stream in this turn have got it
    setImmediate(() => this.destroy(this.explain(error)));
  }

  override _read(): void {
    if (!this.taking) this.letGo();
  }

  override _write(chunk: Chunk | string, _encoding: string, done: Done): void {
    this.writing = done;
    if (typeof chunk === 'string') this.sendData(Buffer.from(chunk), 0);
    else if (isHole(chunk)) this.sendHole(chunk.hole);
    else this.sendData(chunk, 0);
  }

  /** What was typed while a packet was under way goes as one. */
  override _writev(chunks: { chunk: Chunk | string }[], done: Done): void {
    if (!this.sparse) {
      this._write(Buffer.concat(chunks.map(({ chunk }) => chunk as Buffer)), '', done);
      return;
    }
    const next = (at: number): void => {
      const one = chunks[at];
      if (one) this._write(one.chunk, '', (error) => (error ? done(error) : next(at + 1)));
      else done();
    };
    next(0);
  }

  override _final(done: Done): void {
    if (this.phase === 'over') {
      // an upload that has just failed must not look whole
      done(this.failure && this.explain(this.failure));
      return;
    }
    this.confirmed = done;
    if (this.phase !== 'finishing') this.finish();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.phase === 'open' || this.phase === 'finishing')
      this.wire.send(FrameType.STREAM, FrameStatus.ERROR);
    this.leave();
    done(error);
    // Node forgets it, and the line may never take it
    this.written(error ?? new GuestroomError('lost', 'The stream was closed'));
  }

  private receiveChunk(chunk: Chunk): void {
    if (this.direction === 'write' || this.ended) throw new Malformed('Data in a stream that has none');
    if (this.taker) this.give(this.taker, chunk);
    else if (!this.push(kept(chunk)) && this.phase !== 'opening') this.hold();
  }

  private give(take: Take, chunk: Chunk): void {
    const { taking } = this;
    let busy: Promise<void> | undefined;
    try {
      // the connection is held, but its last packets may have come together
      if (taking) {
        const piece = pieceOf(kept(chunk));
        busy = taking.then(() => take(piece));
      } else busy = take(pieceOf(chunk));
    } catch (error) {
      this.destroy(error as Error);
    }
    if (!busy) return;
    this.hold();
    this.taking = busy;
    const taken = (): void => {
      if (this.taking !== busy) return;
      this.taking = undefined;
      this.letGo();
    };
    busy.then(taken, (error: Error) => this.destroy(error));
  }

  private receiveEnd(): void {
    if (this.direction === 'write' || this.ended) return;
    this.ended = true;
    if (this.phase !== 'opening') this.finishReading();
  }

  /** Of a download the reader hears of its end when the daemon has confirmed it; a console ends at once, its other side follows. */
  private finishReading(): void {
    if (this.direction === 'both') this.push(null);
    else if (this.phase === 'open') this.finish();
  }

  private finish(): void {
    this.phase = 'finishing';
    this.wire.send(FrameType.STREAM, FrameStatus.OK);
  }

  private confirm(): void {
    const read = this.direction === 'read' || (this.direction === 'both' && !this.ended);
    this.ended = true;
    this.leave();
    if (read) this.push(null);
    this.confirmed?.();
  }

  private leave(): void {
    if (this.phase === 'over') return;
    this.phase = 'over';
    this.letGo();
    this.wire.over();
  }

  private hold(): void {
    if (this.holding) return;
    this.holding = true;
    this.wire.hold();
  }

  private letGo(): void {
    if (!this.holding) return;
    this.holding = false;
    this.wire.release();
  }

  private sendData(bytes: Buffer, from: number): void {
    if (from >= bytes.length || this.phase === 'over') {
      this.written(this.failure && this.explain(this.failure));
      return;
    }
    const to = Math.min(bytes.length, from + longestPacket);
    this.wire.send(FrameType.STREAM, FrameStatus.CONTINUE, bytes.subarray(from, to), () =>
      this.sendData(bytes, to),
    );
  }

  private sendHole(length: bigint): void {
    const payload = new XdrWriter(16);
    payload.hyper(length);
    payload.uint(0);
    this.wire.send(FrameType.STREAM_HOLE, FrameStatus.CONTINUE, payload.written(), () => this.written());
  }

  private written(error?: Error): void {
    const { writing } = this;
    this.writing = undefined;
    writing?.(error);
  }
}

const pieceOf = (chunk: Chunk): Piece => (isHole(chunk) ? chunk : { data: chunk });
/** Packets are lent. */
const kept = (chunk: Chunk): Chunk => (isHole(chunk) ? chunk : Buffer.from(chunk));

const isHole = (chunk: Chunk | string): chunk is { hole: bigint } =>
  typeof chunk === 'object' && !(chunk instanceof Uint8Array);
