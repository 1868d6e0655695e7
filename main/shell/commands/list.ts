import type { DomainSummary } from '../../../drivers/api/model.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { type Command, type Options, flag } from '../command.ts';
import { groupOf } from '../groups.ts';
import type { Session } from '../session.ts';
import { formatTable, printable } from '../table.ts';
import { either, inOrder, stateWords } from './words.ts';

const states: readonly [option: string, fits: (state: DomainSummary['state']) => boolean][] = [
  ['state-running', (state) => state === 'running'],
  ['state-paused', (state) => state === 'paused'],
  ['state-shutoff', (state) => state === 'shutoff'],
  ['state-other', (state) => ['blocked', 'shutdown', 'crashed', 'pmsuspended'].includes(state)],
];

/** Which domains a line of `list` means. */
function wanted(options: Options): (domain: DomainSummary) => boolean {
  // as in virsh: asking for those that are off leaves the others out
  const inactive = options.flag('all') || options.flag('inactive') || options.flag('state-shutoff');
  const active = options.flag('all') || !inactive;
  const asked = states.filter(([option]) => options.flag(option));
  return (domain) =>
    (isActive(domain.state) ? active : inactive) &&
    either(options, 'persistent', 'transient', domain.persistent) &&
    either(options, 'autostart', 'no-autostart', domain.autostart) &&
    either(options, 'with-managed-save', 'without-managed-save', domain.hasManagedSave) &&
    (asked.length === 0 || asked.some(([, fits]) => fits(domain.state)));
}

/** Only those with, or without, snapshots, where a line asks so. */
async function bySnapshots(
  session: Session,
  options: Options,
  domains: readonly DomainSummary[],
): Promise<readonly DomainSummary[]> {
  if (options.flag('with-snapshot') === options.flag('without-snapshot')) return domains;
  const snapshots = await groupOf(session, 'snapshots');
  const kept = await Promise.all(
    domains.map(async ({ uuid }) =>
      either(options, 'with-snapshot', 'without-snapshot', (await snapshots.list(uuid)).length > 0),
    ),
  );
  return domains.filter((_, index) => kept[index]);
}

export const list: Command = {
  name: 'list',
  group: 'monitor',
  summary: 'list domains',
  description: 'Returns list of domains.',
  options: [
    flag('inactive', 'list inactive domains'),
    flag('all', 'list inactive & active domains'),
    flag('transient', 'list transient domains'),
    flag('persistent', 'list persistent domains'),
    flag('with-snapshot', 'list domains with existing snapshot'),
    flag('without-snapshot', 'list domains without a snapshot'),
    flag('state-running', 'list domains in running state'),
    flag('state-paused', 'list domains in paused state'),
    flag('state-shutoff', 'list domains in shutoff state'),
    flag('state-other', 'list domains in other states'),
    flag('autostart', 'list domains with autostart enabled'),
    flag('no-autostart', 'list domains with autostart disabled'),
    flag('with-managed-save', 'list domains with managed save state'),
    flag('without-managed-save', 'list domains without managed save'),
    flag('uuid', "list uuid's only"),
    flag('name', 'list domain names only'),
    flag('id', 'list domain IDs only'),
    flag('table', 'list table (default)'),
    flag('managed-save', 'mark inactive domains with managed save state'),
    flag('title', 'show domain title'),
  ],
  async run(session, options) {
    for (const column of ['name', 'uuid', 'id']) options.exclusive('table', column);
    const title = options.flag('title');
    const { domains: group } = await session.connection();
    // titles are in the documents, which are many to ask for
    const all = await group.list({ documents: title });
    const domains = await bySnapshots(session, options, inOrder(all.filter(wanted(options))));
    const id = (domain: DomainSummary): string => (domain.id === null ? '-' : String(domain.id));
    const columns: Readonly<Record<string, (domain: DomainSummary) => string>> = {
      uuid: ({ uuid }) => uuid,
      id,
      name: ({ name }) => printable(name),
    };
    const asked = Object.keys(columns).filter((column) => options.flag(column));
    if (asked.length > 0) {
      const shown = asked.every((column) => column === 'id')
        ? domains.filter(({ id }) => id !== null)
        : domains;
      const rows = shown.map((domain) => asked.map((column) => columns[column]?.(domain) ?? '').join(' '));
      session.print(rows.map((row) => `${row}\n`).join(''));
      return undefined;
    }
    const state = (domain: DomainSummary): string =>
      options.flag('managed-save') && domain.hasManagedSave && !isActive(domain.state)
        ? 'saved'
        : stateWords[domain.state];
    const rows = domains.map((domain) => [
      id(domain),
      domain.name,
      state(domain),
      ...(title ? [domain.title ?? ''] : []),
    ]);
    session.print(formatTable(['Id', 'Name', 'State', ...(title ? ['Title'] : [])], rows, session.quiet));
    return undefined;
  },
};
