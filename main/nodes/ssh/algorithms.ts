import { getCiphers } from 'node:crypto';
import type { Algorithms, CipherAlgorithm, ServerHostKeyAlgorithm } from 'ssh2';

/** OpenSSL's name of what each cipher needs of this runtime (Electron's lacks some), the fastest first. */
const ciphers: readonly (readonly [CipherAlgorithm, string])[] = [
  ['aes128-gcm@openssh.com', 'aes-128-gcm'],
  ['aes256-gcm@openssh.com', 'aes-256-gcm'],
  ['chacha20-poly1305@openssh.com', 'chacha20'],
  ['aes128-ctr', 'aes-128-ctr'],
  ['aes192-ctr', 'aes-192-ctr'],
  ['aes256-ctr', 'aes-256-ctr'],
];

const hostKeys: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/**
 * What is offered to a server. `known`: names of host key algorithms that are known of it, which are asked for first, so
 * that a host that is known by one key does not show another.
 */
export function algorithms(known: readonly string[], runtime: readonly string[] = getCiphers()): Algorithms {
  const isKnown = (name: string): boolean => known.includes(name);
  return {
    cipher: ciphers.filter(([, needed]) => runtime.includes(needed)).map(([name]) => name),
    serverHostKey: [...hostKeys.filter(isKnown), ...hostKeys.filter((name) => !isKnown(name))],
    // pictures and images are compressed already
    compress: ['none'],
  };
}

/**
 * Whether ssh2 has done with what was read once it returns. By ChaCha20 it does not copy a packet that came in one piece, and
 * looks at it again when all of its checksum has come, which may take more reads.
 */
export const keepsNothing = (cipher: string): boolean => !cipher.startsWith('chacha20-');
