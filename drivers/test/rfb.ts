import { createCipheriv, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { ByteReader } from './bytes.ts';
import { keyText } from './keys.ts';
import { screenHeight, screenWidth, union, type Rect, type Screen } from './screen.ts';

/** A moving picture needs no more, and a client that asks sooner waits. */
const frameMilliseconds = 50;

interface PixelFormat {
  bytes: number;
  bigEndian: boolean;
  max: readonly [number, number, number];
  shift: readonly [number, number, number];
}

/** A message that breaks the protocol: the server hangs up, as a real one does. */
class Breach extends Error {}

/**
 * Speaks RFB 3.3 to 3.8 on this stream until either side ends it: raw encoding, no password or VNC's own.
 * Keys go into the screen's text; a held pointer button draws.
 */
export async function serveRfb(
  stream: Duplex,
  screen: Screen,
  name: string,
  password?: string,
): Promise<void> {
  const session = new RfbSession(stream, screen);
  try {
    await session.greet(name, password);
    await session.serve();
  } catch (error) {
    // the client hung up or broke the protocol: both end this session and nothing else
    const expected = error instanceof Breach || (error instanceof Error && error.name === 'AbortError');
    if (!expected && !stream.destroyed) throw error;
  } finally {
    session.end();
    stream.end();
    stream.resume();
  }
}

class RfbSession {
  readonly #stream: Duplex;
  readonly #screen: Screen;
  readonly #reader: ByteReader;
  readonly #unwatch: () => void;
  #format: PixelFormat = { bytes: 4, bigEndian: false, max: [255, 255, 255], shift: [16, 8, 0] };
  #dirty: Rect | undefined;
  #asked: Rect | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastFrame = 0;
  #blocked = false;
  #ended = false;
  #full = false;

  constructor(stream: Duplex, screen: Screen) {
    this.#stream = stream;
    this.#screen = screen;
    this.#reader = new ByteReader(stream);
    this.#unwatch = screen.watch((rect) => {
      this.#dirty = this.#dirty ? union(this.#dirty, rect) : rect;
      this.#schedule();
    });
    stream.on('drain', () => {
      this.#blocked = false;
      this.#schedule();
    });
  }

  end(): void {
    this.#ended = true;
    this.#unwatch();
    clearTimeout(this.#timer);
  }

  async greet(name: string, password: string | undefined): Promise<void> {
    this.#send(Buffer.from('RFB 003.008\n', 'latin1'));
    const version = (await this.#reader.take(12)).toString('latin1');
    const minor = /^RFB 003\.(\d{3})\n$/.exec(version)?.[1];
    if (minor === undefined) throw new Breach(`Not an RFB version: ${JSON.stringify(version)}`);
    const offered = password === undefined ? 1 : 2;
    if (Number(minor) < 7) {
      this.#send(Buffer.from([0, 0, 0, offered]));
    } else {
      this.#send(Buffer.from([1, offered]));
      const [chosen] = await this.#reader.take(1);
      if (chosen !== offered) throw new Breach(`Security type ${String(chosen)} was not offered`);
    }
    if (password !== undefined) await this.#authenticate(password, Number(minor) >= 8);
    else if (Number(minor) >= 8) this.#send(Buffer.alloc(4));
    await this.#reader.take(1);

    const title = Buffer.from(name, 'utf8');
    const init = Buffer.alloc(24);
    init.writeUInt16BE(screenWidth, 0);
    init.writeUInt16BE(screenHeight, 2);
    init.set([32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0], 4);
    init.writeUInt32BE(title.length, 20);
    this.#send(Buffer.concat([init, title]));
  }

  async #authenticate(password: string, explain: boolean): Promise<void> {
    const challenge = randomBytes(16);
    this.#send(challenge);
    const answer = await this.#reader.take(16);
    if (timingSafeEqual(answer, vncResponse(password, challenge))) {
      this.#send(Buffer.alloc(4));
      return;
    }
    const reason = Buffer.from('Authentication failed', 'latin1');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(reason.length);
    this.#send(Buffer.concat([Buffer.from([0, 0, 0, 1]), ...(explain ? [length, reason] : [])]));
    throw new Breach('Wrong password');
  }

  async serve(): Promise<never> {
    for (;;) {
      const kind = (await this.#reader.take(1)).readUInt8(0);
      switch (kind) {
        case 0:
          this.#setFormat((await this.#reader.take(19)).subarray(3));
          break;
        case 2: {
          const head = await this.#reader.take(3);
          await this.#reader.take(head.readUInt16BE(1) * 4);
          break;
        }
        case 3:
          this.#ask(await this.#reader.take(9));
          break;
        case 4: {
          const message = await this.#reader.take(7);
          const typed = message.readUInt8(0) === 1 ? keyText(message.readUInt32BE(3)) : undefined;
          if (typed !== undefined) this.#screen.type(typed);
          break;
        }
        case 5: {
          const message = await this.#reader.take(5);
          const buttons = message.readUInt8(0) & 7;
          if (buttons !== 0)
            this.#screen.point(
              message.readUInt16BE(1),
              message.readUInt16BE(3),
              buttons & 1 ? 1 : buttons & 2 ? 2 : 3,
            );
          break;
        }
        case 6: {
          const length = (await this.#reader.take(7)).readUInt32BE(3);
          if (length > 1024 * 1024) throw new Breach('Cut text over 1 MiB');
          const pasted = (await this.#reader.take(length)).toString('latin1');
          for (const character of pasted.slice(0, 1000)) this.#screen.type(character);
          break;
        }
        default:
          throw new Breach(`Message type ${String(kind)} is not known`);
      }
    }
  }

  #setFormat(bytes: Buffer): void {
    const bits = bytes.readUInt8(0);
    if (bits !== 8 && bits !== 16 && bits !== 32) throw new Breach(`${String(bits)} bits per pixel`);
    if (bytes.readUInt8(3) === 0) throw new Breach('Colour maps are not supported');
    this.#format = {
      bytes: bits / 8,
      bigEndian: bytes.readUInt8(2) !== 0,
      max: [bytes.readUInt16BE(4), bytes.readUInt16BE(6), bytes.readUInt16BE(8)],
      shift: [bytes.readUInt8(10), bytes.readUInt8(11), bytes.readUInt8(12)],
    };
  }

  #ask(message: Buffer): void {
    const incremental = message.readUInt8(0) !== 0;
    const x = Math.min(message.readUInt16BE(1), screenWidth);
    const y = Math.min(message.readUInt16BE(3), screenHeight);
    const asked = {
      x,
      y,
      width: Math.min(message.readUInt16BE(5), screenWidth - x),
      height: Math.min(message.readUInt16BE(7), screenHeight - y),
    };
    this.#asked = asked;
    if (!incremental) {
      this.#dirty = this.#dirty ? union(this.#dirty, asked) : asked;
      this.#full = true;
    }
    this.#schedule();
  }

  /** Sends at the next frame, when something was asked for and the client takes more. */
  #schedule(): void {
    if (this.#ended || this.#blocked || !this.#asked || this.#timer) return;
    const wait = this.#full ? 0 : Math.max(0, this.#lastFrame + frameMilliseconds - Date.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#frame();
    }, wait);
  }

  #frame(): void {
    if (this.#ended || this.#blocked || !this.#asked) return;
    this.#lastFrame = Date.now();
    this.#screen.advance();
    const part = this.#dirty && intersect(this.#dirty, this.#asked);
    if (!part) {
      // the guest stands still: ask the picture again at the next frame
      this.#schedule();
      return;
    }
    // what lies outside of what was asked for is still to be sent
    if (
      this.#dirty &&
      union(this.#dirty, part).width === part.width &&
      union(this.#dirty, part).height === part.height
    )
      this.#dirty = undefined;
    this.#asked = undefined;
    this.#full = false;
    const head = Buffer.alloc(16);
    head.writeUInt16BE(1, 2);
    head.writeUInt16BE(part.x, 4);
    head.writeUInt16BE(part.y, 6);
    head.writeUInt16BE(part.width, 8);
    head.writeUInt16BE(part.height, 10);
    this.#send(Buffer.concat([head, this.#raw(part)]));
  }

  #raw(part: Rect): Buffer {
    const { bytes, bigEndian, max, shift } = this.#format;
    const out = Buffer.alloc(part.width * part.height * bytes);
    const [redMax, greenMax, blueMax] = max;
    let at = 0;
    for (let y = part.y; y < part.y + part.height; y += 1) {
      for (let x = part.x; x < part.x + part.width; x += 1) {
        const pixel = this.#screen.pixels[y * screenWidth + x] ?? 0;
        const red = Math.round((((pixel >>> 16) & 0xff) * redMax) / 255);
        const green = Math.round((((pixel >>> 8) & 0xff) * greenMax) / 255);
        const blue = Math.round(((pixel & 0xff) * blueMax) / 255);
        const value = ((red << shift[0]) | (green << shift[1]) | (blue << shift[2])) >>> 0;
        for (let index = 0; index < bytes; index += 1) {
          out[at + (bigEndian ? bytes - 1 - index : index)] = (value >>> (8 * index)) & 0xff;
        }
        at += bytes;
      }
    }
    return out;
  }

  #send(bytes: Uint8Array): void {
    if (!this.#stream.writable) throw new Breach('The client has gone');
    if (!this.#stream.write(bytes)) this.#blocked = true;
  }
}

function intersect(a: Rect, b: Rect): Rect | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** VNC authentication: the challenge under DES, its key the password's first eight bytes with mirrored bits. */
export function vncResponse(password: string, challenge: Uint8Array): Buffer {
  const key = Buffer.alloc(8);
  Buffer.from(password, 'latin1').copy(key, 0, 0, 8);
  for (let index = 0; index < 8; index += 1) {
    let mirrored = 0;
    for (let bit = 0; bit < 8; bit += 1) if (((key[index] ?? 0) >> bit) & 1) mirrored |= 0x80 >> bit;
    key[index] = mirrored;
  }
  // three times the same key makes triple DES single DES, which newer OpenSSLs no longer offer by itself
  const triple = Buffer.concat([key, key, key]);
  const halves = [challenge.subarray(0, 8), challenge.subarray(8, 16)].map((half) => {
    const cipher = createCipheriv('des-ede3-cbc', triple, Buffer.alloc(8));
    cipher.setAutoPadding(false);
    return Buffer.concat([cipher.update(half), cipher.final()]);
  });
  return Buffer.concat(halves);
}
