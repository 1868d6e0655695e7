import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection, Pools, VolumeSink } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { Pool } from '../../drivers/api/model.ts';
import { storagePool } from '../../drivers/xml/storage/pool.ts';
import { storageVolume } from '../../drivers/xml/storage/volume.ts';
import { freshName, having, Watcher, type Subject } from './fixtures.ts';
import { sinkOf } from './sink.ts';

const mebibyte = 1024 * 1024;

describe.each(having('pools'))('$name', ({ open, tellsEveryChange }) => {
  let subject: Subject;
  let connection: Connection;
  let pools: Pools;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
    if (!connection.pools) throw new Error('the connection has no pools');
    ({ pools } = connection);
  });
  afterAll(() => subject.end());

  const xmlOf = (name: string): string =>
    storagePool.build({ type: 'dir', name, target: { path: `${subject.folder}/${name}` } });
  const row = async (name: string): Promise<Pool | undefined> =>
    (await pools.list()).find((pool) => pool.name === name);

  test('a pool is defined, built, started, stopped, deleted and forgotten', async () => {
    const name = freshName();
    const made = await pools.define(xmlOf(name));
    expect(made).toMatchObject({
      name,
      type: 'dir',
      path: `${subject.folder}/${name}`,
      active: false,
      state: 'inactive',
      persistent: true,
      autostart: false,
    });
    expect(v.parse(Pool, made)).toEqual(made);
    expect(await row(name)).toEqual(made);
    await pools.build(name);
    await pools.start(name);
    expect(await row(name)).toMatchObject({ active: true, state: 'running', uuid: made.uuid });
    await pools.refresh(name);
    await pools.setAutostart(name, true);
    expect(await row(name)).toMatchObject({ autostart: true });
    await pools.destroy(name);
    expect(await row(name)).toMatchObject({ active: false });
    await pools.delete(name);
    await pools.undefine(name);
    expect(await row(name)).toBeUndefined();
  });

  test('lists of pools agree, and the document says what the row says', async () => {
    expect(await pools.list()).toEqual(await connection.volumes.pools());
    for (const { name, uuid, type, capacity, available } of await pools.list()) {
      const document = storagePool.read(await pools.xml(name));
      expect(document).toMatchObject({ name, uuid, type, capacity, available });
      expect(document.allocation).toBe(capacity - available);
    }
  });

  test('what a pool’s state does not allow is refused, and what is not there not found', async () => {
    const name = freshName();
    await pools.define(xmlOf(name));
    for (const wrong of [
      () => pools.destroy(name),
      () => pools.refresh(name),
      () => connection.volumes.list(name),
    ])
      await expect(wrong()).rejects.toMatchObject({ code: 'wrong_state' });
    await pools.start(name, { build: true });
    for (const wrong of [
      () => pools.start(name),
      () => pools.build(name),
      () => pools.delete(name),
      () => pools.undefine(name),
    ])
      await expect(wrong()).rejects.toMatchObject({ code: 'wrong_state' });
    for (const missing of [
      () => pools.xml('none'),
      () => pools.start('none'),
      () => pools.undefine('none'),
      () => pools.volumeXml(`${subject.folder}/none.img`),
      () => pools.resizeVolume(`${subject.folder}/none.img`, mebibyte),
    ])
      await expect(missing()).rejects.toMatchObject({ code: 'not_found' });
    await pools.destroy(name);
    await pools.undefine(name);
  });

  test('a temporary pool is gone once it is stopped', async () => {
    const name = freshName();
    expect(await pools.create(xmlOf(name), { build: true })).toMatchObject({
      active: true,
      persistent: false,
    });
    await pools.destroy(name);
    expect(await row(name)).toBeUndefined();
  });

  test('names, UUIDs and folders of other pools are refused, and what is no document', async () => {
    const name = freshName();
    const { uuid = '' } = await pools.define(xmlOf(name));
    await expect(pools.define(xmlOf(name))).rejects.toMatchObject({ code: 'exists' });
    await expect(
      pools.define(
        storagePool.build({ type: 'dir', name: freshName(), uuid, target: { path: '/elsewhere' } }),
      ),
    ).rejects.toMatchObject({ code: 'exists' });
    await expect(
      pools.define(
        storagePool.build({ type: 'dir', name: freshName(), target: { path: `${subject.folder}/${name}` } }),
      ),
    ).rejects.toMatchObject({ code: 'exists' });
    for (const wrong of [
      '',
      '<pool',
      '<network/>',
      "<pool type='dir'><name>x</name></pool>",
      "<pool type='dir'/>",
    ])
      await expect(pools.define(wrong), wrong).rejects.toMatchObject({ code: 'xml_invalid' });
    await pools.undefine(name);
  });

  test('a volume has a document, grows, shrinks when asked for, and is wiped', async () => {
    const name = freshName();
    await pools.create(xmlOf(name), { build: true });
    const { path } = await connection.volumes.create(name, {
      name: 'a.img',
      format: 'raw',
      capacity: mebibyte,
    });
    expect(storageVolume.read(await pools.volumeXml(path))).toMatchObject({
      name: 'a.img',
      capacity: mebibyte,
      target: { path, format: 'raw' },
    });
    await pools.resizeVolume(path, 2 * mebibyte);
    expect(await connection.volumes.lookup(path)).toMatchObject({ capacity: 2 * mebibyte });
    await expect(pools.resizeVolume(path, mebibyte)).rejects.toMatchObject({ code: 'invalid_argument' });
    await pools.resizeVolume(path, mebibyte, { shrink: true });
    await pools.uploadVolume(path, pieces([{ data: Buffer.from('secret') }]));
    await pools.wipeVolume(path);
    expect(Buffer.from(await connection.volumes.read(path, 0, 6)).equals(Buffer.alloc(6))).toBe(true);
    expect(await connection.volumes.lookup(path)).toMatchObject({ capacity: mebibyte });
    await connection.volumes.delete(path);
    await pools.destroy(name);
  });

  async function* pieces<T>(parts: readonly T[]): AsyncGenerator<T> {
    for (const part of parts) {
      await Promise.resolve();
      yield part;
    }
  }

  test('what is uploaded into a volume comes down again, holes as holes', async () => {
    const name = freshName();
    await pools.create(xmlOf(name), { build: true });
    const { path } = await connection.volumes.create(name, {
      name: 'a.img',
      format: 'raw',
      capacity: 8 * mebibyte,
    });
    const beginning = Buffer.from(Array.from({ length: 70_000 }, (_, index) => index % 253));
    const end = Buffer.alloc(65_536, 9);
    const hole = 8 * mebibyte - beginning.length - end.length;
    await pools.uploadVolume(path, pieces([{ data: beginning }, { hole }, { data: end }]));
    const expected = Buffer.concat([beginning, Buffer.alloc(hole), end]);

    const received: Buffer[] = [];
    await pools.downloadVolume(
      path,
      sinkOf((bytes) => received.push(bytes)),
    );
    expect(Buffer.concat(received).equals(expected)).toBe(true);

    // into something that can have holes
    const copy = Buffer.alloc(8 * mebibyte, 0xff);
    let at = 0;
    let holes = 0;
    const sparse = sinkOf(
      (bytes) => {
        bytes.copy(copy, at);
        at += bytes.length;
      },
      async (bytes) => {
        await new Promise((resolve) => setImmediate(resolve));
        copy.fill(0, at, at + bytes);
        at += bytes;
        holes += bytes;
      },
    );
    await pools.downloadVolume(path, sparse);
    expect(copy.equals(expected)).toBe(true);
    expect(holes).toBeGreaterThan(7 * mebibyte);

    // a part of it
    const middle: Buffer[] = [];
    const part = sinkOf((bytes) => middle.push(bytes));
    await pools.downloadVolume(path, part, { offset: 69_990, length: 20 });
    expect(Buffer.concat(middle).equals(expected.subarray(69_990, 70_010))).toBe(true);
    await pools.destroy(name);
  });

  test('a sink that takes its time gets all in order, and the driver waits', async () => {
    const name = freshName();
    await pools.create(xmlOf(name), { build: true });
    const size = 4 * mebibyte;
    const { path } = await connection.volumes.create(name, { name: 'a.img', format: 'raw', capacity: size });
    const content = randomBytes(size);
    await pools.uploadVolume(path, pieces([{ data: content }]));
    const received: Buffer[] = [];
    let taking = 0;
    let mostAtOnce = 0;
    await pools.downloadVolume(path, {
      write: async (bytes) => {
        taking += 1;
        mostAtOnce = Math.max(mostAtOnce, taking);
        await new Promise((resolve) => setImmediate(resolve));
        // lent until now
        received.push(Buffer.from(bytes));
        taking -= 1;
      },
      end: () => Promise.resolve(),
    });
    expect(mostAtOnce).toBe(1);
    expect(Buffer.concat(received).equals(content)).toBe(true);
    const full = new GuestroomError('no_space', 'No room is left');
    await expect(
      pools.downloadVolume(path, { write: () => Promise.reject(full), end: () => Promise.resolve() }),
    ).rejects.toMatchObject({ code: 'no_space' });
    await expect(
      pools.downloadVolume(
        path,
        sinkOf(() => {
          throw full;
        }),
      ),
    ).rejects.toMatchObject({ code: 'no_space' });
    await pools.destroy(name);
  });

  test('a download that is cancelled stops, and a part outside the volume is refused', async () => {
    const name = freshName();
    await pools.create(xmlOf(name), { build: true });
    const { path } = await connection.volumes.create(name, {
      name: 'a.img',
      format: 'raw',
      capacity: mebibyte,
    });
    const unread: VolumeSink = { write: () => new Promise(() => undefined), end: () => Promise.resolve() };
    const stop = new AbortController();
    const cancelled = pools.downloadVolume(path, unread, {}, { signal: stop.signal });
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    await expect(
      pools.downloadVolume(
        path,
        sinkOf(() => undefined),
        { offset: mebibyte, length: 1 },
      ),
    ).rejects.toMatchObject({ code: 'invalid_argument' });
    await pools.destroy(name);
  });

  test('every reader is told of pools and their volumes', async () => {
    const name = freshName();
    const readers = [new Watcher(connection), new Watcher(await subject.again())];
    await pools.define(xmlOf(name));
    await pools.start(name, { build: true });
    await connection.volumes.create(name, { name: 'a.img', format: 'raw', capacity: mebibyte });
    await pools.destroy(name);
    await pools.undefine(name);
    for (const [index, reader] of readers.entries()) {
      await reader.until((seen) => seen.some((one) => one.kind === 'pool-removed' && one.name === name));
      const rows = reader.seen.flatMap((one) =>
        one.kind === 'pool' && one.pool.name === name ? [one.pool] : [],
      );
      const active = rows.map((row) => row.active).filter((one, at, all) => one !== all[at - 1]);
      if (tellsEveryChange) expect(active).toEqual([false, true, false]);
      else expect(active.length).toBeGreaterThan(0);
      if (index === 0 || tellsEveryChange)
        expect(reader.seen).toContainEqual({ kind: 'volumes', pool: name });
      await reader.stop();
    }
  });
});
