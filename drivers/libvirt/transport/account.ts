import type { Host } from '../../api/host.ts';

/** The account that we are on the machine, as libvirt looks at it. */
export interface Account {
  readonly name: string;
  readonly root: boolean;
  /** Folder of the sockets of the account's own daemons, as yet perhaps not there. */
  readonly sockets: string;
  /** False when the account wants no daemon to be started for it. */
  readonly autostart: boolean;
}

export async function accountOf(host: Host): Promise<Account> {
  const { stdout: id } = await host.exec('id', []);
  const [, uid, name] = /^uid=(\d+)(?:\(([^)]*)\))?/.exec(id) ?? [];
  const { stdout: env } = await host.exec('env', []);
  const variable = (wanted: string): string | undefined => new RegExp(`^${wanted}=(.+)$`, 'm').exec(env)?.[1];
  const { join, isAbsolute } = host.files;
  const folder = (wanted: string): string | undefined => {
    const path = variable(wanted);
    return path !== undefined && isAbsolute(path) ? path : undefined;
  };
  const base = folder('XDG_RUNTIME_DIR') ?? folder('XDG_CACHE_HOME') ?? join(host.paths.home, '.cache');
  return {
    name: name ?? uid ?? '',
    root: uid === '0',
    sockets: join(base, 'libvirt'),
    autostart: variable('LIBVIRT_AUTOSTART') !== '0',
  };
}
