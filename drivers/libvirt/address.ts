import { GuestroomError } from '../api/errors.ts';
import type { OpenStep } from '../api/opening.ts';
import { type ConnectionUri, formatUri, isSsh, parseUri, sshParams, transportOf } from '../api/uri.ts';

/** Where a daemon of libvirt is, and what it is told to open. */
export interface Address {
  /**
   * The daemon's own name of the hypervisor, for CONNECT_OPEN; '' lets the daemon choose. Built from parsed parts and without
   * transport and host: the daemon opens whatever it is given, with its own privileges.
   */
  readonly name: string;
  readonly readOnly: boolean;
  /** How to log in, where the address insists on one way. */
  readonly auth: 'sasl' | `sasl.${string}` | 'polkit' | undefined;
  /** The name to log in with, where the address has one. */
  readonly user: string | undefined;
  readonly reach: UnixReach | TlsReach | TcpReach;
}

export interface UnixReach {
  readonly transport: 'unix';
  /** The hypervisor, as the address names it. */
  readonly driver: string;
  /** Path of the one socket to use; undefined looks at the places where daemons put theirs. */
  readonly socket: string | undefined;
  /** auto: the hypervisor's own daemon if it is there, else libvirtd; legacy: libvirtd; direct: the hypervisor's own. */
  readonly mode: 'auto' | 'legacy' | 'direct';
  /** The hypervisor's own daemon, as virtqemud; undefined where there is none. */
  readonly daemon: string | undefined;
  /** The daemon of the account, unless that is root. */
  readonly session: boolean;
}

export interface TlsReach {
  readonly transport: 'tls';
  readonly host: string;
  readonly port: number;
  /** The folder that has all certificates; undefined looks at the usual places. */
  readonly pkipath: string | undefined;
}

export interface TcpReach {
  readonly transport: 'tcp';
  readonly host: string;
  readonly port: number;
}

/** Hypervisors with a daemon of their own beside libvirtd, and its name, which its sockets begin with. */
const daemons: ReadonlyMap<string, string> = new Map([
  ['qemu', 'virtqemud'],
  ['xen', 'virtxend'],
  ['lxc', 'virtlxcd'],
  ['vbox', 'virtvboxd'],
  ['ch', 'virtchd'],
  ['bhyve', 'virtbhyved'],
  ['vz', 'virtvzd'],
]);
/** Hypervisors that only libvirtd runs, and only some builds of it. */
const others: ReadonlySet<string> = new Set([
  'test',
  'openvz',
  'parallels',
  'vmwareplayer',
  'vmwarews',
  'vmwarefusion',
]);
/** Hypervisors whose protocol is in libvirt's client library: no daemon is between. */
const clientSide: ReadonlySet<string> = new Set(['esx', 'gsx', 'vpx', 'hyperv', 'phyp', 'xenapi']);
/** Daemons of libvirt without guests. */
const parts: ReadonlySet<string> = new Set([
  'network',
  'storage',
  'nodedev',
  'interface',
  'nwfilter',
  'secret',
]);

/** What of a daemon's sockets and its program is called for a hypervisor; undefined where only libvirtd runs it. */
export const daemonOf = (driver: string): string | undefined => daemons.get(driver);

/** Is this an address of libvirt, if perhaps one that cannot be opened? `addressOf` tells why. */
export function isLibvirtUri(uri: ConnectionUri): boolean {
  const { driver, transport } = uri;
  if (uri.embedded) return false;
  // ours, in memory; a daemon is meant when the address says how to reach it
  if (driver === 'test') return transport !== undefined || !uri.local;
  return (
    driver === 'remote' ||
    daemons.has(driver) ||
    others.has(driver) ||
    clientSide.has(driver) ||
    parts.has(driver)
  );
}

/** The steps of opening a line by such a transport, in their order. */
export const lineSteps = (transport: string): readonly OpenStep[] =>
  transport === 'tls' ? ['reach', 'encrypt', 'identify'] : ['reach'];

