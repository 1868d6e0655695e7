import type { Readable } from 'node:stream';
import type { CloneVolume, NewVolume, Volumes, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Folder, Pool, Volume } from '../api/model.ts';
import type { ConnectionOperation } from '../api/operations.ts';
import { longWork, type Behaviour } from './behaviour.ts';
import { imageHead } from './iso.ts';
import type { PoolSeed, Storage } from './storage.ts';

/** Uploads up to this size keep their whole content, larger ones only their first MiB. */
const wholeContent = 64 * 1024 * 1024;
const mebibyte = 1024 * 1024;
const emptyImage = 196_624;

/** Images and folders of a made-up host. */
export class TestVolumes implements Volumes {
  readonly #storage: Storage;
  readonly #behaviour: Behaviour;
  readonly #allow: (operation: ConnectionOperation | undefined) => void;
  /** Paths that an upload or clone is about to make. */
  readonly #pending = new Set<string>();

  /** `allow` throws when the connection may not do it, or is closed. */
  constructor(
    storage: Storage,
    behaviour: Behaviour,
    allow: (operation: ConnectionOperation | undefined) => void,
  ) {
    this.#storage = storage;
    this.#behaviour = behaviour;
    this.#allow = allow;
  }

  async pools(): Promise<Pool[]> {
    this.#allow(undefined);
    return this.#storage.pools();
  }

  async list(pool: string): Promise<Volume[]> {
    this.#allow(undefined);
    return this.#storage.volumes(this.#storage.pool(pool));
  }

  async lookup(path: string): Promise<Volume> {
    this.#allow(undefined);
    return this.#storage.volume(this.#storage.file(path));
  }

  async create(pool: string, volume: NewVolume): Promise<Volume> {
    this.#allow('volumeCreate');
    const place = this.#storage.pool(pool);
    const path = this.#newPath(place, volume.name);
    if (volume.backing) this.#storage.file(volume.backing.path);
    this.#checkRoom(place, volume.format === 'raw' ? volume.capacity : emptyImage);
    return this.#storage.volume(
      this.#storage.put({
        path,
        kind: 'file',
        format: volume.format,
        capacity: volume.capacity,
        allocation: volume.format === 'raw' ? 0 : Math.min(emptyImage, volume.capacity),
        modified: Date.now(),
        head: imageHead(volume.format, volume.capacity),
        ...(volume.backing === undefined ? {} : { backing: volume.backing.path }),
      }),
    );
  }

  async clone(source: string, pool: string, volume: CloneVolume, context: WorkContext = {}): Promise<Volume> {
    this.#allow('volumeClone');
    const original = this.#storage.file(source);
    const place = this.#storage.pool(pool);
    const path = this.#newPath(place, volume.name);
    const capacity = volume.capacity ?? original.capacity;
    if (capacity < original.capacity)
      throw new GuestroomError('invalid_argument', 'A copy cannot be smaller than its source', {
        hint: `The source has ${String(original.capacity)} bytes`,
      });
    this.#checkRoom(place, original.allocation);
    return this.#reserved(path, async () => {
      await longWork(this.#behaviour, context);
      const sameForm = volume.format === original.format || volume.format === 'raw';
      return this.#storage.volume(
        this.#storage.put({
          path,
          kind: 'file',
          format: volume.format,
          capacity,
          allocation: Math.max(original.allocation, volume.format === 'raw' ? 0 : emptyImage),
          modified: Date.now(),
          head:
            sameForm && capacity === original.capacity ? original.head : imageHead(volume.format, capacity),
        }),
      );
    });
  }

  async delete(path: string): Promise<void> {
    this.#allow('volumeDelete');
    const file = this.#storage.file(path);
    if (file.kind === 'device')
      throw new GuestroomError('denied', `${path} is a device of the host, not a file`);
    this.#storage.remove(path);
  }

  async upload(pool: string, name: string, content: Readable, context: WorkContext = {}): Promise<Volume> {
    this.#allow('volumeUpload');
    const place = this.#storage.pool(pool);
    const path = this.#newPath(place, name);
    const room = this.#storage.available(place);
    return this.#reserved(path, async () => {
      const { signal } = context;
      const stop = () => content.destroy(new GuestroomError('cancelled', 'Cancelled'));
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
      let parts: Buffer[] = [];
      let size = 0;
      let kept = 0;
      try {
        for await (const part of content as AsyncIterable<Uint8Array | string>) {
          const bytes = typeof part === 'string' ? Buffer.from(part) : Buffer.from(part);
          size += bytes.length;
          if (size > room) throw new GuestroomError('no_space', `The storage pool ${pool} is full`);
          if (kept < wholeContent) {
            parts.push(bytes);
            kept += bytes.length;
          }
          if (kept >= wholeContent && parts.length > 1) parts = [Buffer.concat(parts).subarray(0, mebibyte)];
          context.onProgress?.(0, `${String(size)} bytes`);
        }
      } catch (error) {
        throw toGuestroomError(error);
      } finally {
        signal?.removeEventListener('abort', stop);
      }
      context.onProgress?.(1);
      const head = Buffer.concat(parts);
      return this.#storage.volume(
        this.#storage.put({
          path,
          kind: 'file',
          format: formatOf(head),
          capacity: size,
          allocation: size,
          modified: Date.now(),
          head,
        }),
      );
    });
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    this.#allow('volumeRead');
    if (offset < 0 || length < 0)
      throw new GuestroomError('invalid_argument', 'Offset and length must not be negative');
    const file = this.#storage.file(path);
    const size = file.format === 'raw' || file.format === 'iso' ? file.capacity : file.allocation;
    const end = Math.min(size, offset + Math.min(length, mebibyte));
    if (end <= offset) return new Uint8Array();
    const bytes = new Uint8Array(end - offset);
    bytes.set(file.head.subarray(Math.min(offset, file.head.length), Math.min(end, file.head.length)));
    return bytes;
  }

  async browse(path: string | null): Promise<Folder> {
    this.#allow('browse');
    return this.#storage.folder(path ?? this.#storage.home);
  }

  #newPath(pool: PoolSeed, name: string): string {
    if (!/^[^/]{1,255}$/u.test(name) || /\p{Cc}/u.test(name) || name === '.' || name === '..')
      throw new GuestroomError('invalid_argument', `Not a file name: ${JSON.stringify(name)}`, {
        hint: 'Use a name without slashes, at most 255 characters',
      });
    const path = `${pool.path}/${name}`;
    if (this.#storage.find(path) || this.#storage.isFolder(path) || this.#pending.has(path))
      throw new GuestroomError('exists', `The volume ${name} is already there`, {
        hint: 'Choose another name',
        detail: path,
      });
    return path;
  }

  #checkRoom(pool: PoolSeed, bytes: number): void {
    const available = this.#storage.available(pool);
    if (bytes > available)
      throw new GuestroomError('no_space', `The storage pool ${pool.name} has not enough room`, {
        hint: `${String(bytes)} bytes are needed, ${String(available)} are free`,
      });
  }

  async #reserved<T>(path: string, work: () => Promise<T>): Promise<T> {
    this.#pending.add(path);
    try {
      return await work();
    } finally {
      this.#pending.delete(path);
    }
  }
}

function formatOf(head: Buffer): string {
  if (head.subarray(0, 4).toString('latin1') === 'QFI\xfb') return 'qcow2';
  if (head.subarray(32_769, 32_774).toString('latin1') === 'CD001') return 'iso';
  return 'raw';
}
