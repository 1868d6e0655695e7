import type { IncomingHttpHeaders } from 'node:http';

/** Why a request is not answered, before anything of it is looked at; undefined when it may go on. */
export type Refusal = { status: 403 | 421; message: string } | undefined;

export interface GateOptions {
  /** The one name and port that we are reached by: 127.0.0.1:8080. */
  authority: string;
  /** A WebSocket must say where it comes from; a page may be opened from an address bar. */
  upgrade: boolean;
}

/**
 * Another site's page, or a name made to point at this computer (DNS rebinding), gets nothing: Host must be our own
 * address, Origin our own page.
 */
export function refuseForeign(headers: IncomingHttpHeaders, { authority, upgrade }: GateOptions): Refusal {
  if (headers.host !== authority) {
    return { status: 421, message: 'This address belongs to another site.' };
  }
  const { origin } = headers;
  if (origin === undefined ? upgrade : origin !== `http://${authority}`) {
    return { status: 403, message: 'Requests of other sites are refused.' };
  }
  const site = headers['sec-fetch-site'];
  const navigation = headers['sec-fetch-mode'] === 'navigate';
  if (!navigation && (site === 'cross-site' || site === 'same-site')) {
    return { status: 403, message: 'Requests of other sites are refused.' };
  }
  return undefined;
}
