import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';

/** What libvirt's client configuration says of addresses. */
export interface ClientConf {
  uriDefault: string | undefined;
  /** Short names for addresses. */
  uriAliases: ReadonlyMap<string, string>;
}

const withoutComments = (text: string): string => text.replace(/^[ \t]*#.*$/gm, '');

/** From libvirt.conf: root's is the computer's, everybody else's their own. Nothing where there is none. */
export async function readClientConf(
  { files }: Host,
  env: NodeJS.ProcessEnv,
  folder = process.getuid?.() === 0
    ? '/etc/libvirt'
    : files.join(env['XDG_CONFIG_HOME'] ?? files.join(env['HOME'] ?? '/', '.config'), 'libvirt'),
): Promise<ClientConf> {
  let text = '';
  try {
    text = withoutComments(await files.readText(files.join(folder, 'libvirt.conf')));
  } catch (error) {
    if (toGuestroomError(error).code !== 'not_found') throw error;
  }
  const [, uriDefault] = /^\s*uri_default\s*=\s*["']([^"'\n]+)["']/m.exec(text) ?? [];
  const [, list = ''] = /^\s*uri_aliases\s*=\s*\[([^\]]*)\]/m.exec(text) ?? [];
  const uriAliases = new Map(
    [...list.matchAll(/["']([^"'=\n]+)=([^"'\n]+)["']/g)].map(([, alias = '', uri = '']) => [
      alias.trim(),
      uri.trim(),
    ]),
  );
  return { uriDefault, uriAliases };
}
