import type { Readable } from 'node:stream';
import type { CloneVolume, NewVolume, Volumes, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { Folder, Pool, Volume } from '../api/model.ts';
import { browse } from '../storage/browse.ts';
import { imageHeadLength, readImageHeader } from '../storage/image-header.ts';
import { storageVolume, type StorageVolumeSpec } from '../xml/storage/volume.ts';
import { volumeRow } from '../xml/rows.ts';
import type { Daemon } from './daemon.ts';
import type { HostAccess } from './host-access.ts';
import type { LibvirtPools } from './pools.ts';
import type { StoragePool, StorageVol } from './rpc/procedures.gen.ts';
import { collect } from './stream-content.ts';
import type { VolumeBytes } from './volume-bytes.ts';
import type { VolumeFinder } from './volume-finder.ts';

const largestRead = 1024 * 1024;
/** Content up to this size is taken whole before its volume is made, so that the volume has the right size at once. */
const small = 8 * 1024 * 1024;
/** Pools whose volumes are files that grow as they are written. */
const ofFiles: ReadonlySet<string> = new Set(['dir', 'fs', 'netfs', 'gluster', 'vstorage']);

export interface VolumeParts {
  daemon: Daemon;
  access: HostAccess;
  pools: LibvirtPools;
  finder: VolumeFinder;
  bytes: VolumeBytes;
  /** The node itself, where its files are in our reach: then also files outside all pools can be chosen. */
  host: Host | undefined;
  /** Folder to begin with. */
  home: string;
}

/** Images on a node with libvirt: volumes of its pools, and files beside them where the node is in our reach. */
export class LibvirtVolumes implements Volumes {
  readonly #parts: VolumeParts;
  readonly #daemon: Daemon;

  constructor(parts: VolumeParts) {
    this.#parts = parts;
    this.#daemon = parts.daemon;
  }

  async pools(): Promise<Pool[]> {
    return (await this.#daemon.ifSupported(this.#parts.pools.list())) ?? [];
  }

  async list(pool: string): Promise<Volume[]> {
    const args = { pool: await this.#pool(pool), need_results: 1, flags: 0 };
    const { vols } = await this.#daemon.call('STORAGE_POOL_LIST_ALL_VOLUMES', args);
    return this.#daemon.each(vols, (vol) => this.#row(vol));
  }

  async lookup(path: string): Promise<Volume> {
    const vol = await this.#parts.finder.findIfThere(path);
    if (vol) return this.#row(vol);
    const { host } = this.#parts;
    if (!host)
      throw new GuestroomError('not_found', `There is no volume ${path}`, {
        hint: 'Choose a volume of one of the host’s storage pools',
      });
    return fileFacts(host, path);
  }

  async create(
    pool: string,
    { name, format, capacity, allocation = 0, backing }: NewVolume,
  ): Promise<Volume> {
    this.#parts.access.allow('volumeCreate');
    checkName(name);
    if (!Number.isSafeInteger(capacity) || capacity < 512)
      throw new GuestroomError('invalid_argument', 'A disk must have at least 512 bytes');
    const spec: StorageVolumeSpec = {
      name,
      capacity,
      // a raw image would be filled with zeros where nothing is said
      allocation,
      target: { format },
      ...(backing ? { backingStore: backing } : {}),
    };
    return this.#row(await this.#make(await this.#pool(pool), spec));
  }

  async clone(source: string, pool: string, volume: CloneVolume, context: WorkContext = {}): Promise<Volume> {
    this.#parts.access.allow('volumeClone');
    checkName(volume.name);
    const ref = await this.#pool(pool);
    return this.#parts.finder.withVolume(source, async (from) => {
      const { capacity } = await this.#row(from);
      if (volume.capacity !== undefined && volume.capacity < capacity)
        throw new GuestroomError('invalid_argument', 'A copy cannot be smaller than its source', {
          hint: `The source has ${String(capacity)} bytes: data at its end would be lost`,
        });
      const xml = storageVolume.build({
        name: volume.name,
        capacity: volume.capacity ?? capacity,
        allocation: 0,
        target: { format: volume.format },
      });
      const args = { pool: ref, xml, clonevol: from, flags: 0 };
      const { vol } = await this.#daemon.slowly('STORAGE_VOL_CREATE_XML_FROM', args, {
        turn: context.signal,
      });
      await this.#grow(vol, volume.capacity);
      // libvirt cannot be stopped in between: what nobody wants any more is removed once it is there
      if (context.signal?.aborted) {
        await this.#remove(vol);
        throw new GuestroomError('cancelled', 'Cancelled');
      }
      this.#told(pool);
      return this.#row(vol);
    });
  }

  async delete(path: string): Promise<void> {
    this.#parts.access.allow('volumeDelete');
    await this.#parts.finder.withVolume(path, async (vol) => {
      await this.#remove(vol);
      this.#told(vol.pool);
    });
  }

  async upload(pool: string, name: string, content: Readable, context: WorkContext = {}): Promise<Volume> {
    this.#parts.access.allow('volumeUpload');
    checkName(name);
    const ref = await this.#pool(pool);
    const { type } = await this.#parts.pools.one(pool);
    const { head, rest } = await begin(content, small, context.signal);
    if (rest && !ofFiles.has(type))
      throw new GuestroomError('unsupported', `A pool of the type ${type} takes no content of unknown size`, {
        hint: 'Upload it to a pool that is a folder',
      });
    const vol = await this.#make(ref, {
      name,
      capacity: Math.max(head.length, 1),
      allocation: 0,
      target: { format: 'raw' },
    });
    let done = 0;
    const { onProgress } = context;
    async function* pieces(): AsyncGenerator<{ data: Uint8Array }> {
      yield { data: head };
      done += head.length;
      for await (const data of (rest ?? []) as AsyncIterable<Uint8Array>) {
        yield { data };
        done += data.length;
        onProgress?.(0, `${String(done)} bytes`);
      }
    }
    try {
      await this.#parts.bytes.upload(vol, pieces(), {}, context);
    } catch (error) {
      await this.#remove(vol);
      throw error;
    }
    // its size is what was written
    if (rest) await this.#daemon.slowly('STORAGE_POOL_REFRESH', { pool: ref, flags: 0 });
    this.#told(pool);
    return this.#row(vol);
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    this.#parts.access.allow('volumeRead');
    const wanted = Math.min(length, largestRead);
    const { host } = this.#parts;
    if (host && (await host.files.access(path, 'read'))) return host.files.readAt(path, offset, wanted);
    const vol = await this.#parts.finder.find(path);
    const args = { vol, offset: BigInt(offset), length: BigInt(wanted), flags: 0 };
    const { stream } = await this.#daemon.stream('STORAGE_VOL_DOWNLOAD', args);
    return collect(stream, wanted);
  }

  browse(path: string | null): Promise<Folder> {
    this.#parts.access.allow('browse');
    const { host, home } = this.#parts;
    if (!host)
      return Promise.reject(
        new GuestroomError('unsupported', 'The folders of this host are out of reach', {
          hint: 'Choose from its storage pools, or connect to it by SSH',
        }),
      );
    return browse(host, path ?? home);
  }

  async #make(pool: StoragePool, spec: StorageVolumeSpec): Promise<StorageVol> {
    const args = { pool, xml: storageVolume.build(spec), flags: 0 };
    const { vol } = await this.#daemon.slowly('STORAGE_VOL_CREATE_XML', args);
    this.#told(pool.name);
    return vol;
  }

  /** A copy that changes the format keeps the source's size, whatever was asked. */
  async #grow(vol: StorageVol, capacity = 0): Promise<void> {
    const made = await this.#row(vol);
    if (made.capacity >= capacity) return;
    try {
      await this.#daemon.slowly('STORAGE_VOL_RESIZE', { vol, capacity: BigInt(capacity), flags: 0 });
    } catch (error) {
      await this.#remove(vol);
      throw error;
    }
  }

  async #remove(vol: StorageVol): Promise<void> {
    await this.#daemon.slowly('STORAGE_VOL_DELETE', { vol, flags: 0 });
  }

  #told(pool: string): void {
    this.#parts.access.tell({ kind: 'volumes', pool });
  }

  async #pool(name: string): Promise<StoragePool> {
    return (await this.#daemon.call('STORAGE_POOL_LOOKUP_BY_NAME', { name })).pool;
  }

  async #row(vol: StorageVol): Promise<Volume> {
    const { xml } = await this.#daemon.call('STORAGE_VOL_GET_XML_DESC', { vol, flags: 0 });
    return { ...volumeRow(storageVolume.read(xml)), pool: vol.pool };
  }
}

