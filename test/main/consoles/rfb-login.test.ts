import { createDecipheriv, randomBytes } from 'node:crypto';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { answerChallenge, loginScreen } from '../../../main/consoles/rfb-login.ts';

let folder = '';
const closers: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-rfb-'));
});
afterEach(() => {
  for (const close of closers.splice(0)) close();
  rmSync(folder, { recursive: true, force: true });
});

/** A screen that says what the test wants and keeps what it was told. */
async function screen(script: (socket: Socket, heard: (length: number) => Promise<Buffer>) => Promise<void>) {
  const path = join(folder, 'vnc');
  const server: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    let buffer = Buffer.alloc(0);
    let wake = () => {};
    socket.on('data', (chunk: Buffer) => {
      buffer = Buffer.concat([buffer, chunk]);
      wake();
    });
    const heard = async (length: number) => {
      while (buffer.length < length) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const part = buffer.subarray(0, length);
      buffer = buffer.subarray(length);
      return part;
    };
    void script(socket, heard);
  });
  server.listen(path);
  await once(server, 'listening');
  closers.push(() => server.close());
  return dial(path);
}

function dial(path: string): Socket {
  const socket = connect(path);
  closers.push(() => socket.destroy());
  return socket;
}

async function take(stream: Duplex, length: number): Promise<Buffer> {
  for (;;) {
    const bytes: unknown = stream.read(length);
    if (Buffer.isBuffer(bytes)) return bytes;
    await once(stream, 'readable');
  }
}

/** The viewer's part of the handshake, as noVNC does it. */
async function viewerHandshake(stream: Duplex): Promise<void> {
  expect((await take(stream, 12)).toString()).toBe('RFB 003.008\n');
  stream.write('RFB 003.008\n');
  expect([...(await take(stream, 2))]).toEqual([1, 1]);
  stream.write(Buffer.of(1));
  expect((await take(stream, 4)).readUInt32BE()).toBe(0);
}

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

