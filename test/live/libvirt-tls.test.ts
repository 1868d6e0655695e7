import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { copyFile, cp } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TLSSocket, createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { hostOfNobody } from '../lab/libvirt/host.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { answered, firstWords, open, refusalOf } from '../lab/libvirt/line.ts';

const missing = await libvirtdOrWhyNot('Connecting with TLS');

describe.skipIf(missing !== undefined)('a host reached with TLS', () => {
  let lab: Libvirtd;
  const host = createLocalHost();
  const uri = (pki: string, name = '127.0.0.1'): string =>
    `qemu+tls://${name}:${String(lab.ports.tls)}/system?pkipath=${pki}`;
  beforeAll(async () => {
    lab = await startLibvirtd({ tls: 'none', tcp: 'none' });
  });
  afterAll(() => lab.end());

  it('is accepted by name and by address, and accepts us', async () => {
    for (const name of ['localhost', '127.0.0.1']) {
      const steps: (string | undefined)[][] = [];
      const transport = await open(uri(lab.pki.good, name), host, { onStep: (...step) => steps.push(step) });
      expect(steps).toEqual([
        ['reach', transport.at],
        ['encrypt', expect.stringMatching(/^TLSv1\.[23] TLS_/)],
        ['identify', expect.stringMatching(/CN=localhost.*signed by CN=Guestroom lab authority/)],
      ]);
      expect(transport).toMatchObject({ kind: 'tls', framePerWrite: true, trusted: true });
      expect(transport.at).toBe(`${name}:${String(lab.ports.tls)}`);
      expect(await firstWords(transport)).toEqual(answered);
    }
  });

  it('is refused when its authority is not ours, and the authority is named', async () => {
    const error = await refusalOf(open(uri(lab.pki.wrongAuthority), host));
    expect(error).toMatchObject({ code: 'certificate' });
    expect(error.message).toBe(
      'The certificate of 127.0.0.1 is signed by an authority that this computer does not trust: CN=Guestroom lab authority',
    );
    expect(error.hint).toContain('CN=Some other authority');
    expect(error.hint).toContain(join(lab.pki.wrongAuthority, 'cacert.pem'));
    expect(error.detail).toMatch(
      /The host shows .*CN=localhost.*IP Address:127\.0\.0\.1.*valid from \d{4}-\d\d-\d\d to/,
    );
  });

  it('is refused when its certificate was revoked', async () => {
    const error = await refusalOf(open(uri(lab.pki.revoking), host));
    expect(error).toMatchObject({
      code: 'certificate',
      message: 'The certificate of 127.0.0.1 was revoked by its authority',
    });
  });

  it('refuses us without a certificate, and we are told where to put one', async () => {
    const error = await refusalOf(open(uri(lab.pki.none), host));
    expect(error).toMatchObject({ code: 'certificate' });
    expect(error.message).toBe(
      `127.0.0.1:${String(lab.ports.tls)} wants a certificate, and this computer has none`,
    );
    expect(error.hint).toContain(join(lab.pki.none, 'clientcert.pem'));
  });

  it('refuses our certificate when it has expired, or is of another authority, and we are told which', async () => {
    const expired = await refusalOf(open(uri(lab.pki.expired), host));
    expect(expired).toMatchObject({ code: 'certificate' });
    expect(expired.message).toMatch(/refused this computer’s certificate: it has expired on 2015-12-31$/);
    const stranger = await refusalOf(open(uri(lab.pki.stranger), host));
    expect(stranger.message).toMatch(
      /it is not signed by the host’s authority but by CN=Some other authority$/,
    );
    expect(stranger.detail).toMatch(/This computer shows .*CN=lab client/);
  });

  it('is not asked with a broken set of files', async () => {
    const mismatched = await refusalOf(open(uri(lab.pki.mismatched), host));
    expect(mismatched).toMatchObject({ code: 'certificate' });
    expect(mismatched.message).toBe('The private key does not belong to this computer’s certificate');
    const folder = join(lab.files, 'pki');
    await cp(lab.pki.good, folder, { recursive: true });
    execFileSync('openssl', [
      ...['pkey', '-in', join(lab.pki.good, 'clientkey.pem'), '-aes256', '-passout', 'pass:hidden'],
      ...['-out', join(folder, 'clientkey.pem')],
    ]);
    expect((await refusalOf(open(uri(folder), host))).message).toMatch(/protected by a password$/);
    writeFileSync(join(folder, 'clientkey.pem'), 'nonsense');
    expect((await refusalOf(open(uri(folder), host))).message).toMatch(/not readable as a key$/);
    rmSync(join(folder, 'clientkey.pem'));
    expect((await refusalOf(open(uri(folder), host))).message).toMatch(
      /key of this computer’s certificate is missing$/,
    );
    writeFileSync(join(folder, 'cacert.pem'), 'nonsense');
    expect((await refusalOf(open(uri(folder), host))).message).toContain('cannot be read');
    rmSync(join(folder, 'cacert.pem'));
    const none = await refusalOf(open(uri(folder), host));
    expect(none.message).toMatch(/no certificate of an authority/);
    expect(none.detail).toContain(join(folder, 'cacert.pem'));
  });

  it('finds the account’s own files before the system’s, and says which it may not read', async () => {
    const folder = join(lab.files, 'someone');
    mkdirSync(folder);
    const theirs = await hostOfNobody(folder, lab);
    const pki = join(folder, 'home/.pki/libvirt');
    const plain = `qemu+tls://localhost:${String(lab.ports.tls)}/system`;
    const none = await refusalOf(open(plain, theirs));
    expect(none.detail).toBe(`looked for ${join(pki, 'cacert.pem')}, /etc/pki/CA/cacert.pem`);
    mkdirSync(pki, { recursive: true });
    await copyFile(join(lab.pki.good, 'cacert.pem'), join(pki, 'cacert.pem'));
    expect((await refusalOf(open(plain, theirs))).message).toMatch(/wants a certificate/);
    for (const file of ['clientcert.pem', 'clientkey.pem']) {
      await copyFile(join(lab.pki.good, file), join(pki, file));
      chmodSync(join(pki, file), 0o644);
    }
    expect(await firstWords(await open(plain, theirs))).toEqual(answered);
    const key = join(pki, 'clientkey.pem');
    chmodSync(key, 0o600);
    const denied = await refusalOf(open(plain, theirs));
    expect(denied).toMatchObject({ code: 'denied', message: `This account may not read ${key}` });
  });

  it('shows a certificate for another name, and we name both', async () => {
    await lab.stop();
    await lab.start({ certificate: 'otherName' });
    const error = await refusalOf(open(uri(lab.pki.good, 'localhost'), host));
    expect(error).toMatchObject({ code: 'certificate' });
    expect(error.message).toMatch(
      /^The certificate of localhost is for another name: DNS:elsewhere\.example, IP Address:192\.0\.2\.99$/,
    );
    expect((await refusalOf(open(uri(lab.pki.good), host))).message).toMatch(/is for another name/);
  });

  it('shows a certificate that has expired, and we name the day', async () => {
    await lab.stop();
    await lab.start({ certificate: 'expired' });
    const error = await refusalOf(open(uri(lab.pki.good), host));
    expect(error.message).toBe('The certificate of 127.0.0.1 has expired on 2015-12-31');
  });

  it('keeps a list of those it lets in, and we are told what it has to name', async () => {
    await lab.stop();
    await lab.start({ certificate: 'good', allowedNames: ['CN=somebody else'] });
    const error = await refusalOf(open(uri(lab.pki.good), host));
    expect(error).toMatchObject({ code: 'certificate' });
    expect(error.hint).toMatch(/tls_allowed_dn_list.*CN=lab client/);
  });

  it('is asked for TLS where it speaks without, and the other way round', async () => {
    const wrong = `qemu+tls://127.0.0.1:${String(lab.ports.tcp)}/system?pkipath=${lab.pki.good}`;
    const error = await refusalOf(open(wrong, host));
    expect(error).toMatchObject({ code: 'protocol' });
    expect(error.hint).toContain('16514');
    const plain = await open(`qemu+tcp://127.0.0.1:${String(lab.ports.tcp)}/system`, host);
    expect(plain).toMatchObject({ kind: 'tcp', framePerWrite: false, trusted: false });
    expect(await firstWords(plain)).toEqual(answered);
  });

  it('is not there', async () => {
    await lab.stop();
    const error = await refusalOf(open(uri(lab.pki.good), host));
    expect(error).toMatchObject({
      code: 'unreachable',
      message: `Nothing listens at 127.0.0.1:${String(lab.ports.tls)}`,
    });
    expect(error.hint).toContain('libvirtd-tls.socket');
    const nameless = await refusalOf(open(uri(lab.pki.good, 'no-such-host.invalid'), host));
    expect(nameless).toMatchObject({ code: 'unreachable' });
    expect(nameless.message).toContain('no-such-host.invalid');
  });

  describe('that is no libvirt', () => {
    let server: Server | undefined;
    const sockets = new Set<Socket>();
    const serve = async (greet: (socket: Socket) => unknown): Promise<number> => {
      server = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        greet(socket);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      return (server.address() as { port: number }).port;
    };
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      sockets.clear();
      server?.close();
    });
    const at = (port: number): string =>
      `qemu+tls://127.0.0.1:${String(port)}/system?pkipath=${lab.pki.good}`;

    it('takes the connection and never answers: the wait ends', async () => {
      const port = await serve((socket) => socket.resume());
      const error = await refusalOf(open(at(port), host, { timeout: 300 }));
      expect(error).toMatchObject({
        code: 'timeout',
        message: `127.0.0.1:${String(port)} does not answer within 0.3 seconds`,
      });
      const stop = new AbortController();
      const waiting = open(at(port), host, { signal: stop.signal });
      stop.abort();
      expect((await refusalOf(waiting)).code).toBe('cancelled');
      const [socket] = sockets;
      if (socket && !socket.destroyed) await once(socket, 'close');
    });

    it('speaks something else', async () => {
      const port = await serve((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'));
      const error = await refusalOf(open(at(port), host));
      expect(error).toMatchObject({
        code: 'protocol',
        message: `127.0.0.1:${String(port)} does not speak TLS`,
      });
    });

    it('speaks TLS, and its first byte is taken from what follows it', async () => {
      const { port, end } = await serveTls(lab.pki.good, (socket) =>
        socket.write(Buffer.from([1, 10, 20, 30])),
      );
      try {
        const { stream } = await open(at(port), host);
        const [rest] = (await once(stream, 'data')) as [Buffer];
        expect([...rest]).toEqual([10, 20, 30]);
        stream.destroy();
      } finally {
        await end();
      }
    });

    it('speaks TLS, and says something else or nothing at all', async () => {
      const web = await serveTls(lab.pki.good, (socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
      const silent = await serveTls(lab.pki.good, (socket) => socket.resume());
      try {
        const error = await refusalOf(open(at(web.port), host));
        expect(error.code).toBe('protocol');
        expect(error.message).toMatch(/speaks TLS, but is not libvirt$/);
        expect((await refusalOf(open(at(silent.port), host, { timeout: 500 }))).code).toBe('timeout');
      } finally {
        await Promise.all([web.end(), silent.end()]);
      }
    });

    it('hangs up', async () => {
      const port = await serve((socket) => socket.destroy());
      const error = await refusalOf(open(at(port), host));
      expect(error.code).toMatch(/protocol|lost/);
    });
  });
});

/** A TLS server with the lab's own certificate, which asks for none. */
async function serveTls(
  clientFolder: string,
  greet: (socket: TLSSocket) => unknown,
): Promise<{ port: number; end: () => Promise<void> }> {
  const folder = join(clientFolder, '../server/good');
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const sockets = new Set<TLSSocket>();
  const server = createTlsServer({ key: read('serverkey.pem'), cert: read('servercert.pem') }, (socket) => {
    sockets.add(socket.on('error', () => undefined));
    greet(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    async end() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
