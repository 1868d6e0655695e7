import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { hopAddress } from './client.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { ControlShell } from './control-shell.ts';
import { askFacts, askLoad, askMachine } from './facts.ts';
import { sshFiles } from './files.ts';
import { openLink, type LinkParts, type SshLink } from './link.ts';
import { sshProcesses } from './processes.ts';
import { ProgramStream } from './program-stream.ts';
import { sshPrograms } from './programs.ts';
import type { Route } from './route.ts';
import { Sftp } from './sftp.ts';
import { Sockets } from './sockets.ts';
import { openShell } from './terminal.ts';

/** A machine reached by SSH: one connection carries everything. */
export interface SshHost extends Host {
  /** Resolves once the connection has ended, with the reason. */
  readonly lost: Promise<GuestroomError>;
  /** user@host[:port] of every host on the way, this one last. */
  readonly hops: readonly string[];
  /** ms of one question and its answer. */
  roundTrip(): Promise<number>;
  /** Ends the connection and everything that runs over it. */
  end(): void;
}

export interface SshHostParts extends LinkParts {
  /** Folder on the host that everything of ours is below. */
  root?: string | undefined;
}

/** Connects to a host and asks what it is. Nothing stays open when it rejects. */
export async function openSshHost(route: Route, { root, ...parts }: SshHostParts): Promise<SshHost> {
  const link = await openLink(route, parts);
  try {
    return await unlessAborted(hostOver(link, route, root), parts.signal);
  } catch (thrown) {
    link.end();
    throw thrown;
  }
}

async function hostOver(link: SshLink, route: Route, root: string | undefined): Promise<SshHost> {
  const { client, sessions } = link;
  const control = new ControlShell(sessions);
  const machine = await askMachine(control, link.where, root);
  const { os, arch, hostname, paths } = machine;
  const processes = sshProcesses(control, machine);
  const programs = sshPrograms(sessions, control, processes);
  const sockets = new Sockets({
    client,
    control,
    spawn: programs.spawn,
    proxy: route.proxy,
    netcat: route.netcat,
  });
  return {
    os,
    arch,
    local: false,
    hostname,
    paths,
    ...programs,
    alive: processes.alive,
    signal: processes.signal,
    usage: processes.usage,
    connect: sockets.connect,
    files: sshFiles({ sftp: new Sftp(sessions, control), control, exec: programs.exec, os }),
    load: () => askLoad(control, machine),
    facts: () => askFacts(control, machine),

    async openDevice(path) {
      const script =
        'exec 2>/dev/null; [ -e "$1" ] || exit 1; [ -r "$1" ] && [ -w "$1" ] || exit 2; [ -t 0 ] <"$1" || exit 3';
      const { status } = await control.ask(script, [path]);
      if (status === 1) throw new GuestroomError('not_found', `No such file or folder: ${path}`);
      if (status === 3) throw new GuestroomError('invalid_argument', `${path} is not a terminal device`);
      if (status !== 0) throw new GuestroomError('denied', `Permission denied: ${path}`);
      return new ProgramStream(await programs.spawn('sh', ['-c', device, 'sh', path]));
    },

    async freePort(address, from, to) {
      const { status, output } = await control.ask(listening);
      if (status !== 0)
        throw new GuestroomError('unsupported', 'The host does not tell which ports are in use', {
          detail: output.trim(),
        });
      const used = new Set([...output.matchAll(/[.:](\d+)\s*$/gm)].map(([, port]) => Number(port)));
      // 0 lets the system choose; there it is we who do
      const [first, last] = from === 0 ? [49_152, 65_535] : [from, to];
      for (let port = first; port <= last; port += 1) if (!used.has(port)) return port;
      throw new GuestroomError(
        'port_in_use',
        `All ports from ${String(from)} to ${String(to)} are in use on ${address} of the host`,
        { hint: 'End a program that listens there, or choose another port' },
      );
    },

    openTerminal: (size) => openShell(link, size),

    lost: link.lost,
    hops: route.hops.map((hop) => `${hop.user}@${hopAddress(hop)}`),
    async roundTrip() {
      const began = performance.now();
      await control.ask(':');
      return performance.now() - began;
    },
    end: () => link.end(),
  };
}

/** Addresses that are listened at, one on a line, as address.port or address:port. */
const listening = [
  'if [ -r /proc/net/tcp ]; then',
  '  cat /proc/net/tcp /proc/net/tcp6 2>/dev/null | while read -r _ at _ state _; do',
  '    [ "$state" = 0A ] && printf "0:%d\\n" "0x${at##*:}"',
  '  done; exit 0',
  'fi',
  'netstat -an -p tcp | awk \'$6 == "LISTEN" { print $4 }\'',
].join('\n');

/** Both directions of a character device, which is not made the program's own terminal; its modes stay. */
const device = [
  // not the leader of its session, which would get the device as its own terminal
  '(',
  'exec 3<>"$1" 4<&0 || exit 1',
  'cat <&3 & reader=$!',
  // a reader that stays behind would take what the next one waits for
  '( cat <&4 >&3; kill $reader ) 2>/dev/null & writer=$!',
  'wait $reader; kill $writer 2>/dev/null; exit 0',
  ')',
].join('\n');
