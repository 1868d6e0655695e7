import { GuestroomError } from './errors.ts';

/** A libvirt connection URI, taken apart. `qemu+ssh://root@host:22/system?socket=/x` */
export interface ConnectionUri {
  /** qemu, lxc, uml, xen, vbox, openvz, test, … */
  readonly driver: string;
  /** unix, ssh, tls, tcp, …; undefined when the URI names none */
  readonly transport: string | undefined;
  readonly user: string | undefined;
  readonly host: string | undefined;
  readonly port: number | undefined;
  /** With its leading slash: /system, /session, /embed, /default, /path/to/file.xml */
  readonly path: string;
  readonly params: ReadonlyMap<string, string>;
  /** The embedded driver of the scheme is meant. */
  readonly embedded: boolean;
  /** The node is this computer. */
  readonly local: boolean;
}

const pattern =
  /^([a-z][a-z0-9]*)(?:\+([a-z0-9]+))?:\/\/(?:(?:([^@/?#]*)@)?(\[[^\]]+\]|[^:/?#]*)(?::(\d{1,5}))?)?(\/[^?#]*)?(?:\?([^#]*))?$/i;

/** Throws `invalid_argument` for what is not a connection URI, or carries a password. */
export function parseUri(text: string): ConnectionUri {
  const trimmed = text.trim();
  const match = pattern.exec(trimmed);
  if (!match) {
    throw new GuestroomError(
      'invalid_argument',
      `Not a connection URI: ${trimmed === '' ? '(empty)' : withoutPassword(trimmed)}`,
      {
        hint: 'Examples: qemu:///embed, qemu:///system, qemu+ssh://user@host/system, test:///default',
      },
    );
  }
  const [, driver = '', transport, rawUser, rawHost, rawPort, path = '/', query] = match;
  if (rawUser?.includes(':')) {
    throw new GuestroomError('invalid_argument', 'A connection URI must not carry a password', {
      hint: 'Leave the password out: it is asked for when it is needed',
    });
  }
  const port = rawPort === undefined ? undefined : Number(rawPort);
  if (port !== undefined && (port < 1 || port > 65535)) {
    throw new GuestroomError('invalid_argument', `Port ${rawPort} is not between 1 and 65535`);
  }
  const bracketed = rawHost?.startsWith('[') ? rawHost.slice(1, -1) : rawHost;
  const host = bracketed ? decode(bracketed) : undefined;
  const params = new Map<string, string>();
  for (const part of query ? query.split('&') : []) {
    const [name = '', value = ''] = part.split(/=(.*)/s);
    if (name !== '') params.set(decode(name), decode(value));
  }
  const decodedPath = decode(path);
  return {
    driver: driver.toLowerCase(),
    transport: transport?.toLowerCase(),
    user: rawUser ? decode(rawUser) : undefined,
    host,
    port,
    path: decodedPath,
    params,
    embedded: decodedPath === '/embed',
    local: host === undefined,
  };
}

/** What carries the connection. As in libvirt, TLS is meant where a host is named without a transport, a local socket where none is. */
export const transportOf = (uri: ConnectionUri): string =>
  uri.transport ?? (uri.host === undefined ? 'unix' : 'tls');

/** Over SSH: libvirt's names for its three implementations mean the same to us, with the same parameters. */
export const isSsh = (uri: ConnectionUri): boolean => ['ssh', 'libssh', 'libssh2'].includes(transportOf(uri));

/** What listens on the node's loopback and sockets only is reached as well: it is this computer, or SSH leads into it. */
export const reachesInside = (uri: ConnectionUri): boolean => transportOf(uri) === 'unix' || isSsh(uri);

/** Parameters of a URI that are about the way over SSH, and not the hypervisor's. `jump` and `root` are ours. */
export const sshParams: ReadonlySet<string> = new Set([
  'keyfile',
  'known_hosts',
  'known_hosts_verify',
  'no_verify',
  'no_tty',
  'sshauth',
  'proxy',
  'netcat',
  'command',
  'jump',
]);

/** The URI as text; parse and format are each other's inverse. */
export function formatUri(uri: ConnectionUri): string {
  const user = uri.user === undefined ? '' : `${encodeURIComponent(uri.user)}@`;
  const host = uri.host === undefined ? '' : formatHost(uri.host);
  const port = uri.port === undefined ? '' : `:${String(uri.port)}`;
  const path = uri.path.split('/').map(encodeURIComponent).join('/');
  const query = [...uri.params]
    .map(([name, value]) => `${encodeURIComponent(name)}=${formatValue(value)}`)
    .join('&');
  const transport = uri.transport === undefined ? '' : `+${uri.transport}`;
  return `${uri.driver}${transport}://${user}${host}${port}${path}${query === '' ? '' : `?${query}`}`;
}

/** Paths of sockets and keys stay readable, as libvirt leaves them. */
const formatValue = (value: string): string => encodeURIComponent(value).replaceAll('%2F', '/');

/** An IPv6 address in brackets; what could end the host is escaped, as the % before its zone. */
function formatHost(host: string): string {
  const escaped = encodeURIComponent(host);
  return host.includes(':') ? `[${escaped.replaceAll('%3A', ':')}]` : escaped;
}

/** For messages: even what is no URI may hold somebody's password. */
const withoutPassword = (text: string): string =>
  // up to the last @: nobody escapes the characters of a password that have a meaning
  text.replace(/((?:^|:\/\/)[^:@/]*):(?!\/\/).*@/gs, '$1:…@');

function decode(text: string): string {
  // half a character cannot be written back
  if (/\p{Surrogate}/u.test(text))
    throw new GuestroomError('invalid_argument', 'The URI has a broken character');
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new GuestroomError('invalid_argument', `Not a valid escape in the URI: ${text}`, { cause });
  }
}
