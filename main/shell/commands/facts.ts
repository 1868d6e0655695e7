import { readDomain } from '../../../drivers/xml/domain/read.ts';
import type { DomainInfo } from '../../../drivers/api/driver.ts';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import { type Command, domainOption, flag } from '../command.ts';
import type { DomainNaming, Session } from '../session.ts';
import { formatFacts, printable } from '../table.ts';
import { kib, reasonWord, stateWords, yesNo } from './words.ts';

export const dominfo: Command = {
  name: 'dominfo',
  group: 'monitor',
  summary: 'domain information',
  description: 'Returns basic information about the domain.',
  options: [domainOption],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const { domains } = await session.connection();
    const info = await (domains.info?.(domain.uuid) ?? ownInfo(session, domain));
    const active = isActive(domain.state);
    const { security } = info;
    session.print(
      formatFacts([
        ['Id', domain.id === null ? '-' : String(domain.id)],
        ['Name', domain.name],
        ['UUID', domain.uuid],
        ['OS Type', info.osType],
        ['State', stateWords[domain.state]],
        ['CPU(s)', String(info.vcpus)],
        ...(info.cpuSeconds > 0 ? ([['CPU time', `${info.cpuSeconds.toFixed(1)}s`]] as const) : []),
        ['Max memory', kib(info.memoryMax)],
        ['Used memory', kib(info.memoryCurrent)],
        ['Persistent', yesNo(domain.persistent)],
        ['Autostart', domain.autostart ? 'enable' : 'disable'],
        ['Managed save', yesNo(domain.hasManagedSave)],
        ...(security
          ? ([
              ['Security model', security.model],
              ['Security DOI', security.doi],
            ] as const)
          : []),
        ...(active && security?.label !== undefined
          ? ([
              ['Security label', `${security.label} (${security.enforcing ? 'enforcing' : 'permissive'})`],
            ] as const)
          : []),
      ]),
    );
    const [first, ...others] = info.messages;
    if (first !== undefined) session.print(formatFacts([['Messages', first]]));
    for (const message of others) session.print(`${' '.repeat(16)}${printable(message)}\n`);
    if (domain.problem)
      session.warn(
        [domain.problem.message, domain.problem.hint]
          .filter(Boolean)
          .map((part) => printable(part ?? ''))
          .join('. '),
      );
    return undefined;
  },
};

/** From the document and the statistics, where no libvirt tells. */
async function ownInfo(session: Session, domain: DomainSummary): Promise<DomainInfo> {
  const connection = await session.connection();
  const [document, stats] = await Promise.all([connection.domains.xml(domain.uuid), connection.stats()]);
  const { os, currentMemory, seclabels } = readDomain(document);
  const sample = stats.domains.find((each) => each.uuid === domain.uuid);
  return {
    osType: os.type,
    vcpus: domain.vcpus,
    cpuSeconds: sample?.cpuSeconds ?? 0,
    memoryMax: domain.memory,
    memoryCurrent: sample?.memoryCurrent ?? currentMemory ?? domain.memory,
    security: { model: seclabels[0]?.model ?? 'none', doi: '0' },
    messages: [],
  };
}

export const domstate: Command = {
  name: 'domstate',
  group: 'monitor',
  summary: 'domain state',
  description: 'Returns state about a domain.',
  options: [domainOption, flag('reason', 'also print reason for the state')],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const reason = options.flag('reason') ? ` (${reasonWord(domain)})` : '';
    session.print(`${stateWords[domain.state]}${reason}\n`);
    return undefined;
  },
};

const converter = (
  name: string,
  summary: string,
  by: readonly DomainNaming[],
  value: (domain: { id: number | null; name: string; uuid: string }) => string,
): Command => ({
  name,
  group: 'domain',
  summary,
  options: [domainOption],
  async run(session, options) {
    session.print(`${value(await session.domain(options.required('domain'), by))}\n`);
    return undefined;
  },
});
export const domid = converter(
  'domid',
  'convert a domain name or UUID to domain id',
  ['name', 'uuid'],
  ({ id }) => (id === null ? '-' : String(id)),
);
export const domname = converter(
  'domname',
  'convert a domain id or UUID to domain name',
  ['id', 'uuid'],
  ({ name }) => printable(name),
);
export const domuuid = converter(
  'domuuid',
  'convert a domain name or id to domain UUID',
  ['id', 'name'],
  ({ uuid }) => uuid,
);

export const desc: Command = {
  name: 'desc',
  group: 'domain',
  summary: "show or set domain's description or title",
  options: [
    domainOption,
    flag('title', 'modify/get the title instead of description'),
    { name: 'new-desc', kind: 'words', positional: true, help: 'message' },
  ],
  async run(session, options) {
    const domain = await session.domain(options.required('domain'));
    const connection = await session.connection();
    const title = options.flag('title');
    const words = options.words('new-desc');
    const what = title ? 'title' : 'description';
    if (words.length > 0) {
      await session.allow('setMetadata', domain);
      const text = words.join(' ');
      await connection.domains.setMetadata(domain.uuid, title ? { title: text } : { description: text });
      session.say(`Domain ${what} updated successfully`);
      return undefined;
    }
    const document = readDomain(
      await connection.domains.xml(domain.uuid, { inactive: !isActive(domain.state) }),
    );
    const text = title ? document.title : document.description;
    session.print(
      text ? text.split('\n').map(printable).join('\n') : `No ${what} for domain: ${printable(domain.name)}`,
    );
    return undefined;
  },
};
