import { implement } from '@orpc/server';
import { eventIterator, oc } from '@orpc/contract';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';
import { afterEach, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createCalls } from '../../../main/calls.ts';
import { until } from '../app-in-folder.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

it('a window that stops reading stops its feeds instead of filling memory, and gets the rest when it reads on', async () => {
  const most = 2000;
  let made = 0;
  let ended = false;
  const os = implement({ flood: oc.output(eventIterator(v.string())) });
  const router = os.router({
    flood: os.flood.handler(async function* () {
      try {
        for (; made < most; made += 1) yield 'x'.repeat(64 * 1024);
      } finally {
        ended = true;
      }
    }),
  });
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const calls = createCalls(router);
  let main: WebSocket | undefined;
  sockets.on('connection', (socket) => {
    main = socket;
    calls.overSocket(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const window = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  ends.push(() => window.terminate());
  await new Promise((resolve) => window.once('open', resolve));
  let received = 0;
  window.on('message', (data: Buffer) => (received += data.length));
  window.pause();
  window.send(JSON.stringify({ i: '1', p: { u: '/flood', b: {} } }));

  let before = -1;
  await until(async () => {
    if (made > 0 && made === before) return true;
    before = made;
    await new Promise((resolve) => setTimeout(resolve, 150));
    return false;
  });
  expect(made).toBeLessThan(most);
  expect(main?.bufferedAmount).toBeLessThan(2 * 1024 * 1024);
  window.resume();
  await until(() => ended);
  expect(made).toBe(most);
  await until(() => received > most * 64 * 1024);

  made = 0;
  ended = false;
  window.pause();
  window.send(JSON.stringify({ i: '2', p: { u: '/flood', b: {} } }));
  await until(() => (main?.bufferedAmount ?? 0) > 0 && made > 10);
  window.terminate();
  await until(() => ended);
  expect(made).toBeLessThan(most);
}, 30_000);
