import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { fixtures, guestXml, Watcher, type Subject } from './fixtures.ts';

describe.each(fixtures)('$name', ({ type, open, keeps, tellsEveryChange }) => {
  let subject: Subject;
  let connection: Connection;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
  });
  afterAll(() => subject.end());

  test('a machine is started, paused, resumed, restarted and forced off', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    const running = await domains.get(uuid);
    expect(running).toMatchObject({ state: 'running', persistent: true });
    expect(running.id).toBeGreaterThan(0);
    if (keeps.startTime) expect(Math.abs(Date.now() - (running.since ?? 0))).toBeLessThan(60_000);
    await domains.suspend(uuid);
    expect(await domains.get(uuid)).toMatchObject({ state: 'paused', id: running.id });
    await domains.resume(uuid);
    expect(await domains.get(uuid)).toMatchObject({ state: 'running', id: running.id });
    await domains.reset(uuid);
    expect(await domains.get(uuid)).toMatchObject({ state: 'running', id: running.id });
    await domains.destroy(uuid);
    const off = await domains.get(uuid);
    expect(off).toMatchObject({ state: 'shutoff', stateReason: 'destroyed', id: null });
    expect(off.since).toBeUndefined();
    expect(off.problem).toBeUndefined();
  });

  test('started paused, a machine waits until it is resumed', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid, { paused: true });
    expect(await domains.get(uuid)).toMatchObject({ state: 'paused' });
    await domains.resume(uuid);
    expect(await domains.get(uuid)).toMatchObject({ state: 'running' });
    await domains.destroy(uuid);
  });

  test('a temporary machine is gone once it is off', async () => {
    const { domains } = connection;
    const { uuid, ...made } = await domains.create(guestXml(type));
    expect(made).toMatchObject({ state: 'running', persistent: false });
    await domains.destroy(uuid);
    await expect(domains.get(uuid)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a machine that runs cannot be created a second time', async () => {
    const { domains } = connection;
    const uuid = randomUUID();
    const xml = guestXml(type, { uuid });
    await domains.create(xml, { paused: true });
    await expect(domains.create(xml)).rejects.toMatchObject({
      code: expect.stringMatching(/^(wrong_state|exists)$/),
    });
    await domains.destroy(uuid);
  });

  test('a saved machine goes on at its next start, in the state it was in', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    for (const state of ['running', 'paused'] as const) {
      await domains.start(uuid, { paused: state === 'paused' });
      await domains.managedSave(uuid);
      expect(await domains.get(uuid)).toMatchObject({
        state: 'shutoff',
        stateReason: 'saved',
        hasManagedSave: true,
      });
      await domains.start(uuid);
      expect(await domains.get(uuid)).toMatchObject({ state, hasManagedSave: false });
      await domains.destroy(uuid);
    }
  });

  test('a saved state can be thrown away, by itself or by booting', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    await domains.managedSave(uuid);
    await domains.managedSaveRemove(uuid);
    expect(await domains.get(uuid)).toMatchObject({ state: 'shutoff', hasManagedSave: false });
    // saved while paused it would go on paused: running tells that it booted
    await domains.start(uuid, { paused: true });
    await domains.managedSave(uuid);
    await domains.start(uuid, { forceBoot: true });
    expect(await domains.get(uuid)).toMatchObject({ state: 'running', hasManagedSave: false });
    await domains.destroy(uuid);
    expect(await domains.get(uuid)).toMatchObject({ hasManagedSave: false });
  });

  test('a machine with a saved state can be undefined', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    await domains.managedSave(uuid);
    await domains.undefine(uuid);
    await expect(domains.get(uuid)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('a machine is saved to a file and restored from it', async () => {
    const { domains } = connection;
    const file = join(subject.folder, 'state.save');
    const { uuid, name } = await domains.create(guestXml(type));
    const progress: number[] = [];
    await domains.save(uuid, file, { onProgress: (done) => progress.push(done) });
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.every((done) => done >= 0 && done <= 1)).toBe(true);
    await expect(domains.get(uuid)).rejects.toMatchObject({ code: 'not_found' });
    expect(await domains.restore(file)).toMatchObject({ uuid, name, state: 'running', persistent: false });
    await expect(domains.restore(file)).rejects.toMatchObject({
      code: expect.stringMatching(/^(wrong_state|exists)$/),
    });
    await domains.destroy(uuid);
  });

  test('restoring from what is not there, or no saved state, is an error', async () => {
    await expect(connection.domains.restore(join(subject.folder, 'none.save'))).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('saving that was cancelled leaves the machine running and no saved state', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    await expect(domains.managedSave(uuid, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(await domains.get(uuid)).toMatchObject({ state: 'running', hasManagedSave: false });
    await domains.destroy(uuid);
  });

  test('autostart is kept', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.setAutostart(uuid, true);
    expect(await domains.get(uuid)).toMatchObject({ autostart: true });
    await domains.setAutostart(uuid, false);
    expect(await domains.get(uuid)).toMatchObject({ autostart: false });
  });

  test('every change is told once, in order, to every reader', async () => {
    const { domains } = connection;
    const readers = [new Watcher(connection), new Watcher(connection), new Watcher(await subject.again())];
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    await domains.suspend(uuid);
    await domains.resume(uuid);
    await domains.destroy(uuid);
    await domains.undefine(uuid);
    for (const reader of readers) {
      await reader.until((seen) => seen.some((one) => one.kind === 'domain-removed' && one.uuid === uuid));
      const states = reader.states(uuid);
      if (tellsEveryChange)
        expect(states).toEqual(['shutoff', 'running', 'paused', 'running', 'shutoff', 'removed']);
      else expect(states.at(-1)).toBe('removed');
      // nothing is told twice: neighbours differ
      const rows = reader.seen.flatMap((one) =>
        one.kind === 'domain' && one.domain.uuid === uuid ? [JSON.stringify(one.domain)] : [],
      );
      expect(rows.filter((row, index) => row === rows[index - 1])).toEqual([]);
      await reader.stop();
    }
    const [first, second] = readers;
    expect(second?.seen).toEqual(first?.seen);
  });

  test('the last row that was told is the one that get answers', async () => {
    const { domains } = connection;
    const reader = new Watcher(connection);
    const { uuid } = await domains.define(guestXml(type));
    await domains.setMetadata(uuid, { title: 'Watched' });
    await domains.setAutostart(uuid, true);
    await domains.start(uuid, { paused: true });
    const row = await domains.get(uuid);
    const last = () => {
      const rows = reader.seen.flatMap((one) =>
        one.kind === 'domain' && one.domain.uuid === uuid ? [one.domain] : [],
      );
      return JSON.stringify(rows.at(-1));
    };
    await reader.until(() => last() === JSON.stringify(row));
    expect(JSON.parse(last())).toEqual(row);
    expect(reader.seen).toContainEqual({ kind: 'document', uuid });
    await reader.stop();
    await domains.destroy(uuid);
  });

  test('a reader that stopped hears nothing more, the others go on', async () => {
    const [stopped, listening] = [new Watcher(connection), new Watcher(connection)];
    await stopped.stop();
    const { uuid } = await connection.domains.define(guestXml(type));
    await listening.until((seen) => seen.some((one) => one.kind === 'domain' && one.domain.uuid === uuid));
    expect(stopped.seen).toEqual([]);
    await listening.stop();
  });

  test('closing the connection ends its readers and lets machines go on', async () => {
    const { uuid } = await connection.domains.create(guestXml(type));
    const other = await subject.again();
    const reader = new Watcher(other);
    await other.close();
    await reader.ended;
    await other.close();
    await expect(other.domains.list()).rejects.toMatchObject({ name: 'GuestroomError' });
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'running' });
    await connection.domains.destroy(uuid);
  });
});
