import type { Pool } from '../../../drivers/api/model.ts';
import type { GroupOperation } from '../../../drivers/api/operations.ts';
import { storagePool } from '../../../drivers/xml/storage/pool.ts';
import { type Command, type OptionSpec, UsageError, flag, needed, text } from '../command.ts';
import { changeIn, groupOf } from '../groups.ts';
import { type Naming, findPool, listPools } from '../objects.ts';
import { prettySize } from '../sizes.ts';
import { type Session, attempt } from '../session.ts';
import { formatFacts, formatTable, printable } from '../table.ts';
import { byName, either, yesNo } from './words.ts';

export const poolOption: OptionSpec = needed('pool', 'pool name or uuid', 'pool');

export const poolTypes = [
  'dir',
  'fs',
  'netfs',
  'logical',
  'disk',
  'iscsi',
  'scsi',
  'mpath',
  'rbd',
  'sheepdog',
  'gluster',
  'zfs',
  'vstorage',
  'iscsi-direct',
] as const;

export const changePool = changeIn('pools');

/** What is taken, which rows leave out: a file system keeps room that is neither taken nor available. */
async function taken(session: Session, pool: Pool): Promise<number> {
  const { pools } = await session.connection();
  const said = pools && pool.active ? storagePool.read(await pools.xml(pool.name)).allocation : undefined;
  return said ?? pool.capacity - pool.available;
}

const stateOf = ({ state, active }: Pool): string => state ?? (active ? 'running' : 'inactive');
/** A driver without pools of its own has them always, and starts them with itself. */
const persistentOf = ({ persistent = true }: Pool): string => yesNo(persistent);
const autostartOf = ({ autostart = true }: Pool): string => yesNo(autostart);

const poolList: Command = {
  name: 'pool-list',
  group: 'pool',
  summary: 'list pools',
  description: 'Returns list of pools.',
  options: [
    flag('inactive', 'list inactive pools'),
    flag('all', 'list inactive & active pools'),
    flag('transient', 'list transient pools'),
    flag('persistent', 'list persistent pools'),
    flag('autostart', 'list pools with autostart enabled'),
    flag('no-autostart', 'list pools with autostart disabled'),
    text('type', 'only list pool of specified type(s) (if supported)', {
      positional: true,
      complete: poolTypes,
    }),
    flag('details', 'display extended details for pools'),
    flag('uuid', 'list UUID of active pools only'),
    flag('name', 'list name of active pools only'),
  ],
  async run(session, options) {
    const types = options.text('type')?.split(',');
    const wrong = types?.find((type) => !poolTypes.some((known) => known === type));
    if (wrong !== undefined) throw new UsageError(`Invalid pool type '${wrong}'`);
    const all = options.flag('all');
    const inactive = options.flag('inactive');
    const pools = (await attempt('Failed to list pools', () => listPools(session)))
      .filter(
        ({ active, persistent = true, autostart = true, type }) =>
          (all || active !== inactive) &&
          either(options, 'persistent', 'transient', persistent) &&
          either(options, 'autostart', 'no-autostart', autostart) &&
          (types === undefined || types.includes(type)),
      )
      .toSorted((a, b) => byName(a.name, b.name));
    if (options.flag('name') || options.flag('uuid')) {
      // a column of names, as wide as virsh's
      const name = (pool: Pool): string => `${printable(pool.name).padEnd(20)}`;
      const words = pools.map((pool) => [
        ...(options.flag('uuid') ? [pool.uuid ?? '-'] : []),
        ...(options.flag('name') ? [name(pool)] : []),
      ]);
      session.print(words.map((row) => `${row.join(' ')}\n`).join(''));
      return undefined;
    }
    if (options.flag('details')) {
      const rows = await Promise.all(
        pools.map(async (pool) => {
          const sizes = pool.active
            ? [pool.capacity, await taken(session, pool), pool.available].map(prettySize)
            : ['-', '-', '-'];
          return [pool.name, stateOf(pool), autostartOf(pool), persistentOf(pool), ...sizes];
        }),
      );
      const head = ['Name', 'State', 'Autostart', 'Persistent', 'Capacity', 'Allocation', 'Available'];
      session.print(formatTable(head, rows, session.quiet));
      return undefined;
    }
    const rows = pools.map((pool) => [pool.name, pool.active ? 'active' : 'inactive', autostartOf(pool)]);
    session.print(formatTable(['Name', 'State', 'Autostart'], rows, session.quiet));
    return undefined;
  },
};