describe('VNC login in main', () => {
  it('answers a challenge as DES with turned bits, checked by decrypting it again', () => {
    const challenge = randomBytes(16);
    const answer = answerChallenge(challenge, 'geheim');
    const key = Buffer.from('geheim\0\0').map((byte) =>
      Number.parseInt([...byte.toString(2).padStart(8, '0')].reverse().join(''), 2),
    );
    const decipher = createDecipheriv('des-ede3-ecb', Buffer.concat([key, key, key]), null).setAutoPadding(
      false,
    );
    expect(Buffer.concat([decipher.update(answer), decipher.final()]).equals(challenge)).toBe(true);
    expect(
      answerChallenge(challenge, 'longer than eight').equals(answerChallenge(challenge, 'longer t')),
    ).toBe(true);
  });

  it('hands over a screen without a password', async () => {
    const socket = await screen(async (server, heard) => {
      server.write('RFB 003.008\n');
      expect((await heard(12)).toString()).toBe('RFB 003.008\n');
      server.write(Buffer.of(2, 2, 1));
      expect([...(await heard(1))]).toEqual([1]);
      // result and the first bytes of the screen in one packet: none of them may be lost
      server.write(Buffer.concat([u32(0)]));
      expect([...(await heard(1))]).toEqual([1]);
      server.write('ServerInit');
    });
    const stream = await loginScreen(socket);
    await viewerHandshake(stream);
    stream.write(Buffer.of(1));
    expect((await take(stream, 10)).toString()).toBe('ServerInit');
    stream.destroy();
    expect(socket.destroyed).toBe(true);
  });

  it('logs in with the password, and the window never sees it', async () => {
    const challenge = randomBytes(16);
    const socket = await screen(async (server, heard) => {
      server.write('RFB 003.008\n');
      await heard(12);
      server.write(Buffer.of(1, 2));
      await heard(1);
      server.write(challenge);
      const answer = await heard(16);
      server.write(u32(answer.equals(answerChallenge(challenge, 'geheim')) ? 0 : 1));
      if ((await heard(1))[0] === 1) server.write('welcome');
    });
    const stream = await loginScreen(socket, { password: 'geheim' });
    await viewerHandshake(stream);
    stream.write(Buffer.of(1));
    expect((await take(stream, 7)).toString()).toBe('welcome');
  });

  it('speaks to screens of protocol 3.3 and 3.7', async () => {
    const old = await screen(async (server, heard) => {
      server.write('RFB 003.003\n');
      expect((await heard(12)).toString()).toBe('RFB 003.003\n');
      server.write(u32(1));
      await heard(1);
      server.write('three');
    });
    const stream = await loginScreen(old);
    await viewerHandshake(stream);
    stream.write(Buffer.of(1));
    expect((await take(stream, 5)).toString()).toBe('three');
  });

  it('says that the password is wrong, with the words of the screen', async () => {
    const socket = await screen(async (server, heard) => {
      server.write('RFB 003.008\n');
      await heard(12);
      server.write(Buffer.of(1, 2));
      await heard(1);
      server.write(randomBytes(16));
      await heard(16);
      server.write(Buffer.concat([u32(1), u32(3), Buffer.from('bad')]));
    });
    await expect(loginScreen(socket, { password: 'wrong' })).rejects.toMatchObject({
      code: 'auth_failed',
      detail: 'bad',
    });
    expect(socket.destroyed).toBe(true);
  });

  it('says that a password is needed where the document has none', async () => {
    const socket = await screen(async (server, heard) => {
      server.write('RFB 003.008\n');
      await heard(12);
      server.write(Buffer.of(1, 2));
      await heard(1);
      server.write(randomBytes(16));
    });
    await expect(loginScreen(socket)).rejects.toMatchObject({ code: 'auth_failed' });
  });

  it.each([
    ['something that is no screen', Buffer.from('HTTP/1.1 400'), 'protocol'],
    [
      'a screen that wants another login',
      Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.of(1, 19)]),
      'unsupported',
    ],
    [
      'a screen that refuses everybody',
      Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.of(0), u32(4), Buffer.from('full')]),
      'auth_failed',
    ],
    [
      'a screen whose reason would be 4 GiB long',
      Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.of(0), u32(0xffffffff)]),
      'protocol',
    ],
    [
      'a screen that answers the login with an endless reason',
      Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.of(1, 1), u32(1), u32(0x7fffffff)]),
      'protocol',
    ],
    [
      'a screen that offers every login but those we have',
      Buffer.concat([
        Buffer.from('RFB 003.008\n'),
        Buffer.of(253, ...Array.from({ length: 253 }, (_none, at) => at + 3)),
      ]),
      'unsupported',
    ],
    [
      'an old screen that chooses a login nobody knows',
      Buffer.concat([Buffer.from('RFB 003.003\n'), u32(0xdeadbeef)]),
      'unsupported',
    ],
    ['a version with markup', Buffer.from('RFB <img>.0\n'), 'protocol'],
    ['a version without its end', Buffer.from('RFB 003.008\r\n'), 'protocol'],
    ['zero bytes', Buffer.alloc(1_000_000), 'protocol'],
  ])('refuses %s', async (_what, greeting, code) => {
    const socket = await screen((server) => {
      server.write(greeting);
      return Promise.resolve();
    });
    await expect(loginScreen(socket)).rejects.toMatchObject({ code });
    expect(socket.destroyed).toBe(true);
  });

  it('refuses bytes of any kind, or hands a screen over, and never hangs or breaks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('RFB 003.008\n', 'RFB 003.007\n', 'RFB 003.003\n', 'RFB 004.000\n', ''),
        fc.uint8Array({ maxLength: 300 }),
        async (version, rest) => {
          const stream = new Duplex({
            read: () => undefined,
            write: (_chunk, _encoding, done) => done(),
          });
          stream.push(Buffer.concat([Buffer.from(version), rest]));
          stream.push(null);
          const outcome = await loginScreen(stream, { password: 'geheim' }).then(
            (screenStream) => {
              screenStream.destroy();
              return 'taken';
            },
            (error: unknown) => (error instanceof GuestroomError ? error.code : error),
          );
          expect(['taken', 'protocol', 'unsupported', 'auth_failed', 'lost']).toContain(outcome);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives up on a screen that says nothing or hangs up', async () => {
    const silent = await screen(() => Promise.resolve());
    await expect(loginScreen(silent, { timeout: 30 })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('says that a screen hung up', async () => {
    const socket = await screen((server) => {
      server.end('RFB 003');
      return Promise.resolve();
    });
    await expect(loginScreen(socket)).rejects.toMatchObject({ code: 'lost' });
  });
});

const qemu = ['qemu-system-x86_64', 'qemu-system-i386'].find(
  (name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
);
// the reason is part of the title, so that a run without it says so
describe(
  qemu ? `VNC login with ${qemu}` : 'VNC login with QEMU (not run: no qemu-system-x86_64 is installed)',
  () => {
    it.skipIf(qemu === undefined)('logs in to a real screen with a password and reads its size', async () => {
      const vnc = join(folder, 'screen');
      const machine = spawn(
        qemu ?? '',
        [
          '-machine',
          'none',
          '-nodefaults',
          '-S',
          '-display',
          'none',
          '-qmp',
          'stdio',
          '-vnc',
          `unix:${vnc},password=on`,
        ],
        { stdio: ['pipe', 'pipe', 'inherit'] },
      );
      closers.push(() => machine.kill('SIGKILL'));
      const lines = createInterface(machine.stdout)[Symbol.asyncIterator]();
      await lines.next();
      for (const command of [
        { execute: 'qmp_capabilities' },
        { execute: 'set_password', arguments: { protocol: 'vnc', password: 'geheim' } },
      ]) {
        machine.stdin.write(JSON.stringify(command));
        expect(await lines.next()).toMatchObject({ value: expect.stringContaining('return') as unknown });
      }

      await expect(loginScreen(dial(vnc), { password: 'falsch' })).rejects.toMatchObject({
        code: 'auth_failed',
      });

      const stream = await loginScreen(dial(vnc), { password: 'geheim' });
      await viewerHandshake(stream);
      stream.write(Buffer.of(1));
      const init = await take(stream, 24);
      expect(init.readUInt16BE(0)).toBeGreaterThan(0);
      expect((await take(stream, init.readUInt32BE(20))).toString()).toContain('QEMU');
      stream.destroy();
      machine.kill('SIGKILL');
      await once(machine, 'exit');
    });
  },
);
