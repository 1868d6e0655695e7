/** Bytes of one piece; what was never written takes none. */
const block = 64 * 1024;
/** What one file keeps at most; bytes over it are counted, and read as zeros. */
const mostKept = 64 * 1024 * 1024;

export type Piece = { data: Uint8Array } | { hole: number };

/** The bytes of a made-up file, with holes where nothing was written. What lies behind the last byte reads as zeros. */
export class Content {
  /** By their number; shorter ones end in zeros. `undefined` was written and is forgotten. */
  readonly #blocks: Map<number, Uint8Array | undefined>;
  #kept: number;

  private constructor(blocks: Map<number, Uint8Array | undefined>, kept: number) {
    this.#blocks = blocks;
    this.#kept = kept;
  }

  static of(bytes: Uint8Array = new Uint8Array()): Content {
    const content = new Content(new Map(), 0);
    content.write(0, bytes);
    return content;
  }

  /** Another content with the same bytes. */
  copy(): Content {
    const blocks = new Map<number, Uint8Array | undefined>();
    for (const [index, bytes] of this.#blocks) blocks.set(index, bytes?.slice());
    return new Content(blocks, this.#kept);
  }

  /** Bytes that a file system would need for it. */
  get allocated(): number {
    return this.#blocks.size * block;
  }

  read(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (const { index, from, to } of spans(offset, length)) {
      const kept = this.#blocks.get(index)?.subarray(from, to);
      if (kept) bytes.set(kept, index * block + from - offset);
    }
    return bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    for (const { index, from, to } of spans(offset, bytes.length)) {
      const at = index * block + from - offset;
      this.#put(index, from, bytes.subarray(at, at + to - from));
    }
  }

  #put(index: number, from: number, part: Uint8Array): void {
    const old = this.#blocks.get(index);
    const needed = Math.max(old?.length ?? 0, from + part.length);
    if (old && needed === old.length) {
      old.set(part, from);
      return;
    }
    const forgotten = this.#blocks.has(index) && !old;
    if (forgotten || this.#kept + needed - (old?.length ?? 0) > mostKept) {
      if (!old) this.#blocks.set(index, undefined);
      return;
    }
    const fresh = new Uint8Array(needed);
    if (old) fresh.set(old);
    fresh.set(part, from);
    this.#blocks.set(index, fresh);
    this.#kept += needed - (old?.length ?? 0);
  }

  /** Makes a hole: blocks that lie in it whole go, of others the bytes become zeros. */
  punch(offset: number, length: number): void {
    // by what is there: a hole may be far larger
    for (const index of [...this.#blocks.keys()]) {
      const from = Math.max(0, offset - index * block);
      const to = Math.min(block, offset + length - index * block);
      if (from === 0 && to === block) this.#drop(index);
      else if (from < to) this.#blocks.get(index)?.fill(0, from, to);
    }
  }

  /** Forgets what lies behind `length`. */
  truncate(length: number): void {
    this.punch(length, Number.MAX_SAFE_INTEGER - length);
  }

  #drop(index: number): void {
    this.#kept -= this.#blocks.get(index)?.length ?? 0;
    this.#blocks.delete(index);
  }

  /** The bytes of this part in order: data as it was written, holes between it. */
  *pieces(offset: number, length: number): Generator<Piece> {
    const end = offset + length;
    const touched = [...this.#blocks.keys()]
      .filter((index) => index * block < end && (index + 1) * block > offset)
      .sort((a, b) => a - b);
    let at = offset;
    for (const index of touched) {
      const start = Math.max(at, index * block);
      const stop = Math.min(end, (index + 1) * block);
      if (start > at) yield { hole: start - at };
      yield { data: this.read(start, stop - start) };
      at = stop;
    }
    if (at < end) yield { hole: end - at };
  }
}

/** The part of each block that a range of bytes touches. */
function* spans(offset: number, length: number): Generator<{ index: number; from: number; to: number }> {
  const end = offset + length;
  for (let at = offset; at < end;) {
    const index = Math.floor(at / block);
    const from = at - index * block;
    const to = Math.min(block, end - index * block);
    yield { index, from, to };
    at = index * block + to;
  }
}
