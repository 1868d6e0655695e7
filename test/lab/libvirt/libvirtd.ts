import { type ChildProcess, execFile } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, closeSync, readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { type NetConnectOpts, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type ClientFolder, certificates } from './certificates.ts';
import {
  type LibvirtdOptions,
  type Login,
  configure,
  freePort,
  layOut,
  newHostUuid,
} from './configuration.ts';
import { childOf, openNamespace } from './namespace.ts';

const run = promisify(execFile);
const programs = { daemon: '/usr/sbin/libvirtd', activator: '/usr/bin/systemd-socket-activate' };
/** A daemon looks at every QEMU there is before it answers. */
const startMilliseconds = 60_000;

/** A private system-mode libvirtd: its own sockets, state, networks and processes. Paths are those seen from outside. */
export interface Libvirtd {
  /** /tmp/lv-XXXXXX; gone after `end`. */
  readonly folder: string;
  /** For images, ISOs and documents: the same path inside and outside. */
  readonly files: string;
  readonly sockets: { readonly rw: string; readonly ro: string };
  /** On 127.0.0.1; undefined when it does not listen there. */
  readonly ports: { readonly tls: number | undefined; readonly tcp: number | undefined };
  /** Folders for `pkipath=`. */
  readonly pki: Readonly<Record<ClientFolder, string>>;
  /** What SASL accepts; `authFile` is the same for virsh (`authfile=`). */
  readonly login: Login & { readonly authFile: string };
  /** As virsh and we understand it: `qemu+unix:///system?socket=…`. */
  uri(options?: { driver?: string; path?: string; readOnly?: boolean }): string;
  /** Debian's virsh on it; answers what it wrote, rejects with what it complained about. A `-c URI` among the words wins. */
  virsh(...words: string[]): Promise<string>;
  /** Runs a program where the daemon runs; answers its output. */
  inside(file: string, ...args: string[]): Promise<string>;
  /** Where a file of the daemon's view (/var/lib/libvirt/…, /etc/libvirt/…, /run/…, /proc/net/…) lies outside. */
  outside(path: string): string;
  /** The daemon's process id, outside; undefined while it does not run. */
  readonly pid: number | undefined;
  /** What the daemon wrote so far. */
  log(): string;
  /** SIGKILL to the daemon only: guests stay. */
  kill(): Promise<void>;
  /** SIGTERM to the daemon only, as `systemctl stop` does it: guests stay. */
  stop(): Promise<void>;
  /** Again after `kill` or `stop`, with the same state, sockets and ports; options replace those of before. */
  start(options?: Partial<LibvirtdOptions>): Promise<void>;
  /** Ends guests, networks and daemon and removes the folder. May be called twice. */
  end(): Promise<void>;
}

