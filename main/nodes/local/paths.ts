import { lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import type { Host, HostPaths } from '../../../drivers/api/host.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the choice of folders depends on. */
export interface PathSource {
  os: Host['os'];
  env: Environment;
  home: string;
  /** The account's number; undefined on Windows. */
  uid: number | undefined;
  /** True when this folder exists, is no link and belongs to the account. */
  owned(folder: string): boolean;
}

/**
 * Our folders on this computer. GUESTROOM_HOME puts all of them below one folder, GUESTROOM_DATA_DIR,
 * GUESTROOM_CONFIG_DIR, GUESTROOM_STATE_DIR, GUESTROOM_CACHE_DIR and GUESTROOM_RUNTIME_DIR name single ones;
 * then come the XDG variables, then the system's own places.
 */
export function localPaths(source: PathSource): HostPaths {
  const { env, home } = source;
  const path = source.os === 'win32' ? win32 : posix;
  const together = env['GUESTROOM_HOME'];
  const system = systemPaths(source);
  const choose = (kind: Exclude<keyof HostPaths, 'home'>, xdg: string): string => {
    const own = env[`GUESTROOM_${kind.toUpperCase()}_DIR`];
    if (own) return path.resolve(own);
    if (together) return path.resolve(together, kind);
    const base = env[xdg];
    // the XDG specification: a relative path in these variables is to be ignored
    return base && path.isAbsolute(base) ? path.join(base, 'guestroom') : system[kind];
  };
  return {
    home,
    data: choose('data', 'XDG_DATA_HOME'),
    config: choose('config', 'XDG_CONFIG_HOME'),
    state: choose('state', 'XDG_STATE_HOME'),
    cache: choose('cache', 'XDG_CACHE_HOME'),
    runtime: choose('runtime', 'XDG_RUNTIME_DIR'),
  };
}

function systemPaths({ os, env, home, uid, owned }: PathSource): Omit<HostPaths, 'home'> {
  if (os === 'win32') {
    const local = env['LOCALAPPDATA'] ?? win32.join(home, 'AppData', 'Local');
    const roaming = env['APPDATA'] ?? win32.join(home, 'AppData', 'Roaming');
    return {
      data: win32.join(local, 'Guestroom', 'Data'),
      config: win32.join(roaming, 'Guestroom'),
      state: win32.join(local, 'Guestroom', 'State'),
      cache: win32.join(local, 'Guestroom', 'Cache'),
      runtime: win32.join(local, 'Guestroom', 'Run'),
    };
  }
  if (os === 'darwin') {
    const library = posix.join(home, 'Library');
    const support = posix.join(library, 'Application Support', 'Guestroom');
    return {
      data: support,
      config: posix.join(support, 'config'),
      state: posix.join(support, 'state'),
      cache: posix.join(library, 'Caches', 'Guestroom'),
      // not the system's temporary folder: it is swept after three days, and guests run longer
      runtime: posix.join(library, 'Caches', 'Guestroom', 'run'),
    };
  }
  const state = posix.join(home, '.local', 'state', 'guestroom');
  return {
    data: posix.join(home, '.local', 'share', 'guestroom'),
    config: posix.join(home, '.config', 'guestroom'),
    state,
    cache: posix.join(home, '.cache', 'guestroom'),
    runtime: runtimeFolder(uid, owned) ?? posix.join(state, 'run'),
  };
}

/** Where the session manager would have made it, so that a login without XDG_RUNTIME_DIR finds the same guests. */
function runtimeFolder(uid: number | undefined, owned: (folder: string) => boolean): string | undefined {
  if (uid === undefined) return undefined;
  const session = `/run/user/${String(uid)}`;
  if (owned(session)) return posix.join(session, 'guestroom');
  return uid === 0 && owned('/run') ? '/run/guestroom' : undefined;
}

/** The real account on this computer. */
export function pathSource(os: Host['os'], env: Environment): PathSource {
  const uid = process.getuid?.();
  return {
    os,
    env,
    home: (os === 'win32' ? env['USERPROFILE'] : env['HOME']) ?? homedir(),
    uid,
    owned: (folder) => {
      const found = lstatSync(folder, { throwIfNoEntry: false });
      return found !== undefined && found.isDirectory() && found.uid === uid;
    },
  };
}
