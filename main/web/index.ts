import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Consoles } from '../consoles/index.ts';
import { type Calls, largestCall } from '../calls.ts';
import { resolvePage, securityHeaders } from '../page.ts';
import { refuseForeign } from './gate.ts';
import { createSessions } from './sessions.ts';
import { wireOfWebSocket } from './wire.ts';

export interface WebHostOptions {
  calls: Calls;
  consoles: Consoles;
  /** Folder of the built window. */
  page: string;
  /** 0 or left out: any free port. */
  port?: number | undefined;
  /** Called with the address to open: at the start, and anew each time it was used up. */
  onAddress: (url: string) => void;
  /** Told when a connection could not be taken. */
  failed?: (error: unknown) => void;
}

export interface WebHost {
  /** http://127.0.0.1:PORT */
  readonly origin: string;
  /** The address with a token that is good for one login. */
  url(): string;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
}

/** Serves the window and its calls on loopback. Rejects with `port_in_use` where another program listens. */
export async function serve(options: WebHostOptions): Promise<WebHost> {
  const server = createServer({ maxHeaderSize: 16 * 1024 });
  await new Promise<void>((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      reject(
        error.code === 'EADDRINUSE'
          ? new GuestroomError('port_in_use', `Another program listens on port ${options.port ?? 0}`, {
              hint: 'Choose another one with --port, or leave it out',
              cause: error,
            })
          : toGuestroomError(error),
      );
    };
    server.once('error', refused);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', refused);
      resolve();
    });
  });
  // no descriptor left for one more connection: those that are open go on, and it may pass
  server.on('error', (error) => options.failed?.(error));
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new GuestroomError('internal', 'No port was given');
  const authority = `127.0.0.1:${address.port}`;
  const origin = `http://${authority}`;
  // cookies do not tell ports apart: two instances must not share a name
  const cookieName = `guestroom-${address.port}`;
  const sessions = createSessions(cookieName);
  const url = () => `${origin}/?token=${sessions.token()}`;

  const answer = (
    response: ServerResponse,
    status: number,
    text = '',
    headers: Record<string, string> = {},
  ) => {
    response.writeHead(status, {
      ...securityHeaders,
      'Content-Type': 'text/plain; charset=utf-8',
      'Cache-Control': 'no-store',
      ...headers,
    });
    response.end(text === '' ? '' : `${text}\n`);
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const refusal = refuseForeign(request.headers, { authority, upgrade: false });
    if (refusal) return answer(response, refusal.status, refusal.message);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return answer(response, 405, 'Only GET is answered.', { Allow: 'GET, HEAD' });
    }
    const target = parseTarget(request.url, origin);
    if (target === undefined) return answer(response, 400, 'This is not an address.');
    const token = target.searchParams.get('token');
    const known = sessions.valid(request.headers.cookie);
    if (token !== null && target.pathname === '/' && request.method === 'GET') {
      const session = known ? undefined : sessions.exchange(token);
      if (session !== undefined) {
        answer(response, 303, '', {
          Location: '/',
          'Set-Cookie': `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
        });
        options.onAddress(url());
        return;
      }
      if (known) return answer(response, 303, '', { Location: '/' });
      return answer(response, 403, 'This address has been used already. Guestroom printed a new one.');
    }
    if (!known) {
      return answer(response, 401, 'Open the address that Guestroom printed; it is good for one login.');
    }
    if (target.pathname === '/session') return answer(response, 204);
    await sendFile(request, response, target.pathname);
  };

  const sendFile = async (request: IncomingMessage, response: ServerResponse, pathname: string) => {
    const file = resolvePage(options.page, pathname);
    const facts = file && (await stat(file.path).catch(missing));
    if (!file || !facts?.isFile()) return answer(response, 404, 'There is no such page.');
    response.writeHead(200, {
      ...securityHeaders,
      'Content-Type': file.type,
      'Content-Length': facts.size,
      'Cache-Control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-store',
    });
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const content = createReadStream(file.path);
    content.on('error', (error) => response.destroy(error));
    response.on('close', () => content.destroy());
    content.pipe(response);
  };

  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else answer(response, 500, toGuestroomError(error).message);
    });
  });

  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: largestCall,
    perMessageDeflate: false,
    // texts are parsed as JSON, which refuses broken ones, too
    skipUTF8Validation: true,
  });
  const accept: Readonly<Record<string, (socket: WebSocket) => void>> = {
    '/rpc': (socket) => {
      options.calls.overSocket(socket);
    },
    '/bytes': (socket) => {
      options.consoles.accept(wireOfWebSocket(socket));
    },
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const refuse = (status: string) => {
      socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    };
    const refusal = refuseForeign(request.headers, { authority, upgrade: true });
    if (refusal) return refuse(refusal.status === 421 ? '421 Misdirected Request' : '403 Forbidden');
    if (!sessions.valid(request.headers.cookie)) return refuse('401 Unauthorized');
    const pathname = parseTarget(request.url, origin)?.pathname ?? '';
    const use = Object.hasOwn(accept, pathname) ? accept[pathname] : undefined;
    if (use === undefined) return refuse('404 Not Found');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // a broken or too large message ends the socket; its close event is what everybody listens to
      webSocket.on('error', () => webSocket.terminate());
      use(webSocket);
    });
  });

  options.onAddress(url());
  return {
    origin,
    url,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets.clients) socket.close(1001, 'Guestroom is closing');
      const deadline = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
        server.closeAllConnections();
      }, 1000);
      server.closeIdleConnections();
      await closed;
      clearTimeout(deadline);
    },
  };
}

function parseTarget(target: string | undefined, origin: string): URL | undefined {
  // an address must begin with one slash: "//elsewhere" would name another host
  if (target === undefined || !/^\/(?!\/)/.test(target) || !URL.canParse(target, origin)) return undefined;
  return new URL(target, origin);
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
