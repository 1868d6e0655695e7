import type { Duplex } from 'node:stream';
import type { Logger, OpenContext } from '../../api/driver.ts';
import type { Host } from '../../api/host.ts';
import type { Address } from '../address.ts';
import type { Patience } from './patience.ts';
import { connectTcp, endpointText } from './tcp.ts';
import { connectUnix } from './unix.ts';

/** An open line to a daemon, before its first message. */
export interface Transport {
  /** May have ended already: look at `destroyed` before waiting for its events. Its errors have a listener. */
  stream: Duplex;
  /** TLS: the daemon does not look for a second message in one record. */
  framePerWrite: boolean;
  kind: 'unix' | 'tls' | 'tcp';
  /** For messages: a path, or host:port. */
  at: string;
  /** Nobody on the way can read along: a password may be sent as it is. */
  trusted: boolean;
}

export interface TransportContext {
  log: Logger;
  signal?: AbortSignal;
  /** Milliseconds for each single wait. Default 20,000. */
  timeout?: number;
  /** Told of reach, encrypt and identify, as they are done. */
  onStep?: OpenContext['onStep'];
}

/** Opens the line of an address from this machine. Rejects with what to do about it. */
export async function connectTransport(
  address: Address,
  host: Host,
  context: TransportContext,
): Promise<Transport> {
  const { reach } = address;
  const patience: Patience = { timeout: context.timeout ?? 20_000, signal: context.signal };
  switch (reach.transport) {
    case 'unix': {
      const { stream, path } = await connectUnix(reach, address.readOnly, host, patience, context.log);
      context.onStep?.('reach', path);
      return { stream: watched(stream), framePerWrite: false, kind: 'unix', at: path, trusted: true };
    }
    case 'tls': {
      // Node's TLS is loaded by the first that needs it
      const { connectTls } = await import('./tls.ts');
      const stream = await connectTls(reach, host, patience, context.onStep);
      return { stream, framePerWrite: true, kind: 'tls', at: endpointText(reach), trusted: true };
    }
    case 'tcp': {
      const stream = await connectTcp(reach, host, patience);
      context.onStep?.('reach', endpointText(reach));
      return {
        stream: watched(stream),
        framePerWrite: false,
        kind: 'tcp',
        at: endpointText(reach),
        trusted: false,
      };
    }
  }
}

/** An error before the stream's user listens ends the stream, and must not end the app. */
function watched(stream: Duplex): Duplex {
  return stream.on('error', () => undefined);
}
