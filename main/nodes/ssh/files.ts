import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { Attributes, FileEntry, SFTPWrapper } from 'ssh2';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { FileStat, Host, HostFiles } from '../../../drivers/api/host.ts';
import type { ControlShell } from './control-shell.ts';
import { FolderWatch } from './folder-watch.ts';
import type { Programs } from './programs.ts';
import type { Sftp, Use } from './sftp.ts';
import { isEnd, SftpReader, SftpWriter } from './sftp-streams.ts';

const defaultMax = 16 * 1024 * 1024;
const piece = 128 * 1024;

export interface FilesParts {
  sftp: Sftp;
  control: ControlShell;
  exec: Programs['exec'];
  os: Host['os'];
}

/** The files of a host: contents by SFTP, what SFTP lacks by the host's own programs. */
export function sshFiles({ sftp, control, exec, os }: FilesParts): HostFiles {
  const watch = new FolderWatch(control);

  /** A question whose answer is an exit status; what it says on failure is the detail. */
  const shell = async (script: string, args: readonly string[], what: string): Promise<string> => {
    const { status, output } = await control.ask(script, args);
    if (status === 0) return output;
    throw commandFailure(what, output);
  };

  const program = async (file: string, args: readonly string[], what: string): Promise<void> => {
    // may take as long as the files are large
    const { status, stderr } = await exec(file, args, { timeout: 0 });
    if (status !== 0) throw commandFailure(what, stderr);
  };

  const withHandle = <T>(
    path: string,
    flags: 'r' | 'wx',
    mode: number,
    work: (session: SFTPWrapper, handle: Buffer) => Promise<T>,
  ): Promise<T> =>
    sftp.use(path, async ({ session, soon }) => {
      const handle = await soon(open(session, path, flags, mode));
      try {
        return await work(session, handle);
      } finally {
        await called((done) => session.close(handle, done));
      }
    });

  const stat = (path: string): Promise<Attributes | undefined> =>
    sftp.use(path, async ({ session, soon }) => {
      try {
        return await soon(answered<Attributes>((done) => session.stat(path, done)));
      } catch (thrown) {
        if (sftpCode(thrown) === 2) return undefined;
        throw thrown;
      }
    });

  const files: HostFiles = {
    async read(path, max = defaultMax) {
      const bytes = await withHandle(path, 'r', 0, (session, handle) =>
        readUpTo(session, handle, 0, max + 1),
      );
      if (bytes.length <= max) return bytes;
      throw new GuestroomError('too_large', `The file is larger than ${String(max)} bytes: ${path}`);
    },
    readText: async (path, max) => Buffer.from(await files.read(path, max)).toString('utf8'),
    readAt: (path, offset, length) =>
      withHandle(path, 'r', 0, (session, handle) => readUpTo(session, handle, offset, length)),

    async write(path, content, { mode = 0o600, exclusive = false } = {}) {
      const beside = posix.join(
        posix.dirname(path),
        `.${posix.basename(path)}.${randomBytes(6).toString('hex')}.new`,
      );
      const bytes = Buffer.from(content);
      let moved = false;
      try {
        await withHandle(beside, 'wx', mode, async (session, handle) => {
          // the mode that was asked for, whatever the umask says
          await called((done) => session.fchmod(handle, mode, done));
          for (let at = 0; at < bytes.length; at += piece) {
            const length = Math.min(piece, bytes.length - at);
            await called((done) => session.write(handle, bytes, at, length, at, done));
          }
          await extension((done) => session.ext_openssh_fsync(handle, done));
        });
        await sftp.use(path, async ({ session }) => {
          if (exclusive) return placeExclusively(session, beside, path);
          await replace(session, beside, path);
          moved = true;
        });
      } catch (thrown) {
        // where the rest cannot be removed either, the first reason is the one to tell
        await files.remove(beside).catch(() => undefined);
        throw thrown;
      }
      if (!moved) await files.remove(beside);
    },

    async stat(path) {
      const [found, blocks] = await Promise.all([
        stat(path),
        os === 'linux' ? control.ask('stat -Lc %b -- "$1" 2>/dev/null', [path]) : undefined,
      ]);
      if (!found) return undefined;
      const taken = Number(blocks?.output.trim() || Number.NaN) * 512;
      return {
        kind: kindOf(found.mode),
        size: found.size,
        // SFTP does not tell
        allocated: Number.isNaN(taken) ? found.size : taken,
        modified: found.mtime * 1000,
        mode: found.mode & 0o7777,
      };
    },

    list: (path) =>
      sftp.use(path, async ({ session, soon }) => {
        const entries = await entriesOf(session, soon, path);
        return Promise.all(
          entries.map(async ({ filename: name, attrs }) => {
            const kind = kindOf(attrs.mode);
            if (!isLink(attrs.mode)) return { name, kind };
            // a link is what it leads to; one that leads nowhere is `other`
            const target = await stat(posix.join(path, name)).catch((thrown: unknown) => {
              if (thrown instanceof GuestroomError && thrown.code !== 'lost') return undefined;
              throw thrown;
            });
            return { name, kind: target ? kindOf(target.mode) : ('other' as const) };
          }),
        );
      }),

    async makeFolder(path, mode = 0o700) {
      await shell('mkdir -p -m "$1" -- "$2"', [mode.toString(8), path], `Could not make the folder ${path}`);
    },
    async remove(path) {
      const script = 'if [ -d "$1" ] && ! [ -L "$1" ]; then rmdir -- "$1"; else rm -f -- "$1"; fi';
      await shell(script, [path], `Could not remove ${path}`);
    },
    removeTree: (path) => program('rm', ['-rf', '--', path], `Could not remove ${path}`),
    rename: (from, to, { exclusive = false } = {}) =>
      exclusive
        ? // SFTP's own rename does not replace
          sftp.use(to, ({ session }) => called((done) => session.rename(from, to, done)))
        : sftp.use(from, ({ session }) => replace(session, from, to)),
    copy: (from, to) =>
      program(
        'cp',
        os === 'linux' ? ['--reflink=auto', '-T', '--', from, to] : ['--', from, to],
        `Could not copy ${from}`,
      ),
    realpath: (path) =>
      sftp.use(path, async ({ session, soon }) => {
        // SFTP's own answers for what is not there, too
        await soon(answered<Attributes>((done) => session.stat(path, done)));
        return soon(answered<string>((done) => session.realpath(path, done)));
      }),

    createReadStream: (path, { start } = {}) =>
      sftp.use(path, async ({ session, onEnd, soon }) => {
        const handle = await soon(open(session, path, 'r', 0));
        const explain = (thrown: unknown) => sftp.explained(thrown, path, true);
        return new SftpReader({ session, onEnd, handle, explain }, start);
      }),
    createWriteStream: (path, { mode = 0o600, start, flush = false } = {}) =>
      sftp.use(path, async ({ session, onEnd, soon }) => {
        const handle = await soon(open(session, path, start === undefined ? 'wx' : 'r+', mode));
        const explain = (thrown: unknown) => sftp.explained(thrown, path, true);
        return new SftpWriter(
          { session, onEnd, handle, explain },
          start,
          flush ? () => extension((done) => session.ext_openssh_fsync(handle, done)) : undefined,
        );
      }),

    async space(path) {
      const told = await sftp.use(path, ({ session, soon }) =>
        soon(
          extension<Space>((done) =>
            session.ext_openssh_statvfs(path, done as (error?: Error, info?: Space) => void),
          ),
        ),
      );
      if (told) return { capacity: told.f_frsize * told.f_blocks, available: told.f_frsize * told.f_bavail };
      const output = await shell('df -Pk -- "$1"', [path], `Could not tell the space at ${path}`);
      const [, blocks, , available] = output.trim().split('\n').at(-1)?.split(/\s+/) ?? [];
      return { capacity: Number(blocks) * 1024, available: Number(available) * 1024 };
    },

    watch: (folder, changed) => watch.add(folder, changed),

    async access(path, mode) {
      const { status } = await control.ask(`[ -${{ read: 'r', write: 'w', execute: 'x' }[mode]} "$1" ]`, [
        path,
      ]);
      return status === 0;
    },

    join: (...parts) => posix.join(...parts),
    dirname: (path) => posix.dirname(path),
    basename: (path, extension) => posix.basename(path, extension),
    isAbsolute: (path) => posix.isAbsolute(path),
  };
  return files;
}

