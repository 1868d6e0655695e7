import { Malformed } from './xdr-reader.ts';

/** What a packet is, in its fifth word. */
export const FrameType = {
  CALL: 0,
  REPLY: 1,
  /** Unasked: an event, a ping. */
  MESSAGE: 2,
  STREAM: 3,
  CALL_WITH_FDS: 4,
  REPLY_WITH_FDS: 5,
  STREAM_HOLE: 6,
} as const;

/** How it stands with it, in its seventh word. */
export const FrameStatus = { OK: 0, ERROR: 1, CONTINUE: 2 } as const;

/** The length word and the six words of the header. */
export const headerLength = 28;
/** Longest packet that libvirt takes, with its length word. */
export const longestFrame = 33_554_436;
/** File descriptors that one packet may carry. */
const mostDescriptors = 32;
/** A packet that is announced is not believed: beyond this its memory grows with what has come. */
const firstAllocation = 1024 * 1024;

export interface FrameHeader {
  program: number;
  version: number;
  procedure: number;
  type: number;
  serial: number;
  status: number;
}

/**
 * A packet that came: its payload is `bytes` from `start` to `end`, lent to whoever is told of it. Stream data that has not
 * come whole is told part by part, each with the packet's header: nobody needs such a packet in one piece.
 */
export interface Frame extends FrameHeader {
  bytes: Buffer;
  start: number;
  end: number;
}

/** Writes the length word and the header of a packet whose payload has `payload` bytes. */
export function writeHeader(to: Buffer, header: FrameHeader, payload: number): void {
  to.writeUInt32BE(headerLength + payload, 0);
  to.writeUInt32BE(header.program, 4);
  to.writeUInt32BE(header.version, 8);
  to.writeUInt32BE(header.procedure, 12);
  to.writeUInt32BE(header.type, 16);
  to.writeUInt32BE(header.serial, 20);
  to.writeUInt32BE(header.status, 24);
}

/** A header as a packet of its own, or before a payload that is written apart. */
export function headerOf(header: FrameHeader, payload = 0): Buffer {
  const bytes = Buffer.allocUnsafe(headerLength);
  writeHeader(bytes, header, payload);
  return bytes;
}

function headerAt(bytes: Buffer, at: number): FrameHeader {
  return {
    program: bytes.readUInt32BE(at + 4),
    version: bytes.readUInt32BE(at + 8),
    procedure: bytes.readInt32BE(at + 12),
    type: bytes.readUInt32BE(at + 16),
    serial: bytes.readUInt32BE(at + 20),
    status: bytes.readUInt32BE(at + 24),
  };
}

const isStreamData = (bytes: Buffer, at: number): boolean =>
  bytes.readUInt32BE(at + 16) === FrameType.STREAM && bytes.readUInt32BE(at + 24) === FrameStatus.CONTINUE;

/** Cuts a byte stream into packets. Throws Malformed for a length that no packet has; it must not be fed after that. */
export class FrameReader {
  private readonly take: (frame: Frame) => void;
  /** A packet that has not come whole, or its first bytes. */
  private held = Buffer.alloc(0);
  private heldLength = 0;
  /** Bytes that came with file descriptors and mean nothing. */
  private stray = 0;
  /** The packet of stream data whose parts are told as they come, and how much of it is still to come. */
  private passing: FrameHeader | undefined;
  private passingLeft = 0;
  private any = false;

  constructor(take: (frame: Frame) => void) {
    this.take = take;
  }

  /** True between packets. */
  get empty(): boolean {
    return this.heldLength === 0 && this.stray === 0 && this.passingLeft === 0;
  }

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.stray > 0) {
        const skipped = Math.min(this.stray, chunk.length - at);
        this.stray -= skipped;
        at += skipped;
      } else if (this.passing) {
        at = this.pass(this.passing, chunk, at);
      } else if (this.heldLength > 0) {
        at = this.resume(chunk, at);
      } else {
        const left = chunk.length - at;
        const length = left < 4 ? undefined : this.lengthAt(chunk, at);
        if (length === undefined || length > left) {
          if (length !== undefined && left >= headerLength && isStreamData(chunk, at)) {
            this.startPassing(chunk, at, length);
            at += headerLength;
          } else at = this.hold(chunk, at, length);
        } else {
          this.deliver(chunk, at, length);
          at += length;
        }
      }
    }
  }

  /** Adds to the packet that is held; delivers it when it is whole. */
  private resume(chunk: Buffer, from: number): number {
    let at = from;
    if (this.heldLength < 4) {
      at = this.hold(chunk, at, 4);
      if (this.heldLength < 4) return at;
    }
    const length = this.lengthAt(this.held, 0);
    if (this.heldLength < headerLength) {
      at = this.hold(chunk, at, headerLength);
      if (this.heldLength < headerLength) return at;
      if (length > headerLength && isStreamData(this.held, 0)) {
        this.startPassing(this.held, 0, length);
        this.heldLength = 0;
        return at;
      }
    }
    at = this.hold(chunk, at, length);
    if (this.heldLength === length) {
      const whole = this.held;
      this.held = Buffer.alloc(0);
      this.heldLength = 0;
      this.deliver(whole, 0, length);
    }
    return at;
  }

  private startPassing(bytes: Buffer, at: number, length: number): void {
    this.any = true;
    this.passing = headerAt(bytes, at);
    this.passingLeft = length - headerLength;
  }

  private pass(header: FrameHeader, chunk: Buffer, at: number): number {
    const end = at + Math.min(this.passingLeft, chunk.length - at);
    this.passingLeft -= end - at;
    if (this.passingLeft === 0) this.passing = undefined;
    this.take({ ...header, bytes: chunk, start: at, end });
    return end;
  }

  /** Keeps bytes until `until` are there (4 while the length is not known). */
  private hold(chunk: Buffer, from: number, until = 4): number {
    const taken = Math.min(until - this.heldLength, chunk.length - from);
    const needed = this.heldLength + taken;
    if (needed > this.held.length) {
      const size = Math.min(until, Math.max(firstAllocation, needed * 2));
      const larger = Buffer.allocUnsafeSlow(size);
      this.held.copy(larger, 0, 0, this.heldLength);
      this.held = larger;
    }
    chunk.copy(this.held, this.heldLength, from, from + taken);
    this.heldLength = needed;
    return from + taken;
  }

  private lengthAt(bytes: Buffer, at: number): number {
    const length = bytes.readUInt32BE(at);
    if (length < headerLength || length > longestFrame) {
      if (this.any) throw new Malformed(`A packet of ${String(length)} bytes`);
      throw new Malformed(`No packet, but: ${readable(bytes.subarray(at, at + 200))}`);
    }
    return length;
  }

  private deliver(bytes: Buffer, at: number, length: number): void {
    this.any = true;
    const end = at + length;
    const header = headerAt(bytes, at);
    let start = at + headerLength;
    if (header.type === FrameType.REPLY_WITH_FDS) {
      if (end - start < 4) throw new Malformed('A reply with file descriptors that does not tell how many');
      const count = bytes.readUInt32BE(start);
      if (count > mostDescriptors) throw new Malformed(`A reply with ${String(count)} file descriptors`);
      start += 4;
      this.stray = count;
    }
    this.take({ ...header, bytes, start, end });
  }
}

/** What answered instead, for the person: a greeting of a login shell says more than its bytes as numbers. */
function readable(bytes: Buffer): string {
  const text = bytes.toString('latin1');
  return /^[\x20-\x7e\r\n\t]+$/.test(text) ? text.trim() : bytes.toString('hex');
}
