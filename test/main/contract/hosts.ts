import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { createCalls } from '../../../main/calls.ts';
import { servePort } from '../../../main/electron/ports.ts';
import type { Platform } from '../../../main/platform.ts';
import { serve } from '../../../main/web/index.ts';
import { createClient, type Client } from '../../../renderer/client/index.ts';
import { portTransport, socketTransport } from '../../../renderer/client/transport.ts';
import { portPair } from '../../fakes/electron.ts';
import { appInFolder } from '../app-in-folder.ts';
import { ask, logIn } from '../web/host.ts';

export interface Connected {
  client: Client;
  /** What the host program was asked for: windows, links. */
  asked: string[];
  end(): Promise<void>;
}

/** A whole app whose host program notes what it is asked for. */
async function core() {
  const asked: string[] = [];
  const platform: Partial<Platform> = {
    dialogs: {
      chooseFile: ({ purpose }) => {
        asked.push(`file ${purpose}`);
        return Promise.resolve('/images/debian.iso');
      },
      chooseTarget: ({ name }) => {
        asked.push(`target ${name}`);
        return Promise.resolve(`/downloads/${name}`);
      },
    },
    windows: {
      open: (route) => {
        asked.push(`window ${route}`);
        return Promise.resolve();
      },
    },
    openExternal: (url) => {
      asked.push(`link ${url}`);
      return Promise.resolve();
    },
  };
  return { asked, self: await appInFolder({ platform, samples: { watched: 50, unwatched: 50 } }) };
}

/** The real client over a real MessagePort, as in the Electron host. */
export async function overMessagePort(): Promise<Connected> {
  const { asked, self } = await core();
  const [page, port] = portPair();
  servePort(port, createCalls(self.app.router), self.app.consoles);
  const client = createClient(portTransport(page as unknown as MessagePort));
  return {
    client,
    asked,
    async end() {
      client.close();
      await self.end();
    },
  };
}

/** The real client over real WebSockets, as in the browser host. */
export async function overWebSocket(): Promise<Connected> {
  const { asked, self } = await core();
  const page = join(self.folder, 'page');
  mkdirSync(page);
  const web = await serve({
    calls: createCalls(self.app.router),
    consoles: self.app.consoles,
    page,
    onAddress: () => undefined,
  });
  const cookie = await logIn(web);
  const open = (path: string) =>
    new WebSocket(web.origin.replace('http', 'ws') + path, { headers: { cookie }, origin: web.origin });
  const client = createClient(
    socketTransport({
      open: (path) => open(path) as unknown as globalThis.WebSocket,
      refused: async () => (await ask(web.origin, '/session', { cookie })).status !== 204,
    }),
  );
  return {
    client,
    asked,
    async end() {
      client.close();
      await web.close();
      await self.end();
    },
  };
}
