import { type Command, UsageError, domainOption, flag, needed, number, text } from '../command.ts';
import { groupOf } from '../groups.ts';
import { longWork } from '../progress.ts';
import { attempt } from '../session.ts';
import { printable } from '../table.ts';

const injectNmi: Command = {
  name: 'inject-nmi',
  group: 'domain',
  summary: 'Inject NMI to the guest',
  description: 'Inject NMI to the guest domain.',
  options: [domainOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    await session.allow('injectNmi', domain);
    await (await session.connection()).domains.injectNmi(domain.uuid);
    return undefined;
  },
};

const sleeps = ['mem', 'disk', 'hybrid'] as const;

const dompmsuspend: Command = {
  name: 'dompmsuspend',
  group: 'domain',
  summary: 'suspend a domain gracefully using power management functions',
  description:
    "Suspends a running domain using guest OS's power management. (Note: This requires a guest agent configured and running in the guest OS).",
  options: [
    domainOption,
    needed('target', 'mem(Suspend-to-RAM), disk(Suspend-to-Disk), hybrid(Hybrid-Suspend)', sleeps),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const target = sleeps.find((each) => each === options.required('target'));
    if (!target) throw new UsageError('Invalid target');
    const name = printable(domain.name);
    await attempt(`Domain '${name}' could not be suspended`, async () => {
      await session.allow('pmSuspend', domain);
      await (await session.connection()).domains.pmSuspend(domain.uuid, target);
    });
    session.say(`Domain '${name}' successfully suspended`);
    return undefined;
  },
};

const dompmwakeup: Command = {
  name: 'dompmwakeup',
  group: 'domain',
  summary: 'wakeup a domain from pmsuspended state',
  description: 'Wakeup a domain that was previously suspended by power management.',
  options: [domainOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const name = printable(domain.name);
    await attempt(`Domain '${name}' could not be woken up`, async () => {
      await session.allow('pmWakeup', domain);
      await (await session.connection()).domains.pmWakeup(domain.uuid);
    });
    session.say(`Domain '${name}' successfully woken up`);
    return undefined;
  },
};

const dumpFormats = ['elf', 'kdump-zlib', 'kdump-lzo', 'kdump-snappy', 'win-dmp'] as const;

const dump: Command = {
  name: 'dump',
  group: 'domain',
  summary: 'dump the core of a domain to a file for analysis',
  description: 'Core dump a domain.',
  options: [
    domainOption,
    needed('file', 'where to dump the core', 'file'),
    flag('live', 'perform a live core dump if supported'),
    flag('crash', 'crash the domain after core dump'),
    flag('bypass-cache', 'avoid file system cache when dumping'),
    flag('reset', 'reset the domain after core dump'),
    flag('verbose', 'display the progress of dump'),
    flag('memory-only', "dump domain's memory only"),
    text('format', 'specify the format of memory-only dump', { positional: true, complete: dumpFormats }),
  ],
  async run(session, options) {
    const word = options.text('format');
    if (word !== undefined && !options.flag('memory-only'))
      throw new UsageError('--format only works with --memory-only');
    const format = dumpFormats.find((each) => each === word);
    if (word !== undefined && !format)
      throw new UsageError(
        `format '${word}' is not supported, expecting 'kdump-zlib', 'kdump-lzo', 'kdump-snappy', 'win-dmp' or 'elf'`,
      );
    const domain = await session.domain(options.required('domain'));
    const { connection, host } = await session.opened();
    const file = options.required('file');
    const name = printable(domain.name);
    await attempt(`Failed to core dump domain '${name}' to ${file}`, async () => {
      await session.allow('coreDump', domain);
      await longWork(
        session,
        'Dump',
        (context) =>
          connection.domains.coreDump(domain.uuid, session.path(file, host), context, {
            live: options.flag('live'),
            crash: options.flag('crash'),
            bypassCache: options.flag('bypass-cache'),
            reset: options.flag('reset'),
            memoryOnly: options.flag('memory-only'),
            ...(format ? { format } : {}),
          }),
        { always: options.flag('verbose') },
      );
    });
    session.say(`\nDomain '${name}' dumped to ${file}\n`);
    return undefined;
  },
};

const migrate: Command = {
  name: 'migrate',
  group: 'domain',
  summary: 'migrate domain to another host',
  description:
    'Migrate domain to another host.  Add --live for live migration.  The host sends the guest itself, so the URI is the other host as this one reaches it (in virsh: --p2p).',
  options: [
    domainOption,
    needed('desturi', 'connection URI of the destination host as seen from the source'),
    flag('live', 'live migration'),
    flag('p2p', 'peer-2-peer migration: always so'),
    flag('tunnelled', 'tunnelled migration'),
    flag('persistent', 'persist VM on destination'),
    flag('undefinesource', 'undefine VM on source'),
    flag('copy-storage-all', 'migration with non-shared storage with full disk copy'),
    flag(
      'copy-storage-inc',
      'migration with non-shared storage with incremental copy (same base image shared between source and destination)',
    ),
    flag('unsafe', 'force migration even if it may be unsafe'),
    flag('verbose', 'display the progress of migration'),
    flag('compressed', 'compress repeated pages during live migration'),
    text('dname', 'rename to new name during migration (if supported)', { positional: true }),
    number('bandwidth', 'migration bandwidth limit in MiB/s'),
  ],
  async run(session, options) {
    options.exclusive('copy-storage-all', 'copy-storage-inc');
    const domain = await session.domain(options.required('domain'));
    await session.allow('migrate', domain);
    const migration = await groupOf(session, 'migration');
    const name = options.text('dname');
    const bandwidth = options.count('bandwidth');
    const copyStorage = options.flag('copy-storage-all')
      ? 'all'
      : options.flag('copy-storage-inc')
        ? 'changes'
        : undefined;
    await longWork(
      session,
      'Migration',
      (context) =>
        migration.migrate(
          domain.uuid,
          {
            destination: options.required('desturi'),
            live: options.flag('live'),
            persist: options.flag('persistent'),
            undefineSource: options.flag('undefinesource'),
            tunnelled: options.flag('tunnelled'),
            compressed: options.flag('compressed'),
            unsafe: options.flag('unsafe'),
            ...(name === undefined ? {} : { name }),
            ...(copyStorage === undefined ? {} : { copyStorage }),
            ...(bandwidth === undefined ? {} : { bandwidth }),
          },
          context,
        ),
      { always: options.flag('verbose') },
    );
    return undefined;
  },
};

export const powerCommands: readonly Command[] = [dompmsuspend, dompmwakeup, dump, injectNmi, migrate];
