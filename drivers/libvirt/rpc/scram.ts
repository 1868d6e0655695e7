import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { GuestroomError } from '../../api/errors.ts';
import { saslprep } from './saslprep.ts';

const derive = promisify(pbkdf2);

/** One login by SASL, message by message. */
export interface Mechanism {
  first(): Uint8Array;
  /** The answer to what the server says; undefined when there is nothing to say. Rejects with `auth_failed` or `protocol`. */
  next(challenge: Uint8Array): Promise<Uint8Array | undefined>;
  /** False while the server has not proven that it knows the password too. */
  readonly satisfied: boolean;
}

export interface Credentials {
  user: string;
  password: string;
}

const hashes = { 'SCRAM-SHA-256': 'sha256', 'SCRAM-SHA-1': 'sha1' } as const;
export type ScramName = keyof typeof hashes;

/** Below, a listener finds the password by trying; RFC 7677 asks for no less. */
const leastIterations = 4096;
/** Above, a hostile server keeps us busy. Real ones stay below a tenth of it. */
const mostIterations = 1_000_000;
/** "n,,": no channel binding, nobody else's name. */
const gs2Header = 'n,,';
const base64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
const serverFirst = new RegExp(
  `^r=([\\x21-\\x2b\\x2d-\\x7e]+),s=(${base64}),i=([1-9]\\d{0,9})(?:,.*)?$`,
  's',
);
const serverFinal = new RegExp(`^v=(${base64})(?:,.*)?$`, 's');

/** SCRAM (RFC 5802, RFC 7677): the password is not sent, and the server must prove that it knows it too. */
export class Scram implements Mechanism {
  private readonly hash: string;
  private readonly password: string;
  private readonly nonce: string;
  private readonly firstBare: string;
  private expected: Buffer | undefined;
  private proven = false;

  /** Throws `invalid_argument` for a name or password that cannot be one. `nonce` is for tests. */
  constructor(name: ScramName, credentials: Credentials, nonce = randomBytes(24).toString('base64')) {
    this.hash = hashes[name];
    this.password = saslprep(credentials.password, 'password');
    this.nonce = nonce;
    const user = saslprep(credentials.user, 'user name').replaceAll('=', '=3D').replaceAll(',', '=2C');
    this.firstBare = `n=${user},r=${nonce}`;
  }

  get satisfied(): boolean {
    return this.proven;
  }

  first(): Uint8Array {
    return Buffer.from(gs2Header + this.firstBare);
  }

  async next(challenge: Uint8Array): Promise<Uint8Array | undefined> {
    const said = Buffer.from(challenge).toString('utf8');
    if (this.expected) {
      this.verify(said, this.expected);
      return undefined;
    }
    return this.prove(said);
  }

  private async prove(said: string): Promise<Uint8Array> {
    const [, nonce = '', salt = '', count = ''] = serverFirst.exec(said) ?? [];
    if (!nonce.startsWith(this.nonce) || nonce.length === this.nonce.length || salt === '')
      throw nonsense('the first answer');
    const iterations = Number(count);
    if (iterations < leastIterations || iterations > mostIterations) {
      throw new GuestroomError('auth_failed', 'The host asks for a login that is not safe', {
        detail: `${count} iterations; ${String(leastIterations)} to ${String(mostIterations)} are accepted`,
        hint: 'Set the password anew on the host, with a current saslpasswd2',
      });
    }
    const length = createHash(this.hash).digest().length;
    const salted = await derive(this.password, Buffer.from(salt, 'base64'), iterations, length, this.hash);
    const withoutProof = `c=${Buffer.from(gs2Header).toString('base64')},r=${nonce}`;
    const message = `${this.firstBare},${said},${withoutProof}`;
    const clientKey = this.hmac(salted, 'Client Key');
    const signature = this.hmac(createHash(this.hash).update(clientKey).digest(), message);
    const proof = clientKey.map((byte, at) => byte ^ (signature[at] ?? 0));
    this.expected = this.hmac(this.hmac(salted, 'Server Key'), message);
    return Buffer.from(`${withoutProof},p=${Buffer.from(proof).toString('base64')}`);
  }

  private verify(said: string, expected: Buffer): void {
    if (said.startsWith('e=')) {
      throw new GuestroomError('auth_failed', 'The host refused the user name or the password', {
        detail: said.slice(2, 200),
      });
    }
    const [, encoded] = serverFinal.exec(said) ?? [];
    if (encoded === undefined || this.proven) throw nonsense('the last answer');
    const signature = Buffer.from(encoded, 'base64');
    if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
      throw new GuestroomError('auth_failed', 'The host did not prove that it knows your password', {
        hint: 'Another machine may be answering in its place: check the address before you type the password again',
      });
    }
    this.proven = true;
  }

  private hmac(key: Uint8Array, text: string): Buffer {
    return createHmac(this.hash, key).update(text).digest();
  }
}

/** PLAIN (RFC 4616): the password as it is. Only where nobody listens. */
export class Plain implements Mechanism {
  readonly satisfied = true;
  private readonly message: Uint8Array;

  constructor({ user, password }: Credentials) {
    if (user.includes('\0') || password.includes('\0'))
      throw new GuestroomError('invalid_argument', 'A user name or password has no NUL character');
    this.message = Buffer.from(`\0${user}\0${password}`);
  }

  first(): Uint8Array {
    return this.message;
  }

  next(challenge: Uint8Array): Promise<Uint8Array | undefined> {
    return challenge.length === 0
      ? Promise.resolve(undefined)
      : Promise.reject(nonsense('an answer to PLAIN'));
  }
}

const nonsense = (what: string): GuestroomError =>
  new GuestroomError('protocol', 'The host does not log in as it should', { detail: `${what} is malformed` });
