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
        ? await forward(through, hop, route.hops[index - 1] ?? hop)
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

/** A line to the next hop, made by the host before it. */
function forward(
  client: Client,
  to: { host: string; port: number },
  from: { host: string; port: number; written: string },
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    client.forwardOut('127.0.0.1', 0, to.host, to.port, (error, channel) => {
      if (!error) return resolve(channel);
      reject(
        new GuestroomError('unreachable', `The jump host ${from.written} cannot reach ${hopAddress(to)}`, {
          detail: error.message,
          hint: 'Check the address as the jump host knows it, and that its SSH server allows TCP forwarding',
          cause: error,
        }),
      );
    });
  });
}
