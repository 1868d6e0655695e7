import { GuestroomError } from '../../api/errors.ts';

const mostUint = 0xffff_ffff;
const leastInt = -0x8000_0000;
const mostInt = 0x7fff_ffff;
const mostUhyper = 0xffff_ffff_ffff_ffffn;
const leastHyper = -0x8000_0000_0000_0000n;
const mostHyper = 0x7fff_ffff_ffff_ffffn;
/** One long document must not keep its memory for ever. */
const largestKept = 1024 * 1024;

/** Writes XDR into a buffer that grows. Throws `invalid_argument` or `too_large` for a value that does not fit its place. */
export class XdrWriter {
  private bytes: Buffer;
  private at = 0;

  constructor(size = 1024) {
    this.bytes = Buffer.allocUnsafeSlow(size);
  }

  get length(): number {
    return this.at;
  }

  /** Starts anew behind `skipped` bytes that are filled in later. */
  reset(skipped = 0): void {
    this.at = 0;
    if (this.bytes.length > largestKept) this.bytes = Buffer.allocUnsafeSlow(1024);
    this.room(skipped);
  }

  /** A copy of what was written. */
  written(): Buffer {
    const copy = Buffer.allocUnsafe(this.at);
    this.bytes.copy(copy, 0, 0, this.at);
    return copy;
  }

  int(value: unknown): void {
    if (!Number.isInteger(value) || (value as number) < leastInt || (value as number) > mostInt)
      throw unfit(value, 'a whole number of 32 bits');
    const from = this.room(4);
    this.bytes.writeInt32BE(value as number, from);
  }

  uint(value: unknown): void {
    if (!Number.isInteger(value) || (value as number) < 0 || (value as number) > mostUint)
      throw unfit(value, 'a whole number of 32 bits that is not negative');
    const from = this.room(4);
    this.bytes.writeUInt32BE(value as number, from);
  }

  hyper(value: unknown): void {
    if (typeof value !== 'bigint' || value < leastHyper || value > mostHyper)
      throw unfit(value, 'a bigint of 64 bits');
    const from = this.room(8);
    this.bytes.writeBigInt64BE(value, from);
  }

  uhyper(value: unknown): void {
    if (typeof value !== 'bigint' || value < 0n || value > mostUhyper)
      throw unfit(value, 'a bigint of 64 bits that is not negative');
    const from = this.room(8);
    this.bytes.writeBigUInt64BE(value, from);
  }

  double(value: unknown): void {
    if (typeof value !== 'number') throw unfit(value, 'a number');
    const from = this.room(8);
    this.bytes.writeDoubleBE(value, from);
  }

  fixedBytes(value: unknown, length: number): void {
    if (!(value instanceof Uint8Array) || value.length !== length)
      throw unfit(value, `${String(length)} bytes`);
    this.raw(value);
  }

  variableBytes(value: unknown, most: number): void {
    if (!(value instanceof Uint8Array)) throw unfit(value, 'bytes');
    if (value.length > most) throw tooLong(value.length, most);
    this.uint(value.length);
    this.raw(value);
  }

  /** The daemon ends a text at its first NUL: one inside would name something else. */
  string(value: unknown, most: number): void {
    if (typeof value !== 'string') throw unfit(value, 'a text');
    if (value.includes('\0'))
      throw new GuestroomError('invalid_argument', 'A text for libvirt must not contain a NUL character');
    const length = Buffer.byteLength(value);
    if (length > most) throw tooLong(length, most);
    this.uint(length);
    const from = this.room(padded(length));
    this.bytes.write(value, from, length, 'utf8');
    this.bytes.fill(0, from + length, this.at);
  }

  /** libvirt's `char` arrays: a sign-extended word for every byte. */
  words(value: unknown): void {
    if (!(value instanceof Uint8Array)) throw unfit(value, 'bytes');
    for (const byte of value) this.int((byte << 24) >> 24);
  }

  private raw(value: Uint8Array): void {
    const from = this.room(padded(value.length));
    this.bytes.set(value, from);
    this.bytes.fill(0, from + value.length, this.at);
  }

  private room(length: number): number {
    const from = this.at;
    const end = from + length;
    if (end > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.bytes.length * 2));
      this.bytes.copy(larger, 0, 0, from);
      this.bytes = larger;
    }
    this.at = end;
    return from;
  }
}

const padded = (length: number): number => (length + 3) & ~3;

function unfit(value: unknown, wanted: string): GuestroomError {
  // not the value itself: it may be a password
  const kind = value === null ? 'nothing' : typeof value;
  const shown = typeof value === 'number' || typeof value === 'bigint' ? String(value) : kind;
  return new GuestroomError('invalid_argument', `${shown} where ${wanted} belongs`);
}

const tooLong = (length: number, most: number): GuestroomError =>
  new GuestroomError(
    'too_large',
    `${String(length)} bytes are more than the ${String(most)} that libvirt takes`,
  );
