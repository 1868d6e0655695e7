import { randomBytes } from 'node:crypto';
import { chmod, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import { until } from '../app-in-folder.ts';
import {
  anew,
  begin,
  ended,
  far,
  fetched,
  file,
  lost,
  mebibyte,
  node,
  own,
  refusal,
  self,
  send,
  sha256,
  stopsAfter,
  theirs,
} from './transfer-lab.ts';

beforeEach(() => begin());
afterEach(() => self.end());

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

  it.each([
    ['shorter', 3 * mebibyte, mebibyte],
    ['longer', 3 * mebibyte, 4 * mebibyte],
    ['shorter, and is small,', 1000, 10],
  ])('is no volume when it becomes %s while it is sent', async (_how, before, after) => {
    const volumesBefore = await volumes();
    const from = await file('a', randomBytes(before));
    const { pools, volumes: ofNode } = self.app.nodes.connection(node).connection;
    // the node's own, not what stands for them below
    const inner = { uploadVolume: pools?.uploadVolume, upload: ofNode.upload };
    far.pools.uploadVolume = async (path, pieces, extent, context) => {
      await truncate(from, after);
      await inner.uploadVolume?.(path, pieces, extent, context);
    };
    far.volumes.upload = async (pool, name, content, context) => {
      await truncate(from, after);
      return inner.upload(pool, name, content, context);
    };
    expect(await send(from, inPool)).toMatchObject({
      state: 'failed',
      error: { code: 'busy', message: 'The file changed while it was read', retryable: true },
    });
    expect(await volumes()).toEqual(volumesBefore);
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
    far.pools.downloadVolume = async (_path, sink) => {
      await sink.write(randomBytes(2.5 * mebibyte));
      throw lost();
    };
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
