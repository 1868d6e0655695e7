import type { DomainSummary, Snapshot } from '../../../drivers/api/model.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import {
  type Command,
  type OptionSpec,
  type Options,
  UsageError,
  domainOption,
  flag,
  needed,
  text,
} from '../command.ts';
import { groupOf } from '../groups.ts';
import { findSnapshot, listSnapshots } from '../objects.ts';
import { longWork } from '../progress.ts';
import { type Session, attempt } from '../session.ts';
import { formatFacts, printable } from '../table.ts';
import { yesNo } from './words.ts';

export const nameOption: OptionSpec = text('snapshotname', 'snapshot name', {
  positional: true,
  complete: 'snapshot',
});

/** The snapshot that a line means: by name, or the current one. */
export async function chosenSnapshot(
  session: Session,
  options: Options,
  domain: DomainSummary,
): Promise<Snapshot> {
  const name = options.text('snapshotname');
  if (name !== undefined && options.flag('current'))
    throw new UsageError('--snapshotname and --current are mutually exclusive');
  if (name !== undefined) return findSnapshot(session, domain, name);
  if (!options.flag('current')) throw new UsageError('--snapshotname or --current is required');
  const current = (await listSnapshots(session, domain)).find((snapshot) => snapshot.current);
  if (current) return current;
  throw new GuestroomError(
    'not_found',
    'Domain snapshot not found: the domain does not have a current snapshot',
  );
}

export function currentOf(snapshots: readonly Snapshot[], { name }: DomainSummary): Snapshot {
  const found = snapshots.find(({ current }) => current);
  if (!found) throw new GuestroomError('not_found', `domain '${name}' has no current snapshot`);
  return found;
}

/** All that were made on this one, or on one of those. */
export function below(all: readonly Snapshot[], name: string): Snapshot[] {
  const children = all.filter(({ parent }) => parent === name);
  return children.flatMap((child) => [child, ...below(all, child.name)]);
}

const snapshotInfo: Command = {
  name: 'snapshot-info',
  group: 'snapshot',
  summary: 'snapshot information',
  description: 'Returns basic information about a snapshot.',
  options: [domainOption, nameOption, flag('current', 'info on current snapshot')],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const snapshot = await chosenSnapshot(session, options, domain);
    const all = await listSnapshots(session, domain);
    session.print(
      formatFacts([
        ['Name', snapshot.name],
        ['Domain', domain.name],
        ['Current', yesNo(snapshot.current)],
        ['State', snapshot.state],
        ['Location', snapshot.kind === 'internal' ? 'internal' : 'external'],
        ['Parent', snapshot.parent ?? '-'],
        ['Children', String(all.filter(({ parent }) => parent === snapshot.name).length)],
        ['Descendants', String(below(all, snapshot.name).length)],
        ['Metadata', 'yes'],
      ]),
    );
    return undefined;
  },
};

const snapshotDumpxml: Command = {
  name: 'snapshot-dumpxml',
  group: 'snapshot',
  summary: 'Dump XML for a domain snapshot',
  description: 'Snapshot Dump XML',
  options: [domainOption, needed('snapshotname', 'snapshot name', 'snapshot')],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { name } = await findSnapshot(session, domain, options.required('snapshotname'));
    session.printDocument(await (await groupOf(session, 'snapshots')).xml(domain.uuid, name));
    return undefined;
  },
};

const snapshotCurrent: Command = {
  name: 'snapshot-current',
  group: 'snapshot',
  summary: 'Get the current snapshot',
  description: 'Get the current snapshot',
  options: [domainOption, flag('name', 'list the name, rather than the full xml')],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { name } = currentOf(await listSnapshots(session, domain), domain);
    if (options.flag('name')) session.print(printable(name));
    else session.printDocument(await (await groupOf(session, 'snapshots')).xml(domain.uuid, name));
    return undefined;
  },
};

const snapshotParent: Command = {
  name: 'snapshot-parent',
  group: 'snapshot',
  summary: 'Get the name of the parent of a snapshot',
  description: "Extract the snapshot's parent, if any",
  options: [
    domainOption,
    { ...nameOption, help: 'find parent of snapshot name' },
    flag('current', 'find parent of current snapshot'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { name, parent } = await chosenSnapshot(session, options, domain);
    if (parent === undefined) throw new UsageError(`snapshot '${name}' has no parent`);
    session.print(printable(parent));
    return undefined;
  },
};

const snapshotRevert: Command = {
  name: 'snapshot-revert',
  group: 'snapshot',
  summary: 'Revert a domain to a snapshot',
  description: 'Revert domain to snapshot',
  options: [
    domainOption,
    nameOption,
    flag('current', 'revert to current snapshot'),
    flag('running', 'after reverting, change state to running'),
    flag('paused', 'after reverting, change state to paused'),
    flag('force', 'try harder on risky reverts'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { name } = await chosenSnapshot(session, options, domain);
    const state = options.flag('running') ? 'running' : options.flag('paused') ? 'paused' : undefined;
    await attempt(`Failed to revert snapshot ${printable(name)}`, async () => {
      await session.allow('snapshotRevert', domain);
      const snapshots = await groupOf(session, 'snapshots');
      await longWork(session, 'Revert', (context) =>
        snapshots.revert(
          domain.uuid,
          name,
          { force: options.flag('force'), ...(state === undefined ? {} : { state }) },
          context,
        ),
      );
    });
    session.say(`Domain snapshot ${printable(name)} reverted\n`);
    return undefined;
  },
};

const snapshotDelete: Command = {
  name: 'snapshot-delete',
  group: 'snapshot',
  summary: 'Delete a domain snapshot',
  description: 'Snapshot Delete',
  options: [
    domainOption,
    nameOption,
    flag('current', 'delete current snapshot'),
    flag('children', 'delete snapshot and all children'),
    flag('children-only', 'delete children but not snapshot'),
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { name } = await chosenSnapshot(session, options, domain);
    const only = options.flag('children-only');
    await attempt(`Failed to delete snapshot ${printable(name)}`, async () => {
      await session.allow('snapshotDelete', domain);
      const snapshots = await groupOf(session, 'snapshots');
      const victims = only
        ? (await snapshots.list(domain.uuid))
            .filter(({ parent }) => parent === name)
            .map((child) => child.name)
        : [name];
      await longWork(session, 'Delete', async (context) => {
        for (const victim of victims)
          await snapshots.delete(
            domain.uuid,
            victim,
            { children: only || options.flag('children') },
            context,
          );
      });
    });
    session.say(`Domain snapshot ${printable(name)} ${only ? 'children deleted' : 'deleted'}\n`);
    return undefined;
  },
};

export const snapshotCommands: readonly Command[] = [
  snapshotCurrent,
  snapshotDelete,
  snapshotDumpxml,
  snapshotInfo,
  snapshotParent,
  snapshotRevert,
];
