import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createConsoles } from '../../../main/consoles/index.ts';
import { loginScreen } from '../../../main/consoles/rfb-login.ts';
import { connectSocket } from '../../../main/nodes/local/sockets.ts';
import { wireOfWebSocket } from '../../../main/web/wire.ts';
import { creditWindow, encodeControl } from '../../../preload/bytes.ts';
import { aWhile, checkTelling, seeded, tellingBytes } from '../../lab/telling-bytes.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

type Random = () => number;

/** A screen without a password that writes so many bytes once it is open, and what it read after that. */
async function screen(random: Random, size: number): Promise<{ port: number; read: Promise<Buffer> }> {
  let heard: (bytes: Buffer) => void = () => undefined;
  const read = new Promise<Buffer>((resolve) => (heard = resolve));
  const pour = async (socket: Socket): Promise<void> => {
    for (let at = 0; at < size;) {
      const bytes = tellingBytes(at, Math.min(size - at, Math.ceil(500_000 ** random())));
      await new Promise<void>((resolve) => void socket.write(bytes, () => resolve()));
      if (random() < 0.2) await aWhile(random);
      at += bytes.length;
    }
    socket.end();
  };
  const serve = async (socket: Socket): Promise<void> => {
    socket.write('RFB 003.008\n');
    const parts: Buffer[] = [];
    let open = false;
    for await (const part of socket as AsyncIterable<Buffer>) {
      parts.push(part);
      const all = Buffer.concat(parts);
      if (all.length === 12) socket.write(Buffer.of(1, 1));
      if (all.length < 13 || open) continue;
      open = true;
      socket.write(Buffer.alloc(4));
      void pour(socket);
    }
    heard(Buffer.concat(parts).subarray(13));
  };
  const server = createServer({ allowHalfOpen: true }, (socket) => void serve(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ends.push(() => server.close());
  return { port: (server.address() as AddressInfo).port, read };
}

describe('a screen that was logged in to', () => {
  it.each([1, 2, 3])('brings every byte both ways, whatever the pace of its window (%i)', async (seed) => {
    const random = seeded(seed);
    const size = 12 * 1024 * 1024 + 777;
    const { port, read } = await screen(random, size);
    const stream = await loginScreen(await connectSocket({ host: '127.0.0.1', port }));
    const consoles = createConsoles();
    ends.push(() => consoles.close());
    const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
    ends.push(() => server.close());
    server.on('connection', (socket) => consoles.accept(wireOfWebSocket(socket)));
    await once(server, 'listening');
    const window = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    ends.push(() => window.terminate());
    await once(window, 'open');
    window.send(encodeControl({ kind: 'ticket', ticket: consoles.offer(stream) }));
    const greeting: Buffer[] = [];
    const sent = tellingBytes(0, creditWindow / 4, 9);
    let received = 0;
    let wrong: unknown;
    const pieces: Buffer[] = [];
    let wake: () => void = () => undefined;
    window.on('message', (data: Buffer, binary: boolean) => {
      if (!binary) return;
      pieces.push(data);
      wake();
    });
    const closed = once(window, 'close').then(() => 'closed');
    const next = async (): Promise<Buffer | undefined> => {
      while (pieces.length === 0)
        if (
          (await Promise.race([new Promise<string>((resolve) => (wake = () => resolve('more'))), closed])) ===
          'closed'
        )
          return pieces.shift();
      return pieces.shift();
    };
    window.send(Buffer.concat([Buffer.from('RFB 003.008\n'), Buffer.of(1), sent]));
    let grant = 0;
    for (let piece = await next(); piece; piece = await next()) {
      grant += piece.length;
      let rest = piece;
      const head = 18 - greeting.reduce((sum, part) => sum + part.length, 0);
      if (head > 0) {
        greeting.push(rest.subarray(0, head));
        rest = rest.subarray(head);
      }
      try {
        checkTelling(rest, received);
      } catch (error) {
        wrong ??= error;
      }
      received += rest.length;
      await aWhile(random);
      if (grant < creditWindow / 2) continue;
      window.send(encodeControl({ kind: 'credit', bytes: grant }));
      grant = 0;
    }
    expect(wrong).toBeUndefined();
    expect(received).toBe(size);
    expect(Buffer.concat(greeting).toString('latin1')).toBe('RFB 003.008\n\x01\x01\0\0\0\0');
    checkTelling(await read, 0, 9);
    expect((await read).length).toBe(sent.length);
  });
});
