import type { DomainSample, DomainSummary } from '../../../drivers/api/model.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { reasonWords, stateNumbers } from '../../../drivers/api/states.ts';
import { type Command, flag } from '../command.ts';
import { printable } from '../table.ts';
import { inOrder, reasonWord } from './words.ts';

type Field = [string, number | string | undefined];

/** virConnectGetAllDomainStats' names. What the hypervisor does not tell is left out. */
const statsGroups = {
  state: (domain: DomainSummary): Field[] => [
    ['state.state', stateNumbers[domain.state]],
    ['state.reason', Math.max(0, reasonWords[domain.state].indexOf(reasonWord(domain)))],
  ],
  'cpu-total': (_: DomainSummary, sample?: DomainSample): Field[] => [
    ['cpu.time', sample?.cpuSeconds === undefined ? undefined : Math.round(sample.cpuSeconds * 1e9)],
  ],
  balloon: (domain: DomainSummary, sample?: DomainSample): Field[] => [
    ['balloon.current', inKib(sample?.memoryCurrent)],
    ['balloon.maximum', inKib(sample?.memoryMax ?? domain.memory)],
    ['balloon.rss', inKib(sample?.memoryResident)],
  ],
  vcpu: (domain: DomainSummary, sample?: DomainSample): Field[] => [
    ['vcpu.current', sample?.vcpus ?? domain.vcpus],
    ['vcpu.maximum', domain.vcpus],
  ],
  interface: (_: DomainSummary, sample?: DomainSample): Field[] => [
    ['net.count', sample?.interfaces?.length],
    ...(sample?.interfaces ?? []).flatMap(({ target, receiveBytes, transmitBytes }, index): Field[] => [
      [`net.${String(index)}.name`, target],
      [`net.${String(index)}.rx.bytes`, receiveBytes],
      [`net.${String(index)}.tx.bytes`, transmitBytes],
    ]),
  ],
  block: (_: DomainSummary, sample?: DomainSample): Field[] => [
    ['block.count', sample?.disks?.length],
    ...(sample?.disks ?? []).flatMap(({ target, readBytes, writeBytes }, index): Field[] => [
      [`block.${String(index)}.name`, target],
      [`block.${String(index)}.rd.bytes`, readBytes],
      [`block.${String(index)}.wr.bytes`, writeBytes],
    ]),
  ],
} as const;

const inKib = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : Math.floor(bytes / 1024);

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
    flag('list-active', 'list only active domains'),
    flag('list-inactive', 'list only inactive domains'),
    flag('list-persistent', 'list only persistent domains'),
    flag('list-transient', 'list only transient domains'),
    flag('list-running', 'list only running domains'),
    flag('list-paused', 'list only paused domains'),
    flag('list-shutoff', 'list only shutoff domains'),
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
    const chosen =
      words.length > 0
        ? await Promise.all(words.map((word) => session.domain(word)))
        : inOrder(await connection.domains.list());
    const filters: [string, (domain: DomainSummary) => boolean][] = [
      ['list-active', (d) => isActive(d.state)],
      ['list-inactive', (d) => !isActive(d.state)],
      ['list-persistent', (d) => d.persistent],
      ['list-transient', (d) => !d.persistent],
      ['list-running', (d) => d.state === 'running'],
      ['list-paused', (d) => d.state === 'paused'],
      ['list-shutoff', (d) => d.state === 'shutoff'],
    ];
    const asked = filters.filter(([name]) => options.flag(name));
    const domains = chosen.filter((domain) => asked.every(([, fits]) => fits(domain)));
    const names = Object.keys(statsGroups) as (keyof typeof statsGroups)[];
    const wanted = names.some((name) => options.flag(name))
      ? names.filter((name) => options.flag(name))
      : names;
    const samples = new Map((await connection.stats()).domains.map((sample) => [sample.uuid, sample]));
    for (const domain of domains) {
      session.print(`Domain: '${printable(domain.name)}'\n`);
      for (const name of wanted) {
        for (const [field, value] of statsGroups[name](domain, samples.get(domain.uuid))) {
          if (value !== undefined)
            session.print(`  ${field}=${typeof value === 'number' ? String(value) : printable(value)}\n`);
        }
      }
      session.print('\n');
    }
    return undefined;
  },
};