interface Space {
  f_frsize: number;
  f_blocks: number;
  f_bavail: number;
}

type Done = (error?: Error | null) => void;

const called = (begin: (done: Done) => void): Promise<void> =>
  new Promise((resolve, reject) => begin((error) => (error ? reject(error) : resolve())));

const answered = <T>(begin: (done: (error: Error | undefined, value: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => begin((error, value) => (error ? reject(error) : resolve(value))));

/** undefined where the server does not have the extension, which ssh2 tells by throwing. */
async function extension<T>(
  begin: (done: (error?: Error | null, value?: T) => void) => void,
): Promise<T | undefined> {
  try {
    return await new Promise<T | undefined>((resolve, reject) =>
      begin((error, value) => (error ? reject(error) : resolve(value))),
    );
  } catch (thrown) {
    if (sftpCode(thrown) === 8 || (thrown instanceof Error && /not support/i.test(thrown.message)))
      return undefined;
    throw thrown;
  }
}

/** The number by which an SFTP server tells what went wrong (2: no such file, 3: permission denied, 4: anything else). */
const sftpCode = (thrown: unknown): unknown => (thrown as { code?: unknown } | undefined)?.code;

const open = (session: SFTPWrapper, path: string, flags: 'r' | 'r+' | 'wx', mode: number): Promise<Buffer> =>
  answered((done) => session.open(path, flags, mode, done));

/** A large folder comes in many answers, of which each is waited for. */
async function entriesOf(session: SFTPWrapper, soon: Use['soon'], path: string): Promise<FileEntry[]> {
  const handle = await soon(answered<Buffer>((done) => session.opendir(path, done)));
  const entries: FileEntry[] = [];
  try {
    for (;;) entries.push(...(await soon(answered<FileEntry[]>((done) => session.readdir(handle, done)))));
  } catch (thrown) {
    if (!isEnd(thrown)) throw thrown;
  } finally {
    await called((done) => session.close(handle, done));
  }
  return entries;
}

async function readUpTo(
  session: SFTPWrapper,
  handle: Buffer,
  offset: number,
  length: number,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  let total = 0;
  while (total < length) {
    const buffer = Buffer.allocUnsafe(Math.min(piece, length - total));
    let count: number;
    try {
      count = await answered((done) => session.read(handle, buffer, 0, buffer.length, offset + total, done));
    } catch (thrown) {
      if (!isEnd(thrown)) throw thrown;
      count = 0;
    }
    if (count === 0) break;
    parts.push(buffer.subarray(0, count));
    total += count;
  }
  return Buffer.concat(parts, total);
}

/** Over what is there, as rename(2) does; SFTP's own rename refuses that. */
async function replace(session: SFTPWrapper, from: string, to: string): Promise<void> {
  const done = await extension<true>((told) =>
    session.ext_openssh_rename(from, to, (error) => told(error, true)),
  );
  if (!done) await called((told) => session.rename(from, to, told));
}

/** Gives the finished file its name only if that is free. */
async function placeExclusively(session: SFTPWrapper, from: string, to: string): Promise<void> {
  const done = await extension<true>((told) =>
    session.ext_openssh_hardlink(from, to, (error) => told(error, true)),
  );
  // SFTP's own rename does not replace
  if (!done) await called((told) => session.rename(from, to, told));
}

const typeOf = (mode: number): number => mode & 0o170000;
const isLink = (mode: number): boolean => typeOf(mode) === 0o120000;

function kindOf(mode: number): FileStat['kind'] {
  switch (typeOf(mode)) {
    case 0o040000:
      return 'folder';
    case 0o100000:
      return 'file';
    case 0o020000:
    case 0o060000:
      return 'device';
    case 0o140000:
      return 'socket';
  }
  return 'other';
}

/** What a program of the host says, in its own words (it speaks English to us). */
function commandFailure(what: string, output: string): GuestroomError {
  const detail = output.trim();
  const options = { detail };
  if (/No such file/i.test(detail)) return new GuestroomError('not_found', what, options);
  if (/Permission denied|not permitted|Read-only/i.test(detail))
    return new GuestroomError('denied', what, options);
  if (/No space left|quota/i.test(detail)) return new GuestroomError('no_space', what, options);
  if (/File exists/i.test(detail)) return new GuestroomError('exists', what, options);
  return new GuestroomError('program_failed', what, options);
}
