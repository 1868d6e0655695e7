import type { GroupOperation } from '../../../drivers/api/operations.ts';
import { type Command, type OptionSpec, UsageError, flag, needed, text } from '../command.ts';
import { ownText } from '../files.ts';
import { changeIn, groupOf } from '../groups.ts';
import { type Naming, findNetwork } from '../objects.ts';
import { attempt } from '../session.ts';
import { formatFacts, formatTable, printable } from '../table.ts';
import { localTime } from '../times.ts';
import { byName, either, yesNo } from './words.ts';

export const networkOption: OptionSpec = needed('network', 'network name or uuid', 'network');
const fileOption = needed('file', 'file containing an XML network description', 'file');

export const changeNetwork = changeIn('networks');

const netList: Command = {
  name: 'net-list',
  group: 'network',
  summary: 'list networks',
  description: 'Returns list of networks.',
  options: [
    flag('inactive', 'list inactive networks'),
    flag('all', 'list inactive & active networks'),
    flag('persistent', 'list persistent networks'),
    flag('transient', 'list transient networks'),
    flag('autostart', 'list networks with autostart enabled'),
    flag('no-autostart', 'list networks with autostart disabled'),
    flag('uuid', "list uuid's only"),
    flag('name', 'list network names only'),
    flag('table', 'list table (default)'),
  ],
  async run(session, options) {
    const forms = ['table', 'name', 'uuid'].filter((form) => options.flag(form));
    if (forms.length > 1)
      throw new UsageError('Only one argument from --table, --name and --uuid may be specified.');
    const all = options.flag('all');
    const inactive = options.flag('inactive');
    const networks = (
      await attempt('Failed to list networks', async () => (await groupOf(session, 'networks')).list())
    )
      .filter(
        ({ active, persistent, autostart }) =>
          (all || active !== inactive) &&
          either(options, 'persistent', 'transient', persistent) &&
          either(options, 'autostart', 'no-autostart', autostart),
      )
      .toSorted((a, b) => byName(a.name, b.name));
    if (options.flag('name') || options.flag('uuid')) {
      const words = networks.map(({ name, uuid }) => (options.flag('name') ? printable(name) : uuid));
      session.print(words.map((word) => `${word}\n`).join(''));
      return undefined;
    }
    const rows = networks.map(({ name, active, autostart, persistent }) => [
      name,
      active ? 'active' : 'inactive',
      yesNo(autostart),
      yesNo(persistent),
    ]);
    session.print(formatTable(['Name', 'State', 'Autostart', 'Persistent'], rows, session.quiet));
    return undefined;
  },
};

const netInfo: Command = {
  name: 'net-info',
  group: 'network',
  summary: 'network information',
  description: 'Returns basic information about the network',
  options: [networkOption],
  async run(session, options) {
    const network = await findNetwork(session, options.required('network'));
    session.print(
      formatFacts([
        ['Name', network.name],
        ['UUID', network.uuid],
        ['Active', yesNo(network.active)],
        ['Persistent', yesNo(network.persistent)],
        ['Autostart', yesNo(network.autostart)],
        ...(network.bridge === undefined ? [] : ([['Bridge', network.bridge]] as const)),
      ]),
    );
    return undefined;
  },
};

const netDumpxml: Command = {
  name: 'net-dumpxml',
  group: 'network',
  summary: 'network information in XML',
  description: 'Output the network information as an XML dump to stdout.',
  options: [networkOption, flag('inactive', 'show inactive defined XML')],
  async run(session, options) {
    const { name } = await findNetwork(session, options.required('network'));
    const networks = await groupOf(session, 'networks');
    session.printDocument(await networks.xml(name, { inactive: options.flag('inactive') }));
    return undefined;
  },
};

const fromFile = (
  name: 'net-define' | 'net-create',
  verb: 'define' | 'create',
  summary: string,
  description: string,
): Command => ({
  name,
  group: 'network',
  summary,
  description,
  options: [fileOption],
  async run(session, options) {
    const file = options.required('file');
    const xml = await ownText(session, file);
    const operation = verb === 'define' ? 'networkDefine' : 'networkCreate';
    const made = await changeNetwork(
      session,
      operation,
      `Failed to ${verb} network from ${file}`,
      (networks) => networks[verb](xml),
    );
    session.say(`Network ${printable(made.name)} ${verb}d from ${file}\n`);
    return undefined;
  },
});

