import type { X509Certificate } from 'node:crypto';
import { GuestroomError } from '../../api/errors.ts';
import type { TlsReach } from '../address.ts';
import { type Credentials, parsed } from './certificates.ts';
import { endpointText } from './tcp.ts';

/** TLS errors carry OpenSSL's or Node's name. */
export type TlsError = Error & { code?: string };

/** Whose certificate it is and for how long, as one line; a host's text loses what is not printable. */
export function describe(certificate: X509Certificate): string {
  const names = certificate.subjectAltName === undefined ? '' : `, for ${plain(certificate.subjectAltName)}`;
  return `${plain(certificate.subject)}${names}, signed by ${plain(certificate.issuer)}, valid from ${day(certificate.validFrom)} to ${day(certificate.validTo)}`;
}

const plain = (text: string): string =>
  text
    .trim()
    .replaceAll('\n', ', ')
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .slice(0, 300);

const day = (text: string): string => {
  const time = Date.parse(text);
  return Number.isNaN(time) ? plain(text) : new Date(time).toISOString().slice(0, 10);
};

/** Why we refuse the host's certificate, or there was no TLS at all. `shown` is the certificate, where it came so far. */
export function hostRefused(
  error: TlsError,
  shown: X509Certificate | undefined,
  reach: TlsReach,
  credentials: Credentials,
): GuestroomError {
  const at = endpointText(reach);
  const code = error.code ?? '';
  const facts = [...(shown ? [`The host shows ${describe(shown)}`] : []), `${code} ${error.message}`.trim()];
  const detail = facts.join('\n');
  const refused = (what: string, hint: string): GuestroomError =>
    new GuestroomError('certificate', `The certificate of ${reach.host} ${what}`, {
      hint,
      detail,
      cause: error,
    });
  const { authority, revoked } = credentials;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return refused(
        `has expired${shown ? ` on ${day(shown.validTo)}` : ''}`,
        'Have a new one made for the host, and check the date of this computer',
      );
    case 'CERT_NOT_YET_VALID':
      return refused(
        `is valid only later${shown ? `, from ${day(shown.validFrom)}` : ''}`,
        'Check the date of this computer and of the host',
      );
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'CERT_SIGNATURE_FAILURE':
      return refused(
        `is signed by an authority that this computer does not trust${shown ? `: ${plain(shown.issuer)}` : ''}`,
        `Trusted is ${plain(parsed(authority, 'The certificate of the authority').subject)} in ${authority.path}: if the host is the right one, put its authority’s certificate there`,
      );
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return refused(
        `is for another name${shown ? `: ${plain(shown.subjectAltName ?? shown.subject)}` : ''}`,
        `Connect by a name that the certificate has, or have one made for ${reach.host}`,
      );
    case 'CERT_REVOKED':
      return refused(
        'was revoked by its authority',
        'Do not connect before its administrator has made a new one',
      );
    case 'CRL_HAS_EXPIRED':
    case 'CRL_NOT_YET_VALID':
    case 'UNABLE_TO_GET_CRL':
    case 'CRL_SIGNATURE_FAILURE':
      return new GuestroomError(
        'certificate',
        `This computer’s list of revoked certificates cannot be used for ${reach.host}`,
        { hint: `Get a new list of the authority for ${revoked?.path ?? 'cacrl.pem'}`, detail, cause: error },
      );
    case 'INVALID_PURPOSE':
      return refused('is not one for servers', 'Have one made with the purpose “TLS web server”');
    default:
      return alertOf(code) === undefined
        ? noTls(error, at, detail)
        : clientRefused(error, reach, credentials);
  }
}

function noTls(error: TlsError, at: string, detail: string): GuestroomError {
  const { code = '', message } = error;
  const hint = 'libvirt’s port for TLS is 16514; on 16509 it speaks without encryption (+tcp)';
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD|HTTP_REQUEST|UNEXPECTED_MESSAGE/.test(code))
    return new GuestroomError('protocol', `${at} does not speak TLS`, { hint, detail, cause: error });
  if (/UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|NO_SHARED_CIPHER|HANDSHAKE_FAILURE/.test(code)) {
    return new GuestroomError('protocol', `${at} and this computer have no kind of TLS in common`, {
      hint: 'Update the host: TLS 1.2 is the oldest that is spoken here',
      detail,
      cause: error,
    });
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === '')
    return new GuestroomError('protocol', `${at} hung up before TLS began`, { hint, detail, cause: error });
  // a reason of the certificate's that has no words here
  if (/CERT|CHAIN|PATH|_CA|KEY|MD_TOO_WEAK/.test(code)) {
    return new GuestroomError('certificate', `The certificate of ${at} is not acceptable: ${message}`, {
      hint: 'Have a new one made for the host, with RSA of 2048 bits or more',
      detail,
      cause: error,
    });
  }
  return new GuestroomError('protocol', `TLS with ${at} failed: ${message}`, { detail, cause: error });
}

/** The other side's word that it refuses our certificate. */
const alertOf = (code: string): string | undefined =>
  /ALERT_(?:CERTIFICATE_\w+|BAD_CERTIFICATE|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|NO_CERTIFICATE)$/.exec(
    code,
  )?.[0];

/**
 * Why the host may have refused us. libvirt says nothing: it ends the connection in place of the one byte that would have
 * been its yes. So we look at what we have shown.
 */
export function clientRefused(
  error: TlsError | undefined,
  reach: TlsReach,
  { authority, own, ownPlaces }: Credentials,
): GuestroomError {
  const at = endpointText(reach);
  const said = error
    ? `${error.code ?? ''} ${error.message}`.trim()
    : 'The host ended the connection after TLS began';
  if (own === undefined) {
    return new GuestroomError('certificate', `${at} wants a certificate, and this computer has none`, {
      hint: `Have one made by the host’s authority, and put it at ${ownPlaces[0] ?? ''} with its key`,
      detail: `${said}\nlooked for ${ownPlaces.join(', ')}`,
      cause: error,
    });
  }
  const shown = parsed(own.certificate, 'The certificate of this computer');
  const refused = (what: string, hint: string): GuestroomError =>
    new GuestroomError('certificate', `${at} refused this computer’s certificate${what}`, {
      hint,
      detail: `${said}\nThis computer shows ${describe(shown)}, from ${own.certificate.path}`,
      cause: error,
    });
  const now = Date.now();
  const renew = `Have a new one made for ${own.certificate.path}`;
  if (Date.parse(shown.validTo) < now) return refused(`: it has expired on ${day(shown.validTo)}`, renew);
  if (Date.parse(shown.validFrom) > now)
    return refused(`: it is valid only from ${day(shown.validFrom)}`, 'Check the date of this computer');
  const trusted = parsed(authority, 'The certificate of the authority');
  if (!shown.checkIssued(trusted)) {
    return refused(
      `: it is not signed by the host’s authority but by ${plain(shown.issuer)}`,
      `Have one made by ${plain(trusted.subject)}`,
    );
  }
  return refused(
    '',
    `The host may have a list of those it lets in (tls_allowed_dn_list): it has to name ${plain(shown.subject)}`,
  );
}
