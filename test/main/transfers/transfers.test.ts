import { ORPCError } from '@orpc/server';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { Dialogs } from '../../../main/platform.ts';
import type { TaskRow } from '../../../preload/rows.ts';
import type { UploadTarget } from '../../../preload/transfer.ts';
import { type AppInFolder, appInFolder, until } from '../app-in-folder.ts';
import { FarHost } from './far-host.ts';

const mebibyte = 1024 * 1024;
let self: AppInFolder;
let far: FarHost;
let node: string;
/** Folders of this computer and of the node. */
let own: string;
let theirs: string;

const begin = async (
  options: { dialogs?: Dialogs; readOnly?: boolean; uri?: string } = {},
): Promise<void> => {
  far = new FarHost();
  self = await appInFolder({
    drivers: [far.driver()],
    ...(options.dialogs ? { platform: { dialogs: options.dialogs } } : {}),
  });
  ({ node } = await self.client.nodes.add({
    uri: options.uri ?? 'test:///default',
    readOnly: options.readOnly ?? false,
  }));
  await self.client.nodes.connect({ node });
  own = join(self.folder, 'here');
  theirs = join(self.folder, 'there');
  await mkdir(own);
  await mkdir(theirs);
};
beforeEach(() => begin());
afterEach(() => self.end());
const anew = async (options: Parameters<typeof begin>[0]): Promise<void> => {
  await self.end();
  await begin(options);
};

const file = async (name: string, content: Uint8Array): Promise<string> => {
  const path = join(own, name);
  await writeFile(path, content);
  return path;
};
const ended = async (id: string): Promise<TaskRow> => {
  await until(() => self.app.tasks.get(id)?.state !== 'running');
  const row = self.app.tasks.get(id);
  if (!row) throw new Error('the task is gone');
  return row;
};
const send = async (from: string, to: UploadTarget): Promise<TaskRow> =>
  ended((await self.client.transfers.upload({ node, from, to })).task);
const fetched = async (from: string, to: string): Promise<TaskRow> =>
  ended((await self.client.transfers.download({ node, from: { path: from }, to })).task);
const refusal = async (work: Promise<unknown>): Promise<ErrorData> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ORPCError);
  return (error as ORPCError<string, ErrorData>).data;
};
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The node's file takes so many bytes; `then` tells what happens to the next ones. */
function stopsAfter(bytes: number, then: (done: (error?: Error) => void) => void): void {
  far.files.createWriteStream = async (path, options) => {
    const inner = await far.real.files.createWriteStream(path, options);
    let left = bytes;
    return new Writable({
      write(chunk: Buffer, _encoding, done) {
        const part = chunk.subarray(0, left);
        left -= part.length;
        inner.write(part, (error) => {
          if (error) done(error);
          else if (part.length === chunk.length) done();
          else then(done);
        });
      },
      final: (done) => void inner.end(done),
      destroy(error, done) {
        const closed = once(inner, 'close');
        inner.destroy();
        void closed.then(() => done(error));
      },
    });
  };
}
const lost = (): GuestroomError => new GuestroomError('lost', 'The connection for files has ended');

