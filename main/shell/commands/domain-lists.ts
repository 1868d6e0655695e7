import type { InterfaceAddress } from '../../../drivers/api/model.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import type { Disk, Interface } from '../../../drivers/xml/domain/types.ts';
import { type Command, UsageError, domainOption, flag, text } from '../command.ts';
import { groupOf } from '../groups.ts';
import { attempt } from '../session.ts';
import { formatTable, printable } from '../table.ts';

const inactiveOption = flag('inactive', 'get inactive rather than running configuration');

function imageOf({ source }: Disk): string {
  const said = source && [source.file, source.dev, source.dir, source.name, source.volume, source.path];
  return said?.find((each) => each !== undefined) ?? '-';
}

const domblklist: Command = {
  name: 'domblklist',
  group: 'monitor',
  summary: 'list all domain blocks',
  description: 'Get the summary of block devices for a domain.',
  options: [domainOption, inactiveOption, flag('details', 'additionally display the type and device value')],
  async run(session, options) {
    const { uuid } = await session.domain(options.required('domain'));
    const { domains } = await session.connection();
    const { disks } = readDomain(await domains.xml(uuid, { inactive: options.flag('inactive') })).devices;
    const details = options.flag('details');
    session.print(
      formatTable(
        [...(details ? ['Type', 'Device'] : []), 'Target', 'Source'],
        disks.map((disk) => [...(details ? [disk.type, disk.device] : []), disk.target.dev, imageOf(disk)]),
        session.quiet,
      ),
    );
    return undefined;
  },
};

const placeOf = ({ source }: Interface): string =>
  source?.network ?? source?.bridge ?? source?.dev ?? source?.name ?? '-';

const domiflist: Command = {
  name: 'domiflist',
  group: 'monitor',
  summary: 'list all domain virtual interfaces',
  description: 'Get the summary of virtual interfaces for a domain.',
  options: [domainOption, inactiveOption],
  async run(session, options) {
    const { uuid } = await session.domain(options.required('domain'));
    const { domains } = await session.connection();
    const { interfaces } = readDomain(
      await domains.xml(uuid, { inactive: options.flag('inactive') }),
    ).devices;
    const rows = interfaces.map((each) => [
      each.target?.dev ?? '-',
      each.type,
      placeOf(each),
      each.model ?? '-',
      each.mac ?? '-',
    ]);
    session.print(formatTable(['Interface', 'Type', 'Source', 'Model', 'MAC'], rows, session.quiet));
    return undefined;
  },
};

const sources = ['lease', 'agent', 'arp'] as const;

const domifaddr: Command = {
  name: 'domifaddr',
  group: 'monitor',
  summary: "Get network interfaces' addresses for a running domain",
  description: "Get network interfaces' addresses for a running domain",
  options: [
    domainOption,
    text('interface', 'network interface name', { positional: true }),
    flag('full', 'always display names and MACs of interfaces'),
    text('source', "address source: 'lease', 'agent', or 'arp'", { complete: sources }),
  ],
  async run(session, options) {
    const word = options.text('source') ?? 'lease';
    const source = sources.find((each) => each === word);
    if (!source) throw new UsageError(`Unknown data source '${word}'`);
    const domain = await session.domain(options.required('domain'));
    const wanted = options.text('interface');
    const interfaces = await attempt('Failed to query for interfaces addresses', async () => {
      await session.allow('interfaceAddresses', domain);
      return (await groupOf(session, 'agent')).addresses(domain.uuid, source);
    });
    session.say(
      ` ${'Name'.padEnd(10)} ${'MAC address'.padEnd(20)} ${'Protocol'.padEnd(8)}     Address\n${'-'.repeat(79)}\n`,
    );
    for (const each of interfaces)
      if (wanted === undefined || each.name === wanted)
        session.print(addressRows(each, options.flag('full')));
    return undefined;
  },
};

function addressRows({ name, mac = 'N/A', addresses }: InterfaceAddress, full: boolean): string {
  const row = (first: string, second: string, rest: string): string =>
    ` ${printable(first).padEnd(10)} ${printable(second).padEnd(17)}    ${rest}\n`;
  if (addresses.length === 0) return row(name, mac, `${'N/A'.padEnd(12)} N/A`);
  return addresses
    .map(({ family, address, prefix }, index) => {
      const rest = `${family.padEnd(12)} ${printable(address)}/${String(prefix)}`;
      return full || index === 0 ? row(name, mac, rest) : row('-', '-', rest);
    })
    .join('');
}

export const domainListCommands: readonly Command[] = [domblklist, domifaddr, domiflist];
