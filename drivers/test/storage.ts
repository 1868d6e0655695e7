import { GuestroomError } from '../api/errors.ts';
import type { FileEntry, Folder, Pool, Volume } from '../api/model.ts';
import { imageHead, isoHead, type IsoLabel } from './iso.ts';
import type { SavedState } from './machine.ts';

/** A file of the made-up host. Only its head has content; the rest reads as zeros. */
export interface StoredFile {
  path: string;
  kind: 'file' | 'device';
  format: string;
  /** What a guest sees. */
  capacity: number;
  /** What it takes on the disk, and for files that are not images their length. */
  allocation: number;
  /** ms since 1970 */
  modified: number;
  backing?: string;
  head: Uint8Array;
  /** A guest's state that `save` wrote. */
  saved?: SavedState & { uuid: string };
}

export interface PoolSeed {
  name: string;
  type: string;
  path: string;
  capacity: number;
  active?: boolean;
}

/** When the made-up files were written: 2025-01-15. */
const written = Date.UTC(2025, 0, 15, 12);
/** An empty qcow2 takes this much. */
const emptyImage = 196_624;

export const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Folders, files and pools of a made-up host. Paths are absolute, with slashes. */
export class Storage {
  /** Where a person begins to look. */
  readonly home: string;
  readonly #files = new Map<string, StoredFile>();
  readonly #folders = new Set<string>(['/']);
  readonly #pools = new Map<string, PoolSeed>();

  constructor(home: string, pools: readonly PoolSeed[]) {
    this.home = home;
    this.addFolder(home);
    for (const pool of pools) {
      this.#pools.set(pool.name, pool);
      this.addFolder(pool.path);
    }
  }

  addFolder(path: string): void {
    for (let folder = path; folder !== '/'; folder = parentOf(folder)) this.#folders.add(folder);
  }

  put(file: StoredFile): StoredFile {
    this.addFolder(parentOf(file.path));
    this.#files.set(file.path, file);
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
      kind: path.startsWith('/dev/') ? 'device' : 'file',
      format,
      capacity,
      allocation: Math.min(allocation, capacity),
      modified: written,
      head: imageHead(format, capacity),
      ...(backing === undefined ? {} : { backing }),
    });
  }

  addIso(path: string, size: number, label: IsoLabel): StoredFile {
    return this.put({
      path,
      kind: 'file',
      format: 'iso',
      capacity: size,
      allocation: size,
      modified: written,
      head: isoHead(label, size),
    });
  }

  addText(path: string, text: string): StoredFile {
    const head = Buffer.from(text, 'utf8');
    const size = head.length;
    return this.put({
      path,
      kind: 'file',
      format: 'raw',
      capacity: size,
      allocation: size,
      modified: written,
      head,
    });
  }

  find(path: string): StoredFile | undefined {
    return this.#files.get(path);
  }

  file(path: string): StoredFile {
    const file = this.#files.get(path);
    if (file) return file;
    if (this.#folders.has(path))
      throw new GuestroomError('invalid_argument', `This is a folder, not a file: ${path}`);
    throw new GuestroomError('not_found', `No such file on the host: ${path}`, {
      hint: 'Choose a file from the host’s folders',
    });
  }

  remove(path: string): void {
    this.#files.delete(path);
  }

  isFolder(path: string): boolean {
    return this.#folders.has(path);
  }

  pool(name: string): PoolSeed {
    const pool = this.#pools.get(name);
    if (!pool)
      throw new GuestroomError('not_found', `No storage pool is called ${name}`, {
        hint: `There are: ${[...this.#pools.keys()].join(', ') || 'none'}`,
      });
    if (pool.active === false)
      throw new GuestroomError('wrong_state', `The storage pool ${name} is not active`);
    return pool;
  }

  pools(): Pool[] {
    return [...this.#pools.values()].map((pool) => ({
      name: pool.name,
      type: pool.type,
      path: pool.path,
      capacity: pool.capacity,
      available: this.available(pool),
      active: pool.active ?? true,
    }));
  }

  available(pool: PoolSeed): number {
    const used = this.#inside(pool.path).reduce((sum, file) => sum + file.allocation, 0);
    return Math.max(0, pool.capacity - used);
  }

  volumes(pool: PoolSeed): Volume[] {
    return this.#inside(pool.path).map((file) => this.volume(file));
  }

  #inside(folder: string): StoredFile[] {
    return [...this.#files.values()].filter((file) => parentOf(file.path) === folder);
  }

  volume(file: StoredFile): Volume {
    const folder = parentOf(file.path);
    const pool = [...this.#pools.values()].find((one) => one.path === folder);
    return {
      path: file.path,
      name: nameOf(file.path),
      ...(pool === undefined ? {} : { pool: pool.name }),
      format: file.format,
      capacity: file.capacity,
      allocation: file.allocation,
      ...(file.backing === undefined ? {} : { backing: file.backing }),
    };
  }

  folder(path: string): Folder {
    const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
    if (this.#files.has(clean))
      throw new GuestroomError('invalid_argument', `This is a file, not a folder: ${clean}`);
    if (!this.#folders.has(clean))
      throw new GuestroomError('not_found', `No such folder on the host: ${clean}`);
    const folders: FileEntry[] = [...this.#folders]
      .filter((folder) => folder !== '/' && folder !== clean && parentOf(folder) === clean)
      .map((folder) => ({ name: nameOf(folder), path: folder, kind: 'folder' }));
    const files: FileEntry[] = this.#inside(clean).map((file) => ({
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
export function addMedia(storage: Storage, folder: string): void {
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
    storage.addIso(`${folder}/${name}`, Math.round((size * gib) / 2048) * 2048, label);
}
