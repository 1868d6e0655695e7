import { createCipheriv } from 'node:crypto';
import { Duplex } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import { lendThrough } from '../../drivers/api/lent-reads.ts';

/**
 * Logs in to a VNC screen here, so that no password goes to the window: the window gets a stream that begins with a
 * handshake of our own, offering "no authentication", and goes on with the screen's bytes (RFC 6143, section 7).
 */

const securityNone = 1;
const securityVnc = 2;
const version38 = 'RFB 003.008\n';

export interface LoginOptions {
  /** The screen's password, where it has one. Only its first 8 bytes count: that is how the protocol is. */
  password?: string | undefined;
  /** ms for the whole login; 15 s when left out. */
  timeout?: number;
}

/** Rejects with `auth_failed`, `protocol`, `timeout` or `lost`; the stream is destroyed then. */
export async function loginScreen(stream: Duplex, options: LoginOptions = {}): Promise<Duplex> {
  const deadline = setTimeout(() => {
    stream.destroy(new GuestroomError('timeout', 'The screen did not answer in time'));
  }, options.timeout ?? 15_000);
  try {
    await loginToServer(stream, options.password);
    return new LoggedInScreen(stream);
  } catch (error) {
    stream.destroy();
    throw toGuestroomError(error);
  } finally {
    clearTimeout(deadline);
  }
}

async function loginToServer(stream: Duplex, password: string | undefined): Promise<void> {
  const greeting = (await readExactly(stream, 12)).toString('latin1');
  const version = /^RFB (\d{3})\.(\d{3})\n$/.exec(greeting);
  if (version === null)
    throw new GuestroomError('protocol', 'This is not a VNC screen', { detail: greeting });
  const minor = version[1] === '003' ? Number(version[2]) : 8;
  const speaks = minor >= 8 ? 8 : minor === 7 ? 7 : 3;
  stream.write(`RFB 003.00${speaks}\n`);

  let security: number;
  if (speaks === 3) {
    security = (await readExactly(stream, 4)).readUInt32BE();
    if (security === 0) throw refused(await readReason(stream));
  } else {
    const count = (await readExactly(stream, 1)).readUInt8();
    if (count === 0) throw refused(await readReason(stream));
    const offered = await readExactly(stream, count);
    const wanted = password === undefined ? [securityNone, securityVnc] : [securityVnc, securityNone];
    const chosen = wanted.find((type) => offered.includes(type));
    if (chosen === undefined) {
      throw new GuestroomError('unsupported', 'The screen asks for a kind of login that is not supported', {
        detail: `RFB security types ${[...offered].join(', ')}`,
        hint: 'Use a screen on a Unix socket, or one with a VNC password',
      });
    }
    security = chosen;
    stream.write(Buffer.of(security));
  }

  if (security === securityVnc) {
    const challenge = await readExactly(stream, 16);
    if (password === undefined) {
      throw new GuestroomError('auth_failed', 'The screen asks for a password, and its document has none', {
        hint: 'Set a password for the screen in the document',
      });
    }
    stream.write(answerChallenge(challenge, password));
  } else if (security !== securityNone) {
    throw new GuestroomError('unsupported', 'The screen asks for a kind of login that is not supported', {
      detail: `RFB security type ${security}`,
    });
  }

  if (security === securityVnc || speaks === 8) {
    const result = (await readExactly(stream, 4)).readUInt32BE();
    if (result !== 0) {
      throw refused(speaks === 8 ? await readReason(stream) : 'The screen did not accept the password');
    }
  }
}

/** The answer to a VNC challenge: DES of each half, keyed by the password with the bits of every byte turned round. */
export function answerChallenge(challenge: Uint8Array, password: string): Buffer {
  const key = Buffer.alloc(8);
  Buffer.from(password, 'utf8').copy(key, 0, 0, 8);
  for (let i = 0; i < 8; i += 1) key[i] = reverseBits(key[i] ?? 0);
  // single DES is gone from OpenSSL's default provider; triple DES with one key thrice is the same thing
  const tripled = Buffer.concat([key, key, key]);
  const half = (from: number) => {
    const cipher = createCipheriv('des-ede3-cbc', tripled, Buffer.alloc(8)).setAutoPadding(false);
    return Buffer.concat([cipher.update(challenge.subarray(from, from + 8)), cipher.final()]);
  };
  return Buffer.concat([half(0), half(8)]);
}

