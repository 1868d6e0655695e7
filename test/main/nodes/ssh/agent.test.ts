import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket, type Server as NetServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type AuthContext, type Client } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
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

const { AgentProtocol, utils } = ssh2;

let folder: string;
const open: (SshServer | Client | NetServer)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-ssh-'));
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

const serve = async (options: ServerOptions): Promise<SshServer> => {
  const server = await startServer(options, hostKey);
  open.push(server);
  writeFileSync(join(folder, 'known_hosts'), server.line);
  return server;
};
const hostKey = pair();
let log: string[] = [];
const to = async (server: SshServer, attempt?: Attempt): Promise<Client> => {
  const parts = partsFor(server, folder, attempt);
  log = parts.log.lines;
  const client = await connect(parts);
  open.push(client);
  return client;
};
const refused = (work: Promise<unknown>): Promise<GuestroomError> =>
  work.then(
    () => Promise.reject(new Error('somebody was let in')),
    (error: unknown) => error as GuestroomError,
  );
const file = (name: string, { secret: text }: Pair): string => {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};

/** Lets keys in, each once it has signed. */
const takesKeys =
  (taken: readonly Pair[], then: (attempt: AuthContext) => void = (attempt) => attempt.accept()) =>
  (attempt: AuthContext): void => {
    if (attempt.method !== 'publickey') return attempt.reject(['publickey']);
    const key = taken.find(({ bytes }) => bytes.equals(attempt.key.data));
    if (!key) return attempt.reject(['publickey']);
    if (!attempt.signature) return attempt.accept();
    const parsed = utils.parseKey(key.text);
    if (parsed instanceof Error || Array.isArray(parsed)) throw new Error('no key');
    const right = attempt.blob && parsed.verify(attempt.blob, attempt.signature, attempt.hashAlgo);
    if (right === true) then(attempt);
    else attempt.reject(['publickey']);
  };

type Signs = 'signs' | 'refuses' | 'hangs' | 'ends';

/** An agent with keys that does what it is told when it is to sign or list. */
async function agent(
  keys: readonly Pair[],
  sign: Signs,
  list: Signs = 'signs',
): Promise<{ socket: string; sockets: Set<Socket> }> {
  const socket = join(folder, `agent-${String(open.length)}`);
  const sockets = new Set<Socket>();
  const server = createServer((line) => {
    sockets.add(line);
    line.once('close', () => sockets.delete(line));
    line.on('error', () => undefined);
    const protocol = new AgentProtocol(false);
    protocol.on('identities', (request) => {
      if (list === 'ends') line.destroy();
      else if (list === 'refuses') protocol.failureReply(request);
      else if (list === 'signs')
        protocol.getIdentitiesReply(
          request,
          keys.map(({ text }) => parsed(text)),
        );
    });
    protocol.on('sign', (request, key, data, options) => {
      if (sign === 'ends') line.destroy();
      else if (sign === 'refuses') protocol.failureReply(request);
      else if (sign === 'signs') {
        const mine = keys.find(({ bytes }) => bytes.equals(key.getPublicSSH()));
        const signature = parsed(mine?.secret ?? '').sign(data, options.hash);
        protocol.signReply(request, signature);
      }
    });
    line.pipe(protocol).pipe(line);
  });
  server.listen(socket);
  await once(server, 'listening');
  open.push(server);
  return { socket, sockets };
}
function parsed(text: string): Exclude<ReturnType<typeof utils.parseKey>, Error | unknown[]> {
  const key = utils.parseKey(text);
  if (key instanceof Error || Array.isArray(key)) throw new Error('no key');
  return key;
}

describe('an agent', () => {
  it('lets in by the key that the host wants, after those that it does not', async () => {
    const [other, mine] = [pair(), pair('rsa')];
    const server = await serve({ authenticate: takesKeys([mine]) });
    const { socket } = await agent([other, mine], 'signs');
    const steps: string[] = [];
    await to(server, {
      hop: { agent: socket },
      onStep: (step, detail) => steps.push(`${step}: ${detail ?? ''}`),
    });
    expect(steps.at(-1)).toBe('login: ada, agent: ssh-rsa');
  });

  it.each(['refuses', 'ends'] as const)(
    'that %s to sign is passed over: the next key may do',
    async (how) => {
      const [token, mine] = [pair(), pair()];
      const server = await serve({ authenticate: takesKeys([token, mine]) });
      const { socket, sockets } = await agent([token], how);
      await to(server, { hop: { agent: socket, identityFiles: [file('id', mine)] } });
      expect(log.join('\n')).toContain('did not sign');
      for (const one of sockets) await closed(one);
    },
  );

  it('that refuses to sign with the only key is named', async () => {
    const token = pair();
    const server = await serve({ authenticate: takesKeys([token]) });
    const { socket } = await agent([token], 'refuses');
    expect(await refused(to(server, { hop: { agent: socket } }))).toMatchObject({
      code: 'auth_failed',
      hint: expect.stringContaining('agent: ssh-ed25519') as string,
    });
  });

  it('that waits for a touch is waited for, longer than for the host, but not for ever', async () => {
    const token = pair();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let signatures = 0;
    const server = await serve({
      authenticate: (attempt) => {
        if (attempt.method === 'publickey' && !attempt.signature) signatures += 1;
        takesKeys([token])(attempt);
      },
    });
    const { socket, sockets } = await agent([token], 'hangs');
    const work = refused(to(server, { hop: { agent: socket }, timeout: 1000 }));
    await vi.waitUntil(() => signatures > 0 && sockets.size > 0 && vi.getTimerCount() === 1, 8000);
    vi.advanceTimersByTime(30_000);
    expect(server.sockets.size).toBe(1);
    vi.advanceTimersByTime(40_000);
    expect(await work).toMatchObject({
      code: 'auth_failed',
      hint: expect.stringContaining('touched') as string,
    });
    for (const one of sockets) await closed(one);
  });

  it('that hangs is let go of when the attempt is stopped', async () => {
    const server = await serve({ authenticate: (attempt) => attempt.reject(['publickey']) });
    const stop = new AbortController();
    const { socket, sockets } = await agent([], 'signs', 'hangs');
    const work = refused(to(server, { hop: { agent: socket }, signal: stop.signal }));
    await vi.waitUntil(() => sockets.size > 0, 8000);
    stop.abort();
    expect(await work).toMatchObject({ code: 'cancelled' });
    for (const one of sockets) await closed(one);
    await server.left();
  });

  it.each([
    ['is not there any more', undefined],
    ['does not tell its keys', 'refuses'],
    ['ends', 'ends'],
  ] as const)('that %s is a line in the log: the key file does', async (_what, list) => {
    const mine = pair();
    const server = await serve({ authenticate: takesKeys([mine]) });
    const socket = list ? (await agent([], 'signs', list)).socket : join(folder, 'stale');
    await to(server, { hop: { agent: socket, identityFiles: [file('id', mine)] } });
    expect(log.join('\n')).toContain('The SSH agent does not answer');
  });

  it('signs for the keys that are named only, where the configuration says so', async () => {
    const [named, other] = [pair(), pair()];
    const server = await serve({ authenticate: takesKeys([other]) });
    const { socket } = await agent([named, other], 'signs');
    writeFileSync(join(folder, 'id'), named.secret);
    const hop = { agent: socket, identityFiles: [join(folder, 'id')], identitiesOnly: true };
    expect(await refused(to(server, { hop }))).toMatchObject({ code: 'auth_failed' });
  });
});
