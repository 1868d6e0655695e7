import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { type Ground, hostWith, kill, makeGround, processOf, small, whyNot } from './real.ts';

const missing = await whyNot();
if (missing !== undefined) console.log(`saved guests are left out: ${missing}`);

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

describe.skipIf(missing !== undefined)('a saved guest', () => {
  test('does not run when its restoring is cancelled', async () => {
    await connection.domains.start(uuid);
    const file = join(ground.folder, 'saved');
    await connection.domains.save(uuid, file);
    const abort = new AbortController();
    const restoring = connection.domains.restore(file, { signal: abort.signal });
    abort.abort();
    await expect(restoring).rejects.toMatchObject({ code: 'cancelled' });
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'shutoff' });
    expect(await connection.domains.restore(file)).toMatchObject({ state: 'running' });
  });

  test('that died while it was saved says so, and what was saved before is kept', async () => {
    const host: Host = { ...ground.another() };
    const { exec } = host;
    host.exec = async (program, args, options) => {
      const result = await exec(program, args, options);
      // the last thing before QEMU is asked to write
      if (program === 'ln') await kill(ground, await processOf(ground, uuid));
      return result;
    };
    const owner = await ground.open(host);
    await owner.domains.start(uuid);
    const file = join(ground.folder, 'saved');
    await writeFile(file, 'what was saved before');
    await expect(owner.domains.save(uuid, file)).rejects.toMatchObject({ code: 'guest_died' });
    expect(await readFile(file, 'utf8')).toBe('what was saved before');
    expect((await readdir(ground.folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('never goes on twice from one state: not when the app ends as it has just gone on', async () => {
    await connection.domains.start(uuid);
    await connection.domains.managedSave(uuid);
    await connection.close();
    // the way to the host ends with the first instruction
    const host = hostWith(ground, ({ remove }) => ({
      remove: (path) =>
        /saved(\.used)?$/.test(path)
          ? Promise.reject(new GuestroomError('lost', 'The connection was lost'))
          : remove(path),
    }));
    const dying = await ground.open(host);
    await dying.domains.start(uuid).catch((error: unknown) => expect(error).toMatchObject({ code: 'lost' }));
    await dying.close();
    const later = await ground.open(ground.another());
    if ((await later.domains.get(uuid)).state === 'running') await later.domains.destroy(uuid);
    expect(await later.domains.get(uuid)).toMatchObject({ state: 'shutoff', hasManagedSave: false });
  });

  test('never goes on twice from one state: not when its save was broken off before it ended', async () => {
    const host = hostWith(ground, ({ write }) => ({
      write: (path, content, ...rest) =>
        path.endsWith('.json') && content.toString().includes('"ending"')
          ? new Promise(() => undefined)
          : write(path, content, ...rest),
    }));
    const dying = await ground.open(host);
    await dying.domains.start(uuid);
    void dying.domains.managedSave(uuid);
    const own = join(ground.folder, 'data', 'qemu', 'guests', uuid);
    await expect.poll(() => readdir(own), { timeout: 20_000 }).toEqual(['saved']);
    const later = await ground.open(ground.another());
    await later.domains.resume(uuid);
    await later.domains.destroy(uuid);
    expect(await later.domains.get(uuid)).toMatchObject({ state: 'shutoff', hasManagedSave: false });
  });
});
