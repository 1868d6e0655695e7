import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import type { StatsSnapshot } from '../../drivers/api/model.ts';
import { fixtures, freshName, guestXml, Watcher, type Subject } from './fixtures.ts';

const mebibyte = 1024 * 1024;

/** The first bytes of a stream that came. */
const firstBytes = (stream: Duplex, length: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const deadline = setTimeout(() => reject(new Error('no bytes in time')), 10_000);
    stream.on('data', (part: Buffer) => {
      seen = Buffer.concat([seen, part]);
      if (seen.length < length) return;
      clearTimeout(deadline);
      resolve(seen.subarray(0, length));
    });
    stream.on('error', reject);
  });

const ended = (stream: Duplex): Promise<void> =>
  new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('the stream did not end in time')), 10_000);
    stream.once('close', () => {
      clearTimeout(deadline);
      resolve();
    });
    stream.resume();
  });

describe.each(fixtures)('$name', ({ type, open }) => {
  let subject: Subject;
  let connection: Connection;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
  });
  afterAll(() => subject.end());

  test('a medium is put into the drive and taken out, on and off', async () => {
    const { domains, volumes } = connection;
    const pool = (await volumes.pools())[0]?.name ?? '';
    const medium = { name: `${freshName()}.iso`, format: 'raw', capacity: mebibyte } as const;
    const { path } = await volumes.create(pool, medium);
    const { uuid } = await domains.define(guestXml(type));
    const holds = async (inactive: boolean) => (await domains.xml(uuid, { inactive })).includes(path);
    await domains.changeMedia(uuid, 'hdc', path);
    expect(await holds(true)).toBe(true);
    await domains.changeMedia(uuid, 'hdc', null);
    expect(await holds(true)).toBe(false);
    await domains.start(uuid, { paused: true });
    await domains.changeMedia(uuid, 'hdc', path, { force: true });
    expect(await holds(false)).toBe(true);
    await domains.changeMedia(uuid, 'hdc', null, { force: true });
    expect(await holds(false)).toBe(false);
    await expect(domains.changeMedia(uuid, 'sdz', path)).rejects.toMatchObject({ code: 'not_found' });
    await expect(domains.changeMedia(uuid, 'hdc', `${path}.gone`)).rejects.toMatchObject({
      code: 'not_found',
    });
    await domains.destroy(uuid);
  });

  test('memory and CPUs of the next start are changed, and too much is refused', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.setMaxMemory(uuid, 64 * mebibyte);
    await domains.setMemory(uuid, 40 * mebibyte, 'config');
    await domains.setVcpus(uuid, 2, 'config');
    expect(await domains.get(uuid)).toMatchObject({ memory: 64 * mebibyte, vcpus: 2 });
    const reader = new Watcher(connection);
    await expect(domains.setMemory(uuid, 65 * mebibyte, 'config')).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    await expect(domains.setVcpus(uuid, 0, 'config')).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(domains.setMemory(uuid, 40 * mebibyte, 'live')).rejects.toMatchObject({
      code: 'wrong_state',
    });
    expect(reader.seen).toEqual([]);
    await reader.stop();
    await domains.start(uuid, { paused: true });
    const { domains: rows } = await connection.stats();
    expect(rows.find((row) => row.uuid === uuid)).toMatchObject({ vcpus: 2, memoryMax: 64 * mebibyte });
    await domains.destroy(uuid);
  });

  test('a screen speaks RFB, and its picture can be kept as PNG', async () => {
    const { domains } = connection;
    const { uuid } = await domains.create(guestXml(type));
    const { stream } = await domains.openGraphics(uuid);
    expect((await firstBytes(stream, 12)).toString('latin1')).toBe('RFB 003.008\n');
    stream.destroy();
    const picture = Buffer.from(await domains.screenshot(uuid));
    expect(picture.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
    expect(picture.readUInt32BE(16)).toBeGreaterThan(100);
    await expect(domains.openGraphics(uuid, 7)).rejects.toMatchObject({ code: 'not_found' });
    await domains.destroy(uuid);
  });

  test('consoles and screens end with their machine', async () => {
    const { domains } = connection;
    const { uuid } = await domains.create(guestXml(type));
    const console = await domains.openConsole(uuid);
    const { stream } = await domains.openGraphics(uuid);
    const both = Promise.all([ended(console), ended(stream)]);
    await domains.destroy(uuid);
    await both;
    await expect(domains.openConsole(uuid)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a console that is not there is not found', async () => {
    const { uuid } = await connection.domains.create(guestXml(type));
    await expect(connection.domains.openConsole(uuid, 'no-such-alias')).rejects.toMatchObject({
      code: 'not_found',
    });
    await connection.domains.destroy(uuid);
  });

  test('statistics tell every running machine, and counters only grow', async () => {
    const { domains } = connection;
    const { uuid } = await domains.create(guestXml(type));
    const off = await domains.define(guestXml(type));
    const samples: StatsSnapshot[] = [];
    for (let index = 0; index < 5; index += 1) samples.push(await connection.stats());
    const own = samples.map((sample) => sample.domains.find((row) => row.uuid === uuid));
    for (const [index, row] of own.entries()) {
      expect(row).toMatchObject({ vcpus: 1, memoryMax: 32 * mebibyte });
      const before = own[index - 1];
      if (!row || !before) continue;
      for (const counter of [
        'cpuSeconds',
        'readBytes',
        'writeBytes',
        'receiveBytes',
        'transmitBytes',
      ] as const)
        expect(row[counter] ?? 0, counter).toBeGreaterThanOrEqual(before[counter] ?? 0);
      expect(samples[index]?.time ?? 0).toBeGreaterThanOrEqual(samples[index - 1]?.time ?? 0);
    }
    expect(samples[0]?.domains.some((row) => row.uuid === off.uuid)).toBe(false);
    const { node } = samples[4] ?? {};
    expect(node?.memoryAvailable).toBeLessThanOrEqual(node?.memoryTotal ?? 0);
    expect(node?.cpuBusySeconds).toBeLessThanOrEqual(node?.cpuTotalSeconds ?? Infinity);
    await domains.destroy(uuid);
    expect((await connection.stats()).domains.some((row) => row.uuid === uuid)).toBe(false);
  });

  test('the host tells what it is, and its capabilities are a document', async () => {
    const node = await connection.node();
    expect(node.hostname).not.toBe('');
    expect(node.cpus).toBeGreaterThan(0);
    expect(node.memory).toBeGreaterThan(0);
    expect(await connection.capabilities()).toMatch(/^<capabilities>[^]*<\/capabilities>\s*$/);
  });
});
