import type { Logger } from '../../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../api/errors.ts';
import type { FileStat, Host } from '../../api/host.ts';
import type { UnixReach } from '../address.ts';
import { accountOf } from './account.ts';
import {
  daemonPrograms,
  findDaemon,
  installCommand,
  joinCommand,
  machineName,
  startCommand,
} from './daemons.ts';
import type { Patience } from './patience.ts';
import { openForAccount } from './session-daemon.ts';
import { type UnixStream, lookAt, openSocket, socketNames, systemFolders } from './sockets.ts';

/** Opens the first socket of the daemon that answers; for an account's own daemon, starts it when there is none. */
export async function connectUnix(
  reach: UnixReach,
  readOnly: boolean,
  host: Host,
  patience: Patience,
  log: Logger,
): Promise<UnixStream> {
  if (host.os === 'win32') {
    throw new GuestroomError('unsupported', 'libvirt’s daemons do not run on Windows', {
      hint: 'Connect to a host with +tls',
    });
  }
  const account = reach.session && reach.socket === undefined ? await accountOf(host) : undefined;
  const own = account !== undefined && !account.root ? account : undefined;
  const paths =
    reach.socket === undefined
      ? placesOf(host, own ? [own.sockets] : systemFolders(host), socketNames(reach, readOnly && !own))
      : [reach.socket];
  const found = await firstThatAnswers(host, paths, readOnly, patience);
  if (found.stream) return found;
  if (own?.autostart === true) {
    return openForAccount(host, { ...reach, paths, folder: own.sockets }, patience, log);
  }
  throw found.stale === undefined
    ? await nothingThere(host, reach, paths)
    : await nobodyListens(host, reach, found.stale);
}

const placesOf = (host: Host, folders: readonly string[], names: readonly string[]): string[] =>
  folders.flatMap((folder) => names.map((name) => host.files.join(folder, name)));

interface Nothing {
  stream?: undefined;
  /** A socket that is there, but nobody listens. */
  stale?: string;
}

/** Opens first and looks only at what did not open: on a host far away each look costs a round trip. */
async function firstThatAnswers(
  host: Host,
  paths: readonly string[],
  readOnly: boolean,
  patience: Patience,
): Promise<UnixStream | Nothing> {
  const silent: string[] = [];
  for (const path of paths) {
    try {
      return { stream: await openSocket(host, path, patience), path };
    } catch (thrown) {
      const error = toGuestroomError(thrown);
      if (error.code === 'denied')
        throw await notAllowed(host, path, (await lookAt(host, path)) ?? 'denied', readOnly, error);
      if (error.code !== 'unreachable') throw error;
      silent.push(path);
    }
  }
  for (const path of silent) {
    const there = await lookAt(host, path);
    if (there === 'denied') {
      const error = new GuestroomError('denied', `Permission denied: ${path}`);
      throw await notAllowed(host, path, there, readOnly, error);
    }
    if (there && there.kind !== 'socket')
      throw new GuestroomError('invalid_argument', `There is no socket at ${path}, but something else`, {
        hint: 'Write the path of the socket that the daemon listens at',
      });
    if (there) return { stale: path };
  }
  return {};
}

async function nothingThere(host: Host, reach: UnixReach, paths: readonly string[]): Promise<GuestroomError> {
  const detail = `looked for ${paths.join(', ')}`;
  if (reach.socket !== undefined) {
    return new GuestroomError('unreachable', `There is no socket at ${reach.socket}`, {
      hint: 'Start the daemon that listens there, or leave “socket” out of the address',
    });
  }
  const programs = daemonPrograms(reach);
  const installed = await findDaemon(host, programs);
  const where = machineName(host);
  if (installed === undefined) {
    return new GuestroomError('program_missing', `libvirt is not installed on ${where}`, {
      hint: `Install it: ${await installCommand(host, reach.driver)}`,
      detail,
    });
  }
  return new GuestroomError('unreachable', `libvirt is not running on ${where}`, {
    hint: `Start it: ${await startCommand(host, host.files.basename(installed))}`,
    detail,
  });
}

async function nobodyListens(host: Host, reach: UnixReach, path: string): Promise<GuestroomError> {
  const installed = await findDaemon(host, daemonPrograms(reach));
  const start =
    installed === undefined || reach.socket !== undefined
      ? 'Start the daemon again'
      : `Start it: ${await startCommand(host, host.files.basename(installed))}`;
  return new GuestroomError(
    'unreachable',
    `libvirt is not running on ${machineName(host)}: nobody listens at ${path}`,
    {
      hint: start,
    },
  );
}

async function notAllowed(
  host: Host,
  path: string,
  there: FileStat | 'denied',
  readOnly: boolean,
  error: GuestroomError,
): Promise<GuestroomError> {
  const { name } = await accountOf(host);
  const looking = readOnly ? undefined : await lookAt(host, `${path}-ro`);
  const groupMay = there === 'denied' || (there.mode & 0o020) !== 0;
  const join = `Join its group, then log out and in again: ${joinCommand(host, name)}`;
  return new GuestroomError('denied', `The account ${name} may not use libvirt on ${machineName(host)}`, {
    hint: groupMay
      ? `${join}${looking === undefined ? '' : '. Or connect read-only'}`
      : 'Only its owner may: set unix_sock_group and unix_sock_rw_perms in libvirtd.conf',
    detail: error.detail ?? `${error.message}: ${path}`,
  });
}
