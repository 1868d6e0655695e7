import type { Change } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Pool, Volume } from '../api/model.ts';
import { EditedDocument } from '../xml/kind.ts';
import { storagePool, type StoragePool, type StoragePoolSpec } from '../xml/storage/pool.ts';
import { Told } from './changes.ts';
import { nameOf, parentOf, type Files, type StoredFile } from './files.ts';
import { imageHead } from './iso.ts';
import { NamedObjects, type NamedObject, type ObjectSeed } from './named-objects.ts';
import { poolKind } from './pool-kind.ts';
import { hashText, randomFrom, randomUuid } from './random.ts';

/** What every pool of libvirt's test driver holds. */
export const defaultCapacity = 100 * 1024 ** 3;

export interface PoolSeed extends ObjectSeed {
  /** Bytes; `defaultCapacity` where missing. */
  capacity?: number;
  /** Volumes whose names or places are not those of files in its folder, by path. */
  strangers?: ReadonlyMap<string, Stranger>;
}

/** What a volume of this path is called in its pool. */
export interface Stranger {
  name: string;
  key: string;
}

type PoolObject = NamedObject<StoragePool>;
const noStrangers: ReadonlyMap<string, Stranger> = new Map();

/** A pool's document for short, with a UUID that its name makes. */
export const poolXml = (
  name: string,
  path: string,
  type = 'dir',
  source: StoragePoolSpec['source'] = {},
): string =>
  storagePool.build({
    type,
    name,
    uuid: randomUuid(randomFrom(hashText(`pool ${name}`))),
    source,
    target: { path },
  });

/** Pools of a made-up host. A file in a pool's folder is its volume. */
export class Storage {
  readonly files: Files;
  readonly pools: NamedObjects<StoragePool>;
  readonly #capacities = new Map<string, number>();
  readonly #strangers = new Map<string, ReadonlyMap<string, Stranger>>();
  readonly #tell: (change: Change) => void;
  readonly #told = new Told();

  constructor(files: Files, seeds: readonly PoolSeed[], tell: (change: Change) => void) {
    this.files = files;
    this.#tell = tell;
    this.pools = new NamedObjects(poolKind, seeds);
    for (const [index, object] of this.pools.list().entries()) {
      files.addFolder(this.folder(object));
      const { capacity, strangers } = seeds[index] ?? {};
      if (capacity !== undefined) this.#capacities.set(object.name, capacity);
      if (strangers) this.#strangers.set(object.name, strangers);
      this.#told.differs(object.name, this.row(object));
    }
    this.pools.changed = (object) => this.#changed(object);
    this.pools.removed = ({ name }) => {
      this.#told.forget(name);
      this.#capacities.delete(name);
      this.#strangers.delete(name);
      tell({ kind: 'pool-removed', name });
    };
    files.watch = (path) => {
      const pool = this.poolOf(path);
      if (!pool) return;
      tell({ kind: 'volumes', pool: pool.name });
      this.#changed(pool);
    };
  }

  #changed(object: PoolObject): void {
    const pool = this.row(object);
    if (this.#told.differs(object.name, pool)) this.#tell({ kind: 'pool', pool });
  }

  /** Somebody wants to know of volumes that may have come. */
  refresh(name: string): void {
    this.pools.active(name);
    this.#tell({ kind: 'volumes', pool: name });
  }

  isBuilt(name: string): boolean {
    return this.files.isFolder(this.folder(this.pools.get(name)));
  }

  /** Makes what it stands on. */
  build(name: string): void {
    const object = this.pools.get(name);
    const folder = this.folder(object);
    if (this.files.find(folder))
      throw new GuestroomError('exists', `This is a file, not a folder: ${folder}`);
    this.files.addFolder(folder);
  }

  /** Removes what it stands on. A folder must be empty. */
  demolish(name: string): void {
    const object = this.pools.get(name);
    const folder = this.folder(object);
    const { type } = this.#model(object);
    if (type === 'dir' && this.files.isFolder(folder) && this.files.folder(folder).entries.length > 0)
      throw new GuestroomError('wrong_state', `The folder ${folder} is not empty`, {
        hint: 'Delete its volumes first',
      });
    this.files.removeFolder(folder);
    this.#changed(object);
  }

