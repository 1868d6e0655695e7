import { createPrivateKey, type KeyObject } from 'node:crypto';

/** The form of OpenSSL's newer programs and of `ssh-keygen -m PKCS8`, which ssh2 does not read. */
export const isPkcs8 = (text: string): boolean => /-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text);

/** The same key in a form that ssh2 reads, without its passphrase. Throws for a broken key and a missing or wrong passphrase. */
export function withoutPkcs8(text: string, passphrase: string | undefined): string {
  if (passphrase === undefined && text.includes('BEGIN ENCRYPTED')) throw new Error('The key is encrypted');
  const key = createPrivateKey({
    key: text,
    format: 'pem',
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    case 'ec':
      return key.export({ type: 'sec1', format: 'pem' }).toString();
    case 'ed25519':
      return openSshEd25519(key);
    default:
      throw new Error(`Keys of the type ${key.asymmetricKeyType ?? 'unknown'} cannot be used`);
  }
}

/** OpenSSH's own form is the only other one that there is for these. */
function openSshEd25519(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const [open, secret] = [Buffer.from(x, 'base64url'), Buffer.from(d, 'base64url')];
  const type = field('ssh-ed25519');
  const shown = Buffer.concat([type, field(open)]);
  // two equal numbers by which a wrong passphrase would be seen, then the key and a comment
  const check = Buffer.alloc(8);
  const kept = Buffer.concat([check, type, field(open), field(Buffer.concat([secret, open])), field('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (kept.length % 8)) % 8 }, (_, index) => index + 1));
  const all = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    ...['none', 'none', ''].map(field),
    number(1),
    field(shown),
    field(Buffer.concat([kept, padding])),
  ]);
  const lines = all.toString('base64').replace(/.{70}/g, '$&\n');
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function field(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([number(bytes.length), bytes]);
}
