/** What came is not what the table says. The connection cannot go on: nobody knows where the next value begins. */
export class Malformed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Malformed';
  }
}

/** The last texts that name() made, by their hash; few enough to stay for ever. */
const names = new Array<{ text: string; length: number; words: number[] } | undefined>(2048).fill(undefined);
const longestName = 64;

/** The name and the type of a parameter: what comes before its value. */
export interface ParamHead {
  readonly text: string;
  readonly type: number;
  /** Its bytes, as this machine reads them four at a time. */
  readonly words: readonly number[];
  /** What came after it the last time: records of one kind have the same parameters in the same order. */
  next: ParamHead | undefined;
}

/** By name; few enough to stay for ever. */
const heads = new Map<string, ParamHead>();
const mostHeads = 2048;
let lastHead: ParamHead = { text: '', type: 0, words: [], next: undefined };

/**
 * Reads XDR (RFC 4506) as libvirt writes it: big endian, every item padded to four bytes. Throws Malformed where the
 * bytes end too early or a count is beyond its limit; nothing is allocated before that is known.
 */
export class XdrReader {
  private readonly bytes: Buffer;
  private readonly view: DataView;
  /** The same bytes; undefined where they do not lie so that they can be read four at a time. */
  private readonly quads: Uint32Array | undefined;
  private readonly end: number;
  private at: number;

  constructor(bytes: Buffer, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.quads =
      ((bytes.byteOffset | start) & 3) === 0
        ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
        : undefined;
    this.at = start;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  int(): number {
    return this.view.getInt32(this.take(4));
  }

  uint(): number {
    return this.view.getUint32(this.take(4));
  }

  hyper(): bigint {
    return this.view.getBigInt64(this.take(8));
  }

  uhyper(): bigint {
    return this.view.getBigUint64(this.take(8));
  }

  double(): number {
    return this.view.getFloat64(this.take(8));
  }

  /** Whether a value follows. */
  present(): boolean {
    const flag = this.uint();
    if (flag > 1) throw new Malformed(`${String(flag)} where 0 or 1 tells whether a value follows`);
    return flag === 1;
  }

  /** How many items follow, each at least `least` bytes long. */
  count(most: number, least: number): number {
    const count = this.uint();
    if (count > most) throw new Malformed(`${String(count)} items where at most ${String(most)} are allowed`);
    if (count * least > this.left)
      throw new Malformed(`${String(count)} items in ${String(this.left)} bytes`);
    return count;
  }

  /** A copy: what holds it does not hold the whole packet. */
  fixedBytes(length: number): Uint8Array {
    const from = this.take(padded(length));
    const copy = new Uint8Array(length);
    // a view for set() would cost more than the sixteen bytes of a UUID
    if (length > 64) copy.set(this.bytes.subarray(from, from + length));
    else for (let at = 0; at < length; at += 1) copy[at] = this.bytes[from + at] ?? 0;
    return copy;
  }

  variableBytes(most: number): Uint8Array {
    return this.fixedBytes(this.length(most));
  }

  string(most: number): string {
    const length = this.length(most);
    const from = this.take(padded(length));
    return this.bytes.toString('utf8', from, from + length);
  }

  /** A text that comes again and again, as the field of a parameter: the same one is not made anew each time. */
  name(most: number): string {
    const length = this.length(most);
    const size = padded(length);
    const from = this.take(size);
    if (length > longestName) return this.bytes.toString('utf8', from, from + length);
    const { view } = this;
    const end = from + size;
    let hash = length;
    for (let at = from; at < end; at += 4) hash = Math.imul(hash ^ view.getUint32(at), 0x9e37_79b1);
    const slot = (hash ^ (hash >>> 15)) & (names.length - 1);
    const known = names[slot];
    if (known?.length === length && sameWords(known.words, view, from)) return known.text;
    const text = this.bytes.toString('utf8', from, from + length);
    const words: number[] = [];
    for (let at = from; at < end; at += 4) words.push(view.getUint32(at));
    names[slot] = { text, length, words };
    return text;
  }

  /** Name and type of a parameter. Most are those that followed the one before the last time, which one look tells. */
  paramHead(most: number): ParamHead {
    const guess = lastHead.next;
    if (guess !== undefined && this.comesNext(guess.words)) {
      this.at += guess.words.length * 4;
      lastHead = guess;
      return guess;
    }
    const from = this.at;
    const text = this.name(most);
    const type = this.int();
    const known = heads.get(text);
    if (known?.type === type) {
      lastHead.next = known;
      lastHead = known;
      return known;
    }
    const { quads } = this;
    const words = quads === undefined ? [] : [...quads.subarray(from >>> 2, this.at >>> 2)];
    const head: ParamHead = { text, type, words, next: undefined };
    if (words.length > 0 && text.length <= longestName && heads.size < mostHeads) heads.set(text, head);
    return head;
  }

  private comesNext(words: readonly number[]): boolean {
    const { quads } = this;
    if (quads === undefined || words.length * 4 > this.end - this.at) return false;
    const from = this.at >>> 2;
    for (let at = 0; at < words.length; at += 1) if (words[at] !== quads[from + at]) return false;
    return true;
  }

  /** Bytes that take a word each, sign-extended: libvirt's `char` arrays. */
  words(count: number): Uint8Array {
    const from = this.take(count * 4);
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count; at += 1) bytes[at] = this.view.getInt32(from + at * 4);
    return bytes;
  }

  private length(most: number): number {
    const length = this.uint();
    if (length > most)
      throw new Malformed(`${String(length)} bytes where at most ${String(most)} are allowed`);
    return length;
  }

  private take(length: number): number {
    const from = this.at;
    if (length > this.end - from) {
      throw new Malformed(`${String(length)} bytes wanted, ${String(this.end - from)} left`);
    }
    this.at = from + length;
    return from;
  }
}

const padded = (length: number): number => (length + 3) & ~3;

function sameWords(words: readonly number[], view: DataView, from: number): boolean {
  for (let at = 0; at < words.length; at += 1) if (words[at] !== view.getUint32(from + at * 4)) return false;
  return true;
}
