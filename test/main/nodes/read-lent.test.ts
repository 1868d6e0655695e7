import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLent } from '../../../drivers/api/lent-reads.ts';
import { connectSocket } from '../../../main/nodes/local/sockets.ts';

const content = randomBytes(3 * 1024 * 1024);
let folder: string;
let server: Server;
let accepted: Socket[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lending-'));
  accepted = [];
  server = createServer((socket) => accepted.push(socket));
  await once(server.listen(join(folder, 'socket')), 'listening');
});
afterEach(async () => {
  for (const socket of accepted) socket.destroy();
  server.close();
  await rm(folder, { recursive: true, force: true });
});

async function pair(): Promise<{ near: Duplex; far: Socket }> {
  const came = once(server, 'connection') as Promise<[Socket]>;
  const near = await connectSocket({ unix: join(folder, 'socket') });
  const [far] = await came;
  return { near, far };
}

describe('a socket of this computer, read briefly', () => {
  it('is a stream like any other: nothing is lost while it is not read', async () => {
    const { near, far } = await pair();
    far.end(content);
    const parts: Buffer[] = [];
    for await (const part of near) {
      parts.push(part as Buffer);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(Buffer.concat(parts).equals(content)).toBe(true);
  });

  it('lends its memory, tells its end, and holds while it is paused', async () => {
    const { near, far } = await pair();
    far.end(content);
    const parts: Buffer[] = [];
    const memory = new Set<ArrayBufferLike>();
    let paused = false;
    readLent(near, (bytes) => {
      expect(paused).toBe(false);
      memory.add(bytes.buffer);
      parts.push(Buffer.from(bytes));
      near.pause();
      paused = true;
      setImmediate(() => {
        paused = false;
        near.resume();
      });
    });
    await finished(near, { writable: false });
    expect(Buffer.concat(parts).equals(content)).toBe(true);
    // three megabytes came
    expect(memory.size).toBeLessThanOrEqual(4);
    near.destroy();
  });

  it('leaves lent bytes alone while it is paused, whatever it reads ahead', async () => {
    const { near, far } = await pair();
    const lent = new Promise<Buffer>((resolve) => {
      readLent(near, (bytes) => {
        near.pause();
        resolve(bytes);
      });
    });
    far.write('the first');
    const first = await lent;
    for (let ahead = 1; ahead <= 4; ahead += 1) {
      far.write('and later');
      while (near.readableLength < ahead * 9) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(first.toString()).toBe('the first');
    near.destroy();
  });

  it('takes little memory for the many small parts that it reads ahead', async () => {
    const { near, far } = await pair();
    let taken = 0;
    readLent(near, (bytes) => {
      taken += bytes.length;
      if (taken > content.length) near.pause();
    });
    // the large buffers of a busy line
    far.write(content);
    while (taken < content.length) await new Promise((resolve) => setImmediate(resolve));
    far.write('x');
    while (!near.isPaused()) await new Promise((resolve) => setImmediate(resolve));
    const before = process.memoryUsage().arrayBuffers;
    for (let ahead = 16; ahead <= 4000; ahead += 16) {
      far.write('sixteen bytes...');
      while (near.readableLength < ahead) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    near.destroy();
  });

  it('gives what came before it was asked to lend', async () => {
    const { near, far } = await pair();
    far.write('early ');
    await once(near, 'readable');
    const parts: Buffer[] = [];
    readLent(near, (bytes) => parts.push(Buffer.from(bytes)));
    far.end('late');
    await finished(near, { writable: false });
    expect(Buffer.concat(parts).toString()).toBe('early late');
    near.destroy();
  });

  it('tells that the other side is gone', async () => {
    const { near, far } = await pair();
    readLent(near, () => undefined);
    far.destroy();
    await finished(near, { writable: false });
    near.destroy();
    expect(near.destroyed).toBe(true);
  });
});
