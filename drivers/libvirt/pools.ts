import type { Pools, Extent, VolumeSink, VolumeSource, WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { poolStates, type Pool } from '../api/model.ts';
import { storagePool } from '../xml/storage/pool.ts';
import { poolRow } from '../xml/rows.ts';
import type { Daemon } from './daemon.ts';
import type { HostAccess } from './host-access.ts';
import { uuidText } from './identity.ts';
import {
  ConnectListAllStoragePoolsFlags as List,
  StoragePoolBuildFlags as Build,
  StoragePoolCreateFlags as Create,
  StorageVolResizeFlags,
  StorageVolWipeAlgorithm as Wipe,
  StorageXMLFlags,
} from './rpc/enums.gen.ts';
import type { StoragePool } from './rpc/procedures.gen.ts';
import type { VolumeBytes } from './volume-bytes.ts';
import type { VolumeFinder } from './volume-finder.ts';

interface Kept {
  persistent: boolean;
  autostart: boolean;
}

export interface PoolParts {
  daemon: Daemon;
  access: HostAccess;
  finder: VolumeFinder;
  bytes: VolumeBytes;
}

/** Storage pools of a daemon, and what can be done to volumes in them. */
export class LibvirtPools implements Pools {
  readonly #daemon: Daemon;
  readonly #access: HostAccess;
  readonly #finder: VolumeFinder;
  readonly #bytes: VolumeBytes;

  constructor(parts: PoolParts) {
    this.#daemon = parts.daemon;
    this.#access = parts.access;
    this.#finder = parts.finder;
    this.#bytes = parts.bytes;
  }

  async list(): Promise<Pool[]> {
    const list = async (flags: number): Promise<readonly StoragePool[]> =>
      (await this.#daemon.call('CONNECT_LIST_ALL_STORAGE_POOLS', { need_results: 1, flags })).pools;
    const names = async (flags: number) => new Set((await list(flags)).map(({ name }) => name));
    const [pools, persistent, autostart] = await Promise.all([
      list(0),
      names(List.PERSISTENT),
      names(List.AUTOSTART),
    ]);
    return this.#daemon.each(pools, (pool) =>
      this.#row(pool, { persistent: persistent.has(pool.name), autostart: autostart.has(pool.name) }),
    );
  }

  /** Rejects with `not_found`. */
  async one(name: string): Promise<Pool> {
    const pool = await this.#look(name);
    const [persistent, autostart] = await Promise.all([
      this.#daemon.call('STORAGE_POOL_IS_PERSISTENT', { pool }),
      this.#daemon.call('STORAGE_POOL_GET_AUTOSTART', { pool }),
    ]);
    return this.#row(pool, {
      persistent: persistent.persistent === 1,
      autostart: autostart.autostart === 1,
    });
  }

  async xml(name: string, options: { inactive?: boolean } = {}): Promise<string> {
    return this.#xml(await this.#look(name), options.inactive ? StorageXMLFlags.INACTIVE : 0);
  }

  async define(xml: string): Promise<Pool> {
    this.#access.allow('poolDefine');
    const { pool } = await this.#daemon.call('STORAGE_POOL_DEFINE_XML', { xml, flags: 0 });
    return this.one(pool.name);
  }

  async create(xml: string, options: { build?: boolean } = {}): Promise<Pool> {
    this.#access.allow('poolCreate');
    const flags = startFlags(storagePool.read(xml).type, options);
    const { pool } = await this.#daemon.slowly('STORAGE_POOL_CREATE_XML', { xml, flags });
    return this.one(pool.name);
  }

  async build(name: string, options: { overwrite?: boolean } = {}): Promise<void> {
    this.#access.allow('poolBuild');
    const pool = await this.#look(name);
    const { type } = storagePool.read(await this.#xml(pool, 0));
    const careful = options.overwrite ? Build.OVERWRITE : Build.NO_OVERWRITE;
    const flags = overwritable.has(type) ? careful : Build.NEW;
    await this.#daemon.slowly('STORAGE_POOL_BUILD', { pool, flags });
  }

  async start(name: string, options: { build?: boolean } = {}): Promise<void> {
    this.#access.allow('poolStart');
    const pool = await this.#look(name);
    const flags = options.build ? startFlags(storagePool.read(await this.#xml(pool, 0)).type, options) : 0;
    await this.#daemon.slowly('STORAGE_POOL_CREATE', { pool, flags });
  }

  async destroy(name: string): Promise<void> {
    this.#access.allow('poolDestroy');
    await this.#daemon.slowly('STORAGE_POOL_DESTROY', { pool: await this.#look(name) });
  }

  async undefine(name: string): Promise<void> {
    this.#access.allow('poolUndefine');
    await this.#daemon.slowly('STORAGE_POOL_UNDEFINE', { pool: await this.#look(name) });
  }

  async delete(name: string): Promise<void> {
    this.#access.allow('poolDelete');
    await this.#daemon.slowly('STORAGE_POOL_DELETE', { pool: await this.#look(name), flags: 0 });
  }

  async refresh(name: string): Promise<void> {
    this.#access.allow('poolRefresh');
    await this.#daemon.slowly('STORAGE_POOL_REFRESH', { pool: await this.#look(name), flags: 0 });
  }

  async setAutostart(name: string, autostart: boolean): Promise<void> {
    this.#access.allow('poolSetAutostart');
    const pool = await this.#look(name);
    await this.#daemon.call('STORAGE_POOL_SET_AUTOSTART', { pool, autostart: autostart ? 1 : 0 });
    this.#access.tell({ kind: 'pool', pool: await this.one(name) });
  }

  async volumeXml(path: string): Promise<string> {
    const vol = await this.#finder.find(path);
    return (await this.#daemon.call('STORAGE_VOL_GET_XML_DESC', { vol, flags: 0 })).xml;
  }

  async resizeVolume(path: string, bytes: number, options: { shrink?: boolean } = {}): Promise<void> {
    this.#access.allow('volumeResize');
    const vol = await this.#finder.find(path);
    const flags = options.shrink ? StorageVolResizeFlags.SHRINK : 0;
    await this.#daemon.slowly('STORAGE_VOL_RESIZE', { vol, capacity: BigInt(bytes), flags });
    this.#access.tell({ kind: 'volumes', pool: vol.pool });
  }

  async wipeVolume(path: string, algorithm = 'zero'): Promise<void> {
    this.#access.allow('volumeWipe');
    const number = Object.entries(Wipe).find(([name]) => name.toLowerCase() === algorithm)?.[1];
    if (number === undefined)
      throw new GuestroomError('invalid_argument', `There is no way of wiping called ${algorithm}`, {
        hint: `There are: ${Object.keys(Wipe).join(', ').toLowerCase()}`,
      });
    const vol = await this.#finder.find(path);
    await this.#daemon.slowly('STORAGE_VOL_WIPE_PATTERN', { vol, algorithm: number, flags: 0 });
  }

  async downloadVolume(
    path: string,
    to: VolumeSink,
    extent: Extent = {},
    context: WorkContext = {},
  ): Promise<void> {
    this.#access.allow('volumeDownload');
    await this.#bytes.download(await this.#finder.find(path), to, extent, context);
  }

  async uploadVolume(
    path: string,
    from: VolumeSource,
    extent: Extent = {},
    context: WorkContext = {},
  ): Promise<void> {
    this.#access.allow('volumeUpload');
    const vol = await this.#finder.find(path);
    await this.#bytes.upload(vol, from, extent, context);
    this.#access.tell({ kind: 'volumes', pool: vol.pool });
  }

  async #look(name: string): Promise<StoragePool> {
    return (await this.#daemon.call('STORAGE_POOL_LOOKUP_BY_NAME', { name })).pool;
  }

  async #xml(pool: StoragePool, flags: number): Promise<string> {
    return (await this.#daemon.call('STORAGE_POOL_GET_XML_DESC', { pool, flags })).xml;
  }

  async #row(pool: StoragePool, kept: Kept): Promise<Pool> {
    const [info, xml] = await Promise.all([
      this.#daemon.call('STORAGE_POOL_GET_INFO', { pool }),
      this.#xml(pool, 0),
    ]);
    const state = poolStates[info.state] ?? 'inactive';
    return {
      ...poolRow(storagePool.read(xml)),
      name: pool.name,
      uuid: uuidText(pool.uuid),
      capacity: Number(info.capacity),
      available: Number(info.available),
      active: state !== 'inactive' && state !== 'building',
      state,
      ...kept,
    };
  }
}

/** Pools that are made on a device which may hold something; the others refuse to be asked about it. */
const overwritable: ReadonlySet<string> = new Set(['fs', 'disk', 'logical']);

const startFlags = (type: string, { build }: { build?: boolean }): number =>
  !build ? Create.NORMAL : overwritable.has(type) ? Create.WITH_BUILD_NO_OVERWRITE : Create.WITH_BUILD;
