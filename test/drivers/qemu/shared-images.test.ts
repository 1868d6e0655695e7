import { mkdir, readdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { type Ground, makeGround, small, whyNot } from './real.ts';

const missing = await whyNot();
if (missing !== undefined) console.log(`shared images are left out: ${missing}`);

let ground: Ground;
let connection: Connection;
let image: string;
beforeEach(async () => {
  if (missing !== undefined) return;
  ground = await makeGround();
  connection = await ground.open();
  image = await make('base.qcow2');
});
afterEach(async () => {
  if (missing === undefined) await ground.end();
});

const make = async (name: string, backing?: string): Promise<string> =>
  (
    await connection.volumes.create('default', {
      name,
      format: 'qcow2',
      capacity: 1 << 20,
      ...(backing === undefined ? {} : { backing: { path: backing, format: 'qcow2' } }),
    })
  ).path;
const define = async (name: string, type: 'file' | 'volume', source: string): Promise<string> => {
  const disk = `<disk type='${type}' device='disk'><driver name='qemu' type='qcow2'/><source ${source}/><target dev='vda' bus='virtio'/></disk>`;
  return (await connection.domains.define(small({ devices: disk }, name))).uuid;
};

describe.skipIf(missing !== undefined)('an image that', () => {
  const others: [string, () => Promise<string>][] = [
    [
      'another machine knows as a volume',
      () => define('other', 'volume', "pool='default' volume='base.qcow2'"),
    ],
    [
      'another machine’s disk lies on',
      async () => define('other', 'file', `file='${await make('over.qcow2', image)}'`),
    ],
    [
      'another machine reaches by a link',
      async () => {
        const link = join(ground.folder, 'links', 'disk');
        await mkdir(dirname(link));
        await symlink(image, link);
        return define('other', 'file', `file='${link}'`);
      },
    ],
  ];

  test.each(others)('%s is not deleted with the first', async (_title, other) => {
    const first = await define('first', 'file', `file='${image}'`);
    await other();
    await expect(connection.domains.undefine(first, { volumes: [image] })).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining("'other'") as string,
    });
    expect(await readdir(dirname(image))).toContain('base.qcow2');
    expect(await connection.domains.get(first)).toMatchObject({ persistent: true });
  });

  test.each(others)('%s is not deleted from the pool while that runs', async (_title, other) => {
    await connection.domains.start(await other());
    await expect(connection.volumes.delete(image)).rejects.toMatchObject({ code: 'busy' });
    expect(await readdir(dirname(image))).toContain('base.qcow2');
  });

  test('nobody else needs goes with its machine', async () => {
    const first = await define('first', 'volume', "pool='default' volume='base.qcow2'");
    await define('other', 'file', `file='${await make('alone.qcow2')}'`);
    await connection.domains.undefine(first, { volumes: [image] });
    expect(await readdir(dirname(image))).toEqual(['alone.qcow2']);
  });
});
