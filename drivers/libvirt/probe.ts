import type { ProbeResult } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { daemonOf } from './address.ts';
import { accountOf } from './transport/account.ts';
import {
  daemonFolders,
  daemonPrograms,
  findDaemon,
  installCommand,
  joinCommand,
  startCommand,
} from './transport/daemons.ts';
import { lookAt, socketNames, systemFolders } from './transport/sockets.ts';

/** A hypervisor beside QEMU, and what shows that libvirtd runs it where it has no daemon of its own. */
interface Kind {
  driver: string;
  uri: string;
  title: string;
  guests: string;
  signs: (host: Host) => readonly string[];
}

const others: readonly Kind[] = [
  {
    ...{ driver: 'lxc', uri: 'lxc:///system', title: 'LXC', guests: 'containers' },
    signs: () => ['/usr/lib/libvirt/libvirt_lxc', '/usr/libexec/libvirt_lxc'],
  },
  {
    ...{ driver: 'xen', uri: 'xen:///system', title: 'Xen', guests: 'virtual machines of Xen' },
    signs: () => ['/proc/xen/privcmd', '/dev/xen/privcmd'],
  },
  {
    ...{ driver: 'bhyve', uri: 'bhyve:///system', title: 'bhyve', guests: 'virtual machines of bhyve' },
    signs: (host) => (host.os === 'freebsd' ? ['/usr/sbin/bhyve'] : []),
  },
  {
    ...{
      driver: 'vbox',
      uri: 'vbox:///session',
      title: 'VirtualBox',
      guests: 'virtual machines of VirtualBox',
    },
    signs: () => [],
  },
  {
    ...{ driver: 'ch', uri: 'ch:///system', title: 'Cloud Hypervisor' },
    ...{ guests: 'virtual machines of Cloud Hypervisor', signs: () => [] },
  },
];

const titled = (title: string): string => `${title} with libvirt`;

/**
 * What of libvirt is on this machine: first the system's QEMU guests (is it installed, running, and may this account use
 * it?), then the account's own, then other hypervisors whose daemons are there. Changes and starts nothing.
 */
export async function probeLibvirt(host: Host): Promise<ProbeResult[]> {
  const system = await probeSystem(host);
  if (host.os === 'win32') return [system];
  const session = await probeSession(host);
  const found = await Promise.all(others.map((kind) => probeOther(host, kind)));
  return [system, session, ...found].filter((result) => result !== undefined);
}

async function probeSystem(host: Host): Promise<ProbeResult> {
  const driver = 'qemu';
  const uri = 'qemu:///system';
  const title = titled('QEMU');
  const reach = { mode: 'auto', daemon: daemonOf(driver) } as const;
  const sockets = socketPaths(host, reach.daemon);
  const lookedFor = [...sockets, ...daemonFolders(host).map((folder) => host.files.join(folder, 'libvirtd'))];
  if (host.os === 'win32') {
    const summary = 'libvirt’s daemons do not run on Windows; those of other hosts can be used';
    return { state: 'missing', uri, title, summary, lookedFor };
  }
  const program = await findDaemon(host, daemonPrograms(reach));
  const found = await stateOf(host, sockets);
  if (found === 'nothing' && program === undefined) {
    const command = await installCommand(host, driver);
    return { state: 'missing', uri, title, summary: 'libvirt is not installed', command, lookedFor };
  }
  const version = program === undefined ? undefined : await versionOf(host, program);
  const known = { uri, title, ...(version === undefined ? {} : { version }), lookedFor };
  const name = version === undefined ? 'libvirt' : `libvirt ${version}`;
  if (found === 'ready') return { ...known, state: 'ready', summary: `${name} is running` };
  if (found === 'denied') {
    const account = await accountOf(host);
    return {
      ...{ ...known, state: 'denied' },
      summary: `${name} is running, but the account ${account.name} may not use it. Join its group, then log out and in again`,
      command: joinCommand(host, account.name),
    };
  }
  const command = await startCommand(host, host.files.basename(program ?? 'libvirtd'));
  return { ...known, state: 'stopped', summary: `${name} is installed, but not running`, command };
}

