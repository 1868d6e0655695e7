import type { Connection, StatsFields } from '../../../drivers/api/driver.ts';
import type { DomainSample, DomainSummary } from '../../../drivers/api/model.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { reasonWords, stateNumbers } from '../../../drivers/api/states.ts';
import { type Command, type Options, flag } from '../command.ts';
import { printable } from '../table.ts';
import { fieldText, inOrder, reasonWord } from './words.ts';

/** virDomainStatsTypes */
const types = {
  state: 1,
  'cpu-total': 2,
  balloon: 4,
  vcpu: 8,
  interface: 16,
  block: 32,
  perf: 64,
  iothread: 128,
  memory: 256,
  dirtyrate: 512,
  vm: 1024,
} as const;
type StatsType = keyof typeof types;

type Field = [string, number | string | undefined];
type Maker = (domain: DomainSummary, sample?: DomainSample) => Field[];

/** virConnectGetAllDomainStats' names for what a driver without them tells. What it does not tell is left out. */
const made: Partial<Record<StatsType, Maker>> = {
  state: (domain) => [
    ['state.state', stateNumbers[domain.state]],
    ['state.reason', Math.max(0, reasonWords[domain.state].indexOf(reasonWord(domain)))],
  ],
  'cpu-total': (_, sample) => [
    ['cpu.time', sample?.cpuSeconds === undefined ? undefined : Math.round(sample.cpuSeconds * 1e9)],
  ],
  balloon: (domain, sample) => [
    ['balloon.current', inKib(sample?.memoryCurrent)],
    ['balloon.maximum', inKib(sample?.memoryMax ?? domain.memory)],
    ['balloon.rss', inKib(sample?.memoryResident)],
  ],
  vcpu: (domain, sample) => [
    ['vcpu.current', sample?.vcpus ?? domain.vcpus],
    ['vcpu.maximum', domain.vcpus],
  ],
  interface: (_, sample) => [
    ['net.count', sample?.interfaces?.length],
    ...(sample?.interfaces ?? []).flatMap(({ target, receiveBytes, transmitBytes }, index): Field[] => [
      [`net.${String(index)}.name`, target],
      [`net.${String(index)}.rx.bytes`, receiveBytes],
      [`net.${String(index)}.tx.bytes`, transmitBytes],
    ]),
  ],
  block: (_, sample) => [
    ['block.count', sample?.disks?.length],
    ...(sample?.disks ?? []).flatMap(({ target, readBytes, writeBytes }, index): Field[] => [
      [`block.${String(index)}.name`, target],
      [`block.${String(index)}.rd.bytes`, readBytes],
      [`block.${String(index)}.wr.bytes`, writeBytes],
    ]),
  ],
};

const inKib = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : Math.floor(bytes / 1024);

const filters: readonly [option: string, kind: string, fits: (domain: DomainSummary) => boolean][] = [
  ['list-active', 'activity', ({ state }) => isActive(state)],
  ['list-inactive', 'activity', ({ state }) => !isActive(state)],
  ['list-persistent', 'persistence', ({ persistent }) => persistent],
  ['list-transient', 'persistence', ({ persistent }) => !persistent],
  ['list-running', 'state', ({ state }) => state === 'running'],
  ['list-paused', 'state', ({ state }) => state === 'paused'],
  ['list-shutoff', 'state', ({ state }) => state === 'shutoff'],
  ['list-other', 'state', ({ state }) => ['blocked', 'shutdown', 'crashed', 'pmsuspended'].includes(state)],
];

/** Those of one kind add up; a domain must fit one of each kind that is asked for. */
function filtered(options: Options, domains: readonly DomainSummary[]): readonly DomainSummary[] {
  const asked = filters.filter(([option]) => options.flag(option));
  const kinds = [...new Set(asked.map(([, kind]) => kind))];
  return domains.filter((domain) =>
    kinds.every((kind) => asked.some(([, own, fits]) => own === kind && fits(domain))),
  );
}

