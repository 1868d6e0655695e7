import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { browserCommand } from '../../../main/web/browser.ts';
import { parseServe } from '../../../main/web/command.ts';
import { wireOfSocket } from '../../../renderer/client/wires.ts';
import { ByteChannel } from '../../../renderer/client/byte-channel.ts';
import { ask, dial, logIn, startHost, type smallContract, type TestHost } from './host.ts';

let host: TestHost;
beforeEach(async () => {
  host = await startHost();
});
afterEach(() => host.close());

async function open(path: '/rpc' | '/bytes'): Promise<WebSocket> {
  const socket = await dial(host.web, path, { cookie: await logIn(host.web) });
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

describe('the browser host', () => {
  it('shows the window to whoever opens the printed address', async () => {
    const cookie = await logIn(host.web);
    const page = await ask(host.web.origin, '/', { cookie });
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Guestroom</title>' });
    const script = await ask(host.web.origin, '/assets/main-1.js', { cookie });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(await ask(host.web.origin, '/', { cookie }, 'HEAD')).toMatchObject({ status: 200, body: '' });
    expect((await ask(host.web.origin, '/nothing.js', { cookie })).status).toBe(404);
    expect((await ask(host.web.origin, '/assets', { cookie })).status).toBe(404);
    expect((await ask(host.web.origin, '/', { cookie }, 'POST')).status).toBe(405);
  });

  it('prints the next address as soon as one was used', async () => {
    expect(host.addresses).toHaveLength(1);
    await logIn(host.web);
    expect(host.addresses).toHaveLength(2);
    expect(host.addresses[1]).not.toBe(host.addresses[0]);
  });

  it('sends whoever is logged in on, even with an address that was used', async () => {
    const [used] = host.addresses;
    const cookie = await logIn(host.web);
    const { pathname, search } = new URL(used ?? '');
    expect(await ask(host.web.origin, pathname + search, { cookie })).toMatchObject({
      status: 303,
      headers: { location: '/' },
    });
  });

  it('tells a page whether its session still counts', async () => {
    expect((await ask(host.web.origin, '/session')).status).toBe(401);
    expect((await ask(host.web.origin, '/session', { cookie: await logIn(host.web) })).status).toBe(204);
  });

  it('answers calls and feeds over a WebSocket', async () => {
    const socket = await open('/rpc');
    const client = createORPCClient<ContractRouterClient<typeof smallContract>>(
      new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
    );
    expect(await client.echo({ text: 'ä' })).toEqual({ text: 'ä' });
    const seen: number[] = [];
    for await (const value of await client.count()) {
      seen.push(value);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual([0, 1, 2]);
    socket.close();
  });

  it('carries a console to the window and back', async () => {
    const socket = await open('/bytes');
    const stream = new PassThrough();
    const channel = new ByteChannel(
      wireOfSocket(socket as unknown as globalThis.WebSocket),
      host.consoles.offer(stream),
    );
    const message = new Promise<ArrayBuffer>((resolve) => {
      channel.onmessage = ({ data }) => {
        resolve(data);
      };
    });
    await new Promise<void>((resolve) => {
      channel.onopen = () => {
        resolve();
      };
    });
    channel.send(new TextEncoder().encode('typed'));
    expect(new TextDecoder().decode(await message)).toBe('typed');
    channel.close();
    await once(stream, 'close');
  });

  it('ends a socket that sends too much in one message, and goes on', async () => {
    const socket = await open('/rpc');
    socket.on('error', () => undefined);
    socket.send('x'.repeat(9 * 1024 * 1024));
    const [code] = (await once(socket, 'close')) as [number];
    expect([1006, 1009]).toContain(code);
    expect((await ask(host.web.origin, '/session')).status).toBe(401);
  });

  it('says that a port is taken, and what to do', async () => {
    await expect(startHost(Number(new URL(host.web.origin).port))).rejects.toMatchObject({
      code: 'port_in_use',
      hint: 'Choose another one with --port, or leave it out',
    });
  });

  it('ends every connection when it is closed', async () => {
    const socket = await open('/rpc');
    const closed = once(socket, 'close');
    await host.web.close();
    expect((await closed)[0]).toBe(1001);
    await expect(ask(host.web.origin, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    host = await startHost();
  });
});

describe('guestroom serve', () => {
  it('understands its flags', () => {
    expect(parseServe([])).toEqual({ port: 0, open: false, help: false });
    expect(parseServe(['--port', '8080', '--open'])).toEqual({ port: 8080, open: true, help: false });
  });

  it.each([[['--port', '70000']], [['--port', 'x']], [['--listen', '0.0.0.0']], [['extra']]])(
    'refuses %j',
    (args) => {
      expect(() => parseServe(args)).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    },
  );

  it('opens a browser only where there is a desktop', () => {
    expect(browserCommand('linux', {})).toBeUndefined();
    expect(browserCommand('linux', { DISPLAY: ':0' })).toEqual({ file: 'xdg-open', args: [] });
    expect(browserCommand('linux', { WAYLAND_DISPLAY: 'wayland-0' })?.file).toBe('xdg-open');
    expect(browserCommand('darwin', {})?.file).toBe('open');
    expect(browserCommand('win32', {})?.file).toBe('rundll32');
  });
});