  /** A guest sees the new size at once. */
  resize(file: StoredFile, bytes: number): void {
    const plain = file.format === 'raw';
    if (plain) file.content.truncate(bytes);
    else file.content.write(0, imageHead(file.format, bytes));
    const allocation = plain ? Math.min(file.allocation, bytes) : file.allocation;
    this.files.put({ ...file, capacity: bytes, allocation, modified: Date.now() });
  }

  rows(): Pool[] {
    return this.pools.list().map((object) => this.row(object));
  }

  row(object: PoolObject): Pool {
    const { type, target } = this.#model(object);
    return {
      name: object.name,
      uuid: object.uuid,
      type,
      ...(target?.path === undefined ? {} : { path: target.path }),
      capacity: this.capacity(object),
      available: this.available(object),
      active: object.live !== undefined,
      state: object.live ? 'running' : 'inactive',
      persistent: object.config !== undefined,
      autostart: object.autostart,
    };
  }

  #model({ name }: PoolObject): StoragePool {
    return this.pools.document(name).model;
  }

  /** Where its volumes lie; pools on the network have a folder of their own, too. */
  folder(object: PoolObject): string {
    const path = this.#model(object).target?.path;
    const absolute = path === undefined ? `/${object.name}` : path.startsWith('/') ? path : `/${path}`;
    return absolute.length > 1 ? absolute.replace(/\/+$/, '') : absolute;
  }

  capacity({ name }: PoolObject): number {
    return this.#capacities.get(name) ?? defaultCapacity;
  }

  available(object: PoolObject): number {
    const used = this.#filesOf(object).reduce((sum, file) => sum + file.allocation, 0);
    return Math.max(0, this.capacity(object) - used);
  }

  volumes(object: PoolObject): Volume[] {
    return this.#filesOf(object).map((file) => this.volume(file));
  }

  #filesOf(object: PoolObject): StoredFile[] {
    const strangers = this.#strangers.get(object.name) ?? noStrangers;
    const inside = this.files.inside(this.folder(object)).filter(({ path }) => !strangers.has(path));
    const outside = [...strangers.keys()].flatMap((path) => this.files.find(path) ?? []);
    return [...inside, ...outside];
  }

  /** The pool that a file of this path belongs to. */
  poolOf(path: string): PoolObject | undefined {
    const folder = parentOf(path);
    const pools = this.pools.list();
    return (
      pools.find(({ name }) => this.#strangers.get(name)?.has(path)) ??
      pools.find((object) => this.folder(object) === folder)
    );
  }

  volume(file: StoredFile): Volume {
    const pool = this.poolOf(file.path);
    return {
      path: file.path,
      name: this.#stranger(file.path)?.name ?? nameOf(file.path),
      ...(pool === undefined ? {} : { pool: pool.name }),
      format: file.format,
      capacity: file.capacity,
      allocation: file.allocation,
      ...(file.backing === undefined ? {} : { backing: file.backing }),
      ...(file.kind === 'device' ? { type: 'block' } : {}),
    };
  }

  /** libvirt's own name of the volume. */
  key(path: string): string {
    return this.#stranger(path)?.key ?? path;
  }

  #stranger(path: string): Stranger | undefined {
    const pool = this.poolOf(path);
    return pool && this.#strangers.get(pool.name)?.get(path);
  }

  /** The pool's document, with its sizes. */
  document(name: string, inactive: boolean): string {
    const object = this.pools.get(name);
    const capacity = this.capacity(object);
    const available = this.available(object);
    return new EditedDocument(storagePool, this.pools.document(name, inactive).xml)
      .update({ capacity, allocation: capacity - available, available })
      .toString();
  }

  /** Throws `exists` where another pool already has the folder, as libvirt does. */
  checkPlace(xml: string): void {
    const { model } = this.pools.keep(xml);
    const path = model.target?.path;
    const other = this.pools
      .list()
      .find((object) => object.name !== model.name && path !== undefined && this.folder(object) === path);
    if (other)
      throw new GuestroomError('exists', `The storage pool ${other.name} already has ${path ?? ''}`, {
        hint: 'Choose another folder',
      });
  }
}
