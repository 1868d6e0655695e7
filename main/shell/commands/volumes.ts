import { type Command, type OptionSpec, flag, needed, text } from '../command.ts';
import { groupOf } from '../groups.ts';
import { type FoundVolume, findPool, findVolume } from '../objects.ts';
import { prettySize } from '../sizes.ts';
import { attempt } from '../session.ts';
import { formatFacts, formatTable, printable } from '../table.ts';
import { storageVolume } from '../../../drivers/xml/storage/volume.ts';
import { byName } from './words.ts';

export const volumeOption: OptionSpec = needed('vol', 'vol name, key or path', 'volume');
export const inPool: OptionSpec = text('pool', 'pool name or uuid', { positional: true, complete: 'pool' });

const volList: Command = {
  name: 'vol-list',
  group: 'volume',
  summary: 'list vols',
  description: 'Returns list of vols by pool.',
  options: [
    needed('pool', 'pool name or uuid', 'pool'),
    flag('details', 'display extended details for volumes'),
  ],
  async run(session, options) {
    const pool = await findPool(session, options.required('pool'));
    const { volumes } = await session.connection();
    const rows = (await attempt('Failed to list volumes', () => volumes.list(pool.name))).toSorted((a, b) =>
      byName(a.name, b.name),
    );
    const details = options.flag('details');
    session.print(
      formatTable(
        ['Name', 'Path', ...(details ? ['Type', 'Capacity', 'Allocation'] : [])],
        rows.map(({ name, path, type = 'file', capacity, allocation }) => [
          name,
          path,
          ...(details ? [type, prettySize(capacity), prettySize(allocation)] : []),
        ]),
        session.quiet,
      ),
    );
    return undefined;
  },
};

const volInfo: Command = {
  name: 'vol-info',
  group: 'volume',
  summary: 'storage vol information',
  description: 'Returns basic information about the storage vol.',
  options: [
    volumeOption,
    inPool,
    flag('bytes', 'sizes are represented in bytes rather than pretty units'),
    flag('physical', 'return the physical size of the volume in allocation field'),
  ],
  async run(session, options) {
    const volume = await findVolume(session, options.required('vol'), options.text('pool'));
    const size = (bytes: number): string =>
      options.flag('bytes') ? `${String(bytes)} bytes` : prettySize(bytes);
    const physical = options.flag('physical') ? await physicalOf(session, volume) : undefined;
    session.print(
      formatFacts([
        ['Name', volume.name],
        ['Type', volume.type ?? 'file'],
        ['Capacity', size(volume.capacity)],
        physical === undefined ? ['Allocation', size(volume.allocation)] : ['Physical', size(physical)],
      ]),
    );
    return undefined;
  },
};

async function physicalOf(
  session: Parameters<Command['run']>[0],
  { path, allocation }: FoundVolume,
): Promise<number> {
  const pools = await groupOf(session, 'pools');
  return storageVolume.read(await pools.volumeXml(path)).physical ?? allocation;
}

const volDumpxml: Command = {
  name: 'vol-dumpxml',
  group: 'volume',
  summary: 'vol information in XML',
  description: 'Output the vol information as an XML dump to stdout.',
  options: [volumeOption, inPool],
  async run(session, options) {
    const { path } = await findVolume(session, options.required('vol'), options.text('pool'));
    session.printDocument(await (await groupOf(session, 'pools')).volumeXml(path));
    return undefined;
  },
};

const converter = (
  name: string,
  summary: string,
  help: string,
  more: readonly OptionSpec[],
  value: (volume: FoundVolume) => string,
): Command => ({
  name,
  group: 'volume',
  summary,
  options: [{ ...volumeOption, help }, ...more],
  async run(session, options) {
    const poolless = !more.includes(inPool);
    const volume = await findVolume(session, options.required('vol'), options.text('pool'), { poolless });
    session.print(`${printable(value(volume))}\n`);
    return undefined;
  },
});

const volKey: Command = {
  name: 'vol-key',
  group: 'volume',
  summary: 'returns the volume key for a given volume name or path',
  options: [{ ...volumeOption, help: 'volume name or path' }, inPool],
  async run(session, options) {
    const { path } = await findVolume(session, options.required('vol'), options.text('pool'));
    const { key } = storageVolume.read(await (await groupOf(session, 'pools')).volumeXml(path));
    session.print(`${printable(key ?? path)}\n`);
    return undefined;
  },
};

const volPool: Command = {
  name: 'vol-pool',
  group: 'volume',
  summary: 'returns the storage pool for a given volume key or path',
  options: [
    { ...volumeOption, help: 'volume key or path' },
    flag('uuid', 'return the pool uuid rather than pool name'),
  ],
  async run(session, options) {
    const { pool } = await findVolume(session, options.required('vol'), undefined, { poolless: true });
    const word = options.flag('uuid') ? ((await findPool(session, pool)).uuid ?? '-') : pool;
    session.print(`${printable(word)}\n`);
    return undefined;
  },
};

export const volumeCommands: readonly Command[] = [
  volDumpxml,
  volInfo,
  volKey,
  volList,
  converter(
    'vol-name',
    'returns the volume name for a given volume key or path',
    'volume key or path',
    [],
    ({ name }) => name,
  ),
  converter(
    'vol-path',
    'returns the volume path for a given volume name or key',
    'volume name or key',
    [inPool],
    ({ path }) => path,
  ),
  volPool,
];