export const domstats: Command = {
  name: 'domstats',
  group: 'monitor',
  summary: 'get statistics about one or multiple domains',
  description: 'Gets statistics about one or more (or all) domains',
  options: [
    flag('state', 'report domain state'),
    flag('cpu-total', 'report domain physical cpu usage'),
    flag('balloon', 'report domain balloon statistics'),
    flag('vcpu', 'report domain virtual cpu information'),
    flag('interface', 'report domain network interface information'),
    flag('block', 'report domain block device statistics'),
    flag('perf', 'report domain perf event statistics'),
    flag('iothread', 'report domain IOThread information'),
    flag('memory', 'report domain memory usage'),
    flag('dirtyrate', 'report domain dirty rate information'),
    flag('vm', 'report hypervisor-specific statistics'),
    ...filters.map(([option]) =>
      flag(
        option,
        `list only ${option.replace('list-', '')} domains${option === 'list-other' ? ' (in other states)' : ''}`,
      ),
    ),
    flag('raw', 'do not pretty-print the fields: never done'),
    flag('enforce', 'enforce requested stats parameters'),
    flag('backing', 'add backing chain information to block stats'),
    flag('nowait', 'report only stats that are accessible instantly'),
    {
      name: 'domain',
      kind: 'words',
      positional: true,
      help: 'list of domains to get stats for',
      complete: 'domain',
    },
  ],
  async run(session, options) {
    const connection = await session.connection();
    const words = options.words('domain');
    const names = (Object.keys(types) as StatsType[]).filter((name) => options.flag(name));
    const own = connection.statsFields !== undefined;
    const named = words.length > 0;
    const all = async (): Promise<readonly DomainSummary[]> =>
      named
        ? Promise.all(words.map((word) => session.domain(word)))
        : connection.domains.list({ documents: !own });
    let records: readonly StatsFields[];
    if (!own) {
      const domains = filtered(options, await all());
      records = await ownFields(connection, names, named ? domains : inOrder(domains));
    } else if (named || filters.some(([option]) => options.flag(option))) {
      const domains = await all();
      const only = filtered(options, domains);
      const some = named || only.length < domains.length;
      records = await libvirtFields(connection, options, names, some ? only : undefined);
    } else records = await libvirtFields(connection, options, names);
    session.print(textOf(records));
    return undefined;
  },
};

/** One text, since a thousand domains are many lines. */
function textOf(records: readonly StatsFields[]): string {
  let text = '';
  for (const { name, fields } of records) {
    text += `${text === '' ? '' : '\n'}Domain: '${printable(name)}'\n`;
    for (const { field, value } of fields) {
      text += `  ${field}=${typeof value === 'string' ? printable(value) : fieldText(value)}\n`;
    }
  }
  return text;
}

/** As libvirt tells them and in its own order; `only` where not all domains are meant. */
async function libvirtFields(
  connection: Connection,
  options: Options,
  names: readonly StatsType[],
  only?: readonly DomainSummary[],
): Promise<StatsFields[]> {
  // no domain would mean all
  if (only?.length === 0) return [];
  const asked = names.reduce((sum, name) => sum | types[name], 0);
  const fields = connection.statsFields?.(
    asked,
    only?.map(({ uuid }) => uuid),
    {
      backing: options.flag('backing'),
      enforce: options.flag('enforce'),
      noWait: options.flag('nowait'),
    },
  );
  return (await fields) ?? [];
}

async function ownFields(
  connection: Connection,
  names: readonly StatsType[],
  domains: readonly DomainSummary[],
): Promise<StatsFields[]> {
  const samples = new Map((await connection.stats()).domains.map((sample) => [sample.uuid, sample]));
  const wanted = names.length > 0 ? names : (Object.keys(types) as StatsType[]);
  return domains.map((domain) => ({
    name: domain.name,
    fields: wanted
      .flatMap((name) => made[name]?.(domain, samples.get(domain.uuid)) ?? [])
      .flatMap(([field, value]) => (value === undefined ? [] : [{ field, value }])),
  }));
}
