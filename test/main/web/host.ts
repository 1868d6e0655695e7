import { eventIterator, oc } from '@orpc/contract';
import { implement } from '@orpc/server';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { createCalls } from '../../../main/calls.ts';
import { createConsoles, type Consoles } from '../../../main/consoles/index.ts';
import { serve, type WebHost } from '../../../main/web/index.ts';

/** A contract that is as small as one can be, for tests of what carries it. */
export const smallContract = {
  echo: oc.input(v.object({ text: v.string() })).output(v.object({ text: v.string() })),
  count: oc.output(eventIterator(v.number())),
};

export function smallRouter() {
  const os = implement(smallContract);
  return os.router({
    echo: os.echo.handler(({ input }) => input),
    count: os.count.handler(async function* ({ signal }) {
      for (let at = 0; !signal?.aborted; at += 1) {
        yield at;
        await new Promise<void>((resolve) => {
          setTimeout(resolve, 5);
        });
      }
    }),
  });
}

export interface TestHost {
  web: WebHost;
  consoles: Consoles;
  addresses: string[];
  close(): Promise<void>;
}

export async function startHost(port = 0): Promise<TestHost> {
  const folder = mkdtempSync(join(tmpdir(), 'guestroom-web-'));
  mkdirSync(join(folder, 'page', 'assets'), { recursive: true });
  writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html><title>Guestroom</title>');
  writeFileSync(join(folder, 'page', 'assets', 'main-1.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'not for anybody');
  const consoles = createConsoles();
  const addresses: string[] = [];
  const web = await serve({
    calls: createCalls(smallRouter()),
    consoles,
    page: join(folder, 'page'),
    port,
    onAddress: (url) => addresses.push(url),
  });
  return {
    web,
    consoles,
    addresses,
    async close() {
      consoles.close();
      await web.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A request as the bytes say it: the path is not tidied up on the way, as fetch would. */
export function ask(
  origin: string,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path, method, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (body += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Logs in with the current address; answers the cookie. */
export async function logIn(web: WebHost): Promise<string> {
  const { pathname, search } = new URL(web.url());
  const answer = await ask(web.origin, pathname + search);
  const [cookie] = answer.headers['set-cookie'] ?? [];
  return cookie?.split(';')[0] ?? '';
}

/** Opens a WebSocket; answers it once it is open, or the status that it was refused with. */
export function dial(
  web: WebHost,
  path: string,
  headers: Record<string, string>,
  origin: string | undefined = web.origin,
): Promise<WebSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(web.origin.replace('http', 'ws') + path, {
      headers,
      ...(origin === undefined ? {} : { origin }),
    });
    socket.once('open', () => {
      resolve(socket);
    });
    socket.once('unexpected-response', (sent, response) => {
      resolve(response.statusCode ?? 0);
      sent.destroy();
    });
    socket.once('error', reject);
  });
}
