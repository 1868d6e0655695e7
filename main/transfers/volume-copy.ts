import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Connection, Pools, Volumes } from '../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { LocalHost } from '../nodes/local-host.ts';
import type { TaskContext } from '../tasks/tasks.ts';
import { changed, noRoom, partOf } from './file-copy.ts';
import { fileAsPieces, OwnFileSink, type Pieces } from './own-file.ts';
import { Pace } from './pace.ts';

/** Content up to this size is sent at once: drivers take it whole before they make its volume. */
const small = 1024 * 1024;
/** Pools whose volumes are files: what is left out of them reads as zeros. */
export const ofFiles: ReadonlySet<string> = new Set(['dir', 'fs', 'netfs', 'gluster', 'vstorage']);

export interface VolumeUpload {
  connection: Connection;
  own: LocalHost;
  from: string;
  /** Bytes of the file. */
  size: number;
  pool: string;
  name: string;
}

/** A file of this computer as a new volume, whose format is what its content is. Nothing of it stays when it fails or is cancelled. */
export async function uploadVolume(upload: VolumeUpload, context: TaskContext): Promise<void> {
  const { connection, own, from, size, pool, name } = upload;
  const { volumes, pools } = connection;
  const { signal } = context;
  context.step('check');
  const place = (await volumes.pools()).find((each) => each.name === pool);
  if (place && place.available < size) throw noRoom(`the storage pool ${pool}`, size, place.available);
  context.step('upload');
  const pace = new Pace(context, size);
  if (!pools || size <= small) {
    const source = await own.files.createReadStream(from);
    const content = Readable.from(
      counted(source, (bytes) => pace.at(pace.done + bytes, size)),
      {
        objectMode: false,
      },
    );
    try {
      const { path } = await volumes.upload(pool, name, content, { signal });
      if (pace.done !== size) throw await removed(volumes, path, changed());
      return context.made({ path });
    } finally {
      content.destroy();
    }
  }
  const sparse = place !== undefined && ofFiles.has(place.type);
  const file = await open(from, 'r');
  try {
    const { path } = await volumes.create(pool, { name, format: 'raw', capacity: size });
    try {
      const pieces = paced(fileAsPieces(file, size, sparse), (bytes) => pace.at(pace.done + bytes, size));
      await pools.uploadVolume(path, pieces, { length: size }, { signal });
      // what is missing would be zeros, and what came later is missing
      if (pace.done !== size || (await file.stat()).size !== size) throw changed();
      // what it is, and how large a guest sees it, is read from its content
      if (connection.verdicts.poolRefresh.can !== 'no') await pools.refresh(pool);
    } catch (thrown) {
      throw await removed(volumes, path, toGuestroomError(thrown));
    }
    context.made({ path });
  } finally {
    await file.close();
  }
}

/** Removes what was made of a volume; answers the error to tell, which says so where something was left. */
async function removed(volumes: Volumes, path: string, error: GuestroomError): Promise<GuestroomError> {
  try {
    await volumes.delete(path);
    return error;
  } catch (failed) {
    const { code, message, detail } = error;
    const told = code === 'cancelled' ? 'Cancelled, but what had arrived could not be removed' : message;
    return new GuestroomError(code, told, {
      detail: [detail, toGuestroomError(failed).message].filter((part) => part).join('\n'),
      hint: `The unfinished volume ${path} could not be removed: delete it before you try again`,
      cause: error,
    });
  }
}

async function* counted(source: Readable, tell: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const piece of source as AsyncIterable<Buffer>) {
    yield piece;
    tell(piece.length);
  }
}

async function* paced(pieces: Pieces, tell: (bytes: number) => void): Pieces {
  for await (const piece of pieces) {
    yield piece;
    tell('data' in piece ? piece.data.length : piece.hole);
  }
}

/** A volume into a file of this computer by way of `NAME.part`, which goes when it fails or is cancelled. */
export async function downloadVolume(
  pools: Pools,
  { path, to, replace }: { path: string; to: string; replace: boolean },
  { own, context }: { own: LocalHost; context: TaskContext },
): Promise<void> {
  const { signal } = context;
  const part = partOf(to);
  context.step('download');
  await own.files.remove(part);
  const file = await open(part, 'wx', 0o600).catch((thrown: unknown) => {
    throw toGuestroomError(thrown);
  });
  const sink = new OwnFileSink(file, { flush: true });
  try {
    const pace = new Pace(context, 0);
    const onProgress = (share: number): void => {
      if (share > 0) pace.at(sink.length, Math.round(sink.length / share));
    };
    await pools.downloadVolume(path, sink, {}, { signal, onProgress });
    if (replace) await rename(part, to);
    else await own.files.rename(part, to, { exclusive: true });
  } catch (thrown) {
    await sink.close().finally(() => rm(part, { force: true }));
    throw toGuestroomError(thrown);
  }
  context.made({ path: to });
}