describe('a file of this computer into a folder of a host', () => {
  it('arrives whole and private, is compared with the checksum that the host tells, and leaves nothing beside it', async () => {
    const content = randomBytes(3 * mebibyte + 17);
    const row = await send(await file('debian.iso', content), { folder: theirs, name: 'debian.iso' });
    const path = join(theirs, 'debian.iso');
    expect(row).toMatchObject({
      kind: 'upload',
      subject: 'debian.iso',
      node,
      state: 'done',
      made: { path, sha256: sha256(content), verified: true },
    });
    expect(sha256(await readFile(path))).toBe(sha256(content));
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(theirs)).toEqual(['debian.iso']);
  });

  it('tells its bytes, its speed and the share that is done', async () => {
    const content = randomBytes(2 * mebibyte);
    let goOn: (() => void) | undefined;
    stopsAfter(mebibyte, (done) => (goOn = () => done(lost())));
    const from = await file('a.iso', content);
    const { task } = await self.client.transfers.upload({ node, from, to: { folder: theirs, name: 'a' } });
    await until(() => goOn !== undefined);
    const row = self.app.tasks.get(task);
    expect(row).toMatchObject({ state: 'running', step: 'upload', bytes: { total: content.length } });
    expect(row?.progress).toBeGreaterThanOrEqual(0);
    goOn?.();
    await ended(task);
  });

  it('is refused before anything is sent where the name is taken, the folder is none, or there is no such file', async () => {
    const from = await file('a.iso', randomBytes(10));
    await writeFile(join(theirs, 'a.iso'), 'theirs');
    const to = { folder: theirs, name: 'a.iso' };
    expect(await refusal(self.client.transfers.upload({ node, from, to }))).toMatchObject({
      code: 'exists',
      hint: 'Choose another name',
    });
    const upload = (path: string, folder: string): Promise<ErrorData> =>
      refusal(self.client.transfers.upload({ node, from: path, to: { folder, name: 'b' } }));
    expect((await upload(from, join(theirs, 'absent'))).code).toBe('not_found');
    expect((await upload(from, join(theirs, 'a.iso'))).code).toBe('invalid_argument');
    expect((await upload(from, 'there')).code).toBe('invalid_argument');
    expect((await upload(join(own, 'absent'), theirs)).code).toBe('not_found');
    expect((await upload(await file('empty', Buffer.of()), theirs)).code).toBe('invalid_argument');
    expect((await upload(own, theirs)).code).toBe('invalid_argument');
    expect((await upload('here/a.iso', theirs)).code).toBe('invalid_argument');
    expect(self.app.tasks.list()).toEqual([]);
    expect(await readFile(join(theirs, 'a.iso'), 'utf8')).toBe('theirs');
  });

  it.each(['../a', 'a/b', '..', '', 'a\0b'])('takes no name that leads elsewhere: %j', async (name) => {
    const from = await file('a.iso', randomBytes(10));
    expect(
      (await refusal(self.client.transfers.upload({ node, from, to: { folder: theirs, name } }))).code,
    ).toBe('invalid_argument');
  });

  it('is refused where the files of the host are out of reach, and by a connection that may only read', async () => {
    const from = await file('a.iso', randomBytes(10));
    const upload = (): Promise<ErrorData> =>
      refusal(self.client.transfers.upload({ node, from, to: { folder: theirs, name: 'a' } }));
    far.closed = true;
    await self.client.nodes.disconnect({ node });
    await self.client.nodes.connect({ node });
    expect((await upload()).code).toBe('unsupported');
    await anew({ readOnly: true });
    const again = await file('a.iso', randomBytes(10));
    expect(
      await refusal(self.client.transfers.upload({ node, from: again, to: { folder: theirs, name: 'a' } })),
    ).toMatchObject({ code: 'unsupported', message: 'The connection is read-only' });
  });

  it('goes on where it stopped when the connection was lost', async () => {
    const content = randomBytes(6 * mebibyte);
    const from = await file('big.iso', content);
    const to = { folder: theirs, name: 'big.iso' };
    stopsAfter(4 * mebibyte, (done) => done(lost()));
    expect(await send(from, to)).toMatchObject({
      state: 'failed',
      error: { code: 'lost', hint: 'Try again once the host is connected: it goes on where it stopped' },
    });
    expect(await readdir(theirs)).toEqual(['big.iso.part']);
    far.files = {};
    expect(await send(from, to)).toMatchObject({ state: 'done', made: { verified: true } });
    expect(far.starts).toEqual([undefined, 4 * mebibyte]);
    expect(sha256(await readFile(join(theirs, 'big.iso')))).toBe(sha256(content));
  });

  it('sends nothing more where only the last step was missing', async () => {
    const content = randomBytes(2 * mebibyte);
    await writeFile(join(theirs, 'a.part'), content);
    expect(await send(await file('a', content), { folder: theirs, name: 'a' })).toMatchObject({
      state: 'done',
    });
    expect(far.starts).toEqual([2 * mebibyte]);
    expect(await readdir(theirs)).toEqual(['a']);
  });

  it.each([
    ['begins otherwise', (part: Buffer) => part.fill(0, 0, 16)],
    ['ends otherwise', (part: Buffer) => part.fill(0, part.length - 16)],
    ['is longer', (part: Buffer) => Buffer.concat([part, Buffer.alloc(4 * mebibyte)])],
    ['is empty', () => Buffer.of()],
  ])('begins anew where a part is there that %s', async (_what, change) => {
    const content = randomBytes(4 * mebibyte);
    await writeFile(join(theirs, 'a.part'), change(Buffer.from(content.subarray(0, 3 * mebibyte))));
    expect(await send(await file('a', content), { folder: theirs, name: 'a' })).toMatchObject({
      state: 'done',
    });
    expect(far.starts).toEqual([undefined]);
    expect(sha256(await readFile(join(theirs, 'a')))).toBe(sha256(content));
  });

  it('never writes through a link that somebody put in the place of the part', async () => {
    const victim = join(self.folder, 'victim');
    await writeFile(victim, '');
    await symlink(victim, join(theirs, 'a.part'));
    const content = randomBytes(mebibyte);
    expect(await send(await file('a', content), { folder: theirs, name: 'a' })).toMatchObject({
      state: 'done',
    });
    expect(await readFile(victim, 'utf8')).toBe('');
  });

  it('is refused when the host’s checksum is another one, and the part goes', async () => {
    const content = randomBytes(4 * mebibyte);
    // the same at both ends, as an older version of an image may be
    const part = Buffer.from(content).fill(0, 2 * mebibyte, 2 * mebibyte + 16);
    await writeFile(join(theirs, 'a.part'), part);
    expect(await send(await file('a', content), { folder: theirs, name: 'a' })).toMatchObject({
      state: 'failed',
      error: { code: 'protocol', hint: expect.stringContaining('Begin again') as string },
    });
    expect(await readdir(theirs)).toEqual([]);
  });

  it('says that nothing was compared where the host has no program for it, and uses any that it has', async () => {
    const content = randomBytes(100);
    const from = await file('a', content);
    const asked: string[] = [];
    far.exec = (program) => {
      asked.push(program);
      return Promise.reject(new GuestroomError('program_missing', 'not there'));
    };
    const row = await send(from, { folder: theirs, name: 'a' });
    expect(row).toMatchObject({ state: 'done', made: { sha256: sha256(content) } });
    expect(row.made?.verified).toBeUndefined();
    expect(asked).toEqual(['sha256sum', 'shasum', 'sha256', 'openssl']);
    far.exec = (program, ...rest) =>
      program === 'openssl'
        ? far.real.exec(program, ...rest)
        : Promise.reject(new GuestroomError('program_missing', 'not there'));
    expect(await send(from, { folder: theirs, name: 'b' })).toMatchObject({ made: { verified: true } });
  });

  it('leaves only its part when it is cancelled', async () => {
    let waits = false;
    stopsAfter(mebibyte, () => (waits = true));
    const from = await file('a', randomBytes(2 * mebibyte));
    const { task } = await self.client.transfers.upload({ node, from, to: { folder: theirs, name: 'a' } });
    await until(() => waits);
    expect(
      await refusal(self.client.transfers.upload({ node, from, to: { folder: theirs, name: 'a' } })),
    ).toMatchObject({ code: 'busy' });
    await self.client.tasks.cancel({ task });
    expect((await ended(task)).state).toBe('cancelled');
    expect(await readdir(theirs)).toEqual(['a.part']);
    expect((await stat(join(theirs, 'a.part'))).size).toBe(mebibyte);
  });

  it('is not begun where there is no room for it', async () => {
    far.files.space = () => Promise.resolve({ capacity: 100, available: 99 });
    const row = await send(await file('a', randomBytes(100)), { folder: theirs, name: 'a' });
    expect(row).toMatchObject({ state: 'failed', error: { code: 'no_space' } });
    expect(await readdir(theirs)).toEqual([]);
  });

  it('never replaces what came to its name meanwhile', async () => {
    const from = await file('a', randomBytes(100));
    far.files.space = async (path) => {
      await writeFile(join(theirs, 'b'), 'theirs');
      return far.real.files.space(path);
    };
    expect(await send(from, { folder: theirs, name: 'b' })).toMatchObject({
      state: 'failed',
      error: { code: 'exists' },
    });
    expect(await readFile(join(theirs, 'b'), 'utf8')).toBe('theirs');
  });
});

