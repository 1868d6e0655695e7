import { Duplex, type Readable } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { decodeControl, encodeControl, Incoming, Outgoing, type Wire } from '../../preload/bytes.ts';
import { lenderOf } from '../../drivers/api/lent-reads.ts';

/**
 * Joins a stream with a wire until either ends. The stream is paused while the window has no credit left, and the
 * window gets new credit only when the stream has taken its bytes: memory stays within the two windows.
 * Resolves when the stream is done with, and destroys it.
 */
export function relay(stream: Duplex | Readable, wire: Wire): Promise<void> {
  const writable = stream instanceof Duplex ? stream : undefined;
  const lender = wire.postLent === undefined ? undefined : lenderOf(stream);
  lender?.borrow();
  const outgoing = new Outgoing(wire, lender && ((bytes) => lender.giveBack(bytes)));
  const incoming = new Incoming(wire);
  return new Promise((resolve) => {
    let over = false;
    let endWhenDrained = false;

    const close = (error?: GuestroomError) => {
      if (over) return;
      over = true;
      wire.finish(
        encodeControl({ kind: 'close', ...(error === undefined ? {} : { error: error.toData() }) }),
      );
      stream.destroy();
      resolve();
    };
    const gone = () => {
      if (over) return;
      over = true;
      stream.destroy();
      resolve();
    };

    stream.on('data', (chunk: Uint8Array) => {
      if (!over && !outgoing.push(chunk)) stream.pause();
    });
    stream.on('end', () => {
      endWhenDrained = true;
      if (outgoing.buffered === 0) close();
    });
    // after an error or the end this finds the relay over
    stream.on('close', () => {
      if (!endWhenDrained) close(new GuestroomError('lost', 'The stream was closed'));
    });
    stream.on('error', (error: unknown) => {
      close(toGuestroomError(error));
    });

    wire.onClose(gone);
    wire.onMessage((message) => {
      if (over) return;
      if (typeof message !== 'string') {
        const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
        if (!incoming.received(bytes.byteLength)) {
          close(new GuestroomError('protocol', 'The window sent more bytes than it was granted'));
        } else if (writable === undefined || writable.writableEnded) {
          close(new GuestroomError('protocol', 'This stream takes no bytes'));
        } else {
          writable.write(bytes, (error) => {
            if (!over && error == null) incoming.used(bytes.byteLength);
          });
        }
        return;
      }
      const control = decodeControl(message);
      if (control?.kind === 'credit' && !outgoing.exceeds(control.bytes)) {
        if (!outgoing.grant(control.bytes)) return;
        if (endWhenDrained) close();
        else stream.resume();
      } else if (control?.kind === 'end') {
        writable?.end();
      } else if (control?.kind === 'close') {
        wire.close();
        gone();
      } else {
        close(new GuestroomError('protocol', 'The window sent a message that is not understood'));
      }
    });

    wire.post(encodeControl({ kind: 'open' }));
    if (stream.errored) close(toGuestroomError(stream.errored));
    else if (stream.destroyed) close(new GuestroomError('lost', 'The stream was closed'));
    else stream.resume();
  });
}
