import type { Logger } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { HostFiles } from '../../drivers/api/host.ts';
import { Catalog } from './catalog.ts';
import { readOsinfo } from './osinfo.ts';

/**
 * The catalog of this computer, read at the first question and kept: reading libosinfo's database takes the better
 * part of a second. Where the database cannot be read, our own table has to do.
 */
export class Catalogs {
  readonly #files: HostFiles;
  readonly #log: Logger;
  #catalog: Promise<Catalog> | undefined;

  constructor(files: HostFiles, log: Logger) {
    this.#files = files;
    this.#log = log;
  }

  get(): Promise<Catalog> {
    return (this.#catalog ??= this.#load());
  }

  async #load(): Promise<Catalog> {
    try {
      return new Catalog(await readOsinfo(this.#files, this.#log));
    } catch (thrown) {
      const { message } = toGuestroomError(thrown);
      this.#log.warn('The database of systems cannot be read: the built-in table is used', {
        reason: message,
      });
      return new Catalog();
    }
  }
}