describe('a file of this computer into a pool of a host', () => {
  const inPool = { pool: 'default-pool', name: 'new.img' };
  const volumes = () => self.client.volumes.list({ node, pool: 'default-pool' });
  /** An image that is what its first bytes say. */
  const image = (kind: 'iso' | 'qcow2' | 'raw'): Buffer => {
    const bytes = randomBytes(3 * mebibyte);
    if (kind === 'iso') bytes.write('CD001', 0x8001, 'latin1');
    if (kind === 'qcow2') {
      bytes.write('QFI\xfb', 0, 'latin1');
      bytes.writeUInt32BE(3, 4);
      bytes.fill(0, 8, 32);
      bytes.writeBigUInt64BE(BigInt(64 * mebibyte), 24);
    }
    return bytes;
  };

  it.each(['iso', 'qcow2', 'raw'] as const)(
    'becomes a volume of its own format, with the same bytes: %s',
    async (kind) => {
      const content = image(kind);
      const row = await send(await file('a', content), inPool);
      const path = '/default-pool/new.img';
      expect(row).toMatchObject({ state: 'done', made: { path } });
      expect(await self.client.volumes.lookup({ node, path })).toMatchObject({
        name: 'new.img',
        format: kind,
        capacity: kind === 'qcow2' ? 64 * mebibyte : content.length,
      });
      const back = join(own, 'back');
      expect(await fetched(path, back)).toMatchObject({
        kind: 'download',
        state: 'done',
        made: { path: back },
      });
      expect(sha256(await readFile(back))).toBe(sha256(content));
    },
  );

  it('keeps the size of a small file to the byte', async () => {
    expect(await send(await file('a', Buffer.from('seed')), inPool)).toMatchObject({ state: 'done' });
    expect(await self.client.volumes.lookup({ node, path: '/default-pool/new.img' })).toMatchObject({
      capacity: 4,
    });
  });

  it('says that the name is taken, and leaves what is there', async () => {
    const from = await file('a', image('raw'));
    await send(from, inPool);
    const before = await volumes();
    expect(await send(from, inPool)).toMatchObject({ state: 'failed', error: { code: 'exists' } });
    expect(await volumes()).toEqual(before);
  });

  it('leaves nothing when it fails or is cancelled', async () => {
    const before = await volumes();
    const from = await file('a', image('raw'));
    far.pools.uploadVolume = async (_path, pieces) => {
      for await (const piece of pieces) if ('data' in piece) throw lost();
    };
    expect(await send(from, inPool)).toMatchObject({ state: 'failed', error: { code: 'lost' } });
    expect(await volumes()).toEqual(before);
    let waits = false;
    far.pools.uploadVolume = (_path, _pieces, _extent, context) => {
      waits = true;
      return new Promise((_resolve, reject) => {
        context?.signal?.addEventListener('abort', () =>
          reject(new GuestroomError('cancelled', 'Cancelled')),
        );
      });
    };
    const { task } = await self.client.transfers.upload({ node, from, to: inPool });
    await until(() => waits);
    await self.client.tasks.cancel({ task });
    expect((await ended(task)).state).toBe('cancelled');
    expect(await volumes()).toEqual(before);
  });

  it('is written as a file, and goes on where it stopped, where the pool is nothing but a folder', async () => {
    far.folder = theirs;
    const content = randomBytes(3 * mebibyte);
    const from = await file('a', content);
    stopsAfter(mebibyte, (done) => done(lost()));
    expect(await send(from, inPool)).toMatchObject({ state: 'failed', error: { code: 'lost' } });
    far.files = {};
    expect(await send(from, inPool)).toMatchObject({
      state: 'done',
      made: { path: join(theirs, 'new.img'), verified: true },
    });
    expect(far.starts).toEqual([undefined, mebibyte]);
  });

  it('has its places told: pools, and a folder where folders are in reach', async () => {
    expect(await self.client.transfers.places({ node })).toMatchObject({
      pools: [{ name: 'default-pool', path: '/default-pool' }],
      folder: far.real.paths.home,
    });
    await anew({ readOnly: true });
    expect(await self.client.transfers.places({ node })).toEqual({ pools: [] });
  });
});

