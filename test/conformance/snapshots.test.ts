import { Readable } from 'node:stream';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection, Snapshots } from '../../drivers/api/driver.ts';
import { Snapshot } from '../../drivers/api/model.ts';
import { domainSnapshot } from '../../drivers/xml/snapshot/snapshot.ts';
import { freshName, guestXml, having, Watcher, type Subject } from './fixtures.ts';

describe.each(having('snapshots'))('$name', ({ type, open }) => {
  let subject: Subject;
  let connection: Connection;
  let snapshots: Snapshots;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
    if (!connection.snapshots) throw new Error('the connection has no snapshots');
    ({ snapshots } = connection);
  });
  afterAll(() => subject.end());

  /** Names with their parents; the current one has a star. */
  const tree = async (uuid: string): Promise<string[]> =>
    (await snapshots.list(uuid))
      .map(
        (one) => `${one.parent === undefined ? '' : `${one.parent} > `}${one.name}${one.current ? '*' : ''}`,
      )
      .sort();

  test('a point is kept, told by its row and document, and gone back to', async () => {
    const { domains } = connection;
    const { uuid, name } = await domains.define(guestXml(type, { devices: subject.devices }));
    const made = await snapshots.create(uuid, { name: 'first', description: 'As it was <b>' });
    expect(made).toMatchObject({
      name: 'first',
      description: 'As it was <b>',
      state: 'shutoff',
      current: true,
      kind: 'internal',
      memory: false,
    });
    expect(v.parse(Snapshot, made)).toEqual(made);
    expect(Math.abs(Date.now() - made.created)).toBeLessThan(60_000);
    expect(await snapshots.list(uuid)).toEqual([made]);
    const document = domainSnapshot.read(await snapshots.xml(uuid, 'first'));
    expect(document).toMatchObject({
      name: 'first',
      state: 'shutoff',
      memory: { snapshot: 'no' },
      domainUuid: uuid,
    });
    expect(document.domain).toMatchObject({ name, uuid, memory: 32 * 1024 * 1024 });
    await domains.setMaxMemory(uuid, 64 * 1024 * 1024);
    await domains.setMetadata(uuid, { title: 'Changed' });
    await snapshots.revert(uuid, 'first');
    const back = await domains.get(uuid);
    expect(back).toMatchObject({ state: 'shutoff', memory: 32 * 1024 * 1024 });
    expect(back.title).toBeUndefined();
  });

  test.each(['running', 'paused'] as const)('a guest that is %s goes on from there', async (state) => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type, { devices: subject.devices }));
    await domains.start(uuid, { paused: state === 'paused' });
    expect(await snapshots.create(uuid, { name: 'here' })).toMatchObject({ state, memory: true });
    await domains.destroy(uuid);
    await snapshots.revert(uuid, 'here');
    expect(await domains.get(uuid)).toMatchObject({ state, stateReason: 'from snapshot' });
    const other = state === 'paused' ? 'running' : 'paused';
    await snapshots.revert(uuid, 'here', { state: other });
    expect(await domains.get(uuid)).toMatchObject({ state: other });
    await domains.destroy(uuid);
  });

  test('snapshots are a tree, and what is deleted leaves its children', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    for (const name of ['a', 'b', 'c']) await snapshots.create(uuid, { name });
    await snapshots.revert(uuid, 'a');
    await snapshots.create(uuid, { name: 'd' });
    expect(await tree(uuid)).toEqual(['a', 'a > b', 'a > d*', 'b > c']);
    await snapshots.delete(uuid, 'b');
    expect(await tree(uuid)).toEqual(['a', 'a > c', 'a > d*']);
    await snapshots.delete(uuid, 'd');
    expect(await tree(uuid)).toEqual(['a > c', 'a*']);
    await snapshots.create(uuid, { name: 'e' });
    await snapshots.delete(uuid, 'a', { children: true });
    expect(await tree(uuid)).toEqual([]);
  });

  test('a name that is taken or missing is refused', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    const { name } = await snapshots.create(uuid, {});
    expect(name).not.toBe('');
    await expect(snapshots.create(uuid, { name })).rejects.toMatchObject({ code: 'exists' });
    await expect(snapshots.create(uuid, { xml: '<snapshot/>' })).rejects.toMatchObject({
      code: 'xml_invalid',
    });
    for (const missing of [
      () => snapshots.xml(uuid, 'none'),
      () => snapshots.revert(uuid, 'none'),
      () => snapshots.delete(uuid, 'none'),
    ])
      await expect(missing()).rejects.toMatchObject({ code: 'not_found' });
    expect(await snapshots.list(uuid)).toHaveLength(1);
  });

  test('a document says what to call it', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    const name = freshName();
    const xml = domainSnapshot.build({ name, description: 'by hand' });
    expect(await snapshots.create(uuid, { xml })).toMatchObject({ name, description: 'by hand' });
  });

  test('bytes of the disk go back, too', async () => {
    const { domains, volumes } = connection;
    const [pool] = await volumes.pools();
    const { path } = await volumes.upload(
      pool?.name ?? '',
      `${freshName()}.img`,
      Readable.from([Buffer.from('before')]),
    );
    const devices = `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='vda' bus='virtio'/></disk>`;
    const { uuid } = await domains.define(guestXml(type, { devices }));
    await snapshots.create(uuid, { name: 'before' });
    if (!connection.pools) throw new Error('the connection has no pools');
    await connection.pools.uploadVolume(path, Readable.from([{ data: Buffer.from('after!') }]));
    expect(Buffer.from(await volumes.read(path, 0, 6)).toString()).toBe('after!');
    await snapshots.revert(uuid, 'before');
    expect(Buffer.from(await volumes.read(path, 0, 6)).toString()).toBe('before');
  });

  test('every reader is told', async () => {
    const { uuid } = await connection.domains.define(guestXml(type));
    const readers = [new Watcher(connection), new Watcher(await subject.again())];
    await snapshots.create(uuid, { name: 'a' });
    await snapshots.create(uuid, { name: 'b' });
    await snapshots.revert(uuid, 'a');
    await snapshots.delete(uuid, 'b');
    for (const reader of readers) {
      const told = () => reader.seen.filter((one) => one.kind === 'snapshots' && one.uuid === uuid);
      await reader.until(() => told().length >= 4);
      await reader.stop();
    }
  });

  test('a machine that is undefined takes its snapshots with it', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await snapshots.create(uuid, { name: 'a' });
    await domains.undefine(uuid);
    await expect(snapshots.list(uuid)).rejects.toMatchObject({ code: 'not_found' });
  });
});
