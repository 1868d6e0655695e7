import { GuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { FileEntry, Folder } from '../api/model.ts';

/** More entries than this make a list that nobody reads. */
const most = 5000;

/** A folder on the node, folders first. Hidden files are left out. */
export async function browse(host: Host, path: string): Promise<Folder> {
  const { files } = host;
  if (!files.isAbsolute(path)) {
    throw new GuestroomError('invalid_argument', `The path must begin at the root: ${path}`);
  }
  const stat = await files.stat(path);
  if (!stat) throw new GuestroomError('not_found', `There is no folder ${path}`);
  if (stat.kind !== 'folder') throw new GuestroomError('invalid_argument', `This is not a folder: ${path}`);
  const listed = (await files.list(path)).filter(({ name }) => !name.startsWith('.')).slice(0, most);
  const entries = await Promise.all(
    listed.map(async ({ name, kind }): Promise<FileEntry> => {
      const full = files.join(path, name);
      // a link that leads nowhere has no facts
      const facts = await files.stat(full);
      return {
        name,
        path: full,
        kind: kind === 'folder' || kind === 'file' || kind === 'device' ? kind : 'other',
        ...(facts === undefined ? {} : { modified: facts.modified }),
        ...(facts?.kind === 'file' ? { size: facts.size } : {}),
      };
    }),
  );
  const rank = (entry: FileEntry): number => (entry.kind === 'folder' ? 0 : 1);
  entries.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, undefined, { numeric: true }));
  const parent = files.dirname(path);
  return { path, parent: parent === path ? null : parent, entries };
}
