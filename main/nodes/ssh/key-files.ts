import ssh2, { type ParsedKey } from 'ssh2';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';
import { isPkcs8, withoutPkcs8 } from './pkcs8.ts';

// CommonJS: not every name of it can be imported
const { utils } = ssh2;

/** A private key in a file. */
export interface KeyFile {
  readonly path: string;
  /** What is shown to the server; the key itself is needed only once that wants it. */
  readonly shown: ParsedKey;
  /** The key; undefined while a passphrase is needed for it. */
  readonly key: ParsedKey | undefined;
  /** The key by its passphrase; undefined when that is wrong. */
  unlock(passphrase: string): ParsedKey | undefined;
}

/** Keys are small; what is larger is something else. */
const maxBytes = 64 * 1024;
/** Each round of a passphrase's check holds everything up for some hundredths of a second; ssh-keygen makes 16 or 24. */
const mostRounds = 1000;

/**
 * Reads a key of OpenSSH's, PEM's, PKCS #8's or PuTTY's form. undefined where there is no such file. A key in an old form tells its
 * public part only with its passphrase: `needed` then asks for it, and rejects to give up.
 */
export async function readKeyFile(
  files: HostFiles,
  path: string,
  needed: (path: string, again: boolean) => Promise<string>,
): Promise<KeyFile | undefined> {
  let text: string;
  try {
    text = await files.readText(path, maxBytes);
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'not_found') return undefined;
    throw error.code === 'denied'
      ? new GuestroomError('denied', `This account may not read the key ${path}`, { cause: error })
      : error;
  }
  const open = parse(text);
  const unlock = (passphrase: string): ParsedKey | undefined => {
    const key = parse(text, passphrase);
    return key instanceof Error ? undefined : key;
  };
  if (!(open instanceof Error)) {
    if (open.isPrivateKey()) return { path, shown: open, key: open, unlock };
    throw new GuestroomError('invalid_argument', `There is no private key in ${path}`, {
      hint: 'Choose the file without .pub',
    });
  }
  if (!/encrypted|passphrase/i.test(open.message)) {
    throw new GuestroomError('invalid_argument', `The key in ${path} cannot be read`, {
      detail: open.message,
      hint: isPutty(text)
        ? `Of PuTTY’s keys only RSA in version 2 can be used. Write it anew: puttygen '${path}' -O private-openssh -o NEWFILE, or Conversions, Export OpenSSH key, in PuTTYgen`
        : 'Keys of the types ed25519, ECDSA and RSA can be used, in the form of OpenSSH, PEM, PKCS #8 or PuTTY',
    });
  }
  if ((openSshParts(text)?.rounds ?? 0) > mostRounds) {
    throw new GuestroomError('invalid_argument', `It would take too long to open the key ${path}`, {
      hint: `Write it anew with fewer rounds: ssh-keygen -p -a 24 -f '${path}'. Or add it to the SSH agent with ssh-add`,
    });
  }
  const shown = parse(publicPart(text) ?? (await besideIt(files, path)) ?? '');
  if (!(shown instanceof Error)) return { path, shown, key: undefined, unlock };
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const key = unlock(await needed(path, attempt > 0));
    if (key) return { path, shown: key, key, unlock };
  }
  throw wrongPassphrase(path);
}

/** Times that a secret is asked for before the attempt fails: hosts lock accounts out after some more. */
export const tries = 3;

export const wrongPassphrase = (path: string): GuestroomError =>
  new GuestroomError('auth_failed', `The passphrase of ${path} is wrong`, {
    hint: 'Try again, or add the key to the SSH agent with ssh-add',
  });

function parse(text: string, passphrase?: string): ParsedKey | Error {
  try {
    const form = isPkcs8(text) ? withoutPkcs8(text, passphrase) : text;
    const parsed = utils.parseKey(form, passphrase);
    return Array.isArray(parsed) ? (parsed[0] ?? new Error('There is no key')) : parsed;
  } catch (thrown) {
    // of broken keys ssh2 and OpenSSL tell some errors and throw others
    return thrown instanceof Error ? thrown : new Error('The key is broken');
  }
}

/** The file that ssh-keygen writes beside the key. */
async function besideIt(files: HostFiles, path: string): Promise<string | undefined> {
  try {
    return await files.readText(`${path}.pub`, maxBytes);
  } catch (thrown) {
    const { code } = toGuestroomError(thrown);
    if (code === 'not_found' || code === 'denied') return undefined;
    throw thrown;
  }
}

/** The public key that stands in clear in OpenSSH's own form and in PuTTY's, as a line of a .pub file. */
export const publicPart = (text: string): string | undefined =>
  openSshParts(text)?.publicLine ?? puttyPublicPart(text);

const isPutty = (text: string): boolean => text.startsWith('PuTTY-User-Key-File-');

function puttyPublicPart(text: string): string | undefined {
  const lines = text.split(/\r?\n/);
  const type = /^PuTTY-User-Key-File-\d+: (\S+)$/.exec(lines[0] ?? '')?.[1];
  const at = lines.findIndex((line) => line.startsWith('Public-Lines: '));
  if (type === undefined || at === -1) return undefined;
  const count = Number(lines[at]?.slice('Public-Lines: '.length));
  return `${type} ${lines.slice(at + 1, at + 1 + count).join('')}`;
}

/** What stands in clear in OpenSSH's own form (PROTOCOL.key). */
function openSshParts(text: string): { publicLine: string; rounds: number } | undefined {
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]+?)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (bytes.toString('latin1', 0, magic.length) !== magic) return undefined;
  let at = magic.length;
  const string = (): Buffer | undefined => {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    const value = bytes.subarray(at + 4, end);
    at = end;
    return value;
  };
  const [cipher, derivation, options] = [string(), string(), string()];
  if (!cipher || !derivation || !options) return undefined;
  at += 4;
  const key = string();
  if (!key || key.length < 4) return undefined;
  const type = key.toString('latin1', 4, 4 + key.readUInt32BE(0));
  const publicLine = `${type} ${key.toString('base64')}`;
  // a salt, then the rounds
  return { publicLine, rounds: options.length < 4 ? 0 : options.readUInt32BE(options.length - 4) };
}
