import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { type Ground, hostWith, kill, makeGround, processOf, small, until, whyNot } from './real.ts';

const missing = await whyNot();
if (missing !== undefined) console.log(`what runs leave behind is left out: ${missing}`);

let ground: Ground;
let connection: Connection;
let uuid: string;
beforeEach(async () => {
  if (missing !== undefined) return;
  ground = await makeGround();
  connection = await ground.open();
  ({ uuid } = await connection.domains.define(small()));
});
afterEach(async () => {
  if (missing === undefined) await ground.end();
});

const runtime = (...names: string[]): string => join(ground.folder, 'run', 'qemu', uuid, ...names);
const stored = (name: string): string => join(ground.folder, 'data', 'qemu', 'domains', name);
const variables = (): string => join(ground.folder, 'data', 'qemu', 'guests', uuid, 'nvram.fd');
/** Pids of every QEMU that works in these folders. */
async function processes(): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (words.includes('qemu-system') && words.includes(ground.folder)) found.push(Number(pid));
  }
  return found;
}

describe.skipIf(missing !== undefined)('two instances that start one guest at a time', () => {
  test('make one of it, and both know that it runs', async () => {
    const other = await ground.open(ground.another());
    const results = await Promise.allSettled([connection.domains.start(uuid), other.domains.start(uuid)]);
    const refusals = results.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refusals).toEqual([expect.objectContaining({ code: 'wrong_state' })]);
    expect(await processes()).toEqual([(await processOf(ground, uuid)).pid]);
    for (const one of [connection, other]) {
      expect(await one.domains.get(uuid)).toMatchObject({ state: 'running' });
    }
    await other.domains.suspend(uuid);
    await until(async () => (await connection.domains.get(uuid)).state === 'paused');
  });
});

describe.skipIf(missing !== undefined)('a start that was broken off', () => {
  test('leaves no QEMU that stands in the way of the next one', async () => {
    await connection.close();
    let reached: () => void = () => undefined;
    const there = new Promise<void>((resolve) => (reached = resolve));
    const host = hostWith(ground, ({ write }) => ({
      write: (path, ...rest) => {
        if (!path.endsWith('live.xml')) return write(path, ...rest);
        reached();
        return new Promise(() => undefined);
      },
    }));
    const dying = await ground.open(host);
    void dying.domains.start(uuid);
    await there;
    const [orphan] = await processes();
    const longAgo = new Date(Date.now() - 200_000);
    await utimes(runtime('claim'), longAgo, longAgo);

    const later = await ground.open(ground.another());
    await later.domains.start(uuid);
    const { pid } = await processOf(ground, uuid);
    expect(pid).not.toBe(orphan);
    await until(async () => (await processes()).join() === String(pid));
    expect(await later.domains.get(uuid)).toMatchObject({ state: 'running' });
  });

  test('with the claim still there, is noted once', async () => {
    await connection.domains.start(uuid);
    const qemu = await processOf(ground, uuid);
    await connection.close();
    await writeFile(runtime('claim'), '');
    await kill(ground, qemu);
    await ground.open(ground.another());
    const before = await stat(stored(`${uuid}.json`));
    // every file written there would bring the folder to be read again
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect((await stat(stored(`${uuid}.json`))).ino).toBe(before.ino);
  });
});

describe.skipIf(missing !== undefined)('what a guest keeps', () => {
  test('stays where its document cannot be read', async () => {
    await connection.domains.start(uuid);
    const qemu = await processOf(ground, uuid);
    await connection.close();
    await writeFile(variables(), 'precious');
    await writeFile(stored(`${uuid}.xml`), '');
    await kill(ground, qemu);
    await ground.open(ground.another());
    await until(async () => !(await readdir(join(ground.folder, 'run', 'qemu'))).includes(uuid));
    expect(await readFile(variables(), 'utf8')).toBe('precious');
  });

  test('stays where that was asked for while it ran, whoever ends it', async () => {
    const other = await ground.open(ground.another());
    await connection.domains.start(uuid);
    await writeFile(variables(), 'precious');
    await until(async () => (await other.domains.list()).some(({ state }) => state === 'running'));
    await connection.domains.undefine(uuid, { keepNvram: true });
    await until(async () => !(await other.domains.get(uuid)).persistent);
    await other.domains.destroy(uuid);
    await until(async () => (await connection.domains.list()).length === 0);
    expect(await readFile(variables(), 'utf8')).toBe('precious');
  });

  test('else goes with its document', async () => {
    await connection.domains.start(uuid);
    await writeFile(variables(), 'worthless');
    await connection.domains.undefine(uuid);
    await connection.domains.destroy(uuid);
    await expect(stat(variables())).rejects.toThrow('ENOENT');
  });
});

describe.skipIf(missing !== undefined)('one that is damaged', () => {
  test('hides no other', async () => {
    const { uuid: sound } = await connection.domains.define(small({}, 'sound'));
    await connection.domains.start(uuid);
    await connection.domains.start(sound);
    const qemu = await processOf(ground, uuid);
    await connection.close();
    await writeFile(runtime('live.xml'), '<domain');
    const later = await ground.open(ground.another());
    expect(await later.domains.get(sound)).toMatchObject({ state: 'running' });
    await kill(ground, qemu);
  });
});

describe.skipIf(missing !== undefined)('on a full disk', () => {
  test('a guest can be ended by force, and is off then', async () => {
    let full = false;
    const host = hostWith(ground, ({ write }) => ({
      write: (path, ...rest) =>
        full
          ? Promise.reject(new GuestroomError('no_space', 'No space left on device'))
          : write(path, ...rest),
    }));
    const owner = await ground.open(host);
    await owner.domains.start(uuid);
    const qemu = await processOf(ground, uuid);
    full = true;
    await owner.domains.destroy(uuid);
    expect(await host.alive(qemu)).toBe(false);
    expect(await owner.domains.get(uuid)).toMatchObject({ state: 'shutoff' });
  });
});
