import type { Readable } from 'node:stream';

/** Takes exact numbers of bytes from a stream that nobody else reads. */
export class ByteReader {
  readonly #stream: Readable;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(stream: Readable) {
    this.#stream = stream;
    const wake = () => this.#wake?.();
    const end = () => {
      this.#ended = true;
      wake();
    };
    stream.on('readable', wake);
    stream.on('end', end);
    stream.on('close', end);
    stream.on('error', end);
  }

  /** Rejects with an AbortError when the stream ends before. */
  async take(length: number): Promise<Buffer> {
    if (length === 0) return Buffer.alloc(0);
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const available = Math.min(missing, this.#stream.readableLength);
      const part = available > 0 ? (this.#stream.read(available) as Buffer | null) : null;
      if (part) {
        parts.push(part);
        missing -= part.length;
        continue;
      }
      if (this.#ended) throw new DOMException('The stream ended', 'AbortError');
      // asks for more, and makes an end that waits be told
      this.#stream.read(0);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return Buffer.concat(parts);
  }
}
