import type { HostInterface } from '../../../drivers/api/model.ts';
import type { GroupOperation } from '../../../drivers/api/operations.ts';
import { type Command, type OptionSpec, flag, needed } from '../command.ts';
import { ownText } from '../files.ts';
import { changeIn, groupOf } from '../groups.ts';
import { findInterface } from '../objects.ts';
import { attempt } from '../session.ts';
import { formatTable, printable } from '../table.ts';
import { byName } from './words.ts';

const interfaceOption: OptionSpec = needed('interface', 'interface name or MAC address', 'interface');

const change = changeIn('interfaces');

const ifaceList: Command = {
  name: 'iface-list',
  group: 'interface',
  summary: 'list physical host interfaces',
  description: 'Returns list of physical host interfaces.',
  options: [flag('inactive', 'list inactive interfaces'), flag('all', 'list inactive & active interfaces')],
  async run(session, options) {
    const all = options.flag('all');
    const inactive = options.flag('inactive');
    const rows = (
      await attempt('Failed to list interfaces', async () => (await groupOf(session, 'interfaces')).list())
    )
      .filter(({ active }) => all || active !== inactive)
      .toSorted((a, b) => byName(a.name, b.name))
      .map(({ name, active, mac = '' }) => [name, active ? 'active' : 'inactive', mac]);
    session.print(formatTable(['Name', 'State', 'MAC Address'], rows, session.quiet));
    return undefined;
  },
};

const ifaceDumpxml: Command = {
  name: 'iface-dumpxml',
  group: 'interface',
  summary: 'interface information in XML',
  description: 'Output the physical host interface information as an XML dump to stdout.',
  options: [interfaceOption, flag('inactive', 'show inactive defined XML')],
  async run(session, options) {
    const { name } = await findInterface(session, options.required('interface'));
    const interfaces = await groupOf(session, 'interfaces');
    session.printDocument(await interfaces.xml(name, { inactive: options.flag('inactive') }));
    return undefined;
  },
};

const ifaceDefine: Command = {
  name: 'iface-define',
  group: 'interface',
  summary:
    'define an inactive persistent physical host interface or modify an existing persistent one from an XML file',
  description: 'Define or modify a persistent physical host interface.',
  options: [needed('file', 'file containing an XML interface description', 'file')],
  async run(session, options) {
    const file = options.required('file');
    const xml = await ownText(session, file);
    const { name } = await change(
      session,
      'interfaceDefine',
      `Failed to define interface from ${file}`,
      (interfaces) => interfaces.define(xml),
    );
    session.say(`Interface ${printable(name)} defined from ${file}\n`);
    return undefined;
  },
};

const simple = (
  verb: 'start' | 'destroy' | 'undefine',
  operation: GroupOperation<'interfaces'>,
  summary: string,
  description: string,
  done: string,
): Command => ({
  name: `iface-${verb}`,
  group: 'interface',
  summary,
  description,
  options: [interfaceOption],
  async run(session, options) {
    const { name } = await findInterface(session, options.required('interface'));
    await change(session, operation, `Failed to ${verb} interface ${printable(name)}`, (interfaces) =>
      interfaces[verb](name),
    );
    session.say(`Interface ${printable(name)} ${done}\n`);
    return undefined;
  },
});

const converter = (
  name: string,
  summary: string,
  help: string,
  value: (found: HostInterface) => string,
): Command => ({
  name,
  group: 'interface',
  summary,
  options: [{ ...interfaceOption, help }],
  async run(session, options) {
    session.print(`${printable(value(await findInterface(session, options.required('interface'))))}\n`);
    return undefined;
  },
});

export const interfaceCommands: readonly Command[] = [
  ifaceDefine,
  simple(
    'destroy',
    'interfaceDestroy',
    'destroy a physical host interface (disable it / "if-down")',
    'forcefully stop a physical host interface.',
    'destroyed',
  ),
  ifaceDumpxml,
  ifaceList,
  converter(
    'iface-mac',
    'convert an interface name to interface MAC address',
    'interface name',
    ({ mac }) => mac ?? '',
  ),
  converter(
    'iface-name',
    'convert an interface MAC address to interface name',
    'interface mac',
    ({ name }) => name,
  ),
  simple(
    'start',
    'interfaceStart',
    'start a physical host interface (enable it / "if-up")',
    'start a physical host interface.',
    'started',
  ),
  simple(
    'undefine',
    'interfaceUndefine',
    'undefine a physical host interface (remove it from configuration)',
    'undefine an interface.',
    'undefined',
  ),
];
