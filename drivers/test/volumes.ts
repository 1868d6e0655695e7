import type { Readable } from 'node:stream';
import type { CloneVolume, NewVolume, Volumes, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Folder, Pool, Volume } from '../api/model.ts';
import { longWork } from './behaviour.ts';
import { Content } from './content.ts';
import { emptyImage, kindAt, lengthOf, type Files } from './files.ts';
import type { HostWork } from './host-work.ts';
import { imageHead } from './iso.ts';
import type { Storage } from './storage.ts';
import { recognised } from './volume-bytes.ts';

const mebibyte = 1024 * 1024;

/** Images and folders of a made-up host. */
export class TestVolumes implements Volumes {
  readonly #storage: Storage;
  readonly #work: HostWork;
  /** Paths that an upload or clone is about to make. */
  readonly #pending = new Set<string>();

  constructor(storage: Storage, work: HostWork) {
    this.#storage = storage;
    this.#work = work;
  }

  get #files(): Files {
    return this.#storage.files;
  }

  pools(): Promise<Pool[]> {
    return this.#work.look(() => this.#storage.rows());
  }

  list(pool: string): Promise<Volume[]> {
    return this.#work.look(() => this.#storage.volumes(this.#storage.pools.active(pool)));
  }

  lookup(path: string): Promise<Volume> {
    return this.#work.look(() => this.#storage.volume(this.#files.file(path)));
  }

  create(pool: string, volume: NewVolume): Promise<Volume> {
    return this.#work.act('volumeCreate', volume.name, () => {
      const path = this.#newPath(pool, volume.name);
      if (volume.backing) this.#files.file(volume.backing.path);
      this.#checkRoom(pool, volume.format === 'raw' ? volume.capacity : emptyImage);
      return this.#storage.volume(
        this.#files.put({
          path,
          kind: kindAt(path),
          format: volume.format,
          capacity: volume.capacity,
          allocation: volume.format === 'raw' ? 0 : Math.min(emptyImage, volume.capacity),
          modified: Date.now(),
          content: Content.of(imageHead(volume.format, volume.capacity)),
          ...(volume.backing === undefined ? {} : { backing: volume.backing.path }),
        }),
      );
    });
  }

  clone(source: string, pool: string, volume: CloneVolume, context: WorkContext = {}): Promise<Volume> {
    return this.#work.act('volumeClone', volume.name, () => {
      const original = this.#files.file(source);
      const path = this.#newPath(pool, volume.name);
      const capacity = volume.capacity ?? original.capacity;
      if (capacity < original.capacity)
        throw new GuestroomError('invalid_argument', 'A copy cannot be smaller than its source', {
          hint: `The source has ${String(original.capacity)} bytes`,
        });
      this.#checkRoom(pool, original.allocation);
      return this.#reserved(path, async () => {
        await longWork(this.#work.behaviour, context);
        const sameForm = volume.format === original.format || volume.format === 'raw';
        return this.#storage.volume(
          this.#files.put({
            path,
            kind: kindAt(path),
            format: volume.format,
            capacity,
            allocation: Math.max(original.allocation, volume.format === 'raw' ? 0 : emptyImage),
            modified: Date.now(),
            content:
              sameForm && capacity === original.capacity
                ? original.content.copy()
                : Content.of(imageHead(volume.format, capacity)),
          }),
        );
      });
    });
  }

  delete(path: string): Promise<void> {
    return this.#work.act('volumeDelete', path, () => {
      const file = this.#files.file(path);
      if (file.kind === 'device' && !this.#storage.poolOf(path))
        throw new GuestroomError('denied', `${path} is a device of the host, not a file`);
      this.#files.remove(path);
    });
  }

  upload(pool: string, name: string, content: Readable, context: WorkContext = {}): Promise<Volume> {
    return this.#work.act('volumeUpload', name, () => {
      const path = this.#newPath(pool, name);
      const room = this.#storage.available(this.#storage.pools.active(pool));
      return this.#reserved(path, async () => {
        const { bytes, size } = await this.#receive(content, context, (length) => {
          if (length > room) throw new GuestroomError('no_space', `The storage pool ${pool} is full`);
        });
        return this.#storage.volume(
          this.#files.put({
            path,
            kind: kindAt(path),
            ...recognised(bytes, size),
            allocation: size,
            modified: Date.now(),
            content: bytes,
          }),
        );
      });
    });
  }

  /** `check` throws when it became too much. */
  async #receive(
    source: Readable,
    { signal, onProgress }: WorkContext,
    check: (size: number) => void,
  ): Promise<{ bytes: Content; size: number }> {
    const stop = () => source.destroy(new GuestroomError('cancelled', 'Cancelled'));
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    const bytes = Content.of();
    let size = 0;
    try {
      for await (const part of source as AsyncIterable<Uint8Array | string>) {
        const piece = typeof part === 'string' ? Buffer.from(part) : part;
        check(size + piece.length);
        bytes.write(size, piece);
        size += piece.length;
        onProgress?.(0, `${String(size)} bytes`);
      }
    } catch (error) {
      throw toGuestroomError(error);
    } finally {
      signal?.removeEventListener('abort', stop);
    }
    onProgress?.(1);
    return { bytes, size };
  }

  read(path: string, offset: number, length: number): Promise<Uint8Array> {
    return this.#work.act('volumeRead', path, () => {
      if (offset < 0 || length < 0)
        throw new GuestroomError('invalid_argument', 'Offset and length must not be negative');
      const file = this.#files.file(path);
      const end = Math.min(lengthOf(file), offset + Math.min(length, mebibyte));
      return end <= offset ? new Uint8Array() : file.content.read(offset, end - offset);
    });
  }

  browse(path: string | null): Promise<Folder> {
    return this.#work.act('browse', path ?? '', () => this.#files.folder(path ?? this.#files.home));
  }

  #newPath(pool: string, name: string): string {
    const place = this.#storage.pools.active(pool);
    if (!/^[^/]{1,255}$/u.test(name) || /\p{Cc}/u.test(name) || name === '.' || name === '..')
      throw new GuestroomError('invalid_argument', `Not a file name: ${JSON.stringify(name)}`, {
        hint: 'Use a name without slashes, at most 255 characters',
      });
    const path = `${this.#storage.folder(place)}/${name}`;
    if (this.#files.find(path) || this.#files.isFolder(path) || this.#pending.has(path))
      throw new GuestroomError('exists', `The volume ${name} is already there`, {
        hint: 'Choose another name',
        detail: path,
      });
    return path;
  }

  #checkRoom(pool: string, bytes: number): void {
    const available = this.#storage.available(this.#storage.pools.active(pool));
    if (bytes > available)
      throw new GuestroomError('no_space', `The storage pool ${pool} has not enough room`, {
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
