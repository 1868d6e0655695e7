import { randomBytes } from 'node:crypto';
import {
  constants,
  createReadStream as openReadStream,
  createWriteStream as openWriteStream,
  type Dirent,
  type FSWatcher,
  type Stats,
  watch as watchFolder,
} from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { FileStat, HostFiles } from '../../../drivers/api/host.ts';

const defaultMax = 16 * 1024 * 1024;
/** Changes within this time are told once. */
const coalesceMilliseconds = 50;

/** The files of this computer. */
export const localFiles: HostFiles = {
  read: (file, max = defaultMax) => told(() => readWhole(file, max)),
  readText: (file, max = defaultMax) => told(async () => (await readWhole(file, max)).toString('utf8')),

  readAt: (file, offset, length) =>
    told(async () => {
      const handle = await fs.open(file, 'r');
      try {
        return await fill(handle, Buffer.alloc(length), offset);
      } finally {
        await handle.close();
      }
    }),

  write: (file, content, options = {}) =>
    told(() => writeAtomically(file, content, options.mode ?? 0o600, options.exclusive ?? false)),

  stat: (file) =>
    told(async () => {
      const found = await ifThere(fs.stat(file));
      return found && describe(found);
    }),

  list: (folder) =>
    told(async () => {
      const entries = await fs.readdir(folder, { withFileTypes: true });
      return Promise.all(
        entries.map(async (entry) => ({ name: entry.name, kind: await entryKind(folder, entry) })),
      );
    }),

  makeFolder: (folder, mode = 0o700) =>
    told(async () => {
      await fs.mkdir(folder, { recursive: true, mode });
    }),

  remove: (file) =>
    told(async () => {
      const found = await ifThere(fs.lstat(file));
      if (!found) return;
      await ifThere(found.isDirectory() ? fs.rmdir(file) : fs.unlink(file));
    }),
  removeTree: (folder) => told(() => fs.rm(folder, { recursive: true, force: true, maxRetries: 3 })),
  rename: (from, to, { exclusive = false } = {}) =>
    told(() => (exclusive ? renameExclusively(from, to) : fs.rename(from, to))),
  copy: (from, to) => told(() => fs.copyFile(from, to, constants.COPYFILE_FICLONE)),
  realpath: (file) => told(() => fs.realpath(file)),

  createReadStream: (file, { start = 0 } = {}) =>
    told(async () => {
      const handle = await fs.open(file, 'r');
      return openReadStream(file, { fd: handle, autoClose: true, start });
    }),
  createWriteStream: (file, { mode = 0o600, start, flush = false } = {}) =>
    told(async () => {
      const handle = await fs.open(file, start === undefined ? 'wx' : 'r+', mode);
      return openWriteStream(file, { fd: handle, autoClose: true, start: start ?? 0, flush });
    }),

  space: (folder) =>
    told(async () => {
      const { bsize, blocks, bavail } = await fs.statfs(folder);
      return { capacity: bsize * blocks, available: bsize * bavail };
    }),

  watch: (folder, changed) => told(() => watchEntries(folder, changed)),

  access: (file, mode) =>
    told(async () => {
      const wanted = { read: constants.R_OK, write: constants.W_OK, execute: constants.X_OK }[mode];
      try {
        await fs.access(file, wanted);
        return true;
      } catch (thrown) {
        const refusals = ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'ELOOP'];
        if (refusals.includes(errno(thrown) ?? '')) return false;
        throw thrown;
      }
    }),

  join: (...parts) => path.join(...parts),
  dirname: (file) => path.dirname(file),
  basename: (file, extension) => path.basename(file, extension),
  isAbsolute: (file) => path.isAbsolute(file),
};

const errno = (thrown: unknown): string | undefined => (thrown as NodeJS.ErrnoException).code;

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw toGuestroomError(thrown);
  }
}

/** undefined in place of "there is no such file". */
async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    const code = errno(thrown);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}

