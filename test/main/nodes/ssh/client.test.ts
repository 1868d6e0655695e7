import { writeFileSync } from 'node:fs';
import { type Socket } from 'node:net';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Algorithms } from 'ssh2';
import { describe, expect, it, vi } from 'vitest';
import { algorithms } from '../../../../main/nodes/ssh/algorithms.ts';
import { openClient, openSocket } from '../../../../main/nodes/ssh/client.ts';
import { openLink } from '../../../../main/nodes/ssh/link.ts';
import { closed, connect, pair, partsFor, Person, secret, type SshServer } from './server.ts';
import { eachInAFolder, folder, gone, knows, listen, refused, serve, to } from './visits.ts';

eachInAFolder();

describe('what is offered to a server', () => {
  it('is the fastest cipher first, and no compression', async () => {
    const server = await serve();
    knows(server);
    const steps: string[] = [];
    await to(server, { onStep: (step, detail) => steps.push(`${step}: ${detail ?? ''}`) });
    expect(steps.find((step) => step.startsWith('encrypt'))).toMatch(/^encrypt: aes128-gcm, /);
    expect(algorithms([]).compress).toEqual(['none']);
  });

  it('is only what this runtime can do', () => {
    const names = ['aes-128-ctr', 'aes-192-ctr', 'aes-256-ctr'];
    const ctr = ['aes128-ctr', 'aes192-ctr', 'aes256-ctr'];
    expect(algorithms([], names).cipher).toEqual(ctr);
    expect(algorithms([], [...names, 'aes-128-gcm', 'aes-256-gcm']).cipher).toEqual([
      'aes128-gcm@openssh.com',
      'aes256-gcm@openssh.com',
      ...ctr,
    ]);
    expect(algorithms([], [...names, 'chacha20']).cipher).toEqual(['chacha20-poly1305@openssh.com', ...ctr]);
  });

  it.each(['aes128-ctr', 'aes256-gcm@openssh.com'] as const)(
    'suits a server that has only %s',
    async (cipher) => {
      const server = await serve({ algorithms: { cipher: [cipher] } });
      knows(server);
      await expect(to(server)).resolves.toBeDefined();
    },
  );

  it('makes a host show the key that is known of it: RSA, though it has an Ed25519 key, too', async () => {
    const [rsa, other] = [pair('rsa'), pair('ed25519')];
    const server = await serve({ hostKeys: [other.secret, rsa.secret] }, rsa);
    knows(server);
    const person = new Person();
    const steps: string[] = [];
    await to(server, { ask: person.ask, onStep: (step, detail) => steps.push(`${step}: ${detail ?? ''}`) });
    expect(person.asked).toEqual([]);
    expect(steps.find((step) => step.startsWith('identify'))).toMatch(/^identify: RSA SHA256:/);
  });

  it('never has an agent in it that the host could use', async () => {
    const forwarded: string[] = [];
    const server = await serve({
      session: (session) => {
        session.on('auth-agent', () => forwarded.push('agent'));
        session.on('exec', (accept) => void accept().end());
      },
    });
    knows(server);
    const client = await to(server, { hop: { agent: '/nowhere/agent' } });
    await new Promise<void>((done) =>
      client.exec('true', (_error, channel) => channel.once('close', done).resume()),
    );
    expect(forwarded).toEqual([]);
  });

  it.each([
    ['host key', { serverHostKey: ['ssh-rsa'] }],
    ['key exchange', { kex: ['diffie-hellman-group1-sha1'] }],
    ['cipher', { cipher: ['3des-cbc'] }],
    ['check of messages', { cipher: ['aes128-ctr'], hmac: ['hmac-md5'] }],
  ])(
    'is nothing that a server understands with only an ancient %s, which is told',
    async (_what, ancient) => {
      const server = await serve({ algorithms: ancient as Algorithms }, pair('rsa'));
      knows(server);
      expect(await refused(to(server))).toMatchObject({
        code: 'unsupported',
        message: expect.stringContaining('no longer safe') as string,
        hint: expect.stringContaining('Update') as string,
      });
      await server.left();
    },
  );
});

