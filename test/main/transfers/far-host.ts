import type { Connection, Driver, Pools, Volumes } from '../../../drivers/api/driver.ts';
import type { Host, HostFiles } from '../../../drivers/api/host.ts';
import { drivers } from '../../../drivers/index.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

/** The test hypervisor on a node whose files are real, those of this computer, and whose parts a test may put others for. */
export class FarHost {
  files: Partial<HostFiles> = {};
  exec: Host['exec'] | undefined;
  pools: Partial<Pools> = {};
  volumes: Partial<Volumes> = {};
  /** Its files are out of reach, as behind TLS. */
  closed = false;
  /** Folder that its pool `default` is, and nothing else. */
  folder: string | undefined;
  /** Where files were written from. */
  readonly starts: (number | undefined)[] = [];
  readonly real = createLocalHost();

  driver(): Driver {
    const [test] = drivers.filter(({ name }) => name === 'test');
    if (!test) throw new Error('the build has no test hypervisor');
    return { ...test, open: async (uri, context) => this.#wrap(await test.open(uri, context)) };
  }

  #wrap(inner: Connection): Connection {
    const files = over(this.real.files, {
      createWriteStream: (path, options = {}) => {
        this.starts.push(options.start);
        return (this.files.createWriteStream ?? this.real.files.createWriteStream)(path, options);
      },
    });
    const machine = over(this.real, { files: over(files, () => this.files, ['createWriteStream']) });
    const host = over(machine, () => (this.exec ? { exec: this.exec } : {}));
    const folder = (): Partial<Volumes> => {
      const { folder: place } = this;
      return place === undefined ? this.volumes : { ...this.volumes, folder: () => Promise.resolve(place) };
    };
    return over(inner, () => ({
      ...(this.closed ? {} : { machine: host }),
      volumes: over(inner.volumes, folder),
      ...(inner.pools ? { pools: over(inner.pools, () => this.pools) } : {}),
    }));
  }
}

/** The same with other parts, which may change. */
function over<T extends object>(
  target: T,
  parts: Partial<T> | (() => Partial<T>),
  but: readonly (keyof T)[] = [],
): T {
  return new Proxy(target, {
    get: (inner, key) => {
      const own = typeof parts === 'function' ? parts() : parts;
      if (key in own && !but.includes(key as keyof T)) return own[key as keyof T];
      const value: unknown = Reflect.get(inner, key);
      return typeof value === 'function' ? (value.bind(inner) as unknown) : value;
    },
  });
}
