import type { DumpOptions, WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Daemon } from './daemon.ts';
import { withJob } from './jobs.ts';
import { domainOf } from './identity.ts';
import { DomainCoreDumpFlags as Dump, DomainCoreDumpFormat as Format } from './rpc/enums.gen.ts';

const checkPath = (path: string): void => {
  if (!path.startsWith('/'))
    throw new GuestroomError('invalid_argument', `Not a full path on the host: ${path}`, {
      hint: 'Begin the path with a slash',
    });
};

const dumpFormats = {
  elf: Format.RAW,
  'kdump-zlib': Format.KDUMP_ZLIB,
  'kdump-lzo': Format.KDUMP_LZO,
  'kdump-snappy': Format.KDUMP_SNAPPY,
  'win-dmp': Format.WIN_DMP,
} as const;

/** States of guests written into files on the node, by the daemon. */
export class Saving {
  readonly #daemon: Daemon;

  constructor(daemon: Daemon) {
    this.#daemon = daemon;
  }

  managedSave(uuid: string, context: WorkContext): Promise<void> {
    const args = { dom: domainOf(uuid), flags: 0 };
    return withJob(this.#daemon, uuid, context, () =>
      this.#daemon.slowly('DOMAIN_MANAGED_SAVE', args, { domain: uuid, turn: context.signal }),
    );
  }

  async save(uuid: string, path: string, context: WorkContext): Promise<void> {
    checkPath(path);
    const args = { dom: domainOf(uuid), to: path, dxml: null, flags: 0 };
    await withJob(this.#daemon, uuid, context, () =>
      this.#daemon.slowly('DOMAIN_SAVE_FLAGS', args, { domain: uuid, turn: context.signal }),
    );
  }

  async coreDump(
    uuid: string,
    path: string,
    context: WorkContext,
    { live, crash, bypassCache, reset, memoryOnly, format = 'elf' }: DumpOptions,
  ): Promise<void> {
    checkPath(path);
    const flags =
      (live ? Dump.LIVE : 0) |
      (crash ? Dump.CRASH : 0) |
      (bypassCache ? Dump.BYPASS_CACHE : 0) |
      (reset ? Dump.RESET : 0) |
      (memoryOnly ? Dump.MEMORY_ONLY : 0);
    const args = { dom: domainOf(uuid), to: path, dumpformat: dumpFormats[format], flags };
    await withJob(this.#daemon, uuid, context, () =>
      this.#daemon.slowly('DOMAIN_CORE_DUMP_WITH_FORMAT', args, { domain: uuid, turn: context.signal }),
    );
  }

  /** Answers the UUID of the domain that goes on. libvirt has no way to stop half-way. */
  async restore(path: string): Promise<string> {
    checkPath(path);
    const { xml } = await this.#daemon.slowly('DOMAIN_SAVE_IMAGE_GET_XML_DESC', { file: path, flags: 0 });
    const { uuid } = readDomain(xml);
    if (uuid === undefined)
      throw new GuestroomError('invalid_argument', `The saved state names no machine: ${path}`);
    const args = { from: path, dxml: null, flags: 0 };
    await this.#daemon.slowly('DOMAIN_RESTORE_FLAGS', args);
    return uuid;
  }
}
