import WebSocket from 'ws';
import { type Client, createClient } from '../../renderer/client/index.ts';
import { socketTransport } from '../../renderer/client/transport.ts';
import type { RunningApp } from './app.ts';

/** The window's own client without a window: logged in to the browser host by its token. */
export async function connectTo(app: RunningApp): Promise<Client> {
  const response = await fetch(app.url, { redirect: 'manual' });
  const cookie = response.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined)
    throw new Error(`no session: ${String(response.status)} ${await response.text()}`);
  return createClient(
    socketTransport({
      open: (path) =>
        // the same interface as the browser's, by ws' own promise
        new WebSocket(app.origin.replace('http', 'ws') + path, {
          headers: { Cookie: cookie, Origin: app.origin },
          perMessageDeflate: false,
        }) as unknown as globalThis.WebSocket,
      refused: () => Promise.resolve(false),
    }),
  );
}
