import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { fixtures, freshName, guestXml, type Subject } from './fixtures.ts';

const mebibyte = 1024 * 1024;

describe.each(fixtures)('$name', ({ type, open }) => {
  let subject: Subject;
  let connection: Connection;
  let pool: string;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
    pool = (await connection.volumes.pools())[0]?.name ?? '';
  });
  afterAll(() => subject.end());

  const names = async () => (await connection.volumes.list(pool)).map((volume) => volume.name);

  test('there is a pool to begin with, with its room', async () => {
    const [first] = await connection.volumes.pools();
    expect(first).toMatchObject({ active: true });
    expect(first?.capacity).toBeGreaterThan(0);
    expect(first?.available).toBeLessThanOrEqual(first?.capacity ?? 0);
  });

  test.each(['raw', 'qcow2'] as const)(
    'an empty %s disk is made, listed, found by its path and deleted',
    async (format) => {
      const name = `${freshName()}.${format}`;
      const made = await connection.volumes.create(pool, { name, format, capacity: 10 * mebibyte });
      expect(made).toMatchObject({ name, pool, format, capacity: 10 * mebibyte });
      expect(made.allocation).toBeLessThan(10 * mebibyte);
      expect((await connection.volumes.list(pool)).find((volume) => volume.name === name)).toMatchObject({
        path: made.path,
        capacity: 10 * mebibyte,
      });
      expect(await connection.volumes.lookup(made.path)).toMatchObject({ format, capacity: 10 * mebibyte });
      await connection.volumes.delete(made.path);
      expect(await names()).not.toContain(name);
      await expect(connection.volumes.lookup(made.path)).rejects.toMatchObject({ code: 'not_found' });
      await expect(connection.volumes.delete(made.path)).rejects.toMatchObject({ code: 'not_found' });
    },
  );

  test('a name that is taken, or is no file name, is refused', async () => {
    const name = `${freshName()}.img`;
    const volume = { name, format: 'raw', capacity: mebibyte } as const;
    const { path } = await connection.volumes.create(pool, volume);
    await expect(connection.volumes.create(pool, volume)).rejects.toMatchObject({ code: 'exists' });
    await expect(connection.volumes.clone(path, pool, volume)).rejects.toMatchObject({ code: 'exists' });
    await expect(connection.volumes.upload(pool, name, Readable.from(['x']))).rejects.toMatchObject({
      code: 'exists',
    });
    for (const wrong of ['../outside.img', 'a/b.img', '', '..'])
      await expect(connection.volumes.create(pool, { ...volume, name: wrong }), wrong).rejects.toMatchObject({
        code: 'invalid_argument',
      });
  });

  test('what is not there is not found', async () => {
    const volume = { name: `${freshName()}.img`, format: 'raw', capacity: mebibyte } as const;
    await expect(connection.volumes.list('no-such-pool')).rejects.toMatchObject({ code: 'not_found' });
    await expect(connection.volumes.create('no-such-pool', volume)).rejects.toMatchObject({
      code: 'not_found',
    });
    const missing = `${subject.folder}/none.img`;
    await expect(connection.volumes.lookup(missing)).rejects.toMatchObject({ code: 'not_found' });
    await expect(connection.volumes.clone(missing, pool, volume)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(connection.volumes.read(missing, 0, 1)).rejects.toMatchObject({ code: 'not_found' });
    await expect(connection.volumes.browse(missing)).rejects.toMatchObject({ code: 'not_found' });
    expect(await names()).not.toContain(volume.name);
  });

  test('what is uploaded is read back byte for byte, at any offset', async () => {
    const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));
    const name = `${freshName()}.img`;
    const parts = [content.subarray(0, 1), content.subarray(1, 3000), content.subarray(3000)];
    const { path } = await connection.volumes.upload(pool, name, Readable.from(parts));
    expect(Buffer.from(await connection.volumes.read(path, 0, 5000)).equals(content)).toBe(true);
    expect([...(await connection.volumes.read(path, 2999, 3))]).toEqual([...content.subarray(2999, 3002)]);
    expect((await connection.volumes.read(path, 100_000, 10)).length).toBe(0);
    expect(await names()).toContain(name);
  });

  test('an upload that breaks off or is cancelled leaves nothing', async () => {
    const broken = `${freshName()}.img`;
    const failing = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000);
        throw new Error('the sender went away');
      })(),
    );
    await expect(connection.volumes.upload(pool, broken, failing)).rejects.toMatchObject({
      name: 'GuestroomError',
    });
    const cancelled = `${freshName()}.img`;
    const abort = new AbortController();
    const endless = Readable.from(
      (async function* () {
        for (;;) {
          yield Buffer.alloc(65_536);
          abort.abort();
          await new Promise((resolve) => setImmediate(resolve));
        }
      })(),
    );
    await expect(
      connection.volumes.upload(pool, cancelled, endless, { signal: abort.signal }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await names()).not.toContain(broken);
    expect(await names()).not.toContain(cancelled);
    // the names are free again
    await connection.volumes.upload(pool, broken, Readable.from([Buffer.from('x')]));
  });

  test('a copy has the wanted format and size, its source stays as it was', async () => {
    const source = await connection.volumes.create(pool, {
      name: `${freshName()}.img`,
      format: 'raw',
      capacity: 4 * mebibyte,
    });
    const progress: number[] = [];
    const copy = await connection.volumes.clone(
      source.path,
      pool,
      { name: `${freshName()}.qcow2`, format: 'qcow2', capacity: 8 * mebibyte },
      { onProgress: (done) => progress.push(done) },
    );
    expect(copy).toMatchObject({ format: 'qcow2', capacity: 8 * mebibyte });
    expect(progress.every((done) => done >= 0 && done <= 1)).toBe(true);
    expect(await connection.volumes.lookup(source.path)).toMatchObject({
      capacity: 4 * mebibyte,
      format: 'raw',
    });
    const smaller = { name: `${freshName()}.img`, format: 'raw', capacity: mebibyte } as const;
    await expect(connection.volumes.clone(source.path, pool, smaller)).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    const never = { name: `${freshName()}.img`, format: 'raw' } as const;
    await expect(
      connection.volumes.clone(source.path, pool, never, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(await names()).not.toContain(smaller.name);
    expect(await names()).not.toContain(never.name);
  });

  test('a disk over another names it', async () => {
    const base = await connection.volumes.create(pool, {
      name: `${freshName()}.qcow2`,
      format: 'qcow2',
      capacity: 4 * mebibyte,
    });
    const over = await connection.volumes.create(pool, {
      name: `${freshName()}.qcow2`,
      format: 'qcow2',
      capacity: 4 * mebibyte,
      backing: { path: base.path, format: 'qcow2' },
    });
    expect(over.backing).toBe(base.path);
  });

  test('folders lead down and up again', async () => {
    const start = await connection.volumes.browse(null);
    const folder = start.entries.find((entry) => entry.kind === 'folder');
    if (folder) expect((await connection.volumes.browse(folder.path)).parent).toBe(start.path);
    let at = start;
    while (at.parent !== null) at = await connection.volumes.browse(at.parent);
    expect(at.path).toBe('/');
  });

  test('disks are deleted with their machine when it is asked for, and only its own', async () => {
    const volume = (name: string) =>
      connection.volumes.create(pool, { name, format: 'raw', capacity: mebibyte });
    const [own, kept, foreign] = await Promise.all([
      volume(`${freshName()}.img`),
      volume(`${freshName()}.img`),
      volume(`${freshName()}.img`),
    ]);
    const disk = (path: string, target: string) =>
      `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='${target}' bus='ide'/></disk>`;
    const devices = disk(own.path, 'hda') + disk(kept.path, 'hdb');
    const { uuid } = await connection.domains.define(guestXml(type, { devices }));
    await expect(
      connection.domains.undefine(uuid, { volumes: [own.path, foreign.path] }),
    ).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(await connection.domains.get(uuid)).toMatchObject({ uuid });
    await connection.domains.undefine(uuid, { volumes: [own.path] });
    const left = await names();
    expect(left).not.toContain(own.name);
    expect(left).toEqual(expect.arrayContaining([kept.name, foreign.name]));
  });
});