function reverseBits(byte: number): number {
  let result = 0;
  for (let bit = 0; bit < 8; bit += 1) result |= ((byte >> bit) & 1) << (7 - bit);
  return result;
}

function refused(reason: string): GuestroomError {
  return new GuestroomError('auth_failed', 'The screen refused the login', { detail: reason });
}

async function readReason(stream: Duplex): Promise<string> {
  const length = (await readExactly(stream, 4)).readUInt32BE();
  if (length > 4096) throw new GuestroomError('protocol', 'The screen sent a reason that is too long');
  return length === 0 ? '' : (await readExactly(stream, length)).toString('utf8');
}

/** Takes this many bytes off the stream and leaves the rest in it. */
function readExactly(stream: Duplex, length: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const finish = (result: Buffer | GuestroomError) => {
      stream.off('readable', look);
      stream.off('error', failed);
      stream.off('end', ended);
      stream.off('close', ended);
      if (result instanceof GuestroomError) reject(result);
      else resolve(result);
    };
    const failed = (error: unknown) => {
      finish(toGuestroomError(error));
    };
    const ended = () => {
      finish(new GuestroomError('lost', 'The screen closed the connection during login'));
    };
    const look = () => {
      const bytes: unknown = stream.read(length);
      if (!Buffer.isBuffer(bytes)) return;
      if (bytes.length === length) finish(bytes);
      else ended();
    };
    if (stream.errored) return failed(stream.errored);
    if (stream.destroyed) return ended();
    stream.on('readable', look);
    stream.on('error', failed);
    stream.on('end', ended);
    stream.on('close', ended);
    look();
  });
}

/** What the window sees: version, one security type, accepted, and from there on the screen itself. */
class LoggedInScreen extends Duplex {
  readonly #screen: Duplex;
  #said: Buffer = Buffer.alloc(0);
  #step: 'version' | 'security' | 'through' = 'version';

  constructor(screen: Duplex) {
    super({ readableHighWaterMark: 64 * 1024, writableHighWaterMark: 64 * 1024 });
    this.#screen = screen;
    lendThrough(this, screen);
    this.push(version38);
    screen.on('error', (error) => this.destroy(error));
    screen.on('close', () => {
      // what it wrote last may not have been read yet
      if (screen.readableEnded && !this.readableEnded) this.once('end', () => this.destroy());
      else this.destroy();
    });
    screen.on('end', () => this.push(null));
  }

  override _read(): void {
    if (this.#step === 'through') this.#screen.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#step === 'through') {
      this.#screen.write(chunk, done);
      return;
    }
    this.#said = Buffer.concat([this.#said, chunk]);
    if (this.#step === 'version') {
      if (this.#said.length < 12) return done();
      if (this.#said.toString('latin1', 0, 12) !== version38) {
        return done(new GuestroomError('protocol', 'The viewer does not speak RFB 3.8'));
      }
      this.#said = this.#said.subarray(12);
      this.#step = 'security';
      this.push(Buffer.of(1, securityNone));
    }
    if (this.#said.length < 1) return done();
    if (this.#said[0] !== securityNone) {
      return done(new GuestroomError('protocol', 'The viewer chose a login that was not offered'));
    }
    const rest = this.#said.subarray(1);
    this.#said = Buffer.alloc(0);
    this.#step = 'through';
    this.push(Buffer.alloc(4));
    this.#screen.on('data', (bytes: Buffer) => {
      if (!this.push(bytes)) this.#screen.pause();
    });
    if (rest.length === 0) done();
    else this.#screen.write(rest, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#screen.end(() => {
      done();
    });
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#screen.destroy();
    done(error);
  }
}
