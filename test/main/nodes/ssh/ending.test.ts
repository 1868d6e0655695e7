import { once } from 'node:events';
import { type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { closed, Person, secret, type SshServer } from './server.ts';
import { eachInAFolder, gone, knows, listen, refused, serve, to } from './visits.ts';

eachInAFolder();

describe('a server that ends', () => {
  const lost = { code: 'lost', retryable: true };

  it.each([
    ['at once', (socket: Socket) => void socket.end()],
    ['with a reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['after its name', (socket: Socket) => void socket.end('SSH-2.0-Guest\r\n')],
  ])('%s is told as such', async (_when, greet) => {
    const port = await listen(greet);
    expect(await refused(to(port))).toMatchObject(lost);
    await gone(port.sockets);
  });

  it('because it is no SSH server is told as such', async () => {
    const old = await listen((socket) => void socket.write('SSH-1.5-old\r\n'));
    expect(await refused(to(old))).toMatchObject({
      code: 'protocol',
      hint: expect.stringContaining('port 22') as string,
    });
    await gone(old.sockets);
    const web = await listen((socket) => void socket.end('HTTP/1.0 400 Bad Request\r\n\r\n'.repeat(200)));
    expect(await refused(to(web))).toMatchObject({
      code: 'lost',
      hint: expect.stringContaining('no SSH server') as string,
    });
    await gone(web.sockets);
    const waiting = await listen((socket) => void socket.write('220 mail.example\r\n'));
    expect(await refused(to(waiting, { timeout: 200 }))).toMatchObject({
      code: 'timeout',
      hint: expect.stringContaining('another program') as string,
    });
    await gone(waiting.sockets);
  });

  it('while the key is looked at withdraws the question', async () => {
    const server = await serve();
    let withdrawn = false;
    const person = new Person(async (signal?: AbortSignal) => {
      const aborted = signal && once(signal, 'abort');
      server.cut();
      await aborted;
      withdrawn = true;
      // too late: a connection that is over must not go on
      return { trust: 'once' };
    });
    expect(await refused(to(server, { ask: person.ask }))).toMatchObject(lost);
    expect(withdrawn).toBe(true);
  });

  it('while the person looks for the password withdraws the question', async () => {
    const server = await serve({ authenticate: (attempt) => attempt.reject(['password']) });
    knows(server);
    const person = new Person(async (signal?: AbortSignal) => {
      const aborted = signal && once(signal, 'abort');
      server.cut();
      await aborted;
      return secret('late');
    });
    expect(await refused(to(server, { ask: person.ask }))).toMatchObject(lost);
    expect(person.asked).toHaveLength(1);
  });

  it('while it looks at the login is told as such', async () => {
    const server: SshServer = await serve({ authenticate: () => server.cut() });
    knows(server);
    expect(await refused(to(server))).toMatchObject(lost);
  });

  it('once it let us in does not harm anybody', async () => {
    const server = await serve();
    knows(server);
    const client = await to(server);
    const end = closed(client);
    server.cut();
    await end;
  });
});

describe('what a host says', () => {
  it('before the login does not disturb it', async () => {
    const server = await serve({ banner: 'Only for friends\n'.repeat(100), greeting: 'Hello\r\nthere' });
    knows(server);
    await expect(to(server)).resolves.toBeDefined();
  });

  it.each([
    [2, 'Too many authentication failures', 'auth_failed', /keyfile/],
    [14, 'No more ways', 'auth_failed', /keyfile/],
    [1, 'Go away', 'denied', /log/],
    [12, 'Full', 'busy', /again/],
    [3, 'Key exchange failed', 'lost', undefined],
  ])('when it hangs up with %i (%s) is understood as %s', async (reason, words, code, hint) => {
    const server = await serve({
      authenticate: () => {
        const [connection] = server.connections;
        // the only way to make ssh2's server say more than “by application”
        const { _protocol: protocol } = connection as unknown as {
          _protocol: { disconnect(reason: number): void; _packetRW: unknown };
        };
        hangUp(protocol, reason, words);
      },
    });
    knows(server);
    const error = await refused(to(server));
    expect(error).toMatchObject({ code, detail: words });
    if (hint) expect(error.hint).toMatch(hint);
    await server.left();
  });

  it('about a password that has expired is told', async () => {
    const server = await serve({
      authenticate: (attempt) => {
        if (attempt.method === 'password') attempt.requestChange('Change it', () => undefined);
        else attempt.reject(['password']);
      },
    });
    knows(server);
    expect(await refused(to(server, { ask: new Person(secret('old')).ask }))).toMatchObject({
      code: 'auth_failed',
      message: expect.stringContaining('expired') as string,
      hint: expect.stringContaining('ssh') as string,
    });
    await server.left();
  });
});

/** SSH_MSG_DISCONNECT with a reason and words of its own. */
function hangUp(protocol: unknown, reason: number, words: string): void {
  const { _packetRW: rw, _cipher: cipher } = protocol as {
    _packetRW: {
      write: { alloc(size: number): Buffer; allocStart: number; finalize(packet: Buffer): Buffer };
    };
    _cipher: { encrypt(packet: Buffer): void };
  };
  const text = Buffer.from(words);
  const at = rw.write.allocStart;
  const packet = rw.write.alloc(1 + 4 + 4 + text.length + 4);
  packet[at] = 1;
  packet.writeUInt32BE(reason, at + 1);
  packet.writeUInt32BE(text.length, at + 5);
  text.copy(packet, at + 9);
  packet.writeUInt32BE(0, at + 9 + text.length);
  cipher.encrypt(rw.write.finalize(packet));
}
