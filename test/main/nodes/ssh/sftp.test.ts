import { once } from 'node:events';
import type { Session, SFTPWrapper } from 'ssh2';
import { describe, expect, it, vi } from 'vitest';
import type { HostFiles } from '../../../../drivers/api/host.ts';
import { sshFiles } from '../../../../main/nodes/ssh/files.ts';
import { Sftp } from '../../../../main/nodes/ssh/sftp.ts';
import { begin, control, eachWithAConnection, failure, programs, sessions } from './connected.ts';

eachWithAConnection();

const folder = { mode: 0o040755, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };
const endOfFile = 1;

/** A host whose folder /dead is on a server that is off: what is asked about it, and of that session after it, is not answered. */
async function withDeadMount(): Promise<{ files: HostFiles; opened: () => number }> {
  let opened = 0;
  const serve = (sftp: SFTPWrapper): void => {
    opened += 1;
    let stuck = false;
    const answer = (id: number, path: string, give: (id: number) => void): void => {
      stuck ||= path.startsWith('/dead');
      if (!stuck) give(id);
    };
    sftp.on('STAT', (id, path) => answer(id, path, () => sftp.attrs(id, folder)));
    sftp.on('OPENDIR', (id, path) => answer(id, path, () => sftp.handle(id, Buffer.from(path))));
    const batches = ['one', 'two'];
    sftp.on('READDIR', (id) => {
      const filename = batches.shift();
      if (filename === undefined) sftp.status(id, endOfFile);
      else sftp.name(id, [{ filename, longname: filename, attrs: folder }]);
    });
    sftp.on('OPEN', (id, path) => answer(id, path, () => sftp.handle(id, Buffer.from(path))));
    sftp.on('CLOSE', (id, handle) => answer(id, handle.toString(), () => sftp.status(id, 0)));
    // never comes to it
    sftp.on('READ', () => (stuck = true));
    sftp.on('WRITE', () => (stuck = true));
  };
  await begin({ session: (session: Session) => session.on('sftp', (accept) => serve(accept())) });
  const parts = { control, exec: programs.exec, os: 'other' as const };
  return { files: sshFiles({ ...parts, sftp: new Sftp(sessions, control) }), opened: () => opened };
}

describe('files of a host', () => {
  it('are listed in as many answers as it takes', async () => {
    const { files } = await withDeadMount();
    expect(await files.list('/')).toEqual(['one', 'two'].map((name) => ({ name, kind: 'folder' })));
  });

  it.each<[string, (files: HostFiles) => Promise<unknown>]>([
    ['looked at', (files) => files.stat('/dead/disk.img')],
    ['listed', (files) => files.list('/dead')],
    ['read', (files) => files.read('/dead/disk.img')],
    ['read in a stream', (files) => files.createReadStream('/dead/disk.img')],
  ])('that do not answer when they are %s are told as such, and the others answer again', async (_, ask) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { files, opened } = await withDeadMount();
    await files.stat('/');
    const dead = failure(ask(files));
    const behind = failure(files.stat('/behind'));
    await vi.waitUntil(() => vi.getTimerCount() >= 2, 8000);
    vi.advanceTimersByTime(15_000);
    expect(await dead).toMatchObject({
      code: 'timeout',
      message: expect.stringContaining('/dead') as string,
      hint: expect.stringContaining('server that is off') as string,
      retryable: true,
    });
    expect((await behind).retryable).toBe(true);
    expect(await files.stat('/')).toMatchObject({ kind: 'folder' });
    expect(opened()).toBe(2);
  });

  it('that are on their way when the host stops answering fail, reading and writing', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { files } = await withDeadMount();
    const reader = await files.createReadStream('/large');
    const writer = await files.createWriteStream('/new');
    const failed = Promise.all([once(reader, 'error'), once(writer, 'error')]);
    reader.resume();
    writer.end('bytes');
    const dead = failure(files.stat('/dead'));
    await vi.waitUntil(() => vi.getTimerCount() >= 1, 8000);
    vi.advanceTimersByTime(15_000);
    expect(await dead).toMatchObject({ code: 'timeout' });
    for (const [error] of await failed) expect(error).toMatchObject({ code: 'lost' });
  });
});