const poolInfo: Command = {
  name: 'pool-info',
  group: 'pool',
  summary: 'storage pool information',
  description: 'Returns basic information about the storage pool.',
  options: [poolOption, flag('bytes', 'Return pool info in bytes')],
  async run(session, options) {
    const pool = await findPool(session, options.required('pool'));
    const size = options.flag('bytes') ? String : prettySize;
    session.print(
      formatFacts([
        ['Name', pool.name],
        ['UUID', pool.uuid ?? '-'],
        ['State', stateOf(pool)],
        ['Persistent', persistentOf(pool)],
        ['Autostart', autostartOf(pool)],
        ...(pool.active
          ? ([
              ['Capacity', size(pool.capacity)],
              ['Allocation', size(await taken(session, pool))],
              ['Available', size(pool.available)],
            ] as const)
          : []),
      ]),
    );
    return undefined;
  },
};

const poolDumpxml: Command = {
  name: 'pool-dumpxml',
  group: 'pool',
  summary: 'pool information in XML',
  description: 'Output the pool information as an XML dump to stdout.',
  options: [poolOption, flag('inactive', 'show inactive defined XML')],
  async run(session, options) {
    const { name } = await findPool(session, options.required('pool'));
    const pools = await groupOf(session, 'pools');
    session.printDocument(await pools.xml(name, { inactive: options.flag('inactive') }));
    return undefined;
  },
};

/** A command that does one thing to one pool and says so. */
const simple = (
  verb: 'destroy' | 'undefine' | 'delete' | 'refresh',
  operation: GroupOperation<'pools'>,
  summary: string,
  description: string,
  done: string,
): Command => ({
  name: `pool-${verb}`,
  group: 'pool',
  summary,
  description,
  options: [poolOption],
  async run(session, options) {
    const { name } = await findPool(session, options.required('pool'));
    await changePool(session, operation, `Failed to ${verb} pool ${printable(name)}`, (pools) =>
      pools[verb](name),
    );
    session.say(`Pool ${printable(name)} ${done}\n`);
    return undefined;
  },
});

const poolStart: Command = {
  name: 'pool-start',
  group: 'pool',
  summary: 'start a (previously defined) inactive pool',
  description: 'Start a pool.',
  options: [poolOption, flag('build', 'build the pool as normal')],
  async run(session, options) {
    const { name } = await findPool(session, options.required('pool'));
    await changePool(session, 'poolStart', `Failed to start pool ${printable(name)}`, (pools) =>
      pools.start(name, { build: options.flag('build') }),
    );
    session.say(`Pool ${printable(name)} started\n`);
    return undefined;
  },
};

const poolBuild: Command = {
  name: 'pool-build',
  group: 'pool',
  summary: 'build a pool',
  description: 'Build a given pool.',
  options: [
    poolOption,
    flag('no-overwrite', 'do not overwrite any existing data'),
    flag('overwrite', 'overwrite any existing data'),
  ],
  async run(session, options) {
    options.exclusive('no-overwrite', 'overwrite');
    const { name } = await findPool(session, options.required('pool'));
    await changePool(session, 'poolBuild', `Failed to build pool ${printable(name)}`, (pools) =>
      pools.build(name, { overwrite: options.flag('overwrite') }),
    );
    session.say(`Pool ${printable(name)} built\n`);
    return undefined;
  },
};

const poolAutostart: Command = {
  name: 'pool-autostart',
  group: 'pool',
  summary: 'autostart a pool',
  description: 'Configure a pool to be automatically started at boot.',
  options: [poolOption, flag('disable', 'disable autostarting')],
  async run(session, options) {
    const { name } = await findPool(session, options.required('pool'));
    const mark = options.flag('disable') ? 'unmark' : 'mark';
    await changePool(
      session,
      'poolSetAutostart',
      `failed to ${mark} pool ${printable(name)} as autostarted`,
      (pools) => pools.setAutostart(name, mark === 'mark'),
    );
    session.say(`Pool ${printable(name)} ${mark}ed as autostarted\n`);
    return undefined;
  },
};

const converter = (name: string, summary: string, by: Naming, value: (pool: Pool) => string): Command => ({
  name,
  group: 'pool',
  summary,
  options: [poolOption],
  async run(session, options) {
    session.print(`${value(await findPool(session, options.required('pool'), by))}\n`);
    return undefined;
  },
});

export const poolCommands: readonly Command[] = [
  poolAutostart,
  poolBuild,
  simple('delete', 'poolDelete', 'delete a pool', 'Delete a given pool.', 'deleted'),
  simple(
    'destroy',
    'poolDestroy',
    'destroy (stop) a pool',
    'Forcefully stop a given pool. Raw data in the pool is untouched',
    'destroyed',
  ),
  poolDumpxml,
  poolInfo,
  poolList,
  converter('pool-name', 'convert a pool UUID to pool name', 'uuid', ({ name }) => printable(name)),
  simple('refresh', 'poolRefresh', 'refresh a pool', 'Refresh a given pool.', 'refreshed'),
  poolStart,
  simple(
    'undefine',
    'poolUndefine',
    'undefine an inactive pool',
    'Undefine the configuration for an inactive pool.',
    'has been undefined',
  ),
  converter('pool-uuid', 'convert a pool name to pool UUID', 'name', ({ uuid }) => uuid ?? '-'),
];
