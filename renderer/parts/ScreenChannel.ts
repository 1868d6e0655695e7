/** The part of a WebSocket that a byte stream of a console offers; `openBytes` answers with one. */
export interface ByteChannel {
  binaryType: BinaryType;
  readonly protocol: string;
  readonly readyState: number | string;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  onerror: ((event: Event) => void) | null;
  send(data: ArrayBufferView<ArrayBuffer> | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

/** A keyboard's worth of time: QEMU hands the keys of a screen to its guest 10 ms apart and drops what piles up. */
const eventTime = 11;

/**
 * Stands between noVNC and the bytes of a screen. It counts what arrives, keeps the reason of the end, and can ask the
 * other side whether it has worked off everything that was sent.
 */
export class ScreenChannel implements ByteChannel {
  // noVNC looks for these on the object itself or its class
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  /** Bytes that have arrived. */
  received = 0;
  /** What the channel said when it ended. */
  closeReason = '';
  #inner: ByteChannel;
  #waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  #keysUntil = 0;

  constructor(inner: ByteChannel) {
    this.#inner = inner;
    inner.onopen = (event) => this.onopen?.(event);
    inner.onmessage = (event) => {
      if (event.data instanceof ArrayBuffer) this.received += event.data.byteLength;
      this.onmessage?.(event);
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const { resolve } of waiting) resolve();
    };
    inner.onclose = (event) => {
      this.closeReason = event.reason;
      this.#fail();
      this.onclose?.(event);
    };
    inner.onerror = (event) => {
      this.onerror?.(event);
    };
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
  get readyState(): number | string {
    return this.#inner.readyState;
  }

  send(data: ArrayBufferView<ArrayBuffer> | ArrayBuffer): void {
    this.#inner.send(data);
  }

  close(code?: number, reason?: string): void {
    this.#fail();
    this.#inner.close(code, reason);
  }

  #fail(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(new Error(this.closeReason || 'closed'));
  }

  /**
   * Resolves when the screen has taken these key events: it answered after a request for one pixel, which stands behind
   * them in its queue, and a keyboard's time for them has passed. Rejects when the channel ends first.
   */
  async keysTaken(events: number): Promise<void> {
    const now = performance.now();
    this.#keysUntil = Math.max(this.#keysUntil, now) + events * eventTime;
    const answered = new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    // FramebufferUpdateRequest, not incremental: x 0, y 0, 1 × 1
    this.send(new Uint8Array([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]));
    await answered;
    const rest = this.#keysUntil - performance.now();
    if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
  }
}
