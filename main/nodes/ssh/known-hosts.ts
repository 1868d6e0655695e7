import { createHash, createHmac } from 'node:crypto';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { matchesList } from './patterns.ts';

/** A line of a known_hosts file that says something about one host. */
export interface KnownKey {
  marker: 'none' | 'authority' | 'revoked';
  /** As on the wire: ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, … */
  type: string;
  /** The public key as on the wire, whose first string is its type. */
  key: Uint8Array;
  /** Absolute, or `thisProcess`. */
  file: string;
  /** From 1. */
  line: number;
}

/** Stands for the file of keys that are trusted until the program ends. */
export const thisProcess = '(this run of Guestroom)';

/** What is known about the key that a host shows. Only `unknown` may be asked about; the last three end the attempt. */
export type Verdict =
  | { kind: 'known' }
  | { kind: 'unknown' }
  /** Another key stands there for this host; `types` are the names of those that do, as `keyTypeName` gives them. */
  | { kind: 'changed'; file: string; line: number; types: string[] }
  | { kind: 'revoked'; file: string; line: number }
  /** Only keys that an authority has signed are trusted for this host. */
  | { kind: 'authority'; file: string; line: number };

/** A key as a person compares it. */
export interface Fingerprint {
  /** ED25519, ECDSA, RSA, … */
  type: string;
  /** SHA256: and base64 without padding, as `ssh-keygen -lf` prints it. */
  text: string;
}

export const sshPort = 22;

/** A host's name in known_hosts: host.example, or [host.example]:2222 for another port than 22. */
export const nameInFile = (name: string, port: number): string =>
  port === sshPort ? name : `[${name}]:${String(port)}`;

