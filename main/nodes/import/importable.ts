import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import { type ConnectionUri, formatUri, parseUri } from '../../../drivers/api/uri.ts';
import type { Importable, ImportableHost, ImportNote, ImportSource } from '../../../preload/importing.ts';
import type { LocalHost } from '../local-host.ts';
import type { SavedNode } from '../saved.ts';
import { sshHosts, sshUri } from './ssh-hosts.ts';
import { virtManagerUris } from './virt-manager.ts';

export interface ImportContext {
  host: LocalHost;
  saved: readonly SavedNode[];
  /** What a host without a name is called. */
  nameOf(uri: ConnectionUri): string;
}

/** Hosts that other programs of this account know. A source that cannot be read costs only itself. */
export async function findImportable(context: ImportContext): Promise<Importable> {
  const hosts: ImportableHost[] = [];
  const notes: ImportNote[] = [];
  const known = new Set(context.saved.flatMap(({ uri }) => canonical(uri) ?? []));
  const add = (source: ImportSource, written: string, name?: string): void => {
    const uri = parseUri(written);
    const text = formatUri(uri);
    if (hosts.some((other) => other.source === source && other.uri === text)) return;
    hosts.push({ source, name: name ?? context.nameOf(uri), uri: text, already: known.has(text) });
  };
  const reading = async (source: ImportSource, read: () => Promise<void>): Promise<void> => {
    try {
      await read();
    } catch (thrown) {
      notes.push({ source, reason: 'failed', error: toGuestroomError(thrown).toData() });
    }
  };

  await reading('ssh-config', async () => {
    const names = await sshHosts(context.host);
    if (!names) notes.push({ source: 'ssh-config', reason: 'absent' });
    for (const name of names ?? []) add('ssh-config', sshUri(name), name);
  });
  await reading('virt-manager', async () => {
    const uris = await virtManagerUris(context.host);
    if (typeof uris === 'string') notes.push({ source: 'virt-manager', reason: uris });
    // one that is not understood, or has a password in it, costs only itself
    else for (const uri of uris) await reading('virt-manager', async () => add('virt-manager', uri));
  });
  return { hosts, notes };
}

/** undefined for what is no URI: the list may be edited by hand. */
function canonical(uri: string): string | undefined {
  try {
    return formatUri(parseUri(uri));
  } catch (thrown) {
    if (thrown instanceof GuestroomError) return undefined;
    throw thrown;
  }
}
