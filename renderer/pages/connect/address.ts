import { t } from '../../i18n/index.svelte.ts';

/** What a person wrote as the address of a host, taken apart, or why it is none. */
export type HostAddress =
  | { user?: string; host: string }
  | { problem: 'missing' | 'wrong' | 'uri' }
  /** It ends in a port, as host:16514. */
  | { problem: 'port'; rest: string; port: number };

/** A name, an IPv4 address or an IPv6 address with or without its brackets; before it, if wanted, who logs in: `ada@host`. */
export function readAddress(text: string): HostAddress {
  const address = text.trim();
  if (address === '') return { problem: 'missing' };
  if (/^[a-z][a-z0-9+]*:\/\//i.test(address)) return { problem: 'uri' };
  const [, user, place = ''] = /^(?:([^@\s:/]+)@)?([^@]*)$/.exec(address) ?? [];
  const [, rest, port] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(place) ?? [];
  if (rest !== undefined && port !== undefined)
    return { problem: 'port', rest: user === undefined ? rest : `${user}@${rest}`, port: Number(port) };
  const host = /^\[(.*)\]$/.exec(place)?.[1] ?? place;
  const six = /^[0-9a-f.]*:[0-9a-f.]*:[0-9a-f:.]*(?:%[\w.-]+)?$/i;
  if (!six.test(host) && (host !== place || !/^[^\s/?#:[\]\\]+$/.test(host))) return { problem: 'wrong' };
  return user === undefined ? { host } : { user, host };
}

/** What is to be said of it; undefined where nothing is wrong. */
export function addressProblem(address: HostAddress): string | undefined {
  if (!('problem' in address)) return undefined;
  const words = {
    missing: t.connect.tls.addressMissing,
    wrong: t.connect.tls.addressWrong,
    uri: t.connect.tls.addressUri,
    port: t.connect.tls.portInAddress,
  };
  return words[address.problem];
}

/** null: the usual one. */
export const isPort = (port: number | null): boolean =>
  port === null || (Number.isInteger(port) && port >= 1 && port <= 65_535);
