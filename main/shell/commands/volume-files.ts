import { open, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Extent, VolumeSink } from '../../../drivers/api/storage.ts';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import { type Command, type OptionSpec, type Options, flag, needed, number } from '../command.ts';
import { BlockingFile } from '../blocking-file.ts';
import { allowOn, groupOf } from '../groups.ts';
import { findVolume } from '../objects.ts';
import { changed } from '../../transfers/file-copy.ts';
import { type Pieces, fileAsPieces, openForDownload } from '../../transfers/own-file.ts';
import { longWork } from '../progress.ts';
import { attempt } from '../session.ts';
import { inPool, volumeOption } from './volumes.ts';

const extentOptions = (verb: string, side: string): readonly OptionSpec[] => [
  number('offset', `volume offset to ${verb} ${side}`, { positional: true }),
  number('length', `amount of data to ${verb}`, { positional: true }),
  flag('sparse', 'preserve sparseness of volume'),
];

/** A length of 0 is all, as in virsh. */
function extentOf(options: Options): Extent {
  const [offset, length] = [options.count('offset') ?? 0, options.count('length') ?? 0];
  return { offset, ...(length > 0 ? { length } : {}) };
}

const volUpload: Command = {
  name: 'vol-upload',
  group: 'volume',
  summary: 'upload file contents to a volume',
  description: 'Upload file contents to a volume',
  options: [volumeOption, needed('file', 'file', 'file'), inPool, ...extentOptions('upload', 'to')],
  async run(session, options) {
    const extent = extentOf(options);
    const word = options.required('vol');
    const { path } = await findVolume(session, word, options.text('pool'));
    const name = options.required('file');
    const file = await orSay(`cannot read ${name}`, () => open(resolve(session.terminal.cwd, name)));
    try {
      const { size } = await file.stat();
      const length = Math.min(size, extent.length ?? size);
      await attempt(`cannot upload to volume ${word}`, async () => {
        await allowOn(session, 'volumeUpload');
        const pools = await groupOf(session, 'pools');
        let sent = 0;
        await longWork(session, 'Upload', ({ signal, onProgress }) =>
          pools.uploadVolume(
            path,
            counted(fileAsPieces(file, length, options.flag('sparse')), (done) => {
              sent = done;
              onProgress?.(done / length);
            }),
            { ...extent, length },
            { signal },
          ),
        );
        if (sent !== length) throw changed();
      });
    } finally {
      await file.close();
    }
    return undefined;
  },
};

/** virsh's only word about a file of this computer that cannot be opened. */
async function orSay<T>(message: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code } = toGuestroomError(thrown);
    throw new GuestroomError(code, message, { cause: thrown });
  }
}

/** Tells how many bytes went by. */
async function* counted(pieces: Pieces, tell: (bytes: number) => void): Pieces {
  let bytes = 0;
  for await (const piece of pieces) {
    yield piece;
    bytes += 'data' in piece ? piece.data.length : piece.hole;
    tell(bytes);
  }
}

const volDownload: Command = {
  name: 'vol-download',
  group: 'volume',
  summary: 'download volume contents to a file',
  description: 'Download volume contents to a file',
  options: [volumeOption, needed('file', 'file', 'file'), inPool, ...extentOptions('download', 'from')],
  async run(session, options) {
    const extent = extentOf(options);
    const word = options.required('vol');
    const { path } = await findVolume(session, word, options.text('pool'));
    const name = options.required('file');
    const own = resolve(session.terminal.cwd, name);
    const { file, made } = await orSay(`cannot create ${name}`, () => openForDownload(own));
    const sink = new BlockingFile(file);
    try {
      await attempt(`cannot download from volume ${word}`, async () => {
        await allowOn(session, 'volumeDownload');
        const pools = await groupOf(session, 'pools');
        const to = options.flag('sparse') ? sink : withoutHoles(sink);
        await longWork(session, 'Download', (context) => pools.downloadVolume(path, to, extent, context));
      });
    } catch (error) {
      await sink.close();
      // half a volume looks like a whole one
      if (made) await unlink(own);
      throw error;
    }
    return undefined;
  },
};

/** Zeros are written: the file takes its whole room. */
const withoutHoles = (sink: VolumeSink): VolumeSink => ({
  write: (bytes) => sink.write(bytes),
  end: () => sink.end(),
});

export const volumeFileCommands: readonly Command[] = [volDownload, volUpload];
