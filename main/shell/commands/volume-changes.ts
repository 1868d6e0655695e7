import { GuestroomError } from '../../../drivers/api/errors.ts';
import { volumeFormats } from '../../../drivers/api/model.ts';
import type { ConnectionOperation } from '../../../drivers/api/operations.ts';
import { type NewVolume, wipeAlgorithms } from '../../../drivers/api/storage.ts';
import { storageVolume } from '../../../drivers/xml/storage/volume.ts';
import { type Command, UsageError, flag, needed, text } from '../command.ts';
import { allowOn, groupOf } from '../groups.ts';
import { findPool, findVolume } from '../objects.ts';
import { longWork } from '../progress.ts';
import { type Session, attempt } from '../session.ts';
import { scaledBytes } from '../sizes.ts';
import { printable } from '../table.ts';
import { changePool } from './pools.ts';
import { inPool, volumeOption } from './volumes.ts';

function change<T>(
  session: Session,
  operation: ConnectionOperation,
  failed: string,
  act: () => Promise<T>,
): Promise<T> {
  return attempt(failed, async () => {
    await allowOn(session, operation);
    return act();
  });
}

function sizeOf(text: string): number {
  const bytes = scaledBytes(text);
  if (bytes === undefined) throw new UsageError(`Malformed size ${text}`);
  return bytes;
}

type Format = NewVolume['format'];
const isFormat = (word: string): word is Format =>
  word !== 'iso' && volumeFormats.some((format) => format === word);
function formatOf(word: string): Format {
  if (isFormat(word)) return word;
  throw new GuestroomError('invalid_argument', `unknown volume format type ${word}`, {
    hint: `There are: ${volumeFormats.filter(isFormat).join(', ')}`,
  });
}

const volCreateAs: Command = {
  name: 'vol-create-as',
  group: 'volume',
  summary: 'create a volume from a set of args',
  description: 'Create a vol.',
  options: [
    needed('pool', 'pool name', 'pool'),
    needed('name', 'name of the volume'),
    needed('capacity', 'size of the vol, as scaled integer (default bytes)'),
    text('allocation', 'initial allocation size, as scaled integer (default bytes)', { positional: true }),
    text('format', `file format type ${volumeFormats.filter(isFormat).join(',')}`, {
      positional: true,
      complete: volumeFormats.filter(isFormat),
    }),
    text('backing-vol', 'the backing volume if taking a snapshot', { positional: true, complete: 'volume' }),
    text('backing-vol-format', 'format of backing volume if taking a snapshot', { positional: true }),
    flag('print-xml', "print XML document, but don't define/create"),
  ],
  async run(session, options) {
    const pool = await findPool(session, options.required('pool'));
    const name = options.required('name');
    const capacity = sizeOf(options.required('capacity'));
    const said = options.text('allocation');
    const allocation = said === undefined ? undefined : sizeOf(said);
    const format = options.text('format');
    const below = options.text('backing-vol');
    const backing = below === undefined ? undefined : await backingOf(session, pool.name, below);
    const backingFormat = options.text('backing-vol-format') ?? backing?.format;
    if (options.flag('print-xml')) {
      const xml = storageVolume.build({
        name,
        capacity,
        ...(allocation === undefined ? {} : { allocation }),
        ...(format === undefined ? {} : { target: { format } }),
        ...(backing
          ? {
              backingStore: {
                path: backing.path,
                ...(backingFormat === undefined ? {} : { format: backingFormat }),
              },
            }
          : {}),
      });
      session.printDocument(xml);
      return undefined;
    }
    await change(session, 'volumeCreate', `Failed to create vol ${name}`, async () =>
      (await session.connection()).volumes.create(pool.name, {
        name,
        capacity,
        format: formatOf(format ?? 'raw'),
        // libvirt takes all of a raw image at once where nothing else is said
        allocation: allocation ?? (format === undefined || format === 'raw' ? capacity : 0),
        ...(backing ? { backing: { path: backing.path, format: backingFormat ?? 'raw' } } : {}),
      }),
    );
    session.say(`Vol ${printable(name)} created\n`);
    return undefined;
  },
};