describe('the line to a host', () => {
  it('does not wait until a packet is full', async () => {
    const server = await serve();
    const parts = partsFor(server, folder);
    const delays: unknown[] = [];
    const { Socket } = await import('node:net');
    const real = vi.spyOn(Socket.prototype, 'setNoDelay').mockImplementation(function (this: Socket, on) {
      delays.push(on);
      return this;
    });
    const socket = await openSocket(parts.hop, parts);
    real.mockRestore();
    socket.destroy();
    expect(delays).toEqual([true]);
  });

  it('is told by every address of a name that nobody listens at', async () => {
    const server = await serve();
    const { port } = server;
    server.end();
    const parts = partsFor({ port }, folder, { hop: { host: 'localhost' } });
    const error = await refused(openSocket(parts.hop, parts));
    expect(error).toMatchObject({
      code: 'unreachable',
      message: `Nothing listens for SSH at localhost:${String(port)}`,
    });
    expect(error.detail).toContain('ECONNREFUSED');
  });

  it('is closed where the list of known hosts cannot be read', async () => {
    const server = await serve();
    const parts = partsFor(server, folder);
    vi.spyOn(parts.hostKeys, 'algorithms').mockRejectedValue(new Error('the disk is broken'));
    await expect(connect(parts)).rejects.toThrow('the disk is broken');
    await server.left();
  });

  it('may break while that list is read', async () => {
    const server = await serve();
    const parts = partsFor(server, folder);
    const socket = await openSocket(parts.hop, parts);
    vi.spyOn(parts.hostKeys, 'algorithms').mockImplementation(async () => {
      server.cut();
      socket.resume();
      await closed(socket);
      return [];
    });
    expect(await refused(openClient(socket, parts))).toMatchObject({ code: 'lost', retryable: true });
  });

  it('may fail without anybody else listening', async () => {
    const server = await serve();
    const parts = partsFor(server, folder);
    const line = new PassThrough();
    vi.spyOn(parts.hostKeys, 'algorithms').mockImplementation(async () => {
      line.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
      await closed(line);
      return [];
    });
    expect(await refused(openClient(line, parts))).toMatchObject({ code: 'lost' });
  });
});

describe('stopping', () => {
  const cancelled = { code: 'cancelled', message: 'Connecting was stopped' };

  it('before anything began opens nothing', async () => {
    const server = await serve();
    expect(await refused(to(server, { signal: AbortSignal.abort() }))).toMatchObject(cancelled);
    await server.left();
  });

  it('while the list of known hosts is read ends at once', async () => {
    const server = await serve();
    const stop = new AbortController();
    const parts = partsFor(server, folder, { signal: stop.signal });
    vi.spyOn(parts.hostKeys, 'algorithms').mockImplementation(() => {
      stop.abort();
      return Promise.resolve([]);
    });
    expect(await refused(connect(parts))).toMatchObject(cancelled);
    await server.left();
  });

  it('while the host says nothing leaves no socket open', async () => {
    const stop = new AbortController();
    const silent = await listen(() => stop.abort());
    expect(await refused(to(silent, { signal: stop.signal }))).toMatchObject(cancelled);
    await gone(silent.sockets);
  });

  it('while the key is asked about withdraws the question', async () => {
    const server = await serve();
    const stop = new AbortController();
    let withdrawn = false;
    const person = new Person((signal?: AbortSignal) => {
      stop.abort();
      withdrawn = signal?.aborted ?? false;
      return { trust: 'always' };
    });
    expect(await refused(to(server, { signal: stop.signal, ask: person.ask }))).toMatchObject(cancelled);
    expect(withdrawn).toBe(true);
    await server.left();
    expect(server.tried).toEqual([]);
  });

  it('while a password is asked for sends none of it', async () => {
    const passwords: string[] = [];
    const server = await serve({
      authenticate: (attempt) => {
        if (attempt.method === 'password') passwords.push(attempt.password);
        attempt.reject(['password']);
      },
    });
    knows(server);
    const stop = new AbortController();
    const person = new Person(() => {
      stop.abort();
      return secret('too late');
    });
    expect(await refused(to(server, { signal: stop.signal, ask: person.ask }))).toMatchObject(cancelled);
    await server.left();
    expect(passwords).toEqual([]);
  });

  it('while the login is looked at leaves no socket open', async () => {
    const stop = new AbortController();
    const server = await serve({ authenticate: () => stop.abort() });
    knows(server);
    expect(await refused(to(server, { signal: stop.signal }))).toMatchObject(cancelled);
    await server.left();
  });

  it('does not wait for a jump host that hangs', async () => {
    const stop = new AbortController();
    const gate = await serve({ forward: () => stop.abort() });
    knows(gate);
    const parts = partsFor(gate, folder, { signal: stop.signal });
    const hops = [parts.hop, { ...parts.hop, port: 1 }];
    const error = await refused(openLink({ hops, proxy: 'auto', netcat: undefined }, parts));
    expect(error).toMatchObject(cancelled);
    await gate.left();
  });

  it('does not wait for a jump host to close the line to a host that says nothing', async () => {
    const stop = new AbortController();
    const gate = await serve({
      forward: (_info, accept) => {
        const channel = accept();
        // what we send through it has come
        channel.once('data', () => stop.abort());
        // and whoever stops is never answered
        channel.close = () => undefined;
      },
    });
    knows(gate);
    const parts = partsFor(gate, folder, { signal: stop.signal });
    const hops = [parts.hop, { ...parts.hop, port: 1 }];
    const error = await refused(openLink({ hops, proxy: 'auto', netcat: undefined }, parts));
    expect(error).toMatchObject(cancelled);
    await gate.left();
  });
});

