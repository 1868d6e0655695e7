import ssh2, { type ParsedKey } from 'ssh2';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';

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

/**
 * Reads a key of OpenSSH's, PEM's or PuTTY's form. undefined where there is no such file. A key in an old form tells its
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
  const open = single(utils.parseKey(text));
  const unlock = (passphrase: string): ParsedKey | undefined => {
    const key = single(utils.parseKey(text, passphrase));
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
      hint: 'Keys of the types ed25519, ECDSA and RSA can be used, in the form of OpenSSH, PEM or PuTTY',
    });
  }
  const shown = single(utils.parseKey(publicPart(text) ?? (await besideIt(files, path)) ?? ''));
  if (!(shown instanceof Error)) return { path, shown, key: undefined, unlock };
  for (let again = false; ; again = true) {
    const key = unlock(await needed(path, again));
    if (key) return { path, shown: key, key, unlock };
  }
}

const single = (parsed: ParsedKey | ParsedKey[] | Error): ParsedKey | Error =>
  Array.isArray(parsed) ? (parsed[0] ?? new Error('There is no key')) : parsed;

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

/** The public key that stands in clear in OpenSSH's own form (PROTOCOL.key), as a line of a .pub file. */
export function publicPart(text: string): string | undefined {
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
  // cipher, key derivation, its options
  for (let field = 0; field < 3; field += 1) if (!string()) return undefined;
  at += 4;
  const key = string();
  if (!key || key.length < 4) return undefined;
  const type = key.toString('latin1', 4, 4 + key.readUInt32BE(0));
  return `${type} ${key.toString('base64')}`;
}