describe('a file of a host to this computer', () => {
  it('arrives whole, compared with the host’s checksum, and goes on where it stopped', async () => {
    const content = randomBytes(4 * mebibyte);
    const from = join(theirs, 'disk.img');
    await writeFile(from, content);
    const to = join(own, 'disk.img');
    await writeFile(`${to}.part`, content.subarray(0, 3 * mebibyte));
    expect(await fetched(from, to)).toMatchObject({
      state: 'done',
      made: { path: to, sha256: sha256(content), verified: true },
    });
    expect(sha256(await readFile(to))).toBe(sha256(content));
    expect(await readdir(own)).toEqual(['disk.img']);
  });

  it('never replaces a file that is there', async () => {
    await writeFile(join(theirs, 'a'), 'theirs');
    const to = await file('a', Buffer.from('mine'));
    expect(
      (await refusal(self.client.transfers.download({ node, from: { path: join(theirs, 'a') }, to }))).code,
    ).toBe('exists');
    expect(await readFile(to, 'utf8')).toBe('mine');
  });

  it('says what it cannot send: what is not there, and folders', async () => {
    const download = (path: string): Promise<ErrorData> =>
      refusal(self.client.transfers.download({ node, from: { path }, to: join(own, 'x') }));
    expect((await download(join(theirs, 'absent'))).code).toBe('not_found');
    expect((await download(theirs)).code).toBe('invalid_argument');
  });

  it('leaves nothing when a volume stops in the middle', async () => {
    far.pools.downloadVolume = (_path, { data }) =>
      new Promise((_resolve, reject) => {
        data.write(randomBytes(mebibyte), () => reject(lost()));
      });
    const from = await file('a', Buffer.from('content'));
    await send(from, { pool: 'default-pool', name: 'v' });
    expect(await fetched('/default-pool/v', join(own, 'v'))).toMatchObject({
      state: 'failed',
      error: { code: 'lost' },
    });
    expect(await readdir(own)).toEqual(['a']);
  });
});

