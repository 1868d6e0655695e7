import { posix } from 'node:path';
import { bounded } from '../../drivers/api/bounded.ts';
import type { Connection } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { Volume } from '../../drivers/api/model.ts';
import type { BackingStore, Disk } from '../../drivers/xml/domain/types.ts';
import { besides } from '../provision/names.ts';

/** Longer chains of images are none that anybody uses. */
const deepestChain = 64;

/** The files of one node by where they really lie, and what lies under them. */
export class DiskFiles {
  readonly #connection: Connection;
  readonly #volumes: ReadonlyMap<string, readonly Volume[]>;
  readonly #real = new Map<string, Promise<string>>();

  private constructor(connection: Connection, volumes: ReadonlyMap<string, readonly Volume[]>) {
    this.#connection = connection;
    this.#volumes = volumes;
  }

  /** A pool that cannot be looked into costs only what is known by it. */
  static async of(connection: Connection): Promise<DiskFiles> {
    const pools = (await connection.volumes.pools()).filter(({ active }) => active);
    const listed = await bounded(pools, 4, async ({ name }): Promise<[string, readonly Volume[]]> => {
      return [name, (await unlessRefused(connection.volumes.list(name))) ?? []];
    });
    return new DiskFiles(connection, new Map(listed));
  }

  /** The path that a disk names, also by pool and volume; undefined for one without a file or device. */
  pathOf({ source }: Disk): string | undefined {
    const named = source?.file ?? source?.dev;
    if (named !== undefined || source?.pool === undefined) return named;
    return this.#volumes.get(source.pool)?.find(({ name }) => name === source.volume)?.path;
  }

  /** Where a path leads: two documents may name one file by different paths. Only its text counts where the node is out of reach. */
  real(path: string): Promise<string> {
    const known = this.#real.get(path);
    if (known) return known;
    const plain = path.startsWith('/') ? posix.normalize(path) : path;
    const { machine } = this.#connection;
    const found = machine
      ? unlessRefused(machine.files.realpath(path)).then((real) => real ?? plain)
      : Promise.resolve(plain);
    this.#real.set(path, found);
    return found;
  }

  /** Images that others are written over: of those in the pools, and of these disks wherever they lie. */
  async backing(disks: readonly Disk[]): Promise<ReadonlySet<string>> {
    const under = new Set<string>();
    const seen = new Set<string>();
    const follow = async (path: string, backing: string | undefined): Promise<void> => {
      let [at, next] = [path, backing];
      for (let depth = 0; next !== undefined && depth < deepestChain; depth += 1) {
        const full = besides(at, next);
        if (full === undefined) return;
        under.add(await this.real(full));
        if (seen.has(full)) return;
        seen.add(full);
        at = full;
        next = (await unlessRefused(this.#connection.volumes.lookup(full)))?.backing;
      }
    };
    const volumes = [...this.#volumes.values()].flat();
    for (const { path } of volumes) seen.add(path);
    await bounded(volumes, 8, ({ path, backing }) => follow(path, backing));
    await bounded(disks, 8, async (disk) => {
      for (let image = disk.backingStore; image; image = image.backingStore) {
        const path = fileOf(image);
        if (path !== undefined) under.add(await this.real(path));
      }
      const path = this.pathOf(disk);
      if (path === undefined || seen.has(path) || disk.device === 'cdrom' || disk.device === 'floppy') return;
      seen.add(path);
      await follow(path, (await unlessRefused(this.#connection.volumes.lookup(path)))?.backing);
    });
    return under;
  }
}

const fileOf = ({ source }: BackingStore): string | undefined => source?.file ?? source?.dev;

const gone: ReadonlySet<string> = new Set(['lost', 'timeout', 'cancelled', 'unreachable']);

/** undefined where it is about this one thing only; a connection that has ended is told. */
async function unlessRefused<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (gone.has(error.code)) throw error;
    return undefined;
  }
}
