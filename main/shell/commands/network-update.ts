import type { NetworkChange } from '../../../drivers/api/networks.ts';
import { type Command, UsageError, flag, needed, number } from '../command.ts';
import { ownText } from '../files.ts';
import { findNetwork } from '../objects.ts';
import { printable } from '../table.ts';
import { changeNetwork, networkOption } from './networks.ts';

const verbs: Readonly<Record<string, NetworkChange['command']>> = {
  modify: 'modify',
  delete: 'delete',
  add: 'add-last',
  'add-last': 'add-last',
  'add-first': 'add-first',
};
const sections = [
  'bridge',
  'domain',
  'ip',
  'ip-dhcp-host',
  'ip-dhcp-range',
  'forward',
  'forward-interface',
  'forward-pf',
  'portgroup',
  'dns-host',
  'dns-txt',
  'dns-srv',
] as const satisfies readonly NetworkChange['section'][];

const told = {
  both: 'persistent config and live state',
  config: 'persistent config',
  live: 'live state',
} as const;

export const netUpdate: Command = {
  name: 'net-update',
  group: 'network',
  summary: "update parts of an existing network's configuration",
  options: [
    networkOption,
    needed('command', 'type of update (add-first, add-last (add), delete, or modify)', Object.keys(verbs)),
    needed('section', 'which section of network configuration to update', sections),
    needed(
      'xml',
      "name of file containing xml (or, if it starts with '<', the complete xml element itself) to add/modify, or to be matched for search",
      'file',
    ),
    number('parent-index', 'which parent object to search through', { positional: true }),
    flag('config', 'affect next network startup'),
    flag('live', 'affect running network'),
    flag('current', 'affect current state of network'),
  ],
  async run(session, options) {
    options.exclusive('current', 'live');
    options.exclusive('current', 'config');
    const network = await findNetwork(session, options.required('network'));
    const word = options.required('command');
    const command = Object.hasOwn(verbs, word) ? verbs[word] : undefined;
    if (!command) throw new UsageError(`unrecognized command name '${word}'`);
    const section = sections.find((name) => name === options.required('section'));
    if (!section) throw new UsageError(`unrecognized section name '${options.required('section')}'`);
    const given = options.required('xml');
    const xml = given.startsWith('<') ? given : await ownText(session, given);
    const parentIndex = options.count('parent-index');
    const [live, config] = [options.flag('live'), options.flag('config')];
    // as in virsh, a line without any of them means what the network is now
    const apply = live && config ? 'both' : config ? 'config' : live || network.active ? 'live' : 'config';
    const name = printable(network.name);
    const change: NetworkChange = {
      command,
      section,
      xml,
      apply,
      ...(parentIndex === undefined ? {} : { parentIndex }),
    };
    await changeNetwork(session, 'networkUpdate', `Failed to update network ${name}`, (networks) =>
      networks.update(network.name, change),
    );
    session.say(`Updated network ${name} ${told[apply]}`);
    return undefined;
  },
};