function checkName(name: string): void {
  if (name === '' || name === '.' || name === '..' || name.includes('/'))
    throw new GuestroomError(
      'invalid_argument',
      `Not a name for a volume: ${name === '' ? '(empty)' : name}`,
      {
        hint: 'Give a file name without a folder',
      },
    );
}

/** What a file outside all pools is, by its own header. */
async function fileFacts(host: Host, path: string): Promise<Volume> {
  const { files } = host;
  if (!files.isAbsolute(path))
    throw new GuestroomError('invalid_argument', `The path must begin at the root: ${path}`);
  const stat = await files.stat(path);
  if (!stat)
    throw new GuestroomError('not_found', `There is no image ${path}`, { hint: 'Choose another file' });
  if (stat.kind === 'folder') throw new GuestroomError('invalid_argument', `This is a folder: ${path}`);
  const plain = { path, name: files.basename(path), allocation: stat.allocated };
  try {
    const facts = readImageHeader(await files.readAt(path, 0, imageHeadLength), stat.size);
    if (facts) return { ...plain, ...facts };
  } catch (error) {
    // the daemon may read what this account may not
    if (toGuestroomError(error).code !== 'denied') throw error;
  }
  return { ...plain, format: 'raw', capacity: stat.size };
}

/** The first bytes, at most about `most`; `rest` is what follows, where there is more. */
async function begin(
  content: Readable,
  most: number,
  signal: AbortSignal | undefined,
): Promise<{ head: Buffer; rest: Readable | undefined }> {
  const parts: Buffer[] = [];
  let size = 0;
  // not for await: leaving it would destroy the stream
  const iterator = (content as AsyncIterable<Buffer | string>)[Symbol.asyncIterator]();
  while (size < most) {
    if (signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
    const next = await iterator.next().catch((error: unknown) => {
      throw toGuestroomError(error);
    });
    if (next.done === true) return { head: Buffer.concat(parts, size), rest: undefined };
    const part = Buffer.from(next.value);
    parts.push(part);
    size += part.length;
  }
  return { head: Buffer.concat(parts, size), rest: content };
}
