import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough, type Duplex } from 'node:stream';
import { afterEach, describe, expect, it, test } from 'vitest';
import type { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { addressOf } from '../../../drivers/libvirt/address.ts';
import { libvirtDriver } from '../../../drivers/libvirt/index.ts';
import { accountOf } from '../../../drivers/libvirt/transport/account.ts';
import { installCommand, joinCommand, startCommand } from '../../../drivers/libvirt/transport/daemons.ts';
import { type TransportContext, connectTransport } from '../../../drivers/libvirt/transport/index.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

const local = createLocalHost();
const log: TransportContext['log'] = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const read = (uri: string) => addressOf(parseUri(uri), false);
const refusalOf = async (
  uri: string,
  host: Host,
  options: Partial<TransportContext> = {},
): Promise<GuestroomError> => {
  try {
    (await connectTransport(read(uri), host, { log, ...options })).stream.destroy();
  } catch (error) {
    return error as GuestroomError;
  }
  throw new Error('it was accepted');
};

/** This computer with only these files, as another system has them. */
const having = (os: Host['os'], ...paths: string[]): Host => ({
  ...local,
  os,
  files: {
    ...local.files,
    stat: (path) => local.files.stat(paths.includes(path) ? '/' : '/no such file'),
  },
});

describe('commands for the person', () => {
  test.each<[Host, string, string]>([
    [having('linux', '/run/systemd/system'), 'libvirtd', 'sudo systemctl enable --now libvirtd'],
    [
      having('linux', '/run/systemd/system'),
      'virtqemud',
      'sudo systemctl enable --now virtqemud.socket virtnetworkd.socket virtstoraged.socket',
    ],
    [having('linux', '/sbin/rc-service'), 'libvirtd', 'sudo rc-service libvirtd start'],
    [having('linux', '/etc/init.d/libvirtd'), 'libvirtd', 'sudo service libvirtd start'],
    [having('linux'), 'libvirtd', 'sudo libvirtd --daemon'],
    [having('freebsd'), 'libvirtd', 'sudo service libvirtd onestart'],
    [having('darwin'), 'libvirtd', 'brew services start libvirt'],
  ])('start what is installed the way of the system (%#)', async (host, daemon, command) => {
    expect(await startCommand(host, daemon)).toBe(command);
  });

  test.each<[Host, string, string]>([
    [having('linux', '/usr/bin/apt-get'), 'qemu', 'sudo apt-get install libvirt-daemon-system'],
    [
      having('linux', '/usr/bin/apt-get'),
      'lxc',
      'sudo apt-get install libvirt-daemon-system libvirt-daemon-driver-lxc',
    ],
    [having('linux', '/usr/bin/pacman'), 'qemu', 'sudo pacman -S libvirt dnsmasq'],
    [having('linux', '/sbin/apk'), 'test', 'sudo apk add libvirt-daemon libvirt-qemu'],
    [having('linux'), 'qemu', 'Install libvirt with the package manager of your system'],
    [having('freebsd'), 'bhyve', 'sudo pkg install libvirt'],
    [having('darwin'), 'qemu', 'brew install libvirt'],
  ])('install what is missing the way of the system (%#)', async (host, driver, command) => {
    expect(await installCommand(host, driver)).toBe(command);
  });

  it('join the group', () => {
    expect(joinCommand(having('linux'), 'me')).toBe('sudo usermod --append --groups libvirt me');
    expect(joinCommand(having('freebsd'), 'me')).toBe('sudo pw groupmod libvirt -m me');
  });
});

describe.skipIf(process.platform === 'win32')('the account', () => {
  const { PATH = '' } = process.env;
  const account = (env: Record<string, string>) =>
    accountOf(createLocalHost({ env: { PATH, HOME: '/home/me', ...env } }));

  it('has its sockets in its runtime folder, else in its cache', async () => {
    expect((await account({ XDG_RUNTIME_DIR: '/run/user/7' })).sockets).toBe('/run/user/7/libvirt');
    expect((await account({ XDG_CACHE_HOME: '/c', XDG_RUNTIME_DIR: 'relative' })).sockets).toBe('/c/libvirt');
    expect((await account({})).sockets).toBe('/home/me/.cache/libvirt');
  });

  it('is who runs us, and may want no daemon of its own', async () => {
    const { root, name, autostart } = await account({});
    expect(root).toBe(process.getuid?.() === 0);
    expect(name).not.toBe('');
    expect(autostart).toBe(true);
    expect((await account({ LIBVIRT_AUTOSTART: '0' })).autostart).toBe(false);
  });
});

describe('a line', () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server?.close();
    server = undefined;
  });

  it('says beforehand which steps it has', () => {
    const steps = (uri: string) => libvirtDriver.steps?.(parseUri(uri));
    expect(steps('qemu:///system')).toEqual(['reach', 'login', 'open']);
    expect(steps('qemu+tcp://host/system')).toEqual(['reach', 'login', 'open']);
    expect(steps('qemu://host/system')).toEqual(['reach', 'encrypt', 'identify', 'login', 'open']);
  });

  it('carries bytes both ways, without encryption where that is asked for', async () => {
    server = createServer((socket) => void sockets.add(socket.pipe(socket))).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const transport = await connectTransport(read(`qemu+tcp://127.0.0.1:${String(port)}/system`), local, {
      log,
    });
    expect(transport).toMatchObject({ kind: 'tcp', at: `127.0.0.1:${String(port)}`, trusted: false });
    transport.stream.write('there and back');
    const [back] = (await once(transport.stream, 'data')) as [Buffer];
    expect(back.toString()).toBe('there and back');
    transport.stream.destroy();
  });

  it('does not take the app down with it when it breaks before anybody listens', async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.once('data', () => socket.resetAndDestroy());
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { stream } = await connectTransport(read(`qemu+tcp://127.0.0.1:${String(port)}/system`), local, {
      log,
    });
    stream.resume().write('anything');
    await new Promise((resolve) => stream.once('close', resolve));
    expect(stream.errored).toMatchObject({ code: 'ECONNRESET' });
  });

  it.runIf(local.os === 'linux')('leads to a socket, and to nothing else that has its name', async () => {
    expect(await refusalOf('qemu:///system?socket=/etc/passwd', local)).toMatchObject({
      code: 'invalid_argument',
      message: 'There is no socket at /etc/passwd, but something else',
      hint: expect.stringContaining('daemon') as string,
    });
  });

  it('is given up after its time, and what comes later is closed', async () => {
    let arrive: (stream: Duplex) => void = () => undefined;
    const slow: Host = { ...local, connect: () => new Promise((resolve) => (arrive = resolve)) };
    const error = await refusalOf('qemu+tcp://far.example/system', slow, { timeout: 20 });
    expect(error).toMatchObject({ code: 'timeout', retryable: true });
    expect(error.message).toBe('far.example:16509 does not answer within 0.02 seconds');
    expect(error.hint).toContain('firewall');
    const late = new PassThrough();
    arrive(late);
    await once(late, 'close');
    expect(late.destroyed).toBe(true);
  });

  it('is given up when the person wants it, before and while it is opened', async () => {
    const never: Host = { ...local, connect: () => new Promise(() => undefined) };
    const stopped = AbortSignal.abort();
    expect((await refusalOf('qemu+tcp://far.example/system', never, { signal: stopped })).code).toBe(
      'cancelled',
    );
    const stop = new AbortController();
    const waiting = refusalOf('qemu:///system?socket=/', never, { signal: stop.signal });
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect((await waiting).code).toBe('cancelled');
  });

  it('does not lead to a daemon on Windows itself', async () => {
    const error = await refusalOf('qemu:///system', having('win32'));
    expect(error).toMatchObject({ code: 'unsupported', hint: expect.stringContaining('+tls') });
  });
});
