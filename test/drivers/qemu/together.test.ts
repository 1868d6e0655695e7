import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { type Ground, hostWith, makeGround, small, whyNot } from './real.ts';

const missing = await whyNot();
if (missing !== undefined) console.log(`what several do at a time is left out: ${missing}`);

let ground: Ground;
let connection: Connection;
beforeEach(async () => {
  if (missing !== undefined) return;
  ground = await makeGround();
  connection = await ground.open();
});
afterEach(async () => {
  if (missing === undefined) await ground.end();
});

const larger = async (uuid: string): Promise<void> => {
  const xml = await connection.domains.xml(uuid, { inactive: true });
  await connection.domains.define(xml.replace('32</memory>', '64</memory>'));
};

describe.skipIf(missing !== undefined)('an instance that was not told yet what another stored', () => {
  let other: Connection;
  let uuid: string;
  beforeEach(async () => {
    ({ uuid } = await connection.domains.define(small()));
    // SSH tells times in whole seconds: two changes of one look like one
    const coarse = hostWith(ground, ({ stat }) => ({
      watch: () => Promise.resolve(() => undefined),
      stat: async (path) => {
        const found = await stat(path);
        return found && { ...found, modified: 0 };
      },
    }));
    other = await ground.open(coarse);
    await larger(uuid);
  });

  test('changes what is stored, and undoes nothing', async () => {
    await other.domains.setMetadata(uuid, { title: 'mine' });
    expect(await connection.domains.xml(uuid)).toMatch(/64<\/memory>/);
    expect(await other.domains.xml(uuid)).toMatch(/mine[\s\S]*64<\/memory>/);
  });

  test('starts what is stored', async () => {
    await other.domains.start(uuid);
    expect(await other.domains.get(uuid)).toMatchObject({ state: 'running', memory: 64 * 1048576 });
  });
});

describe.skipIf(missing !== undefined)('machines that are started at once', () => {
  test('get a port each', async () => {
    const devices = "<graphics type='vnc' autoport='yes' port='-1' listen='127.0.0.1'/>";
    const uuids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      uuids.push((await connection.domains.define(small({ devices }, name))).uuid);
    }
    await Promise.all(uuids.map((uuid) => connection.domains.start(uuid)));
    const ports = await Promise.all(
      uuids.map(async (uuid) => /port=['"](\d+)['"]/.exec(await connection.domains.xml(uuid))?.[1]),
    );
    expect(new Set(ports).size).toBe(3);
  });
});

describe.skipIf(missing !== undefined)('the memory of the next start', () => {
  test('is measured by the next start, not by what runs now', async () => {
    const { uuid } = await connection.domains.define(small());
    await connection.domains.start(uuid);
    await larger(uuid);
    await connection.domains.setMemory(uuid, 48 * 1048576, 'config');
    expect(await connection.domains.xml(uuid, { inactive: true })).toMatch(/<currentMemory[^>]*>49152</);
    await expect(connection.domains.setMemory(uuid, 48 * 1048576, 'live')).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });
});