/** Throws `unsupported` for a way or hypervisor that we do not reach, `invalid_argument` for what makes no sense. */
export function addressOf(uri: ConnectionUri, readOnly: boolean): Address {
  refuseDriver(uri);
  // over SSH the host is the remote one, and its socket a unix socket there
  const transport = isSsh(uri) ? 'ssh' : transportOf(uri);
  const own = transportParams.get(transport);
  if (own === undefined) throw unknownTransport(transport);
  for (const [name, value] of uri.params) checkParam(name, value, transport, own);
  const reach = reachOf(uri, transport);
  return {
    name: nameOf(uri),
    readOnly: readOnly || onlyReads(reach),
    auth: authOf(uri.params.get('auth')),
    // over SSH it is who logs in to the host
    user: transport === 'ssh' ? undefined : uri.user,
    reach,
  };
}

/** Behind the sockets of this name a daemon refuses every change, whatever was asked for. */
const onlyReads = (reach: Address['reach']): boolean =>
  reach.transport === 'unix' && reach.socket?.endsWith('-sock-ro') === true;

function reachOf(uri: ConnectionUri, transport: string): Address['reach'] {
  const { params } = uri;
  const host = uri.host ?? '';
  if (transport === 'unix' || transport === 'ssh') {
    if (host !== '' && transport === 'unix') {
      throw invalid(
        'The way +unix leads to this computer only, and the address names a host',
        'Leave the host out, or write +tls or +ssh',
      );
    }
    return {
      transport: 'unix',
      driver: uri.driver,
      socket: pathParam(params, 'socket'),
      mode: modeOf(params.get('mode'), uri.driver),
      daemon: daemonOf(uri.driver),
      session: uri.path === '/session' || uri.driver === 'test',
    };
  }
  const server = host === '' ? 'localhost' : host;
  return transport === 'tls'
    ? { transport, host: server, port: uri.port ?? 16_514, pkipath: pathParam(params, 'pkipath') }
    : { transport: 'tcp', host: server, port: uri.port ?? 16_509 };
}

/** libvirt's parameters that mean something on the way; each other one is the daemon's. */
const transportParams: ReadonlyMap<string, readonly string[]> = new Map([
  ['unix', ['name', 'auth', 'socket', 'mode']],
  ['ssh', ['name', 'auth', 'socket', 'mode', ...sshParams]],
  ['tls', ['name', 'auth', 'pkipath', 'no_verify', 'no_sanity']],
  ['tcp', ['name', 'auth']],
]);

const sshOnly = 'It belongs to the ways over SSH';
/** Parameters that libvirt's client consumes, and why one is refused where it is not the way's own. */
const consumed: ReadonlyMap<string, string> = new Map([
  ['name', ''],
  ['auth', ''],
  ['socket', 'It belongs to +unix'],
  ['mode', 'It chooses among the sockets of +unix'],
  ['pkipath', 'It belongs to +tls'],
  ['no_verify', 'It belongs to +tls'],
  ['no_sanity', 'It belongs to +tls'],
  [
    'tls_priority',
    'It is in the language of another TLS library; TLS 1.2 and 1.3 with good ciphers are used',
  ],
  ['authfile', 'Passwords are asked for when they are needed, and not read from files'],
  ['command', sshOnly],
  ['netcat', sshOnly],
  ['keyfile', sshOnly],
  ['sshauth', sshOnly],
  ['known_hosts', sshOnly],
  ['known_hosts_verify', sshOnly],
  ['no_tty', sshOnly],
  ['proxy', sshOnly],
  ['jump', sshOnly],
]);

function checkParam(name: string, value: string, transport: string, own: readonly string[]): void {
  const why = consumed.get(name);
  if (why === undefined) return;
  if (!own.includes(name)) {
    throw new GuestroomError(
      'unsupported',
      `The address has “${name}”, which cannot be used with +${transport}`,
      {
        hint: `${why}. Leave it out`,
      },
    );
  }
  if (name === 'no_verify' && value !== '0' && transport === 'tls') {
    throw new GuestroomError('unsupported', 'The certificate of a host is always checked', {
      hint: 'Leave no_verify out, and give this computer the certificate of the host’s authority (cacert.pem)',
    });
  }
}

