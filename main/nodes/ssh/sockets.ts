import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { SocketAddress } from '../../../drivers/api/host.ts';
import type { ControlShell } from './control-shell.ts';
import { ProgramStream } from './program-stream.ts';
import type { Programs } from './programs.ts';
import type { Route } from './route.ts';

export interface SocketParts extends Pick<Route, 'proxy' | 'netcat'> {
  client: Client;
  control: ControlShell;
  spawn: Programs['spawn'];
}

/**
 * Streams to sockets of the host: forwarded by its SSH server (a millisecond), or by a program there where the server
 * forbids that or the address of the connection asks for it.
 */
export class Sockets {
  readonly #parts: SocketParts;
  /** Kinds of forwarding that this server forbids: found out once. */
  readonly #forbidden = new Set<'unix' | 'tcp'>();

  constructor(parts: SocketParts) {
    this.#parts = parts;
  }

  readonly connect = async (address: SocketAddress): Promise<Duplex> => {
    check(address);
    const kind = 'unix' in address ? 'unix' : 'tcp';
    const asked = 'unix' in address && this.#parts.proxy !== 'auto';
    if (asked || this.#forbidden.has(kind)) {
      // a program tells too late that nobody is there
      await this.#check(address, kind === 'unix' ? isSocket : lookAtTcp);
      return this.#byProgram(address);
    }
    try {
      return await this.#forward(address);
    } catch (thrown) {
      if (!(thrown instanceof Error) || (thrown as Error & { reason?: unknown }).reason === undefined)
        throw new GuestroomError('lost', 'The SSH connection has ended', {
          detail: thrown instanceof Error ? thrown.message : undefined,
          cause: thrown,
        });
      await this.#check(address, kind === 'unix' ? lookAtUnix : lookAtTcp, thrown);
      this.#forbidden.add(kind);
      return this.#byProgram(address);
    }
  };

  #forward(address: SocketAddress): Promise<Duplex> {
    const { client } = this.#parts;
    return new Promise((resolve, reject) => {
      const done = (error: Error | undefined, channel: ClientChannel): void => {
        if (error) reject(error);
        else resolve(channel);
      };
      if ('unix' in address) client.openssh_forwardOutStreamLocal(address.unix, done);
      else client.forwardOut('127.0.0.1', 0, address.host, address.port, done);
    });
  }

  /** A server refuses in the same words what it forbids and what is not there. Rejects where the socket itself is the reason. */
  async #check(address: SocketAddress, script: string, cause?: Error): Promise<void> {
    const name = nameOf(address);
    const told = { detail: cause?.message, cause };
    const silent = (): GuestroomError =>
      new GuestroomError('unreachable', `Nothing listens at ${name}`, told);
    const args = 'unix' in address ? [address.unix] : [address.host, String(address.port)];
    const { status } = await this.#parts.control.ask(script, args);
    if (status === answers.listens) return;
    if (status === answers.denied) throw new GuestroomError('denied', `Permission denied: ${name}`, told);
    if (status === answers.noProgram) {
      throw new GuestroomError('denied', `The host’s SSH server does not forward to ${name}`, {
        ...told,
        hint: 'Allow it in its sshd_config (AllowStreamLocalForwarding and AllowTcpForwarding), or install nc or socat there',
      });
    }
    throw silent();
  }

  async #byProgram(address: SocketAddress): Promise<Duplex> {
    const { proxy, netcat, spawn } = this.#parts;
    if ('unix' in address) {
      const helper = proxy === 'netcat' ? undefined : helperArguments(address.unix);
      if (helper) {
        try {
          return new ProgramStream(await spawn('virt-ssh-helper', helper));
        } catch (thrown) {
          if (proxy === 'native' || !(thrown instanceof GuestroomError) || thrown.code !== 'program_missing')
            throw thrown;
        }
      }
      if (netcat !== undefined) return new ProgramStream(await spawn(netcat, ['-U', address.unix]));
      return new ProgramStream(await spawn('sh', ['-c', toUnix, 'sh', address.unix]));
    }
    return new ProgramStream(await spawn('sh', ['-c', toTcp, 'sh', address.host, String(address.port)]));
  }
}

const nameOf = (address: SocketAddress): string =>
  'unix' in address ? address.unix : `${address.host}:${String(address.port)}`;

/**
 * An address may come out of a document of somebody else's, and ends up among the words of nc and socat, to which a minus
 * at the beginning, a comma and other characters mean something. Rejects with `invalid_argument`.
 */
