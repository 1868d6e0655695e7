import { randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { CloneVolume, NewVolume, Volumes, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import type { Folder, Pool, Volume } from '../api/model.ts';
import { browse } from './browse.ts';
import type { ImageTool } from './image-tool.ts';

/** The one pool of a host without libvirt: a folder with images. */
export const poolName = 'default';

const largestRead = 1024 * 1024;
/** What a copy needs beside the data, for tables and journals. */
const slack = 4 * 1024 * 1024;

export interface DirectoryVolumesOptions {
  host: Host;
  tool: ImageTool;
  /** Folder of the pool; made when the first image is. */
  folder: string;
  readOnly: boolean;
  /** Name of the running domain that uses an image, or one that lies on it. */
  userOf(path: string): Promise<string | undefined>;
}

/** Images in one folder. What is not finished lives in a hidden folder inside it and is removed on failure. */
export class DirectoryVolumes implements Volumes {
  private readonly options: DirectoryVolumesOptions;

  constructor(options: DirectoryVolumesOptions) {
    this.options = options;
  }

  async pools(): Promise<Pool[]> {
    const { host, folder } = this.options;
    const active = (await host.files.stat(folder))?.kind === 'folder';
    const space = await host.files.space(await this.nearestFolder());
    return [
      { name: poolName, type: 'dir', path: folder, ...space, active: active || !this.options.readOnly },
    ];
  }

  async list(pool: string): Promise<Volume[]> {
    this.checkPool(pool);
    const { host, folder } = this.options;
    if (!(await host.files.stat(folder))) return [];
    const volumes: Volume[] = [];
    for (const { name, kind } of await host.files.list(folder)) {
      if (kind !== 'file' || name.startsWith('.') || name.endsWith('.part')) continue;
      try {
        volumes.push(await this.lookup(host.files.join(folder, name)));
      } catch (error) {
        // an image that cannot be read is a file in the pool all the same; one that has just gone is none
        if (toGuestroomError(error).code === 'not_found') continue;
        volumes.push(await this.plain(host.files.join(folder, name)));
      }
    }
    return volumes.sort((a, b) => a.name.localeCompare(b.name));
  }

  async lookup(path: string): Promise<Volume> {
    const { files } = this.options.host;
    this.checkAbsolute(path);
    const stat = await files.stat(path);
    if (!stat)
      throw new GuestroomError('not_found', `There is no image ${path}`, { hint: 'Choose another file' });
    if (stat.kind === 'folder') throw new GuestroomError('invalid_argument', `This is a folder: ${path}`);
    if (!(await files.access(path, 'read'))) {
      throw new GuestroomError('denied', `Your account may not read ${path}`, {
        hint: 'Change the rights of the file',
      });
    }
    const facts = await this.options.tool.facts(path);
    return { ...(await this.plain(path)), ...facts };
  }

  async create(pool: string, volume: NewVolume): Promise<Volume> {
    this.checkPool(pool);
    const path = await this.newPath(volume.name);
    const { tool } = this.options;
    if (!Number.isSafeInteger(volume.capacity) || volume.capacity < 512) {
      throw new GuestroomError('invalid_argument', 'A disk must have at least 512 bytes');
    }
    if (volume.backing) await this.lookup(volume.backing.path);
    return this.finished(path, async (part) => {
      const capacity = Math.ceil(volume.capacity / 512) * 512;
      await tool.create(part, volume.format, capacity, volume.backing);
    });
  }

  async clone(source: string, pool: string, volume: CloneVolume, context: WorkContext = {}): Promise<Volume> {
    this.checkPool(pool);
    const path = await this.newPath(volume.name);
    const from = await this.lookup(source);
    if (volume.capacity !== undefined && volume.capacity < from.capacity) {
      throw new GuestroomError('invalid_argument', 'A copy cannot be smaller than its source', {
        hint: `The source has ${String(from.capacity)} bytes: data at its end would be lost`,
      });
    }
    await this.requireRoom(Math.min(from.allocation, from.capacity));
    const { tool } = this.options;
    return this.finished(path, async (part) => {
      const grown = volume.capacity !== undefined && volume.capacity > from.capacity;
      let image = { path: source, format: from.format };
      if (grown) {
        // not every format can be made larger later, but all can be written from a larger image over the source
        const below = from.format === 'iso' ? 'raw' : from.format;
        image = { path: `${part}.larger`, format: 'qcow2' };
        const capacity = Math.ceil((volume.capacity ?? 0) / 512) * 512;
        await tool.create(image.path, 'qcow2', capacity, { path: source, format: below });
      }
      await tool.convert(image, { path: part, format: volume.format }, context);
    });
  }

  async delete(path: string): Promise<void> {
    this.refuseReadOnly();
    const { host, folder, userOf } = this.options;
    this.checkAbsolute(path);
    const inside = host.files.join(host.files.dirname(path), '.') === host.files.join(folder, '.');
    if (!inside) {
      throw new GuestroomError('invalid_argument', `${path} is not in the folder of images`, {
        hint: `Only images in ${folder} are deleted`,
      });
    }
    const stat = await host.files.stat(path);
    if (!stat) throw new GuestroomError('not_found', `There is no image ${path}`);
    if (stat.kind !== 'file') throw new GuestroomError('invalid_argument', `${path} is not an image`);
    const user = await userOf(path);
    if (user !== undefined) {
      throw new GuestroomError('busy', `The image is used by the virtual machine '${user}'`, {
        hint: 'Shut it down first',
      });
    }
    await host.files.remove(path);
  }

  async upload(pool: string, name: string, content: Readable, context: WorkContext = {}): Promise<Volume> {
    try {
      this.checkPool(pool);
      const path = await this.newPath(name);
      const { files } = this.options.host;
      return await this.finished(path, async (part) => {
        const target = await files.createWriteStream(part);
        let done = 0;
        const count = new Transform({
          transform(chunk: Buffer, _encoding, next) {
            done += chunk.length;
            context.onProgress?.(0, `${String(done)} bytes`);
            next(null, chunk);
          },
        });
        await pipeline(content, count, target, context.signal ? { signal: context.signal } : {});
      });
    } catch (error) {
      content.destroy();
      throw toGuestroomError(error);
    }
  }

  async folder(pool: string): Promise<string> {
    this.checkPool(pool);
    this.refuseReadOnly();
    const { host, folder } = this.options;
    await host.files.makeFolder(folder);
    return folder;
  }

  async read(path: string, offset: number, length: number): Promise<Uint8Array> {
    this.checkAbsolute(path);
    if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length) || length < 0) {
      throw new GuestroomError('invalid_argument', 'Offset and length must be whole numbers from 0 on');
    }
    if (length > largestRead) throw new GuestroomError('too_large', 'At most 1 MiB can be read at a time');
    return this.options.host.files.readAt(path, offset, length);
  }

  browse(path: string | null): Promise<Folder> {
    return browse(this.options.host, path ?? this.options.host.paths.home);
  }

  private async plain(path: string): Promise<Volume> {
    const { host, folder } = this.options;
    const stat = await host.files.stat(path);
    if (!stat) throw new GuestroomError('not_found', `There is no image ${path}`);
    return {
      path,
      name: host.files.basename(path),
      ...(host.files.dirname(path) === folder ? { pool: poolName } : {}),
      format: 'raw',
      capacity: stat.size,
      allocation: stat.allocated,
    };
  }

  /** Makes an image under a name of its own and gives it the right one when it is whole. */
  private async finished(path: string, make: (part: string) => Promise<void>): Promise<Volume> {
    const { files } = this.options.host;
    const folder = files.join(files.dirname(path), `.part-${randomUUID().slice(0, 8)}`);
    const part = files.join(folder, files.basename(path));
    try {
      await files.makeFolder(folder);
      await make(part);
      if (await files.stat(path)) throw taken(files.basename(path));
      // the check tells what is wrong, this keeps whoever was quicker
      await files.rename(part, path, { exclusive: true });
    } finally {
      await files.removeTree(folder);
    }
    return this.lookup(path);
  }

  private async newPath(name: string): Promise<string> {
    this.refuseReadOnly();
    const { host, folder } = this.options;
    const bytes = Buffer.byteLength(name, 'utf8');
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (name === '' || name.startsWith('.') || /[/\\\u0000-\u001f]/.test(name) || bytes > 200) {
      throw new GuestroomError('invalid_argument', `'${name}' cannot be the name of a file`, {
        hint: 'Use a name without slashes that does not begin with a dot',
      });
    }
    const path = host.files.join(folder, name);
    if (await host.files.stat(path)) throw taken(name);
    await host.files.makeFolder(folder);
    return path;
  }

  private async requireRoom(bytes: number): Promise<void> {
    const { host, folder } = this.options;
    const { available } = await host.files.space(folder);
    if (available >= bytes + slack) return;
    const mib = (value: number): string => `${String(Math.ceil(value / 1048576))} MiB`;
    throw new GuestroomError('no_space', `There is not enough room in ${folder}`, {
      detail: `${mib(bytes)} are needed, ${mib(available)} are free`,
      hint: 'Make room on the disk and try again',
    });
  }

  private async nearestFolder(): Promise<string> {
    const { files } = this.options.host;
    let folder = this.options.folder;
    while ((await files.stat(folder))?.kind !== 'folder') {
      const parent = files.dirname(folder);
      if (parent === folder) break;
      folder = parent;
    }
    return folder;
  }

  private checkPool(pool: string): void {
    if (pool !== poolName) {
      throw new GuestroomError('not_found', `There is no pool '${pool}'`, {
        hint: `The pool is called '${poolName}'`,
      });
    }
  }

  private checkAbsolute(path: string): void {
    if (!this.options.host.files.isAbsolute(path)) {
      throw new GuestroomError('invalid_argument', `The path must begin at the root: ${path}`);
    }
  }

  private refuseReadOnly(): void {
    if (this.options.readOnly) throw new GuestroomError('read_only', 'The connection is read-only');
  }
}

const taken = (name: string): GuestroomError =>
  new GuestroomError('exists', `There is already a file called '${name}'`, { hint: 'Choose another name' });
