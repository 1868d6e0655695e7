import type { Duplex } from 'node:stream';
import type { Client } from 'ssh2';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import { type ClientParts, hopAddress, openClient, openSocket } from './client.ts';
import { connectFailure } from './failures.ts';
import type { Route } from './route.ts';
import { Sessions } from './sessions.ts';

export type LinkParts = Omit<ClientParts, 'hop'>;

/** An open SSH connection to a host, through its jump hosts. */
export class SshLink {
  readonly client: Client;
  readonly sessions: Sessions;
  /** user@host:port */
  readonly where: string;
  /** Resolves once the connection has ended, with the reason; also when we ended it. */
  readonly lost: Promise<GuestroomError>;
  readonly #clients: readonly Client[];
  #ended = false;

  constructor(clients: readonly Client[], last: Client, where: string) {
    this.client = last;
    this.#clients = clients;
    this.where = where;
    this.sessions = new Sessions(last);
    this.lost = new Promise((resolve) => {
      for (const client of clients) {
        client.on('error', (error: Error) => resolve(connectFailure(error, where)));
        client.once('close', () =>
          resolve(new GuestroomError('lost', `The connection to ${where} was lost`)),
        );
      }
    });
    void this.lost.then(() => this.end());
  }

  /** The host's name without the account. */
  get host(): string {
    return this.where.replace(/^[^@]*@/, '');
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Ends everything that runs over it. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const client of this.#clients.toReversed()) client.destroy();
  }
}

/** Connects to the last hop through those before it. Nothing stays open when it rejects. */
export async function openLink(route: Route, parts: LinkParts): Promise<SshLink> {
  const clients: Client[] = [];
  const { onStep } = parts;
  try {
    for (const [index, hop] of route.hops.entries()) {
      const last = index === route.hops.length - 1;
      const through = clients.at(-1);
      const onlyResolve = (step: Parameters<NonNullable<typeof onStep>>[0], detail?: string): void => {
        if (step === 'resolve') onStep?.(step, detail);
      };
      const sock: Duplex = through
        ? await forward(through, hop, route.hops[index - 1] ?? hop, parts)
        : await openSocket(hop, { ...parts, onStep: onStep && onlyResolve });
      if (last) {
        const jumps = route.hops.slice(0, -1).map(({ written }) => written);
        onStep?.(
          'reach',
          jumps.length === 0 ? hopAddress(hop) : `${hopAddress(hop)} through ${jumps.join(', ')}`,
        );
      }
      const client = await openClient(sock, { ...parts, hop, onStep: last ? onStep : undefined });
      clients.push(client);
    }
    const last = clients.at(-1);
    const hop = route.hops.at(-1);
    if (!last || !hop) throw new GuestroomError('internal', 'A route without a host');
    return new SshLink(clients, last, `${hop.user}@${hopAddress(hop)}`);
  } catch (thrown) {
    for (const client of clients.toReversed()) client.destroy();
    throw toGuestroomError(thrown);
  }
}

/** A line to the next hop, made by the host before it, which may wait long for one that is off. */
function forward(
  client: Client,
  to: { host: string; port: number },
  from: { host: string; port: number; written: string },
  { signal, timeout }: Pick<LinkParts, 'signal' | 'timeout'>,
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const settled = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    const give = (error: GuestroomError): void => {
      settled();
      reject(error);
    };
    const stop = (): void => give(new GuestroomError('cancelled', 'Connecting was stopped'));
    const late = (): void =>
      give(
        new GuestroomError('timeout', `${hopAddress(to)} does not answer the jump host ${from.written}`, {
          hint: 'The host may be off, or a firewall is in between',
        }),
      );
    const timer = setTimeout(late, timeout);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) return stop();
    const failed = (error: Error & { reason?: unknown }): void =>
      give(
        error.reason === undefined
          ? new GuestroomError('lost', `The connection to the jump host ${from.written} was lost`, {
              detail: error.message,
              cause: error,
            })
          : new GuestroomError(
              'unreachable',
              `The jump host ${from.written} cannot reach ${hopAddress(to)}`,
              {
                detail: error.message,
                hint: 'Check the address as the jump host knows it, and that its SSH server allows TCP forwarding',
                cause: error,
              },
            ),
      );
    try {
      client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
        if (error) return failed(error);
        settled();
        resolve(channel);
      });
    } catch (thrown) {
      // ssh2 throws where the connection has ended
      failed(thrown as Error);
    }
  });
}