/** A volume of the same pool by its name, or any by its path. */
async function backingOf(
  session: Session,
  pool: string,
  word: string,
): Promise<{ path: string; format: string }> {
  const { volumes } = await session.connection();
  const beside = (await volumes.list(pool)).find(({ name }) => name === word);
  if (beside) return beside;
  return findVolume(session, word);
}

const volClone: Command = {
  name: 'vol-clone',
  group: 'volume',
  summary: 'clone a volume.',
  description: 'Clone an existing volume within the parent pool.',
  options: [volumeOption, needed('newname', 'clone name'), inPool],
  async run(session, options) {
    const volume = await findVolume(session, options.required('vol'), options.text('pool'));
    const name = options.required('newname');
    const from = printable(volume.name);
    await change(session, 'volumeClone', `Failed to clone vol from ${from}`, async () => {
      const { volumes } = await session.connection();
      // an installation disc is a raw image to everyone else
      const format = formatOf(volume.format === 'iso' ? 'raw' : volume.format);
      await longWork(session, 'Clone', (context) =>
        volumes.clone(volume.path, volume.pool, { name, format }, context),
      );
    });
    session.say(`Vol ${printable(name)} cloned from ${from}\n`);
    return undefined;
  },
};

const volDelete: Command = {
  name: 'vol-delete',
  group: 'volume',
  summary: 'delete a vol',
  description: 'Delete a given vol.',
  options: [volumeOption, inPool],
  async run(session, options) {
    const word = options.required('vol');
    const { path } = await findVolume(session, word, options.text('pool'));
    await change(session, 'volumeDelete', `Failed to delete vol ${word}`, async () =>
      (await session.connection()).volumes.delete(path),
    );
    session.say(`Vol ${printable(word)} deleted\n`);
    return undefined;
  },
};

const volResize: Command = {
  name: 'vol-resize',
  group: 'volume',
  summary: 'resize a vol',
  description:
    'Resizes a storage volume. This is safe only for storage volumes not in use by an active guest.\nSee blockresize for live resizing.',
  options: [
    volumeOption,
    needed('capacity', 'new capacity for the vol, as scaled integer (default bytes)'),
    inPool,
    flag('delta', 'use capacity as a delta to current size, rather than the new size'),
    flag('shrink', 'allow the resize to shrink the volume'),
  ],
  async run(session, options) {
    const [delta, shrink] = [options.flag('delta'), options.flag('shrink')];
    const volume = await findVolume(session, options.required('vol'), options.text('pool'));
    const given = options.required('capacity');
    if (given.startsWith('-') && !(delta && shrink)) throw new UsageError('negative size requires --shrink');
    const word = given.replace(/^-/, '');
    const size = sizeOf(word);
    const bytes = !delta ? size : shrink ? Math.max(0, volume.capacity - size) : volume.capacity + size;
    const name = printable(volume.name);
    const how = `${delta ? 'by' : 'to'} ${word}`;
    await changePool(session, 'volumeResize', `Failed to change size of volume '${name}' ${how}`, (pools) =>
      pools.resizeVolume(volume.path, bytes, { shrink }),
    );
    session.say(`Size of volume '${name}' successfully changed ${how}\n`);
    return undefined;
  },
};

const volWipe: Command = {
  name: 'vol-wipe',
  group: 'volume',
  summary: 'wipe a vol',
  description: 'Ensure data previously on a volume is not accessible to future reads',
  options: [
    volumeOption,
    inPool,
    text('algorithm', 'perform selected wiping algorithm', { positional: true, complete: wipeAlgorithms }),
  ],
  async run(session, options) {
    const word = options.required('vol');
    const { path } = await findVolume(session, word, options.text('pool'));
    const algorithm = options.text('algorithm');
    if (algorithm !== undefined && !wipeAlgorithms.some((known) => known === algorithm))
      throw new UsageError(`Unsupported algorithm '${algorithm}'`);
    await change(session, 'volumeWipe', `Failed to wipe vol ${word}`, async () => {
      const pools = await groupOf(session, 'pools');
      await longWork(session, 'Wipe', (context) => pools.wipeVolume(path, algorithm, context));
    });
    session.say(`Vol ${printable(word)} wiped\n`);
    return undefined;
  },
};

export const volumeChangeCommands: readonly Command[] = [
  volClone,
  volCreateAs,
  volDelete,
  volResize,
  volWipe,
];
