import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Client } from '../client/index.ts';

/**
 * Follows a feed of main until the signal aborts, and opens it anew each time a lost connection is back: a feed begins
 * with a snapshot, so nothing is missed. Resolves after the abort or when main ends the feed; rejects when main refuses it.
 */
export async function follow<Message>(
  client: Client,
  open: (signal: AbortSignal) => Promise<AsyncIterable<Message>>,
  take: (message: Message) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      for await (const message of await open(signal)) {
        if (signal.aborted) return;
        take(message);
      }
      if (client.state === 'open') return;
    } catch (thrown) {
      if (signal.aborted) return;
      if (!(thrown instanceof GuestroomError) || thrown.code !== 'lost') throw thrown;
    }
    await linkOpen(client, signal);
  }
}

/** Resolves once the connection to main is there, or the signal aborts. */
function linkOpen(client: Client, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      off();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const off = client.onState((state) => {
      if (state === 'open') end();
    });
    signal.addEventListener('abort', end);
    if (signal.aborted || client.state === 'open') end();
  });
}
