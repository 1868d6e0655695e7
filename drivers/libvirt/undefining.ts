import type { UndefineOptions, Volumes } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DomainSummary } from '../api/model.ts';
import { isActive } from '../api/operations.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Domain } from '../xml/domain/types.ts';
import type { Daemon } from './daemon.ts';
import { domainXml } from './domain-document.ts';
import { domainOf } from './identity.ts';
import { DomainUndefineFlagsValues as Flags } from './rpc/enums.gen.ts';

/** The first libvirt that deletes TPM state when it is told to: 8.9.0. */
const knowsTpm = 8_009_000n;

/** Removes domains with what libvirt keeps for them, and with the disks that the person chose. */
export class Undefining {
  readonly #daemon: Daemon;
  readonly #volumes: Volumes;

  constructor(daemon: Daemon, volumes: Volumes) {
    this.#daemon = daemon;
    this.#volumes = volumes;
  }

  async undefine(row: DomainSummary, options: UndefineOptions): Promise<void> {
    const { uuid } = row;
    const dom = domainOf(uuid);
    const about = { domain: uuid };
    const domain = readDomain(await domainXml(this.#daemon, uuid, { inactive: true }));
    const paths = await this.#paths(domain);
    const foreign = options.volumes?.find((path) => !paths.has(path));
    if (foreign !== undefined)
      throw new GuestroomError('invalid_argument', `${foreign} does not belong to ${row.name}`, {
        hint: 'Only disks of this virtual machine can be deleted with it',
        domain: uuid,
      });
    if ((options.volumes?.length ?? 0) > 0 && isActive(row.state)) throw running(row);
    const count = { dom, need_results: 0, flags: 0 };
    const [snapshots, checkpoints] = await Promise.all([
      this.#daemon.ifSupported(this.#daemon.call('DOMAIN_LIST_ALL_SNAPSHOTS', count, about)),
      this.#daemon.ifSupported(this.#daemon.call('DOMAIN_LIST_ALL_CHECKPOINTS', count, about)),
    ]);
    const flags =
      (row.hasManagedSave ? Flags.MANAGED_SAVE : 0) |
      ((snapshots?.ret ?? 0) > 0 ? Flags.SNAPSHOTS_METADATA : 0) |
      ((checkpoints?.ret ?? 0) > 0 ? Flags.CHECKPOINTS_METADATA : 0) |
      this.#stateFlags(domain, options.keepNvram === true);
    await this.#daemon.slowly('DOMAIN_UNDEFINE_FLAGS', { dom, flags }, about);
    for (const path of options.volumes ?? []) await this.#volumes.delete(path);
  }

  /** Only what the domain has: a hypervisor refuses flags that it does not know. */
  #stateFlags({ os, devices }: Domain, keep: boolean): number {
    const hasNvram = os.nvram !== undefined || os.loader?.type === 'pflash' || os.firmware === 'efi';
    const hasTpm =
      devices.tpms.some(({ backend }) => backend?.type === 'emulator') &&
      this.#daemon.links.main.libVersion >= knowsTpm;
    return (
      (hasNvram ? (keep ? Flags.KEEP_NVRAM : Flags.NVRAM) : 0) |
      (hasTpm ? (keep ? Flags.KEEP_TPM : Flags.TPM) : 0)
    );
  }

  /** Paths of all its disks, also of those that it names by pool and volume. */
  async #paths({ devices }: Domain): Promise<ReadonlySet<string>> {
    const paths = await Promise.all(
      devices.disks.map(async ({ source }) => {
        if (source?.pool === undefined || source.volume === undefined) return source?.file ?? source?.dev;
        const { pool, volume } = source;
        const found = await this.#daemon.ifThere(this.#volumes.list(pool));
        return found?.find(({ name }) => name === volume)?.path;
      }),
    );
    return new Set(paths.filter((path) => path !== undefined));
  }
}

/** Undefined while it runs it goes on, and writes to its disks. */
const running = ({ uuid }: DomainSummary): GuestroomError =>
  new GuestroomError('wrong_state', 'The disks of a running virtual machine cannot be deleted', {
    hint: 'Shut it down first',
    domain: uuid,
  });
