import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { type Ground, makeGround, small, whyNot } from './real.ts';

const run = promisify(execFile);
const missing = await whyNot();
if (missing !== undefined) console.log(`saving on a full disk is left out: ${missing}`);

let ground: Ground;
let connection: Connection;
beforeEach(async () => {
  if (missing !== undefined) return;
  ground = await makeGround();
  // somebody else fills the disk after it was looked at
  connection = await ground.open({ ...ground.another(), usage: () => Promise.resolve(new Map()) });
});
afterEach(async () => {
  if (missing === undefined) await ground.end();
});

describe.skipIf(missing !== undefined)('a disk that is full', () => {
  test('with the last bytes of a state: it is not saved, and the guest goes on', async (context) => {
    const place = join(ground.folder, 'small');
    await mkdir(place);
    const { uuid } = await connection.domains.define(small());
    await connection.domains.start(uuid, { paused: true });
    const whole = join(ground.folder, 'whole');
    await connection.domains.save(uuid, whole);
    const { size } = await stat(whole);
    await connection.domains.restore(whole);
    const room = Math.floor(size / 4096) * 4096 - 4096;
    const mounted = await run('mount', ['-t', 'tmpfs', '-o', `size=${String(room)}`, 'tmpfs', place]).then(
      () => true,
      () => false,
    );
    if (!mounted) context.skip('needs the right to mount a small file system');
    try {
      await expect(connection.domains.save(uuid, join(place, 'state'))).rejects.toMatchObject({
        code: 'no_space',
      });
      expect(await readdir(place)).toEqual([]);
      expect(await connection.domains.get(uuid)).toMatchObject({ state: 'paused' });
    } finally {
      await run('umount', [place]);
    }
  });
});
