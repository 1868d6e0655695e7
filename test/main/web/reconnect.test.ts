import type { ContractRouterClient } from '@orpc/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createClient, type LinkState } from '../../../renderer/client/index.ts';
import { socketTransport, type Transport } from '../../../renderer/client/transport.ts';
import { ask, logIn, type smallContract, startHost, type TestHost } from './host.ts';

let host: TestHost;
let transport: Transport;
let cookie = '';
const states: LinkState[] = [];

beforeEach(async () => {
  states.length = 0;
  host = await startHost();
  cookie = await logIn(host.web);
  const { origin } = host.web;
  transport = socketTransport({
    open: (path) =>
      new WebSocket(origin.replace('http', 'ws') + path, {
        headers: { cookie },
        origin,
      }) as unknown as globalThis.WebSocket,
    refused: () =>
      ask(origin, '/session', { cookie }).then(
        ({ status }) => status === 401,
        () => false,
      ),
    pauses: [10],
  });
  transport.onState((state) => states.push(state));
});
afterEach(async () => {
  transport.close();
  await host.close();
});

const until = (wanted: LinkState): Promise<void> =>
  transport.state === wanted
    ? Promise.resolve()
    : new Promise((resolve) => {
        const off = transport.onState((state) => {
          if (state !== wanted) return;
          off();
          resolve();
        });
      });

type Small = ContractRouterClient<typeof smallContract>;
const calls = () => createClient(transport).rpc as unknown as Small;

describe('a page of the browser host', () => {
  it('waits with its first calls until it is connected', async () => {
    expect(transport.state).toBe('connecting');
    expect(await calls().echo({ text: 'early' })).toEqual({ text: 'early' });
  });

  it('learns that the connection is lost, and gets it back with its next feed', async () => {
    await until('open');
    const rpc = calls();
    const port = Number(new URL(host.web.origin).port);
    const feed = (async () => {
      for await (const value of await rpc.count()) if (value === 0) void host.close();
    })();
    await expect(feed).rejects.toMatchObject({ code: 'lost', retryable: true });
    await expect(rpc.echo({ text: 'x' })).rejects.toMatchObject({ code: 'lost' });
    expect(() => transport.openWire()).toThrow(expect.objectContaining({ code: 'lost' }));

    // started anew, it knows nothing of the old session: the page says so instead of trying in silence
    host = await startHost(port);
    await until('refused');
    cookie = await logIn(host.web);
    transport.retry();
    await until('open');
    expect(await rpc.echo({ text: 'again' })).toEqual({ text: 'again' });
    expect(states.slice(0, 2)).toEqual(['open', 'lost']);
  });

  it('stops for good when it is closed', async () => {
    await until('open');
    const rpc = calls();
    transport.close();
    expect(transport.state).toBe('lost');
    await expect(rpc.echo({ text: 'x' })).rejects.toMatchObject({ code: 'lost' });
  });
});
