import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
  checkServerIdentity,
  connect,
  createSecureContext,
} from 'node:tls';
import type { OpenContext } from '../../api/driver.ts';
import { GuestroomError } from '../../api/errors.ts';
import type { Host } from '../../api/host.ts';
import type { TlsReach } from '../address.ts';
import { type Credentials, readCredentials } from './certificates.ts';
import { type Patience, cancelled, noAnswer } from './patience.ts';
import { type TlsError, clientRefused, describe, hostRefused } from './refusals.ts';
import { connectTcp, endpointText } from './tcp.ts';

/** libvirt's yes to our certificate and address, before its first message. */
const yes = 1;

/** An encrypted connection that the host has accepted. Both certificates are always checked. */
export async function connectTls(
  reach: TlsReach,
  host: Host,
  patience: Patience,
  onStep: OpenContext['onStep'],
): Promise<Duplex> {
  const credentials = await readCredentials(reach, host);
  const context = contextOf(credentials);
  const stream = await connectTcp(reach, host, patience);
  onStep?.('reach', endpointText(reach));
  return greet(stream, context, reach, credentials, patience, onStep);
}

function contextOf({ authority, revoked, own }: Credentials): SecureContext {
  try {
    return createSecureContext({
      ca: authority.pem,
      minVersion: 'TLSv1.2',
      ...(revoked === undefined ? {} : { crl: revoked.pem }),
      ...(own === undefined ? {} : { cert: own.certificate.pem, key: own.key.pem }),
    });
  } catch (cause) {
    const files = [authority, revoked, own?.certificate].flatMap((file) => file?.path ?? []);
    throw new GuestroomError('certificate', 'The certificates of this computer cannot be used', {
      hint: `Look at ${files.join(', ')}`,
      detail: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
}

/** TLS and the host's yes. Every listener stays on until it is settled: an error may come at any moment. */
function greet(
  stream: Duplex,
  secureContext: SecureContext,
  reach: TlsReach,
  credentials: Credentials,
  patience: Patience,
  onStep: OpenContext['onStep'],
): Promise<TLSSocket> {
  const at = endpointText(reach);
  // the zone of an IPv6 address is this computer's own matter
  const name = reach.host.replace(/%.*$/, '');
  return new Promise((resolve, reject) => {
    let shown: X509Certificate | undefined;
    let secure = false;
    let settled = false;
    const socket = connect({
      socket: stream,
      secureContext,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      checkServerIdentity: (_servername, certificate) => checkServerIdentity(name, certificate),
    });
    // before Node looks at it: a certificate that is refused can no longer be read afterwards
    socket.prependOnceListener('secure', () => {
      // not getPeerX509Certificate: that takes the certificate out of the connection, and none is left to be checked
      const { raw } = socket.getPeerCertificate() as Partial<PeerCertificate>;
      if (raw !== undefined) shown = new X509Certificate(raw);
    });
    const settle = (): void => {
      settled = true;
      clearTimeout(timer);
      patience.signal?.removeEventListener('abort', onAbort);
      socket.removeListener('secureConnect', onSecure);
      socket.removeListener('readable', onReadable);
      socket.removeListener('close', onClose);
    };
    const fail = (error: GuestroomError): void => {
      if (settled) return;
      settle();
      socket.destroy();
      stream.destroy();
      reject(error);
    };
    const refused = (error: TlsError | undefined): GuestroomError =>
      secure
        ? clientRefused(error, reach, credentials)
        : hostRefused(error ?? new Error('the connection ended'), shown, reach, credentials);
    const tooLate = (): void =>
      fail(noAnswer(at, patience, 'It took the connection. Restart libvirt’s daemon on the host'));
    const onAbort = (): void => fail(cancelled());
    const onClose = (): void => fail(refused(undefined));
    const onReadable = (): void => {
      const byte = socket.read(1) as Buffer | null;
      // at the end there is nothing to read, and `close` follows
      if (byte === null) return;
      if (byte[0] !== yes) {
        const hint = 'Check that libvirt’s daemon listens at this port';
        return fail(new GuestroomError('protocol', `${at} speaks TLS, but is not libvirt`, { hint }));
      }
      settle();
      resolve(socket);
    };
    const onSecure = (): void => {
      secure = true;
      onStep?.('encrypt', [socket.getProtocol(), socket.getCipher().standardName].join(' '));
      onStep?.('identify', shown && describe(shown));
      clearTimeout(timer);
      timer = setTimeout(tooLate, patience.timeout);
      socket.on('readable', onReadable);
    };
    let timer = setTimeout(tooLate, patience.timeout);
    // both stay for good: an error before the stream's user listens ends the stream, and must not end the app
    socket.on('error', (error) => settled || fail(refused(error)));
    stream.on('error', (error) => socket.destroy(error));
    socket.once('close', onClose);
    socket.once('secureConnect', onSecure);
    patience.signal?.addEventListener('abort', onAbort, { once: true });
    if (patience.signal?.aborted === true) onAbort();
  });
}
