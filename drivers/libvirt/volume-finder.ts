import { randomUUID } from 'node:crypto';
import { GuestroomError } from '../api/errors.ts';
import { storagePool } from '../xml/storage/pool.ts';
import type { Daemon } from './daemon.ts';
import type { StorageVol } from './rpc/procedures.gen.ts';

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));

/** Finds the volume of a path: libvirt knows only what lies in its pools, as they were when it looked last. */
export class VolumeFinder {
  readonly #daemon: Daemon;
  readonly #readOnly: boolean;

  /** On a read-only connection what is newer than libvirt's last look stays unknown to it. */
  constructor(daemon: Daemon, readOnly: boolean) {
    this.#daemon = daemon;
    this.#readOnly = readOnly;
  }

  /** Rejects with `not_found` for a path that is in no pool. */
  async find(path: string): Promise<StorageVol> {
    const found = await this.findIfThere(path);
    if (found) return found;
    throw new GuestroomError('not_found', `There is no volume ${path}`, {
      hint: 'Choose a volume of one of the host’s storage pools',
    });
  }

  async findIfThere(path: string): Promise<StorageVol | undefined> {
    const known = await this.#lookup(path);
    if (known || this.#readOnly) return known;
    const pool = (await this.#poolOf(path))?.pool;
    if (!pool) return undefined;
    // the file may be newer than the last look into the folder
    await this.#daemon.slowly('STORAGE_POOL_REFRESH', { pool, flags: 0 });
    return this.#lookup(path);
  }

  /** Works on the volume of a path, also where it lies in no pool: then its folder is one for as long as that takes. */
  async withVolume<T>(path: string, work: (vol: StorageVol) => Promise<T>): Promise<T> {
    const found = await this.findIfThere(path);
    if (found) return work(found);
    // its folder is a pool, and has just been looked through
    if (await this.#poolOf(path)) return work(await this.find(path));
    const xml = storagePool.build({
      type: 'dir',
      name: `guestroom-${randomUUID()}`,
      target: { path: folderOf(path) },
    });
    const { pool } = await this.#daemon.slowly('STORAGE_POOL_CREATE_XML', { xml, flags: 0 });
    try {
      return await work(await this.find(path));
    } finally {
      await this.#daemon.slowly('STORAGE_POOL_DESTROY', { pool });
    }
  }

  async #lookup(path: string): Promise<StorageVol | undefined> {
    return (await this.#daemon.ifThere(this.#daemon.call('STORAGE_VOL_LOOKUP_BY_PATH', { path })))?.vol;
  }

  #poolOf(path: string) {
    const folder = folderOf(path);
    return this.#daemon.ifSupported(
      this.#daemon.ifThere(this.#daemon.call('STORAGE_POOL_LOOKUP_BY_TARGET_PATH', { path: folder })),
    );
  }
}
