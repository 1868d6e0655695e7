import type { Snapshot } from '../../../drivers/api/model.ts';
import { type Command, type Options, UsageError, domainOption, flag, text } from '../command.ts';
import { findSnapshot, listSnapshots } from '../objects.ts';
import { formatTable, printable } from '../table.ts';
import { zonedTime } from '../times.ts';
import { drawTree } from '../tree.ts';
import { below, currentOf } from './snapshots.ts';
import { byName } from './words.ts';

/** Options that ask for snapshots of one kind; those of one row add up. */
const kinds: readonly Readonly<Record<string, (snapshot: Snapshot, all: readonly Snapshot[]) => boolean>>[] =
  [
    { leaves: ({ name }, all) => !all.some(({ parent }) => parent === name) },
    { 'no-leaves': ({ name }, all) => all.some(({ parent }) => parent === name) },
    {
      inactive: ({ state }) => state === 'shutoff',
      active: ({ state }) => state !== 'shutoff' && state !== 'disk-snapshot',
      'disk-only': ({ state }) => state === 'disk-snapshot',
    },
    { internal: ({ kind }) => kind === 'internal', external: ({ kind }) => kind !== 'internal' },
    // those that keep a definition from being forgotten: ours all do
    { metadata: () => true, 'no-metadata': () => false },
  ];

const fits = (options: Options, snapshot: Snapshot, all: readonly Snapshot[]): boolean =>
  kinds.every((row) => {
    const asked = Object.entries(row).filter(([option]) => options.flag(option));
    return asked.length === 0 || asked.some(([, is]) => is(snapshot, all));
  });

/** Each behind the one that it was made on, the latest branch first, as libvirt walks its tree. */
function topological(snapshots: readonly Snapshot[]): Snapshot[] {
  const names = new Set(snapshots.map(({ name }) => name));
  const from = (parent: string | undefined): Snapshot[] =>
    snapshots
      .filter(
        (each) => (each.parent !== undefined && names.has(each.parent) ? each.parent : undefined) === parent,
      )
      .toSorted((a, b) => b.created - a.created || byName(b.name, a.name))
      .flatMap((snapshot) => [snapshot, ...from(snapshot.name)]);
  return from(undefined);
}

export const snapshotList: Command = {
  name: 'snapshot-list',
  group: 'snapshot',
  summary: 'List snapshots for a domain',
  description: 'Snapshot List',
  options: [
    domainOption,
    flag('parent', 'add a column showing parent snapshot'),
    flag('roots', 'list only snapshots without parents'),
    flag('leaves', 'list only snapshots without children'),
    flag('no-leaves', 'list only snapshots that are not leaves (with children)'),
    flag('metadata', 'list only snapshots that have metadata that would prevent undefine'),
    flag('no-metadata', 'list only snapshots that have no metadata managed by libvirt'),
    flag('inactive', 'filter by snapshots taken while inactive'),
    flag('active', 'filter by snapshots taken while active (full system snapshots)'),
    flag('disk-only', 'filter by disk-only snapshots'),
    flag('internal', 'filter by internal snapshots'),
    flag('external', 'filter by external snapshots'),
    flag('tree', 'list snapshots in a tree'),
    text('from', 'limit list to children of given snapshot', { positional: true, complete: 'snapshot' }),
    flag('current', 'limit list to children of current snapshot'),
    flag('descendants', 'with --from, list all descendants'),
    flag('name', 'list snapshot names only'),
    flag('topological', 'sort list topologically rather than by name'),
  ],
  async run(session, options) {
    options.exclusive('tree', 'name');
    options.exclusive('parent', 'roots');
    options.exclusive('parent', 'tree');
    options.exclusive('roots', 'tree');
    options.exclusive('roots', 'from');
    options.exclusive('roots', 'current');
    const from = options.text('from');
    if (from !== undefined && options.flag('current'))
      throw new UsageError('--from and --current are mutually exclusive');
    if (options.flag('descendants') && from === undefined && !options.flag('current'))
      throw new UsageError('--descendants requires either --from or --current');
    const domain = await session.domain(options.required('domain'));
    const all = await listSnapshots(session, domain);
    const start =
      from !== undefined
        ? await findSnapshot(session, domain, from)
        : options.flag('current')
          ? currentOf(all, domain)
          : undefined;
    const tree = options.flag('tree');
    const within = !start
      ? all.filter(({ parent }) => !options.flag('roots') || parent === undefined)
      : [
          ...(tree ? [start] : []),
          ...(options.flag('descendants')
            ? below(all, start.name)
            : all.filter(({ parent }) => parent === start.name)),
        ];
    const wanted = within.filter((snapshot) => fits(options, snapshot, all));
    const shown = options.flag('topological')
      ? topological(wanted)
      : wanted.toSorted((a, b) => byName(a.name, b.name));
    if (tree) {
      const parents = new Map(shown.map(({ name, parent }) => [name, parent]));
      session.print(
        drawTree(
          shown.map(({ name }) => name),
          (name) => parents.get(name),
        ),
      );
    } else if (options.flag('name')) {
      session.print(shown.map(({ name }) => `${printable(name)}\n`).join(''));
    } else {
      const parents = options.flag('parent');
      const head = ['Name', 'Creation Time', 'State', ...(parents ? ['Parent'] : [])];
      const rows = shown.map(({ name, created, state, parent = '' }) => [
        name,
        zonedTime(created),
        state,
        ...(parents ? [parent] : []),
      ]);
      session.print(formatTable(head, rows, session.quiet));
    }
    return undefined;
  },
};
