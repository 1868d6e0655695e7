import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SocketAddress } from '../../../../drivers/api/host.ts';
import { ControlShell } from '../../../../main/nodes/ssh/control-shell.ts';
import { sshPrograms } from '../../../../main/nodes/ssh/programs.ts';
import { Sessions } from '../../../../main/nodes/ssh/sessions.ts';
import { helperArguments, Sockets } from '../../../../main/nodes/ssh/sockets.ts';
import { connect, partsFor, type SshServer, startServer } from './server.ts';

let folder: string;
let server: SshServer;
let client: Client;
let sockets: Sockets;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-ssh-'));
  // forbids all forwarding, so that programs do it
  server = await startServer();
  writeFileSync(join(folder, 'known_hosts'), server.line);
  client = await connect(partsFor(server, folder));
  const sessions = new Sessions(client);
  const control = new ControlShell(sessions);
  const { spawn } = sshPrograms(sessions, control, {
    looking: ':',
    identity: () => undefined,
    alive: () => Promise.resolve(false),
  });
  sockets = new Sockets({ client, control, spawn, proxy: 'auto', netcat: undefined });
});
afterEach(() => {
  client.destroy();
  server.end();
  rmSync(folder, { recursive: true, force: true });
});

describe('an address of a socket', () => {
  it.each<[string, SocketAddress]>([
    ['begins with an option of nc', { host: '-e/bin/sh', port: 5900 }],
    ['is words of socat', { host: 'x,exec=touch', port: 5900 }],
    ['has a blank', { host: 'a b', port: 5900 }],
    ['is empty', { host: '', port: 5900 }],
    ['has no port', { host: 'a', port: 0 }],
    ['has half a port', { host: 'a', port: 1.5 }],
    ['has too large a port', { host: 'a', port: 70_000 }],
    ['is an option', { unix: '-U' }],
    ['is no whole path', { unix: 'run/x' }],
    ['has a NUL', { unix: '/run/x\0' }],
  ])('that %s is refused before anything is asked of the host', async (_what, address) => {
    await expect(sockets.connect(address)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(server.ran).toEqual([]);
  });

  it.each([
    ['localhost', 'localhost'],
    ['an IPv4 address', '127.0.0.1'],
    ['an IPv6 address with a zone', 'fe80::1%lo'],
  ])('that is %s is looked for', async (_what, host) => {
    await expect(sockets.connect({ host, port: 1 })).rejects.toMatchObject({ code: 'unreachable' });
  });

  it('with all kinds of characters is reached by a program of the host', async () => {
    const path = join(folder, "a socket, with 'its' own: name");
    const listener = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.pipe(socket);
    }).listen(path);
    await once(listener, 'listening');
    const stream = await sockets.connect({ unix: path });
    stream.write('there and back');
    expect(String((await once(stream, 'data'))[0])).toBe('there and back');
    stream.destroy();
    listener.close();
  });
});

describe('the daemon that libvirt’s helper is asked for', () => {
  it.each([
    ['/var/run/libvirt/libvirt-sock', ['qemu:///system?mode=legacy']],
    ['/run/libvirt/virtqemud-sock-ro', ['-r', 'qemu:///system?mode=direct']],
    ['/run/user/1000/libvirt/virtxend-sock', ['xen:///session?mode=direct']],
    ['/run/other.sock', undefined],
  ])('for %s', (path, words) => expect(helperArguments(path)).toEqual(words));
});
