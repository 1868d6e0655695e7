import type { Duplex } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../../api/errors.ts';
import type { Host } from '../../api/host.ts';
import type { TcpReach, TlsReach } from '../address.ts';
import { type Patience, bounded, noAnswer } from './patience.ts';

/** For messages: `host:port`, an IPv6 address in brackets. */
export const endpointText = ({ host, port }: { host: string; port: number }): string =>
  `${host.includes(':') ? `[${host}]` : host}:${String(port)}`;

/** The bare connection. Its errors say what could be in the way. */
export async function connectTcp(
  reach: TcpReach | TlsReach,
  host: Host,
  patience: Patience,
): Promise<Duplex> {
  const at = endpointText(reach);
  const firewall = `Check the address, and that the host’s firewall lets port ${String(reach.port)} through`;
  try {
    return await bounded(
      host.connect({ host: reach.host, port: reach.port }),
      patience,
      () => noAnswer(at, patience, firewall),
      (late) => late.destroy(),
    );
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'timeout' && error.hint === undefined) throw noAnswer(at, patience, firewall);
    throw explained(reach, at, error);
  }
}

function explained(reach: TcpReach | TlsReach, at: string, error: GuestroomError): GuestroomError {
  const said = `${error.message} ${error.detail ?? ''}`;
  const unreachable = (message: string, hint: string): GuestroomError =>
    new GuestroomError('unreachable', message, { hint, detail: error.detail ?? error.message, cause: error });
  if (/ENOTFOUND|EAI_/.test(said)) {
    return unreachable(
      `The name ${reach.host} leads to no host`,
      'Check the name, and that this computer is online',
    );
  }
  if (error.code !== 'unreachable') return error;
  if (!said.includes('ECONNREFUSED')) {
    return unreachable(
      `${at} cannot be reached: ${error.message}`,
      'Check the address, and that this computer is online',
    );
  }
  const unit = reach.transport === 'tls' ? 'tls' : 'tcp';
  const first = unit === 'tls' ? ' has certificates and' : '';
  return unreachable(
    `Nothing listens at ${at}`,
    `libvirt listens there once the host${first} has libvirtd-${unit}.socket or virtproxyd-${unit}.socket enabled`,
  );
}
