import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import type { Host } from '../../../drivers/api/host.ts';
import { monitorCount } from '../../../drivers/qemu/places.ts';
import { type Ground, makeGround, processOf, small, until, whyNot } from './real.ts';

const missing = await whyNot();
if (missing !== undefined) console.log(`lost monitors are left out: ${missing}`);

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

const monitors = (): string[] =>
  Array.from({ length: monitorCount }, (_, index) =>
    join(ground.folder, 'run', 'qemu', uuid, `qmp${String(index)}`),
  );
/** Until it does what it is told. */
const obeys = (owner: Connection): Promise<void> =>
  until(() =>
    owner.domains.suspend(uuid).then(
      () => true,
      () => false,
    ),
  );

describe.skipIf(missing !== undefined)('a guest whose monitor is out of reach goes on', () => {
  test('when the line to it breaks off, and is managed again by a new one', async () => {
    const lines: Duplex[] = [];
    const host: Host = { ...ground.another() };
    const { connect: line } = host;
    host.connect = async (address) => {
      const stream = await line(address);
      lines.push(stream);
      return stream;
    };
    const owner = await ground.open(host);
    await owner.domains.start(uuid);
    const qemu = await processOf(ground, uuid);
    for (const stream of lines) stream.destroy();
    await obeys(owner);
    expect(await owner.domains.get(uuid)).toMatchObject({ state: 'paused' });
    expect(await host.alive(qemu)).toBe(true);
  });

  test('when its sockets are gone', async () => {
    await connection.domains.start(uuid);
    const qemu = await processOf(ground, uuid);
    await connection.close();
    for (const path of monitors()) await rm(path);
    const later = await ground.open(ground.another());
    expect(await later.domains.get(uuid)).toMatchObject({ state: 'running' });
    expect(await ground.host.alive(qemu)).toBe(true);
    // by force it can be ended all the same
    await later.domains.destroy(uuid);
    expect(await ground.host.alive(qemu)).toBe(false);
  });

  test('when others have all its monitors, and is managed as soon as one is free', async () => {
    await connection.domains.start(uuid);
    await connection.close();
    const held = monitors().map((path) => connect(path));
    await Promise.all(held.map((socket) => once(socket, 'data')));
    const later = await ground.open(ground.another());
    await expect(later.domains.suspend(uuid)).rejects.toMatchObject({ code: 'busy' });
    for (const socket of held) socket.destroy();
    await obeys(later);
    expect(await later.domains.get(uuid)).toMatchObject({ state: 'paused' });
  });
});