/** The lines of a known_hosts file that are about a name, in its order. Comments and broken lines are passed over. */
export function keysFor(text: string, file: string, name: string): KnownKey[] {
  const wanted = name.toLowerCase();
  return text.split('\n').flatMap((content, index) => {
    const fields = content.split(/[ \t\r]+/).filter((field) => field !== '');
    const marker = markers.get(fields[0] ?? '');
    if (marker) fields.shift();
    const [names, type, base64] = fields;
    if (names === undefined || type === undefined || base64 === undefined) return [];
    if (/^[#@]/.test(names) || !isAbout(names, wanted)) return [];
    const key = decodeKey(base64);
    if (!key || keyType(key) !== type) return [];
    return [{ marker: marker ?? 'none', type, key, file, line: index + 1 }];
  });
}

const markers = new Map<string, KnownKey['marker']>([
  ['@cert-authority', 'authority'],
  ['@revoked', 'revoked'],
]);

/** Is a line with these names about this one? `wanted` is in small letters. */
function isAbout(names: string, wanted: string): boolean {
  if (!names.startsWith('|')) return matchesList(wanted, names.toLowerCase().split(','));
  const [, salt, hash] = /^\|1\|([^|]+)\|([^|]+)$/.exec(names) ?? [];
  if (salt === undefined || hash === undefined) return false;
  const key = Buffer.from(salt, 'base64');
  return key.length === 20 && createHmac('sha1', key).update(wanted).digest('base64') === hash;
}

function decodeKey(base64: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}

/** The type that a public key names itself: its first string. Empty for what is no key. */
export function keyType(key: Uint8Array): string {
  const bytes = Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  if (bytes.length < 4) return '';
  const length = bytes.readUInt32BE(0);
  return length <= bytes.length - 4 ? bytes.toString('latin1', 4, 4 + length) : '';
}

const sameKey = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;

/**
 * OpenSSH's decision on a key, by all that is known about the host's name; `bare` is what is known about the name without
 * its port. As in OpenSSH a host on another port than 22 is known by the key of its bare name, too, but never changed by it.
 */
export function judge(key: Uint8Array, known: readonly KnownKey[], bare: readonly KnownKey[] = []): Verdict {
  const same = (entry: KnownKey): boolean => sameKey(entry.key, key);
  const revoked = [...known, ...bare].find((entry) => entry.marker === 'revoked' && same(entry));
  if (revoked) return { kind: 'revoked', file: revoked.file, line: revoked.line };
  const plain = known.filter((entry) => entry.marker === 'none');
  if (plain.some(same)) return { kind: 'known' };
  const type = keyType(key);
  // the one of its own type is the one to look at
  const other = plain.find((entry) => entry.type === type) ?? plain[0];
  if (other) {
    const types = [...new Set(plain.map((entry) => keyTypeName(entry.type)))];
    return { kind: 'changed', file: other.file, line: other.line, types };
  }
  if (bare.some((entry) => entry.marker === 'none' && same(entry))) return { kind: 'known' };
  const authority = known.find((entry) => entry.marker === 'authority');
  if (authority) return { kind: 'authority', file: authority.file, line: authority.line };
  return { kind: 'unknown' };
}

/** Names of key types in the order in which we like them, with the signatures that each can make. */
const signatures = new Map<string, readonly string[]>([
  ['ssh-ed25519', ['ssh-ed25519']],
  ['ecdsa-sha2-nistp256', ['ecdsa-sha2-nistp256']],
  ['ecdsa-sha2-nistp384', ['ecdsa-sha2-nistp384']],
  ['ecdsa-sha2-nistp521', ['ecdsa-sha2-nistp521']],
  // SHA-1 signatures are not asked for
  ['ssh-rsa', ['rsa-sha2-512', 'rsa-sha2-256']],
]);

/** The host key algorithms by which a host can show a key that is known for it: these are to be asked for first. */
export function algorithmsFor(known: readonly KnownKey[]): string[] {
  const types = new Set(known.filter((entry) => entry.marker === 'none').map((entry) => entry.type));
  return [...signatures].flatMap(([type, names]) => (types.has(type) ? names : []));
}

/** The name that OpenSSH shows for a type of the wire: RSA, ECDSA, ED25519, ED25519-SK; others as they are. */
export function keyTypeName(type: string): string {
  const [plain = ''] = type.split(/-cert-v\d+@|@/);
  const name = shortNames.get(plain) ?? (plain.startsWith('ecdsa-sha2-') ? 'ECDSA' : undefined);
  if (name === undefined) return type;
  return type.includes('-cert-v') ? `${name}-CERT` : name;
}

const shortNames = new Map([
  ['ssh-ed25519', 'ED25519'],
  ['ssh-rsa', 'RSA'],
  ['ssh-dss', 'DSA'],
  ['sk-ssh-ed25519', 'ED25519-SK'],
  ['sk-ecdsa-sha2-nistp256', 'ECDSA-SK'],
]);

export function fingerprint(key: Uint8Array): Fingerprint {
  const hash = createHash('sha256').update(key).digest('base64').replace(/=+$/, '');
  return { type: keyTypeName(keyType(key)), text: `SHA256:${hash}` };
}

/** A line of a known_hosts file, with its end. Throws `invalid_argument` for what cannot stand in one. */
export function lineFor(name: string, port: number, key: Uint8Array): string {
  const type = keyType(key);
  if (type === '' || !/^[!-~]+$/.test(type))
    throw new GuestroomError('invalid_argument', 'The host shows something that is no public key');
  // these would make a pattern, several names or another line of it
  if (name === '' || /[\s,*?!|#@\p{Cc}]/u.test(name))
    throw new GuestroomError('invalid_argument', `This host name cannot be written down: ${name}`);
  return `${nameInFile(name.toLowerCase(), port)} ${type} ${Buffer.from(key).toString('base64')}\n`;
}

/** The error that a verdict ends an attempt with; undefined for those that do not. `who` is as `nameInFile` gives it. */
export function refusal(verdict: Verdict, who: string, key: Uint8Array): GuestroomError | undefined {
  if (verdict.kind === 'known' || verdict.kind === 'unknown') return undefined;
  const { type, text } = fingerprint(key);
  const place = `line ${String(verdict.line)} of ${verdict.file}`;
  const detail = `${type} ${text}`;
  const removal =
    verdict.file === thisProcess
      ? 'start Guestroom anew: the old one was trusted for this run'
      : `remove the old one: ${place}, for example with ssh-keygen -R '${who}' -f '${verdict.file}'`;
  switch (verdict.kind) {
    case 'changed':
      return new GuestroomError('host_key', `The key of ${who} is not the one that is known for it`, {
        detail: `${detail}; known are ${verdict.types.join(', ')}`,
        hint: `Somebody may be listening in. Only if its administrator confirms the new key, ${removal}`,
      });
    case 'revoked':
      return new GuestroomError('host_key', `The key of ${who} is revoked`, {
        detail,
        hint: `It must not be used any more, says ${place}; the host needs a new key`,
      });
    case 'authority':
      return new GuestroomError('host_key', `Keys of ${who} are trusted by certificate only`, {
        detail,
        hint: `Guestroom does not read host certificates, which ${place} asks for; add the host's own key there`,
      });
  }
}
