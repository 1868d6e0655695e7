import { randomBytes } from 'node:crypto';
import type { Duplex, Readable } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { decodeControl, encodeControl, ticketLife, type Wire } from '../../preload/bytes.ts';
import { relay } from './relay.ts';

/** Streams that wait for their window, and those that run. */
export interface Consoles {
  /**
   * Keeps the stream for whoever shows the ticket first, for 30 seconds; after that it is destroyed.
   */
  offer(stream: Duplex | Readable): string;
  /** Takes a fresh wire: its first message must be a ticket. Never throws; what is wrong is said over the wire. */
  accept(wire: Wire): void;
  /** How many streams wait for their ticket and how many are joined with a window. */
  count(): { waiting: number; open: number };
  /** Ends everything. */
  close(): void;
}

interface Offer {
  stream: Duplex | Readable;
  timer: NodeJS.Timeout;
  /** A stream may fail before its window comes; it is told then. */
  failed: (error: unknown) => void;
  error?: unknown;
}

export interface ConsolesOptions {
  /** ms; for tests. */
  ticketLife?: number;
}

export function createConsoles(options: ConsolesOptions = {}): Consoles {
  const life = options.ticketLife ?? ticketLife;
  const offers = new Map<string, Offer>();
  const running = new Map<Wire, Duplex | Readable>();
  let closed = false;

  const take = (ticket: string): Offer | undefined => {
    const offer = offers.get(ticket);
    if (offer === undefined) return undefined;
    offers.delete(ticket);
    clearTimeout(offer.timer);
    return offer;
  };

  const refuse = (wire: Wire, error: GuestroomError) => {
    wire.finish(encodeControl({ kind: 'close', error: error.toData() }));
  };

  return {
    offer(stream) {
      if (closed) {
        stream.destroy();
        throw new GuestroomError('cancelled', 'Guestroom is closing');
      }
      const ticket = randomBytes(16).toString('base64url');
      const timer = setTimeout(() => {
        take(ticket)?.stream.destroy();
      }, life);
      timer.unref();
      const offer: Offer = {
        stream,
        timer,
        failed: (error) => {
          offer.error = error;
        },
      };
      stream.on('error', offer.failed);
      offers.set(ticket, offer);
      return ticket;
    },

    accept(wire) {
      let waiting = true;
      const deadline = setTimeout(() => {
        waiting = false;
        refuse(wire, new GuestroomError('timeout', 'No ticket came'));
      }, life);
      deadline.unref();
      wire.onClose(() => {
        waiting = false;
        clearTimeout(deadline);
        running.delete(wire);
      });
      wire.onMessage((message) => {
        if (!waiting) return;
        waiting = false;
        clearTimeout(deadline);
        const control = typeof message === 'string' ? decodeControl(message) : undefined;
        if (control?.kind !== 'ticket') {
          refuse(wire, new GuestroomError('protocol', 'The first message must be a ticket'));
          return;
        }
        const offer = take(control.ticket);
        if (offer === undefined || closed) {
          refuse(
            wire,
            new GuestroomError('not_found', 'This ticket is not valid any more', { hint: 'Open it again' }),
          );
          return;
        }
        if (offer.error !== undefined) {
          offer.stream.destroy();
          refuse(wire, toGuestroomError(offer.error));
          return;
        }
        running.set(wire, offer.stream);
        void relay(offer.stream, wire).then(() => running.delete(wire));
      });
    },

    count: () => ({ waiting: offers.size, open: running.size }),

    close() {
      closed = true;
      for (const ticket of [...offers.keys()]) take(ticket)?.stream.destroy();
      for (const [wire, stream] of running) {
        refuse(wire, new GuestroomError('cancelled', 'Guestroom is closing'));
        stream.destroy();
      }
      running.clear();
    },
  };
}
