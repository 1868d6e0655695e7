import { GuestroomError } from '../../drivers/api/errors.ts';
import { decodeControl, encodeControl, Incoming, Outgoing, type Wire } from '../../preload/bytes.ts';

export interface ByteChannelOptions {
  /**
   * Who says that received bytes no longer take memory: `automatic`, as soon as onmessage returns, or the owner by
   * calling `consumed` (a terminal that draws later). Without it nothing more comes after the credit window.
   */
  acknowledge?: 'automatic' | 'owner';
}

class ChannelError extends Event {
  readonly error: GuestroomError;
  constructor(error: GuestroomError) {
    super('error');
    this.error = error;
  }
}

/** Not everywhere that Event is, CloseEvent is too. */
class ChannelClose extends Event {
  readonly wasClean: boolean;
  readonly code: number;
  readonly reason: string;
  constructor(error: GuestroomError | undefined) {
    super('close');
    this.wasClean = error === undefined;
    this.code = error === undefined ? 1000 : 1011;
    this.reason = error?.message ?? '';
  }
}

/**
 * The window's end of a byte channel, in the form of a WebSocket or data channel, so that noVNC takes it in place of an
 * address. Messages are always ArrayBuffers. Why it ended is in `error`; undefined means that the stream simply ended.
 */
export class ByteChannel {
  binaryType: BinaryType = 'arraybuffer';
  readonly protocol = '';
  readyState: 'connecting' | 'open' | 'closing' | 'closed' = 'connecting';
  onopen: ((event: Event) => void) | null = null;
  onmessage: ((event: MessageEvent<ArrayBuffer>) => void) | null = null;
  onerror: ((event: Event) => void) | null = null;
  onclose: ((event: CloseEvent) => void) | null = null;
  /** All that was sent has gone to main. */
  ondrain: (() => void) | null = null;
  error: GuestroomError | undefined;
  readonly #wire: Wire;
  readonly #outgoing: Outgoing;
  readonly #incoming: Incoming;
  readonly #automatic: boolean;

  constructor(wire: Wire, ticket: string, options: ByteChannelOptions = {}) {
    this.#wire = wire;
    this.#outgoing = new Outgoing(wire);
    this.#incoming = new Incoming(wire);
    this.#automatic = options.acknowledge !== 'owner';
    wire.onMessage((message) => {
      if (this.readyState === 'closed') return;
      if (typeof message === 'string') this.#control(message);
      else this.#bytes(message);
    });
    wire.onClose(() => {
      this.#closed(new GuestroomError('lost', 'The connection was lost'));
    });
    wire.post(encodeControl({ kind: 'ticket', ticket }));
  }

  /** Bytes that wait for main to take them. */
  get bufferedAmount(): number {
    return this.#outgoing.buffered;
  }

  /** The bytes are copied: the caller may use its buffer again. */
  send(data: ArrayBuffer | ArrayBufferView): void {
    if (this.readyState !== 'open') return;
    const view =
      data instanceof ArrayBuffer
        ? new Uint8Array(data)
        : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#outgoing.push(view.slice());
  }

  /** Says that so many received bytes are used up. Only with `acknowledge: 'owner'`. */
  consumed(bytes: number): void {
    if (this.readyState === 'open') this.#incoming.used(bytes);
  }

  /** No more bytes will be sent; receiving goes on. */
  end(): void {
    if (this.readyState === 'open') this.#wire.post(encodeControl({ kind: 'end' }));
  }

  close(): void {
    if (this.readyState === 'closed') return;
    this.#wire.finish(encodeControl({ kind: 'close' }));
    this.#closed(undefined);
  }

  #bytes(message: ArrayBuffer | Uint8Array): void {
    const data = wholeBuffer(message);
    if (!this.#incoming.received(data.byteLength)) {
      const error = new GuestroomError('protocol', 'More bytes came than were granted');
      this.#wire.finish(encodeControl({ kind: 'close', error: error.toData() }));
      this.#closed(error);
      return;
    }
    this.onmessage?.(new MessageEvent('message', { data }));
    if (this.#automatic) this.consumed(data.byteLength);
  }

  #control(text: string): void {
    const control = decodeControl(text);
    if (control?.kind === 'open') {
      this.readyState = 'open';
      this.onopen?.(new Event('open'));
    } else if (control?.kind === 'credit') {
      if (this.#outgoing.grant(control.bytes)) this.ondrain?.();
    } else if (control?.kind === 'close') {
      this.#wire.close();
      this.#closed(control.error === undefined ? undefined : GuestroomError.from(control.error));
    }
  }

  #closed(error: GuestroomError | undefined): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.error = error;
    if (error !== undefined) this.onerror?.(new ChannelError(error));
    this.onclose?.(new ChannelClose(error));
  }
}

function wholeBuffer(message: ArrayBuffer | Uint8Array): ArrayBuffer {
  if (!(message instanceof Uint8Array)) return message;
  const { buffer, byteOffset, byteLength } = message;
  if (buffer instanceof ArrayBuffer && byteOffset === 0 && byteLength === buffer.byteLength) return buffer;
  return message.slice().buffer as ArrayBuffer;
}

/** Everything a channel brings, for pictures and other short things. Rejects with what ended it, or `too_large`. */
export function readAll(channel: ByteChannel, limit = 64 * 1024 * 1024): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    const parts: ArrayBuffer[] = [];
    let length = 0;
    channel.onmessage = ({ data }) => {
      parts.push(data);
      length += data.byteLength;
      if (length <= limit) return;
      channel.close();
      reject(new GuestroomError('too_large', 'More came than fits', { detail: `limit ${limit} bytes` }));
    };
    channel.onclose = () => {
      if (channel.error !== undefined) {
        reject(channel.error);
        return;
      }
      const whole = new Uint8Array(length);
      let at = 0;
      for (const part of parts) {
        whole.set(new Uint8Array(part), at);
        at += part.byteLength;
      }
      resolve(whole);
    };
  });
}