function check(address: SocketAddress): void {
  const right =
    'unix' in address
      ? /^\/[^\0]*$/.test(address.unix)
      : /^(?!-)[\w.:%-]{1,255}$/.test(address.host) &&
        Number.isInteger(address.port) &&
        address.port > 0 &&
        address.port < 65_536;
  if (!right)
    throw new GuestroomError('invalid_argument', `This is no address of a socket: ${nameOf(address)}`);
}

/** Exit statuses of the scripts that look. */
const answers = { listens: 0, silent: 10, denied: 11, noProgram: 12 } as const;

const found = (program: string): string => `command -v ${program} >/dev/null 2>&1`;
/** To socat some characters of a path mean something. */
const socatForUnix = `${found('socat')} && case $1 in *[!A-Za-z0-9_/.@-]*) false ;; esac`;
const python = (code: string): string => `python3 -c '${code}'`;

const isSocket = [
  '[ -S "$1" ] || { [ -e "$1" ] || [ -x "$(dirname -- "$1")" ] || ! [ -e "$(dirname -- "$1")" ] || exit 11; exit 10; }',
  '[ -w "$1" ] || exit 11',
].join('\n');

const lookAtUnix = [
  isSocket,
  `if ${found('nc')} && nc -h 2>&1 | grep -q -e '-[a-zA-Z]*U'; then nc -zU "$1" 2>/dev/null || exit 10`,
  `elif ${socatForUnix}; then socat -u OPEN:/dev/null "UNIX-CONNECT:$1" 2>/dev/null || exit 10`,
  `elif ${found('python3')}; then ${python('import socket,sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])')} "$1" 2>/dev/null || exit 10`,
  'else exit 12; fi',
].join('\n');

const lookAtTcp = [
  `if ${found('nc')}; then nc -z "$1" "$2" 2>/dev/null || exit 10`,
  `elif ${found('socat')}; then socat -u OPEN:/dev/null "TCP:$1:$2" 2>/dev/null || exit 10`,
  `elif ${found('python3')}; then ${python('import socket,sys; socket.create_connection((sys.argv[1],int(sys.argv[2])))')} "$1" "$2" 2>/dev/null || exit 10`,
  'else exit 12; fi',
].join('\n');

/** Passes on what comes, and ends when either side does. */
const relay = (open: string): string =>
  python(
    [
      'import os,select,socket,sys',
      `s=${open}`,
      'i=[0,s]',
      'while True:',
      '  for r in select.select(i,[],[])[0]:',
      '    d=os.read(0,65536) if r==0 else s.recv(65536)',
      '    if not d: sys.exit(0)',
      '    if r==0: s.sendall(d)',
      '    else:',
      '      while d: d=d[os.write(1,d):]',
    ].join('\n'),
  );

/** nc of OpenBSD ends with its input only by -N, that of others by -q 0 (libvirt does the same). */
const ended = 'if nc -h 2>&1 | grep -q -e "-q"; then end="-q 0"; else end=; fi';

const toUnix = [
  `if ${found('nc')} && nc -h 2>&1 | grep -q -e '-[a-zA-Z]*U'; then ${ended}; exec nc $end -U "$1"`,
  `elif ${socatForUnix}; then exec socat - "UNIX-CONNECT:$1"`,
  `else exec ${relay('socket.socket(socket.AF_UNIX); s.connect(sys.argv[1])')} "$1"; fi`,
].join('\n');

const toTcp = [
  `if ${found('nc')}; then ${ended}; exec nc $end "$1" "$2"`,
  `elif ${found('socat')}; then exec socat - "TCP:$1:$2"`,
  `else exec ${relay('socket.create_connection((sys.argv[1],int(sys.argv[2])))')} "$1" "$2"; fi`,
].join('\n');

/** What libvirt's own helper needs to find one of its daemons' usual sockets; undefined for another socket. */
export function helperArguments(path: string): string[] | undefined {
  const [, folder = '', daemon = '', readOnly] =
    /^(.*)\/libvirt\/(libvirt|virt[a-z]+d)-sock(-ro)?$/.exec(path) ?? [];
  const driver = daemon === 'libvirt' ? 'qemu' : /^virt([a-z]+)d$/.exec(daemon)?.[1];
  if (driver === undefined) return undefined;
  const place = /^(\/var)?\/run$/.test(folder) ? 'system' : 'session';
  const mode = daemon === 'libvirt' ? 'legacy' : 'direct';
  return [...(readOnly === undefined ? [] : ['-r']), `${driver}:///${place}?mode=${mode}`];
}
