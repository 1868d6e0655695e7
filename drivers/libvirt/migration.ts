import type { MigrateOptions, Migration, WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { parseUri } from '../api/uri.ts';
import type { Daemon } from './daemon.ts';
import type { DomainAccess } from './domain-access.ts';
import { domainOf } from './identity.ts';
import { withJob } from './jobs.ts';
import { DomainMigrateFlags as Flags } from './rpc/enums.gen.ts';
import { typedParam, type TypedParam } from './rpc/typed-params.ts';

/** Migration as the nodes do it among themselves: this node connects to the other one and sends the guest. */
export class LibvirtMigration implements Migration {
  readonly #daemon: Daemon;
  readonly #access: DomainAccess;

  constructor(daemon: Daemon, access: DomainAccess) {
    this.#daemon = daemon;
    this.#access = access;
  }

  migrate(uuid: string, options: MigrateOptions, context: WorkContext = {}): Promise<void> {
    const { destination } = options;
    const flags =
      Flags.PEER2PEER |
      (options.live ? Flags.LIVE : 0) |
      (options.persist ? Flags.PERSIST_DEST : 0) |
      (options.undefineSource ? Flags.UNDEFINE_SOURCE : 0) |
      (options.tunnelled ? Flags.TUNNELLED : 0) |
      (options.compressed ? Flags.COMPRESSED : 0) |
      (options.unsafe ? Flags.UNSAFE : 0) |
      (options.copyStorage === 'all' ? Flags.NON_SHARED_DISK : 0) |
      (options.copyStorage === 'changes' ? Flags.NON_SHARED_INC : 0);
    const params: TypedParam[] = [
      ...(options.name === undefined ? [] : [typedParam.string('destination_name', options.name)]),
      ...(options.bandwidth === undefined
        ? []
        : [typedParam.ullong('bandwidth', BigInt(Math.round(options.bandwidth)))]),
    ];
    const args = {
      dom: domainOf(uuid),
      dconnuri: destination,
      params,
      cookie_in: new Uint8Array(),
      flags,
    };
    return this.#access.act('migrate', uuid, () => {
      refuseSelf(destination);
      return withJob(this.#daemon, uuid, context, async () => {
        await this.#daemon.slowly('DOMAIN_MIGRATE_PERFORM3_PARAMS', args, {
          domain: uuid,
          turn: context.signal,
        });
      });
    });
  }
}

function refuseSelf(destination: string): void {
  if (parseUri(destination).local)
    throw new GuestroomError('invalid_argument', `This is the same host: ${destination}`, {
      hint: 'Name the other host as this host reaches it, such as qemu+tls://other.example/system',
    });
}
