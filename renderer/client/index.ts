import { createORPCClient } from '@orpc/client';
import type { ContractRouterClient } from '@orpc/contract';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Contract } from '../../preload/contract.ts';
import { ByteChannel, readAll, type ByteChannelOptions } from './byte-channel.ts';
import { errorOfCall } from './errors.ts';
import {
  portTransport,
  requestPort,
  socketTransport,
  type Link,
  type LinkState,
  type Transport,
} from './transport.ts';

export { ByteChannel, type ByteChannelOptions } from './byte-channel.ts';
export type { LinkState } from './transport.ts';

export type Calls = ContractRouterClient<Contract>;

/** The window's way to main. Every call and feed rejects with a GuestroomError. */
export interface Client {
  readonly rpc: Calls;
  readonly state: LinkState;
  /** Calls back at every change of the state; the returned function ends that. */
  onState(listener: (state: LinkState) => void): () => void;
  /** While the connection is lost: try again now. */
  retry(): void;
  openBytes(ticket: string, options?: ByteChannelOptions): ByteChannel;
  /** All bytes of a ticket, for pictures. */
  readBytes(ticket: string): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

/** Connects this page: over its MessagePort in the Electron host, over WebSockets in the browser host. */
export async function connect(): Promise<Client> {
  if (location.protocol === 'app:') return createClient(portTransport(await requestPort()));
  const transport = socketTransport({
    open: (path) => new WebSocket(new URL(path, location.href.replace(/^http/, 'ws'))),
    refused: () =>
      fetch('/session').then(
        (response) => response.status === 401 || response.status === 403,
        () => false,
      ),
  });
  window.addEventListener('online', () => {
    transport.retry();
  });
  return createClient(transport);
}

/** For tests and for hosts that bring their own transport. */
export function createClient(transport: Transport): Client {
  const opened = (): Promise<void> =>
    transport.state === 'open'
      ? Promise.resolve()
      : new Promise((resolve) => {
          const off = transport.onState((state) => {
            if (state !== 'open') return;
            off();
            resolve();
          });
        });

  const asOurs = (thrown: unknown): GuestroomError =>
    transport.state === 'open'
      ? errorOfCall(thrown)
      : new GuestroomError('lost', 'The connection to Guestroom was lost', { cause: thrown });

  const link: Link = {
    async call(path, input, options) {
      if (transport.state === 'connecting') await opened();
      const current = transport.link;
      if (current === undefined || transport.state !== 'open') throw asOurs(undefined);
      try {
        const result = await current.call(path, input, options);
        return isFeed(result) ? withOurErrors(result, asOurs) : result;
      } catch (error) {
        throw options.signal?.aborted ? errorOfCall(error) : asOurs(error);
      }
    },
  };

  return {
    rpc: createORPCClient<Calls>(link),
    get state() {
      return transport.state;
    },
    onState: (listener) => transport.onState(listener),
    retry: () => {
      transport.retry();
    },
    openBytes: (ticket, options) => new ByteChannel(transport.openWire(), ticket, options),
    readBytes: (ticket) => readAll(new ByteChannel(transport.openWire(), ticket)),
    close: () => {
      transport.close();
    },
  };
}

type Feed = AsyncIterator<unknown> & AsyncIterable<unknown>;
const isFeed = (value: unknown): value is Feed =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;

function withOurErrors(feed: Feed, asOurs: (thrown: unknown) => GuestroomError): Feed {
  const wrapped: Feed = {
    next: async () => {
      try {
        return await feed.next();
      } catch (error) {
        throw asOurs(error);
      }
    },
    return: async (value?: unknown) => (await feed.return?.(value)) ?? { done: true, value },
    [Symbol.asyncIterator]: () => wrapped,
  };
  return wrapped;
}
