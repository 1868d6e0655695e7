import * as v from 'valibot';
import { ErrorData } from '../drivers/api/errors.ts';

/**
 * Byte channels: screens, serial lines, pictures and uploads run beside the calls, over a MessagePort or a binary
 * WebSocket of their own. The window opens the wire and sends its ticket; from then on binary messages are the
 * stream, texts are control. Neither side sends more than the other has granted, so a slow reader stops the source.
 */

/** Bytes that may be under way in one direction. Small enough that a flooding channel leaves the others their turn. */
export const creditWindow = 512 * 1024;
/** Longest single message of bytes. */
export const maxMessage = 256 * 1024;
/** How long an unused ticket is good, in ms. */
export const ticketLife = 30_000;

export const Control = v.variant('kind', [
  /** First message of the window. */
  v.object({ kind: v.literal('ticket'), ticket: v.pipe(v.string(), v.maxLength(64)) }),
  /** Main has connected the ticket's stream. */
  v.object({ kind: v.literal('open') }),
  /** The sender of this has used up so many bytes and takes as many more. */
  v.object({
    kind: v.literal('credit'),
    bytes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(creditWindow)),
  }),
  /** No more bytes will come from the window; those of main go on. */
  v.object({ kind: v.literal('end') }),
  /** Last message of either side; without an error the stream simply ended. */
  v.object({ kind: v.literal('close'), error: v.optional(ErrorData) }),
]);
export type Control = v.InferOutput<typeof Control>;

/** What a byte channel runs over. Messages arrive in the order sent. */
export interface Wire {
  /** Bytes are taken over: the caller does not touch them again. */
  post(message: string | Uint8Array): void;
  /** As `post`, for bytes whose memory is used again after `done`. Only wires that hold no copy have it. */
  postLent?(bytes: Uint8Array, done: () => void): void;
  onMessage(listener: (message: string | ArrayBuffer | Uint8Array) => void): void;
  /** The other side is gone, for whatever reason. Called once. */
  onClose(listener: () => void): void;
  /** Sends this text and closes behind it. */
  finish(text: string): void;
  close(): void;
}

export const encodeControl = (message: Control): string => JSON.stringify(message);

/** undefined for whatever is not one of our messages. */
export function decodeControl(text: string): Control | undefined {
  if (text.length > 65_536) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  const result = v.safeParse(Control, value);
  return result.success ? result.output : undefined;
}

/** Bytes on their way out: posts what the other side has granted and holds the rest. */
export class Outgoing {
  readonly #wire: Wire;
  readonly #giveBack: ((bytes: Uint8Array) => void) | undefined;
  readonly #held: Uint8Array[] = [];
  #credit = creditWindow;
  #buffered = 0;

  /** With `giveBack` the bytes are lent only: it is told the last part of each once the wire is done with all of them. */
  constructor(wire: Wire, giveBack?: (bytes: Uint8Array) => void) {
    this.#wire = wire;
    this.#giveBack = giveBack;
  }

  /** Bytes held back for want of credit. */
  get buffered(): number {
    return this.#buffered;
  }

  /** Returns false when bytes are held back: the source should wait for `grant` to return true. */
  push(bytes: Uint8Array): boolean {
    if (bytes.byteLength === 0) return this.#buffered === 0;
    this.#held.push(bytes);
    this.#buffered += bytes.byteLength;
    return this.#flush();
  }

  /** Returns true when nothing is held back any more. */
  grant(bytes: number): boolean {
    this.#credit += bytes;
    return this.#flush();
  }

  /** True while the other side could not have been granted so much. */
  exceeds(bytes: number): boolean {
    return this.#credit + bytes > creditWindow;
  }

  #flush(): boolean {
    let first = this.#held[0];
    while (first !== undefined && this.#credit > 0) {
      const length = Math.min(first.byteLength, this.#credit, maxMessage);
      this.#credit -= length;
      this.#buffered -= length;
      if (length === first.byteLength) {
        this.#held.shift();
        this.#postLast(first);
      } else {
        this.#held[0] = first.subarray(length);
        this.#wire.post(first.subarray(0, length));
      }
      first = this.#held[0];
    }
    return first === undefined;
  }

  /** What was posted before of the same bytes is done with by then, too. */
  #postLast(bytes: Uint8Array): void {
    const giveBack = this.#giveBack;
    if (giveBack === undefined || this.#wire.postLent === undefined) this.#wire.post(bytes);
    else this.#wire.postLent(bytes, () => giveBack(bytes));
  }
}

/** Bytes on their way in: counts what the other side may still send and grants anew what was used up. */
export class Incoming {
  readonly #wire: Wire;
  #open = creditWindow;
  #used = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** False when the other side sent more than it was granted. */
  received(bytes: number): boolean {
    this.#open -= bytes;
    return this.#open >= 0;
  }

  /** Told by the reader once the bytes no longer take memory. Grants go out in halves of the window, not one by one. */
  used(bytes: number): void {
    this.#used += bytes;
    if (this.#used < creditWindow / 2) return;
    const bytesToGrant = this.#used;
    this.#used = 0;
    this.#open += bytesToGrant;
    this.#wire.post(encodeControl({ kind: 'credit', bytes: bytesToGrant }));
  }
}
