import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client, ClientChannel, CipherAlgorithm, MacAlgorithm } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkTelling, seeded, tellingBytes } from '../../../lab/telling-bytes.ts';
import { connect, partsFor, type SshServer, startServer } from './server.ts';

type Cut = (bytes: Buffer) => Iterable<Buffer>;

/** A port that leads to another one, over which the parts of what comes arrive each by itself. */
async function cutting(port: number, cut: Cut): Promise<{ port: number; end(): void }> {
  const sockets: Socket[] = [];
  const carry = async (from: Socket, to: Socket): Promise<void> => {
    for await (const bytes of from as AsyncIterable<Buffer>) {
      for (const part of cut(bytes)) {
        to.write(part);
        for (let turns = 0; turns < 3; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    to.end();
  };
  const server = createServer((near) => {
    const far = connectTo({ host: '127.0.0.1', port });
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      sockets.push(socket);
    }
    carry(near, far).catch(() => far.destroy());
    carry(far, near).catch(() => near.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    end() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

let folder: string;
let server: SshServer;
let line: Awaited<ReturnType<typeof cutting>>;
let client: Client | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-cut-'));
});
afterEach(() => {
  client?.destroy();
  client = undefined;
  line.end();
  server.end();
  rmSync(folder, { recursive: true, force: true });
});

/** Logs in over a line that cuts what comes from then on. */
async function over([cipher, mac]: Algorithms, cut: Cut): Promise<Client> {
  server = await startServer({ algorithms: { cipher: [cipher], hmac: [mac] } });
  let now: Cut = (bytes) => [bytes];
  line = await cutting(server.port, (bytes) => now(bytes));
  const known = { keyName: { name: '127.0.0.1', port: server.port } };
  writeFileSync(join(folder, 'known_hosts'), server.line);
  client = await connect(partsFor({ port: line.port }, folder, { hop: known }));
  now = cut;
  return client;
}

const open = (through: Client): Promise<ClientChannel> =>
  new Promise((resolve, reject) => {
    through.exec('cat', (error, opened) => (error ? reject(error) : resolve(opened)));
  });

/** Sends so much through a program of the host and back, both ways at once. */
async function thereAndBack(through: Client, size: number, whose: number): Promise<Buffer> {
  const channel = await open(through);
  const parts: Buffer[] = [];
  channel.on('data', (part: Buffer) => parts.push(part));
  const ended = once(channel, 'close');
  channel.end(tellingBytes(0, size, whose));
  await ended;
  return Buffer.concat(parts);
}

/** Anywhere, long parts of up to `most` and very short ones beside each other. */
function anywhere(most: number): Cut {
  const random = seeded(most);
  return function* (bytes) {
    for (let at = 0; at < bytes.length;) {
      const length = Math.ceil(random() * (random() < 0.5 ? Math.min(most, 7) : most));
      yield bytes.subarray(at, at + length);
      at += length;
    }
  };
}

type Algorithms = readonly [CipherAlgorithm, MacAlgorithm];
const algorithms: Algorithms[] = [
  ['aes128-gcm@openssh.com', 'hmac-sha2-256'],
  ['chacha20-poly1305@openssh.com', 'hmac-sha2-256'],
  ['aes128-ctr', 'hmac-sha2-256-etm@openssh.com'],
  ['aes256-ctr', 'hmac-sha2-512'],
];

describe.each(algorithms)('an SSH connection with %s and %s over a line that cuts', (...chosen) => {
  it.each([
    { most: 5, size: 6000 },
    { most: 3000, size: 300_000 },
    { most: 40_000, size: 1_000_000 },
  ])('anywhere brings every byte, both ways at once ($most)', async ({ most, size }) => {
    const through = await over(chosen, anywhere(most));
    const back = await Promise.all([0, 1].map((whose) => thereAndBack(through, size, whose)));
    for (const [whose, bytes] of back.entries()) {
      expect(bytes.length).toBe(size);
      checkTelling(bytes, 0, whose);
    }
  });

  it('within the checksum of each packet brings what is typed', async () => {
    // bytes from the end
    let cuts: number[] = [];
    const through = await over(chosen, (bytes) =>
      [bytes.length, ...cuts, 0]
        .map((from, index, all) => bytes.subarray(-from || bytes.length, -(all[index + 1] ?? 0) || undefined))
        .filter((part) => part.length > 0),
    );
    const channel = await open(through);
    for (cuts of [
      [16, 11],
      [16, 12, 8, 4],
      [32, 20],
      [64, 40, 10],
      [17, 3],
    ]) {
      for (const key of 'typed') {
        channel.write(key);
        const [echo] = (await once(channel, 'data')) as [Buffer];
        expect(echo.toString()).toBe(key);
      }
    }
    channel.destroy();
  });
});