/** What the daemon is told: `driver:///path` with the parameters that are not for the way to it. */
function nameOf(uri: ConnectionUri): string {
  const given = uri.params.get('name');
  if (given !== undefined) return checkedName(given);
  if (uri.driver === 'remote') return '';
  const params = new Map([...uri.params].filter(([name]) => !consumed.has(name)));
  return daemonName(uri.driver, uri.path, params);
}

function checkedName(text: string): string {
  if (text === '') return '';
  const hint = 'Write it as the daemon itself knows it, for example name=qemu:///system';
  let inner: ConnectionUri;
  try {
    inner = parseUri(text);
  } catch (cause) {
    throw new GuestroomError('invalid_argument', 'The parameter “name” is not an address', { hint, cause });
  }
  const elsewhere = inner.transport ?? inner.host ?? inner.user ?? inner.port;
  if (elsewhere !== undefined) {
    throw invalid(
      'The parameter “name” leads to another host: the daemon would connect there with its own rights',
      hint,
    );
  }
  refuseDriver(inner);
  if ([...inner.params.keys()].some((name) => consumed.has(name)))
    throw invalid('The parameter “name” says how to reach a host', hint);
  return daemonName(inner.driver, inner.path, inner.params);
}

const daemonName = (driver: string, path: string, params: ReadonlyMap<string, string>): string =>
  formatUri({
    ...{ driver, path, params, transport: undefined, user: undefined, host: undefined, port: undefined },
    ...{ embedded: false, local: true },
  });

function authOf(text: string | undefined): Address['auth'] {
  if (text === undefined) return undefined;
  const lower = text.toLowerCase();
  if (lower === 'polkit' || lower === 'sasl') return lower;
  const mechanism = /^sasl\.([a-z0-9_-]{1,20})$/.exec(lower)?.[1];
  if (mechanism !== undefined) return `sasl.${mechanism.toUpperCase()}`;
  throw invalid(
    `There is no way to log in that is called “${text}”`,
    'Write auth=polkit, auth=sasl or auth=sasl.SCRAM-SHA-256',
  );
}

function modeOf(text: string | undefined, driver: string): UnixReach['mode'] {
  if (text === undefined || text === 'auto') return 'auto';
  if (text === 'legacy') return text;
  if (text !== 'direct')
    throw invalid(`“${text}” is not a mode`, 'Write mode=auto, mode=legacy or mode=direct');
  if (daemonOf(driver) !== undefined) return text;
  throw invalid(
    `${driver}: has no daemon of its own to reach directly`,
    'Write mode=legacy, or leave it out',
  );
}

function pathParam(params: ReadonlyMap<string, string>, name: string): string | undefined {
  const path = params.get(name);
  if (path === undefined || path.startsWith('/') || /^[a-z]:[\\/]/i.test(path)) return path;
  throw invalid(
    `The parameter “${name}” needs a path from the root: ${path}`,
    `For example ${name}=/path/to/it`,
  );
}

function refuseDriver({ driver, embedded, path }: ConnectionUri): void {
  if (embedded) throw invalid(`libvirt has no ${driver}://${path}`, `Write ${driver}:///system`);
  if (driver === 'remote' || daemons.has(driver) || others.has(driver)) return;
  const unsupported = (message: string, hint: string): GuestroomError =>
    new GuestroomError('unsupported', message, { hint });
  if (clientSide.has(driver)) {
    throw unsupported(
      `Hosts of ${driver}: are managed by libvirt’s client library itself, which Guestroom does without`,
      'Connect to a machine that runs libvirt',
    );
  }
  if (parts.has(driver))
    throw unsupported(`${driver}: is a part of libvirt without virtual machines`, 'Write qemu:///system');
  throw unsupported(`libvirt has no hypervisor that is called ${driver}`, 'Write qemu:///system');
}

function unknownTransport(transport: string): GuestroomError {
  const [message, hint] =
    transport === 'ext'
      ? ['Programs of your own cannot be the way to a host', 'Use +ssh, +tls or +unix']
      : [`There is no way to a host that is called +${transport}`, 'Use +ssh, +tls, +tcp or +unix'];
  return new GuestroomError('unsupported', message, { hint });
}

const invalid = (message: string, hint: string): GuestroomError =>
  new GuestroomError('invalid_argument', message, { hint });
