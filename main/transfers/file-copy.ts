import { createHash } from 'node:crypto';
import { Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';
import type { TaskContext } from '../tasks/tasks.ts';
import { checksumOn, hashBeginning } from './checksum.ts';
import { Pace } from './pace.ts';

/** A file of a machine. */
export interface Place {
  host: Host;
  path: string;
}

export interface FileCopy {
  from: Place;
  to: Place;
  /** Bytes of the file. */
  size: number;
  /** Which side is this computer. */
  own: 'from' | 'to';
  /** Over a file that is there; else that is refused with `exists`. */
  replace?: boolean;
}

const mebibyte = 1024 * 1024;

export const partOf = (path: string): string => `${path}.part`;

/**
 * A file to or from a node by way of `NAME.part` beside it, which stays when it does not come to its end: the next time goes
 * on where it stopped. The other side's own checksum is compared where it can tell one.
 */
export async function copyFile(copy: FileCopy, context: TaskContext): Promise<void> {
  const { from, to, size, own, replace = false } = copy;
  const { signal } = context;
  const part = { host: to.host, path: partOf(to.path) };
  const other = own === 'from' ? part : from;
  const hash = createHash('sha256');
  context.step('check');
  const start = await agreed(from, part, size);
  if (start === 0) await part.host.files.remove(part.path);
  await requireRoom(to, size - start);
  await hashBeginning(hash, own === 'from' ? from : part, start, signal);

  context.step(own === 'from' ? 'upload' : 'download');
  let done = start;
  try {
    const pace = new Pace(context, size, start);
    const counted = new Transform({
      transform(piece: Buffer, _encoding, next) {
        hash.update(piece);
        done += piece.length;
        pace.at(done, size);
        next(null, piece);
      },
    });
    await stream(from, part, start, counted, signal);
  } catch (thrown) {
    throw stopped(toGuestroomError(thrown), done > 0);
  }
  if (done !== size) throw await refused(part, 'changed');

  context.step('verify');
  const sha256 = hash.digest('hex');
  const told = await checksumOn(other.host, other.path, signal).catch((thrown: unknown) => {
    throw stopped(toGuestroomError(thrown), true);
  });
  if (told !== undefined && told !== sha256)
    throw await refused(part, own === 'from' ? 'damaged' : 'changed', `${sha256} here, ${told} on the host`);
  await to.host.files.rename(part.path, to.path, { exclusive: !replace });
  context.made({ path: to.path, sha256, ...(told === undefined ? {} : { verified: true }) });
}

/** Bytes of the part that are those of the file, by its length and its first and last MiB; 0 where it is another's. */
async function agreed(from: Place, part: Place, size: number): Promise<number> {
  const found = await part.host.files.stat(part.path);
  if (found?.kind !== 'file' || found.size === 0 || found.size > size) return 0;
  const same = async (at: number, length: number): Promise<boolean> => {
    const [theirs, ours] = await Promise.all(
      [from, part].map(({ host, path }) => host.files.readAt(path, at, length)),
    );
    return theirs !== undefined && ours !== undefined && Buffer.compare(theirs, ours) === 0;
  };
  const length = Math.min(mebibyte, found.size);
  return (await same(0, length)) && (await same(found.size - length, length)) ? found.size : 0;
}

async function stream(
  from: Place,
  part: Place,
  start: number,
  counted: Transform,
  signal: AbortSignal,
): Promise<void> {
  const source = await from.host.files.createReadStream(from.path, { start });
  let target: Writable;
  try {
    target = await part.host.files.createWriteStream(part.path, {
      flush: true,
      ...(start > 0 ? { start } : {}),
    });
  } catch (thrown) {
    source.destroy();
    throw thrown;
  }
  try {
    await pipeline(source, counted, target, { signal });
  } finally {
    // who is told of the end may look at the part at once
    if (!target.closed) await new Promise<void>((resolve) => target.once('close', () => resolve()));
  }
}

async function requireRoom({ host, path }: Place, bytes: number): Promise<void> {
  const folder = host.files.dirname(path);
  const { available } = await host.files.space(folder);
  if (available < bytes) throw noRoom(folder, bytes, available);
}

export function noRoom(where: string, bytes: number, available: number): GuestroomError {
  const mib = (value: number): string => `${String(Math.ceil(value / mebibyte))} MiB`;
  return new GuestroomError('no_space', `There is not enough room in ${where}`, {
    detail: `${mib(bytes)} are needed, ${mib(available)} are free`,
    hint: 'Make room there, or choose another place',
  });
}

/** What ended a transfer in the middle, with the good news that its part is there. */
function stopped(error: GuestroomError, partly: boolean): GuestroomError {
  const { code, message, detail } = error;
  const hints: Partial<Record<typeof code, string>> = {
    lost: 'Try again once the host is connected: it goes on where it stopped',
    timeout: 'Try again: it goes on where it stopped',
    no_space: 'Make room there and try again: it goes on where it stopped',
  };
  const hint = partly ? hints[code] : undefined;
  return hint === undefined ? error : new GuestroomError(code, message, { detail, hint, cause: error });
}

const refusals = {
  changed: ['busy', 'The file changed while it was read', 'Shut down what writes to it, and begin again'],
  damaged: [
    'protocol',
    'The file did not arrive as it was sent: its checksum is another one',
    'Begin again. If that happens once more, the memory or the disk of one of the two computers may be at fault',
  ],
} as const;

/** What arrived is good for nothing: the part goes. */
async function refused(part: Place, why: keyof typeof refusals, detail?: string): Promise<GuestroomError> {
  await part.host.files.remove(part.path);
  return told(why, detail);
}

function told(why: keyof typeof refusals, detail?: string): GuestroomError {
  const [code, message, hint] = refusals[why];
  return new GuestroomError(code, message, { hint, detail, retryable: true });
}

/** A file that became longer or shorter while it was sent. */
export const changed = (): GuestroomError => told('changed');