/** A command that does one thing to one network and says so. */
const simple = (
  verb: 'start' | 'destroy' | 'undefine',
  operation: GroupOperation<'networks'>,
  summary: string,
  description: string,
  done: string,
): Command => ({
  name: `net-${verb}`,
  group: 'network',
  summary,
  description,
  options: [networkOption],
  async run(session, options) {
    const { name } = await findNetwork(session, options.required('network'));
    await changeNetwork(session, operation, `Failed to ${verb} network ${printable(name)}`, (networks) =>
      networks[verb](name),
    );
    session.say(`Network ${printable(name)} ${done}\n`);
    return undefined;
  },
});

const netAutostart: Command = {
  name: 'net-autostart',
  group: 'network',
  summary: 'autostart a network',
  description: 'Configure a network to be automatically started at boot.',
  options: [networkOption, flag('disable', 'disable autostarting')],
  async run(session, options) {
    const { name } = await findNetwork(session, options.required('network'));
    const mark = options.flag('disable') ? 'unmark' : 'mark';
    await changeNetwork(
      session,
      'networkSetAutostart',
      `failed to ${mark} network ${printable(name)} as autostarted`,
      (networks) => networks.setAutostart(name, mark === 'mark'),
    );
    session.say(`Network ${printable(name)} ${mark}ed as autostarted\n`);
    return undefined;
  },
};

const converter = (
  name: string,
  summary: string,
  help: string,
  by: Naming,
  value: (network: { name: string; uuid: string }) => string,
): Command => ({
  name,
  group: 'network',
  summary,
  options: [{ ...networkOption, help }],
  async run(session, options) {
    session.print(`${value(await findNetwork(session, options.required('network'), by))}\n`);
    return undefined;
  },
});

const netDhcpLeases: Command = {
  name: 'net-dhcp-leases',
  group: 'network',
  summary: 'print lease info for a given network',
  description: 'Print lease info for a given network',
  options: [networkOption, text('mac', 'MAC address', { positional: true })],
  async run(session, options) {
    const { name } = await findNetwork(session, options.required('network'));
    const leases = await changeNetwork(
      session,
      'networkLeases',
      `Failed to get leases info for ${printable(name)}`,
      (networks) => networks.leases(name, options.text('mac')),
    );
    const rows = leases
      .toSorted((a, b) => byName(a.mac, b.mac))
      .map(({ expires, mac, address, prefix, hostname, clientId }) => [
        localTime(expires ?? 0),
        mac,
        address.includes(':') ? 'ipv6' : 'ipv4',
        `${address}/${String(prefix)}`,
        hostname ?? '-',
        clientId ?? '-',
      ]);
    const head = ['Expiry Time', 'MAC address', 'Protocol', 'IP address', 'Hostname', 'Client ID or DUID'];
    session.print(formatTable(head, rows, session.quiet));
    return undefined;
  },
};

export const networkCommands: readonly Command[] = [
  netAutostart,
  fromFile('net-create', 'create', 'create a network from an XML file', 'Create a network.'),
  fromFile(
    'net-define',
    'define',
    'define an inactive persistent virtual network or modify an existing persistent one from an XML file',
    'Define or modify a persistent virtual network.',
  ),
  simple(
    'destroy',
    'networkDestroy',
    'destroy (stop) a network',
    'Forcefully stop a given network.',
    'destroyed',
  ),
  netDhcpLeases,
  netDumpxml,
  netInfo,
  netList,
  converter('net-name', 'convert a network UUID to network name', 'network uuid', 'uuid', ({ name }) =>
    printable(name),
  ),
  simple(
    'start',
    'networkStart',
    'start a (previously defined) inactive network',
    'Start a network.',
    'started',
  ),
  simple(
    'undefine',
    'networkUndefine',
    'undefine a persistent network',
    'Undefine the configuration for a persistent network.',
    'has been undefined',
  ),
  converter('net-uuid', 'convert a network name to network UUID', 'network name', 'name', ({ uuid }) => uuid),
];
