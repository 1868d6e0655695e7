import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Client } from 'ssh2';
import { afterEach, beforeEach, vi } from 'vitest';
import type { GuestroomError } from '../../../../drivers/api/errors.ts';
import {
  type Attempt,
  closed,
  connect,
  type Pair,
  pair,
  partsFor,
  type ServerOptions,
  type SshServer,
  startServer,
} from './server.ts';

/** What files need whose tests connect to several servers, each in its own way. */

export let folder: string;
/** What the last attempt wrote into the log. */
export let log: string[] = [];
/** Ended after each test. */
export const open: (SshServer | Client | NetServer)[] = [];

/** Hooks of such a file. */
export function eachInAFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guestroom-ssh-'));
    log = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    for (const each of open.splice(0)) {
      if ('destroy' in each) each.destroy();
      else if ('end' in each) each.end();
      else each.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });
}

/** A server that nobody knows yet. */
export const serve = async (options: ServerOptions = {}, key = pair()): Promise<SshServer> => {
  const server = await startServer(options, key);
  open.push(server);
  return server;
};

export const knows = (server: SshServer): void => writeFileSync(join(folder, 'known_hosts'), server.line);

const knownKey = pair();
/** A server that is known. */
export const serveKnown = async (options: ServerOptions): Promise<SshServer> => {
  const server = await serve(options, knownKey);
  knows(server);
  return server;
};

export const to = async (server: Pick<SshServer, 'port'>, attempt?: Attempt): Promise<Client> => {
  const parts = partsFor(server, folder, attempt);
  log = parts.log.lines;
  const client = await connect(parts);
  open.push(client);
  return client;
};

export const refused = (work: Promise<unknown>): Promise<GuestroomError> =>
  work.then(
    () => Promise.reject(new Error('somebody was let in')),
    (error: unknown) => error as GuestroomError,
  );

/** A program on loopback that is no SSH server. */
export async function listen(
  greet: (socket: Socket) => void,
): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.resume();
    greet(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.push(server);
  return { port: (server.address() as AddressInfo).port, sockets };
}

export const gone = async (sockets: Set<Socket>): Promise<void> => {
  for (const socket of [...sockets]) if (sockets.has(socket)) await closed(socket);
};

/** The path of a private key's file. */
export const file = (name: string, { secret: text }: Pair): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

/** Lets keys in, each once it has signed. */
export const takesKeys =
  (taken: readonly Pair[], then: (attempt: AuthContext) => void = (attempt) => attempt.accept()) =>
  (attempt: AuthContext): void => {
    if (attempt.method !== 'publickey') return attempt.reject(['publickey']);
    const key = taken.find(({ bytes }) => bytes.equals(attempt.key.data));
    if (!key) return attempt.reject(['publickey']);
    if (!attempt.signature) return attempt.accept();
    const parsed = ssh2.utils.parseKey(key.text);
    if (parsed instanceof Error || Array.isArray(parsed)) throw new Error('no key');
    const right = attempt.blob && parsed.verify(attempt.blob, attempt.signature, attempt.hashAlgo);
    if (right === true) then(attempt);
    else attempt.reject(['publickey']);
  };
