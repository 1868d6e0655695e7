import type { DomainSummary } from '../../../drivers/api/model.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { type Command, UsageError, flag } from '../command.ts';
import { formatTable, printable } from '../table.ts';
import { inOrder, stateWords } from './words.ts';

const otherStates = new Set(['blocked', 'shutdown', 'crashed', 'pmsuspended']);

export const list: Command = {
  name: 'list',
  group: 'monitor',
  summary: 'list domains',
  options: [
    flag('inactive', 'list inactive domains'),
    flag('all', 'list inactive & active domains'),
    flag('transient', 'list transient domains'),
    flag('persistent', 'list persistent domains'),
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
    const table =
      options.flag('table') || !(options.flag('name') || options.flag('uuid') || options.flag('id'));
    if (table && (options.flag('name') || options.flag('uuid') || options.flag('id'))) {
      throw new UsageError('Options --table and --name, --uuid or --id are mutually exclusive');
    }
    // as in virsh: asking for a state that only inactive domains have asks for those too
    const inactiveToo = options.flag('all') || options.flag('state-shutoff') || options.flag('state-other');
    const either = (a: string, b: string, is: boolean): boolean =>
      options.flag(a) === options.flag(b) || (options.flag(a) ? is : !is);
    const states = ['state-running', 'state-paused', 'state-shutoff', 'state-other'].some((name) =>
      options.flag(name),
    );
    const inState = ({ state }: DomainSummary): boolean =>
      !states ||
      (options.flag('state-running') && state === 'running') ||
      (options.flag('state-paused') && state === 'paused') ||
      (options.flag('state-shutoff') && state === 'shutoff') ||
      (options.flag('state-other') && otherStates.has(state));
    const wanted = (domain: DomainSummary): boolean => {
      const active = isActive(domain.state);
      if (options.flag('inactive') ? active && !options.flag('all') : !active && !inactiveToo) return false;
      return (
        either('persistent', 'transient', domain.persistent) &&
        either('autostart', 'no-autostart', domain.autostart) &&
        either('with-managed-save', 'without-managed-save', domain.hasManagedSave) &&
        inState(domain)
      );
    };
    const domains = inOrder((await (await session.connection()).domains.list()).filter(wanted));
    const id = (domain: DomainSummary): string => (domain.id === null ? '-' : String(domain.id));
    if (!table) {
      const fields = (domain: DomainSummary): string[] => [
        ...(options.flag('uuid') ? [domain.uuid] : []),
        ...(options.flag('name') ? [printable(domain.name)] : []),
        ...(options.flag('id') ? [id(domain)] : []),
      ];
      session.print(domains.map((domain) => `${fields(domain).join(' ')}\n`).join(''));
      return undefined;
    }
    const state = (domain: DomainSummary): string =>
      options.flag('managed-save') && domain.hasManagedSave && !isActive(domain.state)
        ? 'saved'
        : stateWords[domain.state];
    const title = options.flag('title');
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
