import { GuestroomError } from '../../../drivers/api/errors.ts';
import { formatUri } from '../../../drivers/api/uri.ts';
import type { LocalHost } from '../local-host.ts';
import { checkHostName } from '../ssh/config.ts';
import { namedHosts, readConfigFile } from '../ssh/config-file.ts';

/** Names that the account's SSH configuration gives to hosts; undefined where there is none. Rejects with `invalid_argument` for a broken one. */
export async function sshHosts({ files, paths }: LocalHost): Promise<string[] | undefined> {
  const folder = files.join(paths.home, '.ssh');
  const where = { files, home: paths.home, folder };
  const statements = await readConfigFile(files.join(folder, 'config'), where);
  return statements && namedHosts(statements).filter(isHostName);
}

function isHostName(name: string): boolean {
  try {
    checkHostName(name);
    return true;
  } catch (thrown) {
    if (thrown instanceof GuestroomError) return false;
    throw thrown;
  }
}

/** libvirt's system daemon on a host of the SSH configuration, whose user, port and keys stay there. */
export const sshUri = (alias: string): string =>
  formatUri({
    ...{ driver: 'qemu', transport: 'ssh', user: undefined, host: alias, port: undefined },
    ...{ path: '/system', params: new Map(), embedded: false, local: false },
  });
