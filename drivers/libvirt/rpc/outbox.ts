import type { Writable } from 'node:stream';

interface Outgoing {
  head: Buffer;
  body: Uint8Array | undefined;
  sent: (() => void) | undefined;
}

/** Small packets are joined up to this. */
const batchLength = 64 * 1024;

/**
 * Sends packets in order, one write at a time: what comes in the meantime waits, so that a slow line fills our queue
 * and not the stream's, and is joined into one write, except where every packet needs a write of its own: a daemon
 * sleeps on the second of two messages that share a TLS record.
 */
export class Outbox {
  private readonly stream: Writable;
  private readonly framePerWrite: boolean;
  private waiting: Outgoing[] = [];
  private first = 0;
  private busy = false;
  private closed = false;

  constructor(stream: Writable, framePerWrite: boolean) {
    this.stream = stream;
    this.framePerWrite = framePerWrite;
  }

  /** `sent` is called once the stream has taken it; never when the connection ends before. */
  send(head: Buffer, body?: Uint8Array, sent?: () => void): void {
    if (this.closed) return;
    this.waiting.push({ head, body, sent });
    if (this.busy) return;
    this.busy = true;
    // not at once: what the same turn sends goes along
    process.nextTick(this.next);
  }

  close(): void {
    this.closed = true;
    this.waiting = [];
    this.first = 0;
  }

  private readonly next = (): void => {
    if (this.closed) return;
    const one = this.waiting[this.first];
    if (!one) {
      this.waiting = [];
      this.first = 0;
      this.busy = false;
      return;
    }
    if (this.framePerWrite) {
      this.first += 1;
      const packet = one.body ? Buffer.concat([one.head, one.body]) : one.head;
      this.write(packet, one.sent ? [one.sent] : []);
    } else if (one.body && one.body.length > batchLength) {
      this.first += 1;
      this.writeApart(one.head, one.body, one.sent);
    } else {
      this.writeBatch();
    }
  };

  private writeBatch(): void {
    const pieces: Uint8Array[] = [];
    const sent: (() => void)[] = [];
    let length = 0;
    for (let one = this.waiting[this.first]; one; one = this.waiting[this.first]) {
      const size = one.head.length + (one.body?.length ?? 0);
      if (length > 0 && length + size > batchLength) break;
      pieces.push(one.head);
      if (one.body) pieces.push(one.body);
      if (one.sent) sent.push(one.sent);
      length += size;
      this.first += 1;
    }
    this.write(pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces, length), sent);
  }

  private write(bytes: Uint8Array, sent: readonly (() => void)[]): void {
    this.stream.write(bytes, (error) => this.written(error, sent));
  }

  /** A long body is not copied to stand behind its header. */
  private writeApart(head: Buffer, body: Uint8Array, sent: (() => void) | undefined): void {
    this.stream.cork();
    this.stream.write(head);
    this.stream.write(body, (error) => this.written(error, sent ? [sent] : []));
    this.stream.uncork();
  }

  private written(error: Error | null | undefined, sent: readonly (() => void)[]): void {
    // the stream tells its owner itself that it failed
    if (error || this.closed) return;
    for (const tell of sent) tell();
    this.next();
  }
}
