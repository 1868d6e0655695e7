import type { Extent, Pools, VolumeSink, VolumeSource, WorkContext } from '../api/driver.ts';
import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Pool } from '../api/model.ts';
import { wipeAlgorithms } from '../api/storage.ts';
import { storageVolume } from '../xml/storage/volume.ts';
import { longWork, slowly } from './behaviour.ts';
import { Content } from './content.ts';
import { lengthOf, nameOf, type StoredFile } from './files.ts';
import type { HostWork } from './host-work.ts';
import type { Storage } from './storage.ts';
import { extentOf, receive, recognised, send } from './volume-bytes.ts';

const algorithms: ReadonlySet<string> = new Set(wipeAlgorithms);

/** Types whose building would destroy what is on the device. */
const onDevices: ReadonlySet<string> = new Set(['fs', 'logical', 'disk']);

/** libvirt's storage calls on the made-up host. */
export class TestPools implements Pools {
  readonly #storage: Storage;
  readonly #work: HostWork;

  constructor(storage: Storage, work: HostWork) {
    this.#storage = storage;
    this.#work = work;
  }

  list(): Promise<Pool[]> {
    return this.#work.look(() => this.#storage.rows());
  }

  xml(name: string, { inactive = false }: { inactive?: boolean } = {}): Promise<string> {
    return this.#work.look(() => this.#storage.document(name, inactive));
  }

  define(xml: string): Promise<Pool> {
    return this.#make('poolDefine', xml, () => this.#storage.pools.define(xml).name);
  }

  create(xml: string, { build = false }: { build?: boolean } = {}): Promise<Pool> {
    return this.#make('poolCreate', xml, () => {
      const { name } = this.#storage.pools.create(xml);
      if (build) this.#storage.build(name);
      return name;
    });
  }

  async #make(operation: 'poolDefine' | 'poolCreate', xml: string, make: () => string): Promise<Pool> {
    const given = await this.#work.look(() => this.#storage.pools.keep(xml).model.name);
    return this.#work.act(operation, given, () => {
      this.#storage.checkPlace(xml);
      return this.#storage.row(this.#storage.pools.get(make()));
    });
  }

  build(name: string, { overwrite = false }: { overwrite?: boolean } = {}): Promise<void> {
    return this.#work.act('poolBuild', name, () => {
      this.#checkInactive(name);
      const { type } = this.#storage.pools.document(name).model;
      if (!overwrite && onDevices.has(type) && this.#storage.isBuilt(name))
        throw new GuestroomError('exists', `What ${name} stands on already has content`, {
          hint: 'Build with overwriting: everything on it is lost then',
        });
      this.#storage.build(name);
    });
  }

  start(name: string, { build = false }: { build?: boolean } = {}): Promise<void> {
    return this.#work.act('poolStart', name, () => {
      this.#storage.pools.start(name);
      if (build) this.#storage.build(name);
    });
  }

  destroy(name: string): Promise<void> {
    return this.#work.act('poolDestroy', name, () => this.#storage.pools.stop(name));
  }

  undefine(name: string): Promise<void> {
    return this.#work.act('poolUndefine', name, () => this.#storage.pools.undefine(name));
  }

  delete(name: string): Promise<void> {
    return this.#work.act('poolDelete', name, () => {
      this.#checkInactive(name);
      this.#storage.demolish(name);
    });
  }

  refresh(name: string): Promise<void> {
    return this.#work.act('poolRefresh', name, () => this.#storage.refresh(name));
  }

  setAutostart(name: string, autostart: boolean): Promise<void> {
    return this.#work.act('poolSetAutostart', name, () => this.#storage.pools.setAutostart(name, autostart));
  }

  #checkInactive(name: string): void {
    if (this.#storage.pools.get(name).live)
      throw new GuestroomError('wrong_state', `The storage pool ${name} is active`, {
        hint: 'Stop it first',
      });
  }

  volumeXml(path: string): Promise<string> {
    return this.#work.look(() => {
      const volume = this.#storage.volume(this.#storage.files.file(path));
      const { name, capacity, allocation, format, backing, type = 'file' } = volume;
      return storageVolume.build({
        type,
        name,
        key: this.#storage.key(path),
        capacity,
        allocation,
        target: { path, format },
        ...(backing === undefined
          ? {}
          : { backingStore: { path: backing, format: this.#storage.files.find(backing)?.format ?? 'raw' } }),
      });
    });
  }

  resizeVolume(path: string, bytes: number, { shrink = false }: { shrink?: boolean } = {}): Promise<void> {
    return this.#work.act('volumeResize', nameOf(path), () => {
      const file = this.#own(path);
      if (!Number.isSafeInteger(bytes) || bytes < 1)
        throw new GuestroomError('invalid_argument', `Not a size: ${String(bytes)} bytes`);
      if (bytes < file.capacity && !shrink)
        throw new GuestroomError('invalid_argument', 'The volume would lose its end', {
          hint: 'Choose a larger size, or allow shrinking',
        });
      this.#storage.resize(file, bytes);
    });
  }

  wipeVolume(path: string, algorithm = 'zero', context: WorkContext = {}): Promise<void> {
    return this.#work.act('volumeWipe', nameOf(path), async () => {
      this.#own(path);
      if (!algorithms.has(algorithm))
        throw new GuestroomError('invalid_argument', `No algorithm is called ${algorithm}`, {
          hint: `There are: ${[...algorithms].join(', ')}`,
        });
      await longWork(this.#work.behaviour, context);
      const { backing: _, ...file } = this.#own(path);
      this.#change(file, { format: 'raw', capacity: lengthOf(file), allocation: 0, content: Content.of() });
    });
  }

  downloadVolume(
    path: string,
    to: VolumeSink,
    options: Extent = {},
    context: WorkContext = {},
  ): Promise<void> {
    return this.#work.act('volumeDownload', nameOf(path), () =>
      send(this.#storage.files.file(path), options, to, context),
    );
  }

  uploadVolume(
    path: string,
    from: VolumeSource,
    options: Extent = {},
    context: WorkContext = {},
  ): Promise<void> {
    return this.#work.act('volumeUpload', nameOf(path), async () => {
      const file = this.#own(path);
      const { offset = 0, length = this.#room(file) - offset } = options;
      const { content } = file;
      extentOf(this.#room(file), { offset, length });
      let size = lengthOf(file);
      const pieces = slowly(from, length, this.#work.behaviour, context.signal);
      try {
        size = Math.max(size, await receive(content, offset, length, pieces, context));
      } catch (error) {
        content.truncate(size);
        throw toGuestroomError(error);
      } finally {
        const allocation = Math.max(file.allocation, Math.min(content.allocated, size));
        this.#change(file, { ...recognised(content, size), allocation });
      }
    });
  }

  /** How long it can become. */
  #room(file: StoredFile): number {
    const pool = this.#storage.poolOf(file.path);
    return lengthOf(file) + (file.kind === 'device' || !pool ? 0 : this.#storage.available(pool));
  }

  /** A volume that may be written to. */
  #own(path: string): StoredFile {
    const file = this.#storage.files.file(path);
    const pool = this.#storage.poolOf(path);
    if (!pool)
      throw new GuestroomError('not_found', `${path} is in no storage pool`, {
        hint: 'Only volumes of a pool can be changed',
      });
    this.#storage.pools.active(pool.name);
    return file;
  }

  #change(file: StoredFile, change: Partial<StoredFile>): void {
    this.#storage.files.put({ ...file, ...change, modified: Date.now() });
  }
}
