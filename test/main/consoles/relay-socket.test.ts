import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createConsoles, type Consoles } from '../../../main/consoles/index.ts';
import { connectSocket } from '../../../main/nodes/local/sockets.ts';
import { wireOfWebSocket } from '../../../main/web/wire.ts';
import { type Control, creditWindow, encodeControl, maxMessage } from '../../../preload/bytes.ts';
import { until } from '../app-in-folder.ts';
import { Check, type GuestSocket, pouringGuest } from './guest-socket.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0).reverse()) end();
});

interface Session {
  guest: GuestSocket;
  consoles: Consoles;
  window: WebSocket;
  check: Check;
  controls: Control[];
  longest: () => number;
  grant: (bytes: number) => void;
  /** Grants from now on what was received, in halves of the window; tells of each grant. */
  grantOn: (granted?: () => void) => void;
  /** The wire's own socket on our side. */
  raw: () => Socket | undefined;
}

/** A screen on a TCP port, seen over a real WebSocket. The window has shown its ticket; it grants nothing by itself. */
async function session(bytes: number): Promise<Session> {
  const guest = await pouringGuest(bytes);
  ends.push(() => guest.close());
  const consoles = createConsoles();
  ends.push(() => consoles.close());
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  ends.push(() => server.close());
  await once(server, 'listening');
  let raw: Socket | undefined;
  server.on('connection', (socket, request) => {
    raw = request.socket;
    consoles.accept(wireOfWebSocket(socket));
  });
  const window = new WebSocket(`ws://127.0.0.1:${String((server.address() as AddressInfo).port)}`, {
    perMessageDeflate: false,
  });
  ends.push(() => window.terminate());
  await once(window, 'open');
  const check = new Check();
  const controls: Control[] = [];
  let longest = 0;
  window.on('message', (data: Buffer, binary: boolean) => {
    if (binary) {
      check.take(data);
      longest = Math.max(longest, data.length);
    } else controls.push(JSON.parse(data.toString()) as Control);
  });
  const stream = await connectSocket({ host: '127.0.0.1', port: guest.port });
  window.send(encodeControl({ kind: 'ticket', ticket: consoles.offer(stream) }));
  const grant = (more: number): void => window.send(encodeControl({ kind: 'credit', bytes: more }));
  const grantOn = (granted?: () => void): void => {
    let used = 0;
    const look = (): void => {
      const unused = check.received - used;
      if (unused < creditWindow / 2) return;
      grant(unused);
      used += unused;
      granted?.();
    };
    window.on('message', look);
    look();
  };
  return { guest, consoles, window, check, controls, longest: () => longest, grant, grantOn, raw: () => raw };
}

describe('a screen over a WebSocket', () => {
  it('brings every byte to a window that grants in odd amounts', async () => {
    const bytes = 24 * 1024 * 1024;
    const { window, check, controls, longest, grant } = await session(bytes);
    let granted = creditWindow;
    const amounts = [1, 4097, 65_535, 200_001, 31_999];
    let step = 0;
    const more = (): void => {
      for (;;) {
        const amount = amounts[step % amounts.length] ?? 1;
        if (granted - check.received + amount > creditWindow) return;
        granted += amount;
        step += 1;
        grant(amount);
      }
    };
    window.on('message', more);
    await once(window, 'close');
    expect(check).toMatchObject({ received: bytes, wrong: undefined });
    expect(controls.at(-1)).toEqual({ kind: 'close' });
    expect(longest()).toBeLessThanOrEqual(maxMessage);
  });

  it('brings every byte to a window that stops reading again and again', async () => {
    const bytes = 24 * 1024 * 1024;
    const { window, check, grantOn } = await session(bytes);
    let stops = 0;
    grantOn(() => {
      window.pause();
      stops += 1;
      setImmediate(() => setImmediate(() => window.resume()));
    });
    await once(window, 'close');
    expect(check).toMatchObject({ received: bytes, wrong: undefined });
    expect(stops).toBeGreaterThan(10);
  });

  it('does not write over what the system has not taken yet', async () => {
    const bytes = 24 * 1024 * 1024;
    const { window, check, grantOn, raw } = await session(bytes);
    let stalls = 0;
    grantOn(() => {
      // while it is corked nothing goes to the system, and the guest's bytes come in
      const socket = raw();
      if (socket === undefined || socket.writableCorked > 0) return;
      socket.cork();
      stalls += 1;
      let turns = 0;
      const wait = (): void => {
        turns += 1;
        if (turns < 20) setImmediate(wait);
        else socket.uncork();
      };
      wait();
    });
    await once(window, 'close');
    expect(check).toMatchObject({ received: bytes, wrong: undefined });
    expect(stalls).toBeGreaterThan(10);
  });

  it('stops the guest while nothing is granted', async () => {
    const { guest, check, window, consoles } = await session(64 * 1024 * 1024);
    await until(() => check.received === creditWindow);
    // a pong comes after everything that was sent before
    window.ping();
    await once(window, 'pong');
    expect(check).toMatchObject({ received: creditWindow, wrong: undefined });
    expect(guest.sockets[0]?.writableLength).toBeGreaterThan(0);
    expect(consoles.count()).toEqual({ waiting: 0, open: 1 });
  });

  it('lets go of the guest when the window goes in the middle of a flood', async () => {
    const { guest, consoles, window, check, grantOn } = await session(Number.MAX_SAFE_INTEGER);
    grantOn();
    await until(() => check.received > 4 * creditWindow);
    window.terminate();
    await until(() => guest.sockets[0]?.destroyed === true);
    await until(() => consoles.count().open === 0);
    expect(check.wrong).toBeUndefined();
  });

  it('tells the window when the guest breaks off in the middle of a flood', async () => {
    const { guest, check, controls, window, grantOn } = await session(Number.MAX_SAFE_INTEGER);
    grantOn();
    await until(() => check.received > 4 * creditWindow);
    guest.sockets[0]?.resetAndDestroy();
    await once(window, 'close');
    expect(check.wrong).toBeUndefined();
    // whether as an error or as an end is the system's choice
    expect(controls.at(-1)?.kind).toBe('close');
  });
});
