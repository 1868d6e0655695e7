import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { describe, expect, it, vi } from 'vitest';
import { closed, type Pair, pair } from './server.ts';
import { eachInAFolder, file, folder, log, open, refused, serveKnown, takesKeys, to } from './visits.ts';

const { AgentProtocol, utils } = ssh2;

eachInAFolder();

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
    const server = await serveKnown({ authenticate: takesKeys([mine]) });
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
      const server = await serveKnown({ authenticate: takesKeys([token, mine]) });
      const { socket, sockets } = await agent([token], how);
      await to(server, { hop: { agent: socket, identityFiles: [file('id', mine)] } });
      expect(log.join('\n')).toContain('did not sign');
      for (const one of sockets) await closed(one);
    },
  );

  it('that refuses to sign with the only key is named', async () => {
    const token = pair();
    const server = await serveKnown({ authenticate: takesKeys([token]) });
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
    const server = await serveKnown({
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
    const server = await serveKnown({ authenticate: (attempt) => attempt.reject(['publickey']) });
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
    const server = await serveKnown({ authenticate: takesKeys([mine]) });
    const socket = list ? (await agent([], 'signs', list)).socket : join(folder, 'stale');
    await to(server, { hop: { agent: socket, identityFiles: [file('id', mine)] } });
    expect(log.join('\n')).toContain('The SSH agent does not answer');
  });

  it('signs for the keys that are named only, where the configuration says so', async () => {
    const [named, other] = [pair(), pair()];
    const server = await serveKnown({ authenticate: takesKeys([other]) });
    const { socket } = await agent([named, other], 'signs');
    writeFileSync(join(folder, 'id'), named.secret);
    const hop = { agent: socket, identityFiles: [join(folder, 'id')], identitiesOnly: true };
    expect(await refused(to(server, { hop }))).toMatchObject({ code: 'auth_failed' });
  });
});
