import { X509Certificate, createPrivateKey } from 'node:crypto';
import { GuestroomError } from '../../api/errors.ts';
import type { Host } from '../../api/host.ts';
import type { TlsReach } from '../address.ts';
import { accountOf } from './account.ts';
import { lookAt } from './sockets.ts';

/** What this computer trusts and shows. PEM texts, and where they were read. */
export interface Credentials {
  readonly authority: Read;
  readonly revoked: Read | undefined;
  /** Undefined where this computer has none: some hosts do without. */
  readonly own: { readonly certificate: Read; readonly key: Read } | undefined;
  /** Where a certificate of this computer would be, the best place first. */
  readonly ownPlaces: readonly string[];
}

export interface Read {
  readonly path: string;
  readonly pem: string;
}

/** The files are small; anything else is none of them. */
const maxBytes = 1024 * 1024;

/** Reads what libvirt's own client would, from the same places. */
export async function readCredentials(reach: TlsReach, host: Host): Promise<Credentials> {
  const places = await placesOf(reach, host);
  const authority = await firstOf(host, places.authority);
  if (authority === undefined) {
    throw new GuestroomError(
      'certificate',
      'This computer has no certificate of an authority to check the host’s with',
      {
        hint: `Copy the authority’s cacert.pem of the host to ${places.authority[0] ?? ''}`,
        detail: `looked for ${places.authority.join(', ')}`,
      },
    );
  }
  parsed(authority, 'The certificate of the authority');
  const own = await ownPair(host, places.own);
  return {
    authority,
    revoked: await firstOf(host, places.revoked),
    own,
    ownPlaces: places.own.map(({ certificate }) => certificate),
  };
}

interface Places {
  authority: string[];
  revoked: string[];
  own: { certificate: string; key: string }[];
}

/** The account's own files before the system's; root has only those. */
async function placesOf(reach: TlsReach, host: Host): Promise<Places> {
  const { join } = host.files;
  const inFolder = (folder: string): Places => ({
    authority: [join(folder, 'cacert.pem')],
    revoked: [join(folder, 'cacrl.pem')],
    own: [{ certificate: join(folder, 'clientcert.pem'), key: join(folder, 'clientkey.pem') }],
  });
  if (reach.pkipath !== undefined) return inFolder(reach.pkipath);
  const account = inFolder(join(host.paths.home, '.pki', 'libvirt'));
  if (host.os === 'win32') return account;
  const system: Places = {
    authority: ['/etc/pki/CA/cacert.pem'],
    revoked: ['/etc/pki/CA/cacrl.pem'],
    own: [{ certificate: '/etc/pki/libvirt/clientcert.pem', key: '/etc/pki/libvirt/private/clientkey.pem' }],
  };
  if ((await accountOf(host)).root) return system;
  return {
    authority: [...account.authority, ...system.authority],
    revoked: [...account.revoked, ...system.revoked],
    own: [...account.own, ...system.own],
  };
}

async function firstOf(host: Host, paths: readonly string[]): Promise<Read | undefined> {
  for (const path of paths) {
    const found = await readIfThere(host, path);
    if (found) return found;
  }
  return undefined;
}

/** Certificate and key come from one place. */
async function ownPair(
  host: Host,
  places: readonly { certificate: string; key: string }[],
): Promise<Credentials['own']> {
  for (const place of places) {
    const certificate = await readIfThere(host, place.certificate);
    if (!certificate) continue;
    const key = await readIfThere(host, place.key);
    if (!key) {
      throw new GuestroomError('certificate', 'The private key of this computer’s certificate is missing', {
        hint: `Put it at ${place.key}, or remove ${place.certificate}`,
      });
    }
    checkPair(certificate, key);
    return { certificate, key };
  }
  return undefined;
}

function checkPair(certificate: Read, key: Read): void {
  const first = parsed(certificate, 'The certificate of this computer');
  let secret;
  try {
    secret = createPrivateKey(key.pem);
  } catch (cause) {
    const encrypted = /ENCRYPTED/.test(key.pem);
    throw new GuestroomError(
      'certificate',
      `The private key of this computer’s certificate ${encrypted ? 'is protected by a password' : 'is not readable as a key'}`,
      {
        hint: encrypted
          ? `libvirt’s keys have none. Remove it: openssl pkey -in ${key.path} -out NEW`
          : `Replace ${key.path} with the key in PEM form`,
        // never what is in the file
        detail: key.path,
        cause,
      },
    );
  }
  if (first.checkPrivateKey(secret)) return;
  throw new GuestroomError('certificate', 'The private key does not belong to this computer’s certificate', {
    hint: `Put the right pair at ${certificate.path} and ${key.path}`,
  });
}

/** The first certificate of a file. */
export function parsed({ pem, path }: Read, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new GuestroomError('certificate', `${what} cannot be read: ${path}`, {
      hint: 'Replace the file with the certificate in PEM form',
      cause,
    });
  }
}

async function readIfThere(host: Host, path: string): Promise<Read | undefined> {
  const there = await lookAt(host, path);
  if (there === undefined) return undefined;
  try {
    if (there === 'denied') throw new GuestroomError('denied', 'Permission denied');
    return { path, pem: await host.files.readText(path, maxBytes) };
  } catch (error) {
    if (!(error instanceof GuestroomError) || error.code !== 'denied') throw error;
    throw new GuestroomError('denied', `This account may not read ${path}`, {
      hint: `Let the account read it, or put a copy for it into ${host.files.join(host.paths.home, '.pki', 'libvirt')}`,
      cause: error,
    });
  }
}
