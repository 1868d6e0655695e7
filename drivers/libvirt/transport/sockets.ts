import type { Duplex } from 'node:stream';
import type { UnixReach } from '../address.ts';
import type { FileStat, Host } from '../../api/host.ts';
import { GuestroomError } from '../../api/errors.ts';
import { type Patience, bounded, noAnswer } from './patience.ts';

/** Where the system's daemons put their sockets. */
export const systemFolders = (host: Host): readonly string[] =>
  host.os === 'darwin'
    ? ['/opt/homebrew/var/run/libvirt', '/usr/local/var/run/libvirt', '/var/run/libvirt']
    : ['/var/run/libvirt'];

/** Sockets that a daemon's way leads to, in the order in which they are tried. Those of an account have none for reading only. */
export function socketNames(reach: Pick<UnixReach, 'mode' | 'daemon'>, readOnly: boolean): string[] {
  const own = reach.daemon === undefined || reach.mode === 'legacy' ? [] : [reach.daemon];
  const common = reach.mode === 'direct' ? [] : ['libvirt'];
  return [...own, ...common].map((daemon) => `${daemon}-sock${readOnly ? '-ro' : ''}`);
}

/** What is at a path; `denied` where the account may not even look. */
export async function lookAt(host: Host, path: string): Promise<FileStat | 'denied' | undefined> {
  try {
    return await host.files.stat(path);
  } catch (error) {
    if (error instanceof GuestroomError && error.code === 'denied') return 'denied';
    throw error;
  }
}

export interface UnixStream {
  stream: Duplex;
  path: string;
}

/** Rejects with `unreachable` where nobody listens. */
export function openSocket(host: Host, path: string, patience: Patience): Promise<Duplex> {
  const hint = 'Restart the daemon: it is there, and takes no connections';
  return bounded(
    host.connect({ unix: path }),
    patience,
    () => noAnswer(path, patience, hint),
    (late) => late.destroy(),
  );
}
