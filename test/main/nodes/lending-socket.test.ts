import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { lenderOf, lendThrough } from '../../../drivers/api/lent-reads.ts';
import { connectLending } from '../../../main/nodes/lending-socket.ts';
import { Check, pouringGuest } from '../consoles/guest-socket.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function connected(bytes: number) {
  const guest = await pouringGuest(bytes);
  ends.push(() => guest.close());
  const socket = connectLending({ host: '127.0.0.1', port: guest.port });
  ends.push(() => socket.destroy());
  return socket;
}

const mebibyte = 1024 * 1024;

/** All that comes, looked at only once the last of it is there. */
async function keptToTheEnd(socket: Awaited<ReturnType<typeof connected>>): Promise<Check> {
  const kept: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => kept.push(chunk));
  await once(socket, 'end');
  const check = new Check();
  for (const chunk of kept) check.take(chunk);
  return check;
}

describe('a socket that lends', () => {
  it('gives whoever does not borrow bytes that last', async () => {
    const socket = await connected(8 * mebibyte);
    expect(await keptToTheEnd(socket)).toMatchObject({ received: 8 * mebibyte, wrong: undefined });
  });

  it('fills the same few buffers again for whoever gives them back', async () => {
    const socket = await connected(32 * mebibyte);
    const lender = lenderOf(socket);
    lender?.borrow();
    const check = new Check();
    const memory = new Set<ArrayBufferLike>();
    socket.on('data', (chunk: Buffer) => {
      check.take(chunk);
      if (chunk.length >= 32 * 1024) memory.add(chunk.buffer);
      lender?.giveBack(chunk);
    });
    await once(socket, 'end');
    expect(check).toMatchObject({ received: 32 * mebibyte, wrong: undefined });
    expect(memory.size).toBeLessThanOrEqual(4);
  });

  it('leaves alone what is not given back yet, however much comes after', async () => {
    const socket = await connected(8 * mebibyte);
    lenderOf(socket)?.borrow();
    expect(await keptToTheEnd(socket)).toMatchObject({ received: 8 * mebibyte, wrong: undefined });
  });

  it('fills a buffer once only, though it is given back twice', async () => {
    const socket = await connected(16 * mebibyte);
    const lender = lenderOf(socket);
    lender?.borrow();
    const check = new Check();
    let before: Buffer | undefined;
    socket.on('data', (chunk: Buffer) => {
      if (before !== undefined) {
        check.take(before);
        lender?.giveBack(before);
        lender?.giveBack(before.subarray(1));
      }
      before = chunk;
    });
    await once(socket, 'end');
    check.take(before ?? Buffer.alloc(0));
    expect(check).toMatchObject({ received: 16 * mebibyte, wrong: undefined });
  });

  it('stops while its reader pauses, and goes on without losing a byte', async () => {
    const socket = await connected(4 * mebibyte);
    const check = new Check();
    let pauses = 0;
    socket.on('data', (chunk: Buffer) => {
      check.take(chunk);
      socket.pause();
      pauses += 1;
      setImmediate(() => socket.resume());
    });
    await once(socket, 'end');
    expect(check).toMatchObject({ received: 4 * mebibyte, wrong: undefined });
    expect(pauses).toBeGreaterThan(10);
  });

  it('can be read piece by piece', async () => {
    const socket = await connected(mebibyte);
    const check = new Check();
    for await (const chunk of socket as AsyncIterable<Buffer>) check.take(chunk);
    expect(check).toMatchObject({ received: mebibyte, wrong: undefined });
  });

  it('is borrowed from through a stream that passes its chunks on', () => {
    const inner = connectLending({ host: '127.0.0.1', port: 1 });
    inner.on('error', () => undefined);
    ends.push(() => inner.destroy());
    const outer = new PassThrough();
    expect(lenderOf(outer)).toBeUndefined();
    lendThrough(outer, inner);
    expect(lenderOf(outer)).toBe(lenderOf(inner));
    lendThrough(inner, new PassThrough());
    expect(lenderOf(inner)).toBeDefined();
  });
});
