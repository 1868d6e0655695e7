import type { Duplex } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { ByteReader } from '../../../drivers/test/bytes.ts';
import { streamPair } from '../../../drivers/test/pair.ts';
import { vncResponse } from '../../../drivers/test/rfb.ts';
import { alone, domainNamed } from './connections.ts';

const uuid = '6695eb01-f6a4-8304-79aa-97f2502e193f';
const opened: Connection[] = [];
afterEach(async () => {
  for (const connection of opened.splice(0)) {
    for (const domain of await connection.domains.list())
      if (domain.id !== null) await connection.domains.destroy(domain.uuid);
    await connection.close();
  }
});
const host = async (uri?: string): Promise<Connection> => {
  const connection = await alone(uri);
  opened.push(connection);
  return connection;
};

/** A terminal that waits for words. */
class Terminal {
  seen = '';
  readonly stream: Duplex;
  #wake: () => void = () => undefined;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      this.seen += text;
      this.#wake();
    });
    stream.on('close', () => this.#wake());
  }

  async until(words: string): Promise<void> {
    const deadline = Date.now() + 5_000;
    while (!this.seen.includes(words)) {
      if (Date.now() > deadline || this.stream.destroyed)
        throw new Error(`not seen: ${words}; seen: ${this.seen.slice(-300)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 5_000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async run(command: string, answer: string): Promise<void> {
    this.seen = '';
    this.stream.write(`${command}\r`);
    await this.until(answer);
  }
}

describe('the serial line', () => {
  const login = async (connection: Connection): Promise<Terminal> => {
    const terminal = new Terminal(await connection.domains.openConsole(uuid));
    await terminal.until('test login: ');
    await terminal.run('me', 'me@test:~$ ');
    return terminal;
  };

  test('asks who one is and runs commands', async () => {
    const terminal = await login(await host());
    await terminal.run('uname', 'uname\r\nLinux\r\nme@test:~$ ');
    await terminal.run('whoami', 'whoami\r\nme\r\nme@test:~$ ');
    await terminal.run('ech\x7fho "grüße"', '"grüße"\r\n');
    await terminal.run('constructor', 'constructor: command not found');
    await terminal.run('seq 3', '1\r\n2\r\n3\r\nme@test:~$ ');
    await terminal.run('exit', 'test login: ');
  });

  test('a flood stops at Ctrl+C, and the prompt comes back', async () => {
    const terminal = await login(await host());
    await terminal.run('yes flood', 'flood\r\nflood\r\nflood\r\n');
    terminal.seen = '';
    terminal.stream.write('\x03');
    await terminal.until('^C\r\nme@test:~$ ');
    await terminal.run('echo alive', 'echo alive\r\nalive\r\n');
  });

  test('a flood waits for a reader that does not read', async () => {
    const connection = await host();
    const terminal = await login(connection);
    terminal.stream.pause();
    terminal.stream.write('yes\r');
    const held = () => terminal.stream.readableLength;
    // turns of the event loop in which an unbounded flood would have written megabytes
    for (let turn = 0; turn < 300; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    const first = held();
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(256 * 1024);
    for (let turn = 0; turn < 300; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(held()).toBe(first);
    terminal.seen = '';
    terminal.stream.resume();
    await terminal.until('y\r\n'.repeat(100_000));
    terminal.stream.destroy();
  });

  test('a paused guest answers when it goes on', async () => {
    const connection = await host();
    const terminal = await login(connection);
    await connection.domains.suspend(uuid);
    terminal.seen = '';
    terminal.stream.write('hostname\r');
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(terminal.seen).toBe('');
    await connection.domains.resume(uuid);
    await terminal.until('hostname\r\ntest\r\n');
  });

  test('poweroff inside the guest switches the machine off', async () => {
    const connection = await host();
    const terminal = await login(connection);
    const closed = new Promise((resolve) => terminal.stream.once('close', resolve));
    terminal.stream.write('poweroff\r');
    await closed;
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'shutoff', stateReason: 'shutdown' });
  });
});

/** Just enough of an RFB client. */
class Client {
  readonly reader: ByteReader;
  readonly stream: Duplex;
  width = 0;
  height = 0;
  name = '';

  constructor(stream: Duplex) {
    this.stream = stream;
    this.reader = new ByteReader(stream);
  }

  /** Answers what the server said about the login: 0 is good. */
  async login(password?: string): Promise<number> {
    expect((await this.reader.take(12)).toString('latin1')).toBe('RFB 003.008\n');
    this.stream.write('RFB 003.008\n');
    const [count = 0] = await this.reader.take(1);
    const types = [...(await this.reader.take(count))];
    expect(types).toEqual([password === undefined ? 1 : 2]);
    this.stream.write(Buffer.from(types));
    if (password !== undefined) this.stream.write(vncResponse(password, await this.reader.take(16)));
    const result = (await this.reader.take(4)).readUInt32BE(0);
    if (result !== 0) return result;
    this.stream.write(Buffer.from([1]));
    const init = await this.reader.take(24);
    this.width = init.readUInt16BE(0);
    this.height = init.readUInt16BE(2);
    this.name = (await this.reader.take(init.readUInt32BE(20))).toString('utf8');
    return 0;
  }

  ask(incremental: boolean): void {
    const message = Buffer.alloc(10);
    message.set([3, incremental ? 1 : 0]);
    message.writeUInt16BE(this.width, 6);
    message.writeUInt16BE(this.height, 8);
    this.stream.write(message);
  }

  async update(): Promise<{ x: number; y: number; width: number; height: number; pixels: Buffer }> {
    const head = await this.reader.take(4);
    expect([head[0], head.readUInt16BE(2)]).toEqual([0, 1]);
    const rect = await this.reader.take(12);
    expect(rect.readInt32BE(8)).toBe(0);
    const [x, y, width, height] = [0, 2, 4, 6].map((offset) => rect.readUInt16BE(offset)) as [
      number,
      number,
      number,
      number,
    ];
    return { x, y, width, height, pixels: await this.reader.take(width * height * 4) };
  }

  key(keysym: number): void {
    for (const down of [1, 0]) {
      const message = Buffer.alloc(8);
      message.set([4, down]);
      message.writeUInt32BE(keysym, 4);
      this.stream.write(message);
    }
  }
}

describe('the screen', () => {
  const connected = async (connection: Connection, id = uuid): Promise<Client> => {
    const { stream, password } = await connection.domains.openGraphics(id);
    const client = new Client(stream);
    expect(await client.login(password)).toBe(0);
    return client;
  };

  test('shows a whole picture, then only what moved', async () => {
    const client = await connected(await host());
    expect(client.name).toBe('test');
    client.ask(false);
    const whole = await client.update();
    expect([whole.width, whole.height]).toEqual([client.width, client.height]);
    expect(new Set(whole.pixels.toString('hex').match(/.{8}/g)).size).toBeGreaterThan(3);
    client.ask(true);
    const moved = await client.update();
    expect(moved.width * moved.height).toBeLessThan((client.width * client.height) / 10);
    client.stream.destroy();
  });

  test('keys and the pointer change the picture where they should', async () => {
    const client = await connected(await host());
    client.ask(false);
    const before = await client.update();
    for (const letter of 'Hi!') client.key(letter.charCodeAt(0));
    const pointer = Buffer.alloc(6);
    pointer.set([5, 1]);
    pointer.writeUInt16BE(600, 2);
    pointer.writeUInt16BE(390, 4);
    client.stream.write(pointer);
    client.ask(false);
    const after = await client.update();
    const at = (x: number, y: number) => (y * client.width + x) * 4;
    expect(after.pixels.readUInt32LE(at(600, 390))).not.toBe(before.pixels.readUInt32LE(at(600, 390)));
    const textRows = (pixels: Buffer) => pixels.subarray(at(0, 96), at(0, 114));
    expect(textRows(after.pixels).equals(textRows(before.pixels))).toBe(false);
    client.stream.destroy();
  });

  test('send-key types what the same keys at the screen type', async () => {
    const pictures = await Promise.all(
      [true, false].map(async (byKeysym) => {
        const connection = await host();
        await connection.domains.suspend(uuid);
        const client = await connected(connection);
        if (byKeysym) {
          for (const letter of 'Ab1') client.key(letter.charCodeAt(0));
        } else {
          await connection.domains.sendKey(uuid, [42, 30]);
          await connection.domains.sendKey(uuid, [48]);
          await connection.domains.sendKey(uuid, [2]);
          // Ctrl+Alt+Del types nothing
          await connection.domains.sendKey(uuid, [29, 56, 111]);
        }
        client.ask(false);
        const { pixels } = await client.update();
        client.stream.destroy();
        return pixels.subarray(client.width * 96 * 4);
      }),
    );
    expect(pictures[0]?.equals(pictures[1] ?? Buffer.alloc(0))).toBe(true);
  });

  test('a paused guest’s picture stands still', async () => {
    const connection = await host();
    await connection.domains.suspend(uuid);
    const client = await connected(connection);
    client.ask(false);
    const first = await client.update();
    client.ask(false);
    expect((await client.update()).pixels.equals(first.pixels)).toBe(true);
    client.stream.destroy();
  });

  test('asks for the password of its document, and lets nobody in without', async () => {
    const connection = await host('test:///showcase');
    const { uuid: locked } = await domainNamed(connection, 'windows-11');
    const client = await connected(connection, locked);
    expect(client.name).toBe('windows-11');
    client.stream.destroy();
    const { stream } = await connection.domains.openGraphics(locked);
    const stranger = new Client(stream);
    expect(await stranger.login('wrong')).toBe(1);
    const length = (await stranger.reader.take(4)).readUInt32BE(0);
    expect((await stranger.reader.take(length)).toString()).toBe('Authentication failed');
    await expect(stranger.reader.take(1)).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('a client that breaks the protocol is hung up on, and the next one is served', async () => {
    const connection = await host();
    const broken = await connected(connection);
    broken.stream.write(Buffer.from([99]));
    await expect(broken.reader.take(1)).rejects.toMatchObject({ name: 'AbortError' });
    const next = await connected(connection);
    next.ask(false);
    expect((await next.update()).width).toBe(next.width);
    next.stream.destroy();
  });

  test('a client that does not read is sent one picture and no more', async () => {
    const client = await connected(await host());
    for (let index = 0; index < 20; index += 1) client.ask(false);
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.stream.readableLength).toBeLessThan(2 * client.width * client.height * 4);
    client.stream.destroy();
  });
});

describe('the two ends of a stream', () => {
  test('carry bytes both ways in order, and a slow reader stops the writer', async () => {
    const [near, far] = streamPair();
    let written = 0;
    while (near.write(Buffer.alloc(16 * 1024, written)) && written < 1000) written += 1;
    expect(written).toBeLessThan(20);
    const reader = new ByteReader(far);
    for (let part = 0; part <= written; part += 1) {
      const bytes = await reader.take(16 * 1024);
      expect(bytes.equals(Buffer.alloc(16 * 1024, part))).toBe(true);
    }
    far.write('back');
    expect((await new ByteReader(near).take(4)).toString()).toBe('back');
  });

  test.each(['end', 'destroy'] as const)('both close when one side calls %s', async (how) => {
    const [near, far] = streamPair();
    far.resume();
    near.resume();
    const closed = Promise.all(
      [near, far].map((one) => new Promise((resolve) => one.once('close', resolve))),
    );
    near[how]();
    await closed;
    expect([near.destroyed, far.destroyed]).toEqual([true, true]);
  });

  test('a writer that waits for a reader who goes away is told', async () => {
    const [near, far] = streamPair();
    while (near.write(Buffer.alloc(64 * 1024))) continue;
    const closed = new Promise((resolve) => near.once('close', resolve));
    near.resume();
    far.destroy();
    await closed;
  });
});
