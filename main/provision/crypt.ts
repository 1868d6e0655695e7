import { createHash, randomBytes } from 'node:crypto';

const alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const defaultRounds = 5000;

/** A new salt of 16 characters. */
export function newSalt(): string {
  return Array.from(randomBytes(16), (byte) => alphabet.charAt(byte & 63)).join('');
}

/**
 * The password as `$6$salt$hash`, the form that /etc/shadow takes on every Linux: SHA-512 crypt, as Ulrich Drepper
 * specified it ("Unix crypt using SHA-256 and SHA-512", version 0.6). Rounds other than 5000 become part of the text.
 */
export function sha512crypt(password: string, salt: string, rounds: number = defaultRounds): string {
  if (!/^[^$:\n\0]{0,16}$/.test(salt)) throw new RangeError('A salt has at most 16 characters and no $');
  const count = Math.min(Math.max(Math.trunc(rounds), 1000), 999_999_999);
  const key = Buffer.from(password, 'utf8');
  const saltBytes = Buffer.from(salt, 'latin1');
  const digestB = sha512(key, saltBytes, key);

  const a = createHash('sha512').update(key).update(saltBytes);
  for (let left = key.length; left > 0; left -= 64) a.update(digestB.subarray(0, Math.min(left, 64)));
  for (let bits = key.length; bits > 0; bits >>= 1) a.update(bits & 1 ? digestB : key);
  let digest: Uint8Array = a.digest();

  const p = repeat(sha512(...Array.from({ length: key.length }, () => key)), key.length);
  const s = repeat(
    sha512(...Array.from({ length: 16 + (digest[0] ?? 0) }, () => saltBytes)),
    saltBytes.length,
  );
  for (let round = 0; round < count; round++) {
    const odd = (round & 1) === 1;
    const parts: Uint8Array[] = [odd ? p : digest];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(odd ? digest : p);
    digest = sha512(...parts);
  }
  const prefix = count === defaultRounds ? '$6$' : `$6$rounds=${String(count)}$`;
  return `${prefix}${salt}$${encode(digest)}`;
}

function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = createHash('sha512');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function repeat(block: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  for (let at = 0; at < length; at += block.length) out.set(block.subarray(0, length - at), at);
  return out;
}

/** Three bytes become four characters; which three follows the specification's table: i, i+21, i+42, turned at each step. */
function encode(digest: Uint8Array): string {
  let text = '';
  const group = (a: number, b: number, c: number, characters: number): void => {
    let value = (a << 16) | (b << 8) | c;
    for (let index = 0; index < characters; index++, value >>= 6) text += alphabet.charAt(value & 63);
  };
  const byte = (index: number): number => digest[index] ?? 0;
  for (let index = 0; index < 21; index++) {
    const [x, y, z] = [byte(index), byte(index + 21), byte(index + 42)];
    if (index % 3 === 0) group(x, y, z, 4);
    else if (index % 3 === 1) group(y, z, x, 4);
    else group(z, x, y, 4);
  }
  group(0, 0, byte(63), 2);
  return text;
}