describe('time', () => {
  it('runs out for a host behind a jump host that does not answer', async () => {
    const gate = await serve({ forward: () => undefined });
    knows(gate);
    const parts = partsFor(gate, folder, { timeout: 500 });
    const hops = [
      { ...parts.hop, written: 'gate' },
      { ...parts.hop, host: 'inner', port: 22 },
    ];
    const error = await refused(openLink({ hops, proxy: 'auto', netcat: undefined }, parts));
    expect(error).toMatchObject({ code: 'timeout', message: 'inner does not answer the jump host gate' });
    await gate.left();
  });

  it('stands still while a person looks at the key and for the password, and no longer', async () => {
    const server = await serve({
      authenticate: (attempt) => {
        if (attempt.method === 'password' && attempt.password === 'right') attempt.accept();
        else attempt.reject(['password']);
      },
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const slowly = (answer: unknown) => () => {
      vi.advanceTimersByTime(90_000);
      return answer;
    };
    const person = new Person(slowly({ trust: 'once' }), slowly(secret('wrong')), slowly(secret('right')));
    await to(server, { ask: person.ask, timeout: 1000 });
    expect(person.asked).toHaveLength(3);
  });

  it('runs out for a host that does not answer a login', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = await serve({ authenticate: () => void vi.advanceTimersByTime(1000) });
    knows(server);
    expect(await refused(to(server, { timeout: 1000 }))).toMatchObject({ code: 'timeout', retryable: true });
    await server.left();
  });

  it('is over with the connection: no timer is left', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const server = await serve();
    knows(server);
    await to(server);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('new keys for an open connection', () => {
  const renewed = ({ connections: [connection] }: SshServer): Promise<void> =>
    new Promise((resolve) => connection?.rekey(() => resolve()));

  it('are made as often as wanted, and ask nobody', async () => {
    const server = await serve();
    const person = new Person({ trust: 'once' });
    const handshakes: unknown[] = [];
    const client = await to(server, { ask: person.ask });
    client.on('handshake', (negotiated) => handshakes.push(negotiated));
    await renewed(server);
    await renewed(server);
    await vi.waitUntil(() => handshakes.length === 2, 8000);
    expect(person.asked).toHaveLength(1);
    expect(server.sockets.size).toBe(1);
  });

  it('end it where the host’s key is no longer the one that is known', async () => {
    const server = await serve();
    knows(server);
    const client = await to(server);
    const { line } = server;
    writeFileSync(join(folder, 'known_hosts'), `@revoked ${line}`);
    const end = closed(client);
    void renewed(server);
    await end;
    await server.left();
  });
});