async function probeSession(host: Host): Promise<ProbeResult | undefined> {
  const reach = { mode: 'auto', daemon: daemonOf('qemu') } as const;
  const program = await findDaemon(host, daemonPrograms(reach));
  if (program === undefined) return undefined;
  const account = await accountOf(host);
  if (account.root) return undefined;
  return {
    ...{ state: 'ready', uri: 'qemu:///session', title: titled('QEMU') },
    summary: `Virtual machines of the account ${account.name} alone; libvirt’s daemon for them starts when it is used`,
    lookedFor: [...socketNames(reach, false).map((name) => host.files.join(account.sockets, name)), program],
  };
}

async function probeOther(host: Host, kind: Kind): Promise<ProbeResult | undefined> {
  const sockets = socketPaths(host, daemonOf(kind.driver));
  const own = sockets.filter((path) => !path.endsWith('/libvirt-sock'));
  const signs = kind.signs(host);
  const ownState = await stateOf(host, own);
  const served =
    ownState === 'nothing' && (await anyOf(host, signs)) ? await stateOf(host, sockets) : ownState;
  if (served === 'nothing' || served === 'stale') return undefined;
  const account = served === 'denied' ? await accountOf(host) : undefined;
  return {
    ...{ state: served, uri: kind.uri, title: titled(kind.title), lookedFor: [...sockets, ...signs] },
    summary: account
      ? `libvirt runs ${kind.guests}, but the account ${account.name} may not use it`
      : `libvirt runs ${kind.guests}`,
    ...(account ? { command: joinCommand(host, account.name) } : {}),
  };
}

const socketPaths = (host: Host, daemon: string | undefined): string[] =>
  systemFolders(host).flatMap((folder) =>
    socketNames({ mode: 'auto', daemon }, false).map((name) => host.files.join(folder, name)),
  );

/** Of the first socket that is there. Not connected to: that would start a daemon that waits for its first use. */
async function stateOf(
  host: Host,
  paths: readonly string[],
): Promise<'nothing' | 'stale' | 'denied' | 'ready'> {
  for (const path of paths) {
    const there = await lookAt(host, path);
    if (there === undefined) continue;
    if (!(await isListening(host, path))) return 'stale';
    return there !== 'denied' && (await host.files.access(path, 'write')) ? 'ready' : 'denied';
  }
  return 'nothing';
}

/** The kernel's list of sockets: address, users, protocol, flags, type, state, inode, path. */
const listening = /^\S+ \S+ \S+ (\S+) \S+ \S+ +\d+ (\/.*)$/gm;
const acceptsFlag = 0x10000;

/** Linux tells it; elsewhere a socket that is there counts as one. */
async function isListening(host: Host, path: string): Promise<boolean> {
  if (host.os !== 'linux') return true;
  let table: string;
  try {
    table = await host.files.readText('/proc/net/unix');
  } catch (error) {
    if (error instanceof GuestroomError && ['denied', 'not_found', 'too_large'].includes(error.code))
      return true;
    throw error;
  }
  const names = [path, path.replace(/^\/var\/run\//, '/run/')];
  return [...table.matchAll(listening)].some(
    ([, flags = '0', bound = '']) =>
      names.includes(bound) && (Number.parseInt(flags, 16) & acceptsFlag) !== 0,
  );
}

async function anyOf(host: Host, paths: readonly string[]): Promise<boolean> {
  for (const path of paths) if ((await lookAt(host, path)) !== undefined) return true;
  return false;
}

async function versionOf(host: Host, program: string): Promise<string | undefined> {
  const { stdout } = await host.exec(program, ['--version'], { timeout: 10_000 });
  return /\d+\.\d+\.\d+/.exec(stdout)?.[0];
}
