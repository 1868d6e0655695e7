import { GuestroomError } from '../../drivers/api/errors.ts';
import type { ByteChannel } from '../client/index.ts';

/** What a screen or terminal uses of a byte channel. */
export type ConsoleChannel = Pick<
  ByteChannel,
  | 'binaryType'
  | 'protocol'
  | 'readyState'
  | 'onopen'
  | 'onmessage'
  | 'onclose'
  | 'onerror'
  | 'error'
  | 'send'
  | 'consumed'
  | 'close'
>;

/**
 * Keeps what arrives until somebody listens: the viewers load when they are first needed, and a screen greets at once.
 */
export class HeldChannel {
  onopen: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  #inner: ConsoleChannel;
  #listener: ((event: MessageEvent<ArrayBuffer>) => void) | null = null;
  #held: MessageEvent<ArrayBuffer>[] = [];

  constructor(inner: ConsoleChannel) {
    this.#inner = inner;
    inner.binaryType = 'arraybuffer';
    inner.onopen = (event) => this.onopen?.(event);
    inner.onclose = (event) => this.onclose?.(event);
    inner.onerror = (event) => this.onerror?.(event);
    inner.onmessage = (event) => {
      if (this.#listener && this.#held.length === 0) this.#listener(event);
      else this.#held.push(event);
    };
  }

  get onmessage(): ((event: MessageEvent<ArrayBuffer>) => void) | null {
    return this.#listener;
  }
  set onmessage(listener: ((event: MessageEvent<ArrayBuffer>) => void) | null) {
    this.#listener = listener;
    // not at once: a listener may still have to find its feet
    if (listener && this.#held.length > 0)
      queueMicrotask(() => {
        const held = this.#held;
        this.#held = [];
        for (const event of held) this.#listener?.(event);
      });
  }

  get binaryType(): BinaryType {
    return this.#inner.binaryType;
  }
  set binaryType(type: BinaryType) {
    this.#inner.binaryType = type;
  }
  get protocol(): ConsoleChannel['protocol'] {
    return this.#inner.protocol;
  }
  get readyState(): ConsoleChannel['readyState'] {
    return this.#inner.readyState;
  }
  get error(): GuestroomError | undefined {
    return this.#inner.error;
  }
  send(data: ArrayBuffer | ArrayBufferView): void {
    this.#inner.send(data);
  }
  consumed(bytes: number): void {
    this.#inner.consumed(bytes);
  }
  close(): void {
    this.#held = [];
    this.#inner.close();
  }
}

/** A keyboard's worth of time: QEMU hands the keys of a screen to its guest 10 ms apart and drops what piles up. */
const eventTime = 11;

interface Waiting {
  resolve: () => void;
  reject: (reason: GuestroomError) => void;
}

/**
 * Stands between noVNC and the bytes of a screen. It can ask the other side whether it has worked off the keys that
 * were sent, which noVNC cannot.
 */
export class ScreenChannel {
  // noVNC looks for these on the object itself or its class
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  #inner: ConsoleChannel;
  #waiting: Waiting[] = [];
  #keysUntil = 0;

  constructor(inner: ConsoleChannel) {
    this.#inner = inner;
    inner.onopen = (event) => this.onopen?.(event);
    inner.onmessage = (event) => {
      this.onmessage?.(event);
      for (const { resolve } of this.#takeWaiting()) resolve();
    };
    inner.onclose = (event) => {
      this.#fail();
      // noVNC expects the end of a channel that it closes later, not while it closes it
      queueMicrotask(() => this.onclose?.(event));
    };
    inner.onerror = (event) => this.onerror?.(event);
  }

  get binaryType(): BinaryType {
    return this.#inner.binaryType;
  }
  set binaryType(type: BinaryType) {
    this.#inner.binaryType = type;
  }
  get protocol(): string {
    return this.#inner.protocol;
  }
  get readyState(): ConsoleChannel['readyState'] {
    return this.#inner.readyState;
  }
  /** Why it ended; undefined while it lives and when the stream simply ended. */
  get error(): GuestroomError | undefined {
    return this.#inner.error;
  }

  send(data: ArrayBuffer | ArrayBufferView): void {
    this.#inner.send(data);
  }

  close(): void {
    this.#fail();
    this.#inner.close();
  }

  #takeWaiting(): Waiting[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }

  #fail(): void {
    const error = this.error ?? new GuestroomError('lost', 'The screen hung up');
    for (const { reject } of this.#takeWaiting()) reject(error);
  }

  /**
   * Resolves when the screen has taken these key events: it answered after a request for one pixel, which stands behind
   * them in its queue, and a keyboard's time for them has passed. Rejects when the channel ends first.
   */
  async keysTaken(events: number): Promise<void> {
    if (this.readyState !== 'open') throw this.error ?? new GuestroomError('lost', 'The screen hung up');
    this.#keysUntil = Math.max(this.#keysUntil, performance.now()) + events * eventTime;
    const answered = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // FramebufferUpdateRequest, not incremental: x 0, y 0, 1 × 1
    this.send(new Uint8Array([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]));
    await answered;
    const rest = this.#keysUntil - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }
}