/** Reads on until the buffer is full or the file ends. */
async function fill(handle: fs.FileHandle, buffer: Buffer, offset: number): Promise<Buffer> {
  let filled = 0;
  while (filled < buffer.length) {
    const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

async function readWhole(file: string, max: number): Promise<Buffer> {
  const tooLarge = (): GuestroomError =>
    new GuestroomError('too_large', `The file is larger than ${String(max)} bytes: ${file}`);
  const handle = await fs.open(file, 'r');
  try {
    const { size } = await handle.stat();
    if (size > max) throw tooLarge();
    // files of /proc say 0 and have content; a file may also grow meanwhile
    const parts: Buffer[] = [];
    let total = 0;
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.max(size - total + 1, 4096)));
      if (bytesRead === 0) return Buffer.concat(parts, total);
      parts.push(buffer.subarray(0, bytesRead));
      total += bytesRead;
      if (total > max) throw tooLarge();
    }
  } finally {
    await handle.close();
  }
}

async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  mode: number,
  exclusive: boolean,
): Promise<void> {
  const folder = path.dirname(file);
  const beside = path.join(folder, `.${path.basename(file)}.${randomBytes(6).toString('hex')}.new`);
  let moved = false;
  try {
    const handle = await fs.open(beside, 'wx', mode);
    try {
      // the mode that was asked for, whatever the umask says
      await handle.chmod(mode);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (exclusive) await placeExclusively(beside, file);
    else {
      await fs.rename(beside, file);
      moved = true;
    }
  } finally {
    if (!moved) await fs.rm(beside, { force: true });
  }
  await syncFolder(folder);
}

/** What file systems without hard links say (FAT, some shares). */
const withoutLinks: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK']);

/** Gives the finished file its name only if that is free. */
async function placeExclusively(from: string, to: string): Promise<void> {
  try {
    await fs.link(from, to);
  } catch (thrown) {
    if (!withoutLinks.has(errno(thrown) ?? '')) throw renamed(thrown, to);
    await fs.copyFile(from, to, constants.COPYFILE_EXCL);
  }
}

async function renameExclusively(from: string, to: string): Promise<void> {
  try {
    await fs.link(from, to);
  } catch (thrown) {
    if (!withoutLinks.has(errno(thrown) ?? '')) throw renamed(thrown, to);
    if (await ifThere(fs.lstat(to)))
      throw new GuestroomError('exists', `The file is already there: ${to}`, { cause: thrown });
    await fs.rename(from, to);
    return;
  }
  await fs.unlink(from);
}

/** The error of a link names the temporary file; the caller knows only the other. */
function renamed(thrown: unknown, file: string): unknown {
  if (thrown instanceof Error) Object.assign(thrown, { path: file });
  return thrown;
}

/** The new name is on the disk too, where the system lets a folder be flushed. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await fs.open(folder, 'r');
  try {
    await handle.sync();
  } catch (thrown) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes(errno(thrown) ?? '')) throw thrown;
  } finally {
    await handle.close();
  }
}

function describe(found: Stats): FileStat {
  return {
    kind: statKind(found),
    size: found.size,
    allocated: found.blocks * 512,
    modified: found.mtimeMs,
    mode: found.mode & 0o7777,
  };
}

function statKind(entry: Stats | Dirent): FileStat['kind'] {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (entry.isBlockDevice() || entry.isCharacterDevice()) return 'device';
  return entry.isSocket() ? 'socket' : 'other';
}

/** A link is what it leads to; one that leads nowhere is `other`. */
async function entryKind(folder: string, entry: Dirent): Promise<FileStat['kind']> {
  if (!entry.isSymbolicLink()) return statKind(entry);
  try {
    return statKind(await fs.stat(path.join(folder, entry.name)));
  } catch (thrown) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM'].includes(errno(thrown) ?? '')) return 'other';
    throw thrown;
  }
}

async function watchEntries(folder: string, changed: () => void): Promise<() => void> {
  let timer: NodeJS.Timeout | undefined;
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      changed();
    }, coalesceMilliseconds);
  };
  const watcher: FSWatcher = watchFolder(folder, { persistent: false }, soon);
  // the folder itself is gone, or the system has no watch left: the last thing that is told
  watcher.on('error', () => {
    watcher.close();
    soon();
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
