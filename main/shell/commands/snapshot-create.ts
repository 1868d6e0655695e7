import type { NewSnapshot } from '../../../drivers/api/domains.ts';
import { domainSnapshot, type DomainSnapshotSpec } from '../../../drivers/xml/snapshot/snapshot.ts';
import { type Command, type Options, UsageError, domainOption, flag, text } from '../command.ts';
import { groupOf } from '../groups.ts';
import { longWork } from '../progress.ts';
import { printable } from '../table.ts';

type DiskSpec = NonNullable<DomainSnapshotSpec['disks']>[number];

/** Parts between commas; a comma that belongs to a part is written twice. */
const partsOf = (text: string): string[] =>
  text
    .replaceAll(',,', '\0')
    .split(',')
    .map((part) => part.replaceAll('\0', ','));

/** `key=value` parts, of which these keys are known. undefined where there is another. */
function fieldsOf(parts: readonly string[], known: readonly string[]): Map<string, string> | undefined {
  const fields = new Map<string, string>();
  for (const part of parts) {
    const [key = '', value] = part.split(/=(.*)/s);
    if (value === undefined || !known.includes(key)) return undefined;
    fields.set(key, value);
  }
  return fields;
}

/** disk[,snapshot=type][,driver=type][,stype=type][,file=name] */
function diskOf(text: string): DiskSpec {
  const [name = '', ...rest] = partsOf(text);
  const fields = fieldsOf(rest, ['snapshot', 'driver', 'stype', 'file']);
  if (!fields || name === '') throw new UsageError(`unable to parse diskspec: ${text}`);
  const [snapshot, format, type, file] = ['snapshot', 'driver', 'stype', 'file'].map((key) =>
    fields.get(key),
  );
  if (type !== undefined && !['file', 'block'].includes(type))
    throw new UsageError(`Unknown storage type: '${type}'\nerror: unable to parse diskspec: ${text}`);
  return {
    name,
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(type === undefined ? {} : { type }),
    ...(format === undefined ? {} : { format }),
    ...(file === undefined ? {} : { source: type === 'block' ? { dev: file } : { file } }),
  };
}

/** [file=]name[,snapshot=type] */
function memoryOf(text: string): NonNullable<DomainSnapshotSpec['memory']> {
  const [first = '', ...rest] = partsOf(text);
  const parts = /^(file|snapshot)=/.test(first) ? [first, ...rest] : [`file=${first}`, ...rest];
  const fields = fieldsOf(parts, ['file', 'snapshot']);
  if (!fields) throw new UsageError(`unable to parse memspec: ${text}`);
  const [file, snapshot] = [fields.get('file'), fields.get('snapshot')];
  return {
    ...(file === undefined ? {} : { file }),
    ...(snapshot === undefined ? {} : { snapshot }),
  };
}

function described(options: Options): { spec: DomainSnapshotSpec; plain: boolean } {
  const [name, description, memspec] = ['name', 'description', 'memspec'].map((key) => options.text(key));
  if (name === '') throw new UsageError("Failed to get option 'name': Option argument is empty");
  const disks = options.words('diskspec').map(diskOf);
  const memory = memspec === undefined ? undefined : memoryOf(memspec);
  return {
    plain: disks.length === 0 && !memory,
    spec: {
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      ...(memory ? { memory } : {}),
      ...(disks.length > 0 ? { disks } : {}),
    },
  };
}

export const snapshotCreateAs: Command = {
  name: 'snapshot-create-as',
  group: 'snapshot',
  summary: 'Create a snapshot from a set of args',
  description: 'Create a snapshot (disk and RAM) from arguments',
  options: [
    domainOption,
    text('name', 'name of snapshot', { positional: true }),
    text('description', 'description of snapshot', { positional: true }),
    flag('print-xml', 'print XML document rather than create'),
    flag('disk-only', 'capture disk state but not vm state'),
    flag('quiesce', "quiesce guest's file systems"),
    flag('atomic', 'require atomic operation: always so'),
    text('memspec', 'memory attributes: [file=]name[,snapshot=type]'),
    {
      name: 'diskspec',
      kind: 'words',
      positional: true,
      help: 'disk attributes: disk[,snapshot=type][,driver=type][,stype=type][,file=name]',
    },
  ],
  async run(session, options) {
    const { spec, plain } = described(options);
    if (options.flag('print-xml')) {
      session.print(`${domainSnapshot.build(spec)}\n`);
      return undefined;
    }
    const domain = await session.domain(options.required('domain'));
    await session.allow('snapshotCreate', domain);
    const snapshots = await groupOf(session, 'snapshots');
    const { name, description } = spec;
    const wanted: NewSnapshot = {
      ...(plain ? {} : { xml: domainSnapshot.build(spec) }),
      ...(name === undefined ? {} : { name }),
      ...(description === undefined ? {} : { description }),
      diskOnly: options.flag('disk-only'),
      quiesce: options.flag('quiesce'),
    };
    const made = await longWork(session, 'Snapshot', (context) =>
      snapshots.create(domain.uuid, wanted, context),
    );
    session.say(`Domain snapshot ${printable(made.name)} created`);
    return undefined;
  },
};
