import { GuestroomError } from '../api/errors.ts';
import type { FileEntry, Folder } from '../api/model.ts';
import { Content } from './content.ts';
import type { SavedState } from './document.ts';
import { imageHead, isoHead, type IsoLabel } from './iso.ts';

/** A file of the made-up host. Never changes: an edit puts another one in its place; only its content is written to. */
export interface StoredFile {
  path: string;
  kind: 'file' | 'device';
  format: string;
  /** What a guest sees. */
  capacity: number;
  /** What it takes on the disk, and for files that are not plain images their length. */
  allocation: number;
  /** ms since 1970 */
  modified: number;
  backing?: string;
  content: Content;
  /** A guest's state that `save` wrote. */
  saved?: SavedState & { uuid: string };
}

/** When the made-up files were written: 2025-01-15. */
const written = Date.UTC(2025, 0, 15, 12);
/** An empty qcow2 takes this much. */
export const emptyImage = 196_624;

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Volumes of volume groups are devices. */
export const kindAt = (path: string): StoredFile['kind'] => (path.startsWith('/dev/') ? 'device' : 'file');

/** Bytes that one reads of the file itself. */
export const lengthOf = ({ format, capacity, allocation }: StoredFile): number =>
  format === 'raw' || format === 'iso' ? capacity : allocation;

/** Folders and files of a made-up host. Paths are absolute, with slashes. */
export class Files {
  /** Where a person begins to look. */
  readonly home: string;
  /** By their name, in each folder. */
  readonly #folders = new Map<string, Map<string, StoredFile>>([['/', new Map()]]);
  /** Called with the file's path after each change. */
  watch: ((path: string) => void) | undefined;

  constructor(home: string) {
    this.home = home;
    this.addFolder(home);
  }

  addFolder(path: string): void {
    for (let folder = path; !this.#folders.has(folder); folder = parentOf(folder))
      this.#folders.set(folder, new Map());
  }

  removeFolder(path: string): void {
    for (const folder of [...this.#folders.keys()])
      if (folder === path || folder.startsWith(`${path}/`)) this.#folders.delete(folder);
  }

  put(file: StoredFile): StoredFile {
    const folder = parentOf(file.path);
    this.addFolder(folder);
    this.#folders.get(folder)?.set(nameOf(file.path), file);
    this.watch?.(file.path);
    return file;
  }

  addImage(
    path: string,
    format: string,
    capacity: number,
    allocation = emptyImage,
    backing?: string,
  ): StoredFile {
    return this.put({
      path,
      kind: kindAt(path),
      format,
      capacity,
      allocation: Math.min(allocation, capacity),
      modified: written,
      content: Content.of(imageHead(format, capacity)),
      ...(backing === undefined ? {} : { backing }),
    });
  }

  addIso(path: string, size: number, label: IsoLabel): StoredFile {
    return this.#add(path, 'iso', size, isoHead(label, size));
  }

  addText(path: string, text: string): StoredFile {
    const bytes = Buffer.from(text, 'utf8');
    return this.#add(path, 'raw', bytes.length, bytes);
  }

  #add(path: string, format: string, size: number, bytes: Uint8Array): StoredFile {
    const content = Content.of(bytes);
    return this.put({
      path,
      kind: 'file',
      format,
      capacity: size,
      allocation: size,
      modified: written,
      content,
    });
  }

  find(path: string): StoredFile | undefined {
    return this.#folders.get(parentOf(path))?.get(nameOf(path));
  }

  file(path: string): StoredFile {
    const file = this.find(path);
    if (file) return file;
    if (this.#folders.has(path))
      throw new GuestroomError('invalid_argument', `This is a folder, not a file: ${path}`);
    throw new GuestroomError('not_found', `No such file on the host: ${path}`, {
      hint: 'Choose a file from the host’s folders',
    });
  }

  remove(path: string): void {
    if (this.#folders.get(parentOf(path))?.delete(nameOf(path))) this.watch?.(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  inside(folder: string): StoredFile[] {
    return [...(this.#folders.get(folder)?.values() ?? [])];
  }

  folder(path: string): Folder {
    const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
    if (this.find(clean))
      throw new GuestroomError('invalid_argument', `This is a file, not a folder: ${clean}`);
    if (!this.#folders.has(clean))
      throw new GuestroomError('not_found', `No such folder on the host: ${clean}`);
    const folders: FileEntry[] = [...this.#folders.keys()]
      .filter((folder) => folder !== '/' && parentOf(folder) === clean)
      .map((folder) => ({ name: nameOf(folder), path: folder, kind: 'folder' }));
    const files: FileEntry[] = this.inside(clean).map((file) => ({
      name: nameOf(file.path),
      path: file.path,
      kind: file.kind,
      size: file.format === 'iso' || file.kind === 'device' ? file.capacity : file.allocation,
      modified: file.modified,
    }));
    const entries = [...folders, ...files].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { path: clean, parent: clean === '/' ? null : parentOf(clean), entries };
  }
}

/** The media that a made-up host offers: names and labels of systems that people install. */
export function addMedia(files: Files, folder: string): void {
  const gib = 1024 ** 3;
  const media: readonly [string, number, IsoLabel][] = [
    ['debian-12.7.0-amd64-netinst.iso', 0.6, { volume: 'Debian 12.7.0 amd64 n' }],
    ['ubuntu-24.04.1-live-server-amd64.iso', 2.6, { volume: 'Ubuntu-Server 24.04.1 LTS amd64', system: '' }],
    [
      'Win11_24H2_English_x64.iso',
      5.4,
      { volume: 'CCCOMA_X64FRE_EN-US_DV9', publisher: 'MICROSOFT CORPORATION', application: 'CDIMAGE 2.56' },
    ],
    ['Fedora-Workstation-Live-x86_64-40.iso', 2.1, { volume: 'Fedora-WS-Live-40-1-14', system: 'LINUX' }],
    ['alpine-standard-3.20.3-x86_64.iso', 0.2, { volume: 'alpine-std 3.20.3 x86_64', system: 'LINUX' }],
    [
      'FreeBSD-14.1-RELEASE-amd64-disc1.iso',
      1.1,
      { volume: '14_1_RELEASE_AMD64_CD', system: 'FreeBSD', publisher: 'THE FREEBSD PROJECT.' },
    ],
  ];
  for (const [name, size, label] of media)
    files.addIso(`${folder}/${name}`, Math.round((size * gib) / 2048) * 2048, label);
}
