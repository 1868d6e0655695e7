import { randomBytes } from 'node:crypto';
import { readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
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
    ).toMatchObject({ code: 'read_only', message: 'The connection is read-only' });
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