/** Rejects with what the daemon said when it does not start. Ask whyNoLibvirtd() first. */
export async function startLibvirtd(options: LibvirtdOptions = {}): Promise<Libvirtd> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'lv-')));
  // other accounts may reach its sockets, as far as those let them
  await chmod(folder, 0o755);
  const login = await layOut(folder, options);
  const authFile = join(folder, 'home', 'auth.conf');
  await writeFile(authFile, authLines(login), { mode: 0o600 });
  const pki = await certificates();
  const namespace = await openNamespace(folder, options);
  const uuid = newHostUuid();
  const ports = {
    tls: options.tls === undefined ? undefined : await freePort(),
    tcp: options.tcp === undefined ? undefined : await freePort(),
  };
  const activated = options.sockets === 'activated';
  const socket = (ending: string): string =>
    join(folder, 'run', 'libvirt', `${activated ? 'virtqemud' : 'libvirt'}-sock${ending}`);
  const sockets = { rw: socket(''), ro: socket('-ro') };
  let current = options;
  let daemon: ChildProcess | undefined;
  let ended: Promise<void> | undefined;

  const uri: Libvirtd['uri'] = ({ driver = 'qemu', path = '/system', readOnly = false } = {}) =>
    `${driver}+unix://${path}?socket=${readOnly ? sockets.ro : sockets.rw}`;
  const log = (): string => {
    const read = (name: string): string => {
      const file = join(folder, 'log', name);
      return existsSync(file) ? readFileSync(file, 'utf8') : '';
    };
    return read('output') + read('libvirtd.log');
  };
  const virsh = async (...words: string[]): Promise<string> => {
    const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', HOME: join(folder, 'home') };
    try {
      const { stdout } = await run('virsh', ['-q', '-c', uri(), ...words], {
        cwd: join(folder, 'files'),
        env,
        maxBuffer: 64 * 1024 * 1024,
      });
      return stdout.trim();
    } catch (error) {
      const { stderr, message } = error as Error & { stderr?: string };
      throw new Error(`virsh ${words.join(' ')}: ${(stderr ?? message).trim()}`, { cause: error });
    }
  };
  const running = (): boolean =>
    daemon !== undefined && daemon.exitCode === null && daemon.signalCode === null;
  const signal = async (name: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (!daemon || !running()) return;
    const gone = once(daemon, 'exit');
    process.kill(childOf(daemon.pid ?? 0), name);
    await gone;
  };
  const start = async (changed: Partial<LibvirtdOptions> = {}): Promise<void> => {
    if (running()) throw new Error('the daemon of this lab runs already');
    current = { ...current, ...changed };
    await configure(folder, current, ports, pki, uuid);
    const output = openSync(join(folder, 'log', 'output'), 'a');
    try {
      const words = daemonWords(ports);
      daemon = activated
        ? namespace.spawn(programs.activator, activatorWords(words), output)
        : namespace.spawn(programs.daemon, words, output);
    } finally {
      closeSync(output);
    }
    const reachable = options.network === true ? [] : [ports.tls, ports.tcp];
    const began: NetConnectOpts[] = [
      ...(activated ? [] : [{ path: sockets.rw }]),
      ...reachable.flatMap((port) => (port === undefined ? [] : [{ host: '127.0.0.1', port }])),
    ];
    const deadline = Date.now() + startMilliseconds;
    const wait = async (met: () => Promise<boolean> | boolean): Promise<void> => {
      while (!(await met())) {
        if (!running() || Date.now() > deadline) {
          const what = running()
            ? `did not listen in ${String(startMilliseconds / 1000)} s`
            : 'ended at once';
          throw new Error(`libvirtd ${what}:\n${log().slice(-3000)}`);
        }
        await new Promise((done) => setTimeout(done, 25));
      }
    };
    if (activated) await wait(() => existsSync(sockets.rw) && existsSync(sockets.ro));
    for (const address of began) await wait(() => accepts(address));
    await wait(running);
  };

  const end = async (): Promise<void> => {
    try {
      // bridges of a lab without its own network are the machine's
      const networks = join(folder, 'run', 'libvirt', 'network');
      const active = existsSync(networks)
        ? readdirSync(networks).filter((name) => name.endsWith('.xml'))
        : [];
      if (options.network !== true && active.length > 0) {
        if (!running()) await start();
        for (const name of active) await virsh('net-destroy', name.slice(0, -'.xml'.length));
      }
    } finally {
      await namespace.end();
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    }
  };

  const lab: Libvirtd = {
    folder,
    files: join(folder, 'files'),
    sockets,
    ports,
    pki: pki.client,
    login: { ...login, authFile },
    uri,
    virsh,
    inside: namespace.exec,
    outside: (path) =>
      path.startsWith('/proc/net/')
        ? `/proc/${String(namespace.keeper)}${path.slice('/proc'.length)}`
        : outsideOf(folder, path),
    get pid() {
      return daemon && running() ? childOf(daemon.pid ?? 0) : undefined;
    },
    log,
    kill: () => signal('SIGKILL'),
    stop: () => signal('SIGTERM'),
    start,
    end: () => (ended ??= end()),
  };
  try {
    await start();
    return lab;
  } catch (error) {
    await lab.end();
    throw error;
  }
}

const daemonWords = (ports: Libvirtd['ports']): string[] => [
  ...['-f', '/etc/libvirt/libvirtd.conf', '-p', '/run/libvirtd.pid'],
  ...(ports.tls === undefined && ports.tcp === undefined ? [] : ['-l']),
];

const activatorWords = (words: readonly string[]): string[] => [
  ...['-l', '/run/libvirt/virtqemud-sock', '-l', '/run/libvirt/virtqemud-sock-ro'],
  ...['--fdname=libvirtd.socket:libvirtd-ro.socket', programs.daemon, ...words],
];

const authLines = ({ user, password }: Login): string =>
  [
    ...['[credentials-lab]', `authname=${user}`, `password=${password}`, ''],
    ...['[auth-libvirt-localhost]', 'credentials=lab', '', '[auth-libvirt-127.0.0.1]', 'credentials=lab', ''],
  ].join('\n');

const views: readonly (readonly [string, string])[] = [
  ['/etc/libvirt', 'etc'],
  ['/etc/sasl2', 'sasl'],
  // for those who look with the lab's eyes: nothing of it is there
  ['/etc/pki', 'pki'],
  ['/var/lib/libvirt', 'lib'],
  ['/var/cache/libvirt', 'cache'],
  ['/var/log/libvirt', 'log'],
  ['/var/run', 'run'],
  ['/run', 'run'],
];

function outsideOf(folder: string, path: string): string {
  const view = views.find(([inside]) => path === inside || path.startsWith(`${inside}/`));
  return view ? join(folder, view[1], path.slice(view[0].length)) : path;
}

function accepts(address: NetConnectOpts): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // nobody listens yet
      if (['ENOENT', 'ECONNREFUSED'].includes(error.code ?? '')) resolve(false);
      else reject(error);
    });
  });
}