describe('the files of this computer', () => {
  it('are listed for a window that has no dialogs', async () => {
    await file('a.iso', Buffer.alloc(3));
    expect(await self.client.app.browse({ path: own })).toMatchObject({
      path: own,
      entries: [{ name: 'a.iso', kind: 'file', size: 3 }],
    });
    expect((await self.client.app.browse({ path: null })).path).toBe(far.real.paths.home);
  });

  it('are only those that the person chose, where there are dialogs, and a chosen target may be replaced', async () => {
    let answer: string | null = null;
    const choose = () => Promise.resolve(answer);
    await anew({ dialogs: { chooseFile: choose, chooseTarget: choose } });
    const from = await file('a', Buffer.from('mine'));
    const to = { folder: theirs, name: 'a' };
    expect(await refusal(self.client.transfers.upload({ node, from, to }))).toMatchObject({ code: 'denied' });
    expect((await refusal(self.client.app.browse({ path: own }))).code).toBe('unsupported');
    await self.client.app.chooseFile({ purpose: 'any', title: 'x' });
    answer = from;
    await self.client.app.chooseFile({ purpose: 'any', title: 'x' });
    expect(await send(from, to)).toMatchObject({ state: 'done' });
    // chosen to be read is not chosen to be written
    const back = (): Promise<{ task: string }> =>
      self.client.transfers.download({ node, from: { path: join(theirs, 'a') }, to: from });
    expect((await refusal(back())).code).toBe('denied');
    await self.client.app.chooseTarget({ name: 'a', title: 'x' });
    await writeFile(join(theirs, 'a'), 'theirs');
    expect(await ended((await back()).task)).toMatchObject({ state: 'done' });
    expect(await readFile(from, 'utf8')).toBe('theirs');
  });

  it.skipIf(process.getuid?.() === 0)('that may not be read are refused at once', async () => {
    const from = await file('a', Buffer.from('secret'));
    await chmod(from, 0);
    const to = { folder: theirs, name: 'a' };
    expect((await refusal(self.client.transfers.upload({ node, from, to }))).code).toBe('denied');
  });
});
