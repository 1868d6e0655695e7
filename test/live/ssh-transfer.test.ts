import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Host } from '../../drivers/api/host.ts';
import type { TaskRow } from '../../preload/rows.ts';
import type { UploadTarget } from '../../preload/transfer.ts';
import { type Sshd, sshdOrWhyNot, startSshd } from '../lab/ssh/sshd.ts';
import { type AppInFolder, appInFolder, until } from '../main/app-in-folder.ts';

const why = await sshdOrWhyNot('Sending files over SSH');
const mebibyte = 1024 * 1024;

const sha256 = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe.skipIf(why !== undefined)('files over SSH', () => {
  let sshd: Sshd;
  let self: AppInFolder;
  let node: string;
  /** On the host, new for each test. */
  let theirs: string;
  let big: string;
  let bigSum: string;
  let count = 0;

  beforeAll(async () => {
    sshd = await startSshd();
    const config = join(sshd.folder, 'ssh_config');
    await writeFile(config, 'IdentityFile none\n');
    self = await appInFolder({ reach: { sshConfig: config }, backoff: { first: 20, longest: 100 } });
    node = await add('ada');
    big = join(self.folder, 'big.iso');
    const file = await open(big, 'w');
    for (let at = 0; at < 192; at += 1) await file.write(randomBytes(mebibyte));
    await file.close();
    bigSum = await sha256(big);
  });
  beforeEach(async () => {
    count += 1;
    theirs = join(sshd.home('ada'), `there-${String(count)}`);
    await mkdir(theirs);
  });
  afterEach(async () => {
    await self.client.tasks.clear({});
  });
  afterAll(async () => {
    await self?.end();
    await sshd?.end();
  });

  const connected = (id = node) => until(() => self.app.inventory.node(id)?.state === 'connected');
  const add = async (account: 'ada' | 'ben'): Promise<string> => {
    const query = new URLSearchParams({
      keyfile: sshd.keys.ed25519,
      known_hosts: sshd.knownHosts,
      root: join(sshd.home(account), 'machines'),
    });
    const uri = `qemu+ssh://${account}@127.0.0.1:${String(sshd.port)}/embed?${query.toString()}`;
    const { node: id } = await self.client.nodes.add({ uri, name: account });
    await connected(id);
    return id;
  };
  const machine = (): Host => {
    const { machine: found } = self.app.nodes.connection(node).connection;
    if (!found) throw new Error('the files of the host are out of reach');
    return found;
  };
  const begin = async (from: string, to: UploadTarget): Promise<string> =>
    (await self.client.transfers.upload({ node, from, to })).task;
  const ended = async (task: string): Promise<TaskRow> => {
    let row = self.app.tasks.get(task);
    for (; row?.state === 'running'; row = self.app.tasks.get(task))
      await new Promise((resolve) => setTimeout(resolve, 5));
    if (!row) throw new Error('the task is gone');
    return row;
  };
  const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

  it('go up, compared with the checksum of the host, and down again', async () => {
    const row = await ended(await begin(big, { folder: theirs, name: 'debian 13.iso' }));
    const path = join(theirs, 'debian 13.iso');
    expect(row).toMatchObject({ state: 'done', made: { path, sha256: bigSum, verified: true } });
    expect(await sha256(path)).toBe(bigSum);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const to = join(self.folder, 'back.iso');
    const { task } = await self.client.transfers.download({ node, from: { path }, to });
    expect(await ended(task)).toMatchObject({ state: 'done', made: { sha256: bigSum, verified: true } });
    expect(await sha256(to)).toBe(bigSum);
  });

  it('go into the pool of a host without libvirt, whose list never shows what is not whole', async () => {
    const [pool] = await self.client.volumes.pools({ node });
    const folder = pool?.path ?? '';
    const task = await begin(big, { pool: 'default', name: 'disc.iso' });
    await until(() => sizeOf(join(folder, 'disc.iso.part')) > 0);
    expect(await self.client.volumes.list({ node, pool: 'default' })).toEqual([]);
    expect(await ended(task)).toMatchObject({ state: 'done', made: { verified: true } });
    expect(await self.client.volumes.list({ node, pool: 'default' })).toMatchObject([
      { name: 'disc.iso', path: join(folder, 'disc.iso') },
    ]);
    await machine().files.remove(join(folder, 'disc.iso'));
  });

  it('go on where they stopped after the server was killed in the middle', async () => {
    const to = { folder: theirs, name: 'big.iso' };
    const part = join(theirs, 'big.iso.part');
    const task = await begin(big, to);
    await until(() => sizeOf(part) > 16 * mebibyte);
    await sshd.kill();
    expect(await ended(task)).toMatchObject({
      state: 'failed',
      error: { code: 'lost', hint: 'Try again once the host is connected: it goes on where it stopped' },
    });
    const before = sizeOf(part);
    expect(before).toBeLessThan(192 * mebibyte);
    await sshd.start();
    await connected();
    const again = await begin(big, to);
    const seen: number[] = [];
    await until(() => {
      const row = self.app.tasks.get(again);
      if (row?.bytes) seen.push(row.bytes.done);
      return row?.state !== 'running';
    });
    expect(await ended(again)).toMatchObject({ state: 'done', made: { verified: true } });
    expect(seen[0]).toBeGreaterThanOrEqual(before);
    expect(await sha256(join(theirs, 'big.iso'))).toBe(bigSum);
    expect(readdirSync(theirs)).toEqual(['big.iso']);
  });

  it('are refused when what was there before is not ours after all', async () => {
    const content = await readFile(big);
    const part = Buffer.from(content.subarray(0, 8 * mebibyte)).fill(0, 4 * mebibyte, 4 * mebibyte + 100);
    await writeFile(join(theirs, 'big.iso.part'), part);
    const to = { folder: theirs, name: 'big.iso' };
    expect(await ended(await begin(big, to))).toMatchObject({ state: 'failed', error: { code: 'protocol' } });
    expect(readdirSync(theirs)).toEqual([]);
    expect(await ended(await begin(big, to))).toMatchObject({ state: 'done' });
  });

  it('leave only their part when they are cancelled', async () => {
    const task = await begin(big, { folder: theirs, name: 'big.iso' });
    await until(() => sizeOf(join(theirs, 'big.iso.part')) > mebibyte);
    await self.client.tasks.cancel({ task });
    expect((await ended(task)).state).toBe('cancelled');
    expect(readdirSync(theirs)).toEqual(['big.iso.part']);
    // the connection and its session go on
    await machine().files.write(join(theirs, 'other'), 'fine');
  });

  it('find no room on a full disk: before they begin, and in the middle', async () => {
    const host = machine();
    await host.exec('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', theirs]);
    try {
      const row = await ended(await begin(big, { folder: theirs, name: 'big.iso' }));
      expect(row).toMatchObject({ state: 'failed', error: { code: 'no_space' } });
      expect(await host.files.list(theirs)).toEqual([]);
      const writer = await host.files.createWriteStream(join(theirs, 'much'));
      await expect(pipeline(Readable.from(pieces(16)), writer)).rejects.toMatchObject({
        code: 'no_space',
        message: expect.stringContaining('much') as string,
      });
    } finally {
      await host.exec('umount', [theirs]);
    }
  });

  it('are refused where the account may not write, and where the name is taken', async () => {
    await writeFile(join(theirs, 'here'), 'mine');
    const upload = (to: UploadTarget) => self.client.transfers.upload({ node, from: big, to });
    await expect(upload({ folder: theirs, name: 'here' })).rejects.toMatchObject({
      data: { code: 'exists' },
    });
    await expect(upload({ folder: join(theirs, 'none'), name: 'x' })).rejects.toMatchObject({
      data: { code: 'not_found' },
    });
    const plain = await add('ben');
    await expect(
      self.client.transfers.upload({ node: plain, from: big, to: { folder: '/etc', name: 'x' } }),
    ).rejects.toMatchObject({ data: { code: 'denied', hint: 'Choose another folder' } });
    await self.client.nodes.remove({ node: plain });
  });

  it('are written from a byte on, flushed, and renamed only to a free name', async () => {
    const { files } = machine();
    const path = join(theirs, 'grows');
    await expect(files.createWriteStream(path, { start: 0 })).rejects.toMatchObject({ code: 'not_found' });
    await files.write(path, 'first half');
    await expect(files.createWriteStream(path)).rejects.toMatchObject({ code: 'exists' });
    const writer = await files.createWriteStream(path, { start: 6, flush: true });
    writer.end('part and more');
    await once(writer, 'close');
    expect(await files.readText(path)).toBe('first part and more');
    const reader = await files.createReadStream(path, { start: 6 });
    expect(Buffer.concat((await reader.toArray()) as Buffer[]).toString()).toBe('part and more');
    await files.write(join(theirs, 'other'), 'other');
    await expect(files.rename(path, join(theirs, 'other'), { exclusive: true })).rejects.toMatchObject({
      code: 'exists',
    });
    await files.rename(path, join(theirs, 'free'), { exclusive: true });
    expect(readdirSync(theirs).sort()).toEqual(['free', 'other']);
  });

  it('end, and do not hang, when the connection ends while nobody writes or reads', async () => {
    const { files } = machine();
    await files.write(join(theirs, 'a'), Buffer.alloc(16 * mebibyte));
    const writer = await files.createWriteStream(join(theirs, 'b'));
    const reader = await files.createReadStream(join(theirs, 'a'));
    await new Promise<void>((resolve, reject) => {
      writer.write('begun', (error) => (error ? reject(error) : resolve()));
    });
    await sshd.kill();
    await until(() => self.app.inventory.node(node)?.state !== 'connected');
    const failed = once(writer, 'error');
    writer.end('more');
    expect(await failed).toMatchObject([{ code: 'lost' }]);
    await expect(reader.toArray()).rejects.toMatchObject({ code: 'lost' });
    await sshd.start();
    await connected();
  });
});

function* pieces(megabytes: number): Generator<Buffer> {
  for (let at = 0; at < megabytes; at += 1) yield randomBytes(mebibyte);
}
