import type { Element } from '@xmldom/xmldom';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Logger } from '../../drivers/api/driver.ts';
import type { HostFiles } from '../../drivers/api/host.ts';
import { parseDocument } from '../../drivers/xml/document.ts';
import type { SystemSource } from './catalog.ts';
import { readOsElement, resolveSystems } from './osinfo-systems.ts';
import type { OsRow } from './osinfo-systems.ts';

/** Where osinfo-db-import puts the database; the first folder that is there counts. */
export const osinfoPlaces: readonly string[] = [
  '/usr/share/osinfo',
  '/usr/local/share/osinfo',
  '/opt/homebrew/share/osinfo',
];
const maxFile = 1024 * 1024;
const maxFiles = 5000;
const atOnce = 8;

/**
 * libosinfo's database as it is installed on this machine, or undefined. It has no index, so every file is read
 * once: about a thousand small ones. A file that cannot be read is named in the log and left out.
 */
export async function readOsinfo(
  files: HostFiles,
  log: Logger,
  places: readonly string[] = osinfoPlaces,
): Promise<SystemSource | undefined> {
  for (const place of places) {
    const folder = files.join(place, 'os');
    const stat = await files.stat(folder);
    if (stat?.kind !== 'folder') continue;
    const date = await versionOf(files, place, stat.modified);
    const rows: OsRow[] = [];
    const paths = await listXml(files, folder);
    const read = async (): Promise<void> => {
      for (let path = paths.pop(); path !== undefined; path = paths.pop()) {
        try {
          rows.push(...readRows(await files.readText(path, maxFile)));
        } catch (thrown) {
          const error = toGuestroomError(thrown);
          log.warn('A file of the database of systems was left out', { path, reason: error.message });
        }
      }
    };
    await Promise.all(Array.from({ length: atOnce }, read));
    return { date, systems: resolveSystems(rows, log) };
  }
  return undefined;
}

/** VERSION is the day of release, 20250606; without it the folder's own day counts. */
async function versionOf(files: HostFiles, place: string, modified: number): Promise<string> {
  const path = files.join(place, 'VERSION');
  const text = (await files.stat(path)) ? await files.readText(path, 1024) : '';
  const match = /^(\d{4})(\d\d)(\d\d)/.exec(text.trim());
  return match
    ? `${match[1] ?? ''}-${match[2] ?? ''}-${match[3] ?? ''}`
    : new Date(modified).toISOString().slice(0, 10);
}

async function listXml(files: HostFiles, folder: string): Promise<string[]> {
  const found: string[] = [];
  const waiting = [{ path: folder, depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const { name, kind } of await files.list(next.path)) {
      const path = files.join(next.path, name);
      if (kind === 'folder' && next.depth < 3) waiting.push({ path, depth: next.depth + 1 });
      else if (name.endsWith('.xml')) found.push(path);
      if (found.length > maxFiles)
        throw new GuestroomError('too_large', `More than ${String(maxFiles)} files in ${folder}`);
    }
  }
  return found;
}

function readRows(text: string): OsRow[] {
  const { root } = parseDocument(text, 'libosinfo');
  return childElements(root, 'os').map(readOsElement);
}

function childElements(parent: Element, name: string): Element[] {
  return Array.from(parent.childNodes).filter(
    (node): node is Element => node.nodeType === 1 && node.nodeName === name,
  );
}
