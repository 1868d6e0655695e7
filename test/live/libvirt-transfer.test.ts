import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseUri } from '../../drivers/api/uri.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import type { TaskRow } from '../../preload/rows.ts';
import { guestImages } from '../lab/guest.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type AppInFolder, appInFolder, until } from '../main/app-in-folder.ts';
import { connect, hostOf, imagesPool } from './libvirt-node.ts';

const why = await libvirtdOrWhyNot('Sending files to a host with libvirt');
const mebibyte = 1024 * 1024;
const sha256 = async (path: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe.skipIf(why !== undefined)('files and the pools of a host with libvirt', () => {
  let lab: Libvirtd;
  let self: AppInFolder;
  let node: string;
  let folder: string;

  beforeAll(async () => {
    lab = await startLibvirtd();
    const first = await connect(lab);
    folder = await imagesPool(lab, first);
    await first.close();
    const driver = {
      ...libvirtDriver,
      accepts: () => true,
      open: (_uri: unknown, context: Parameters<typeof libvirtDriver.open>[1]) =>
        libvirtDriver.open(parseUri(lab.uri({ readOnly: false })), { ...context, host: hostOf(lab) }),
    };
    self = await appInFolder({ drivers: [driver] });
    ({ node } = await self.client.nodes.add({ uri: 'qemu:///system', name: 'lab' }));
    await self.client.nodes.connect({ node });
  });
  afterAll(async () => {
    await self?.end();
    await lab?.end();
  });

  const ended = async (task: string): Promise<TaskRow> => {
    await until(() => self.app.tasks.get(task)?.state !== 'running');
    const row = self.app.tasks.get(task);
    if (!row) throw new Error('the task is gone');
    return row;
  };
  const begin = async (from: string, name: string): Promise<string> =>
    (await self.client.transfers.upload({ node, from, to: { pool: 'images', name } })).task;

  /** Random at both ends, with a large hole between them. */
  const sparse = async (name: string, head = randomBytes(mebibyte)): Promise<string> => {
    const path = join(self.folder, name);
    const file = await open(path, 'w');
    await file.write(head, 0, head.length, 0);
    await file.write(randomBytes(mebibyte), 0, mebibyte, 40 * mebibyte);
    await file.close();
    return path;
  };

  it('an image keeps its format, the size that a guest sees, and every byte, and comes back', async () => {
    const { qcow2 } = await guestImages();
    const row = await ended(await begin(qcow2, 'sent.qcow2'));
    const path = join(folder, 'sent.qcow2');
    expect(row).toMatchObject({ state: 'done', made: { path } });
    expect(await sha256(path)).toBe(await sha256(qcow2));
    const ours = await self.client.volumes.lookup({ node, path });
    expect(ours).toMatchObject({ format: 'qcow2', pool: 'images' });
    expect(ours.capacity).toBeGreaterThan(ours.allocation);
    const to = join(self.folder, 'back.qcow2');
    const { task } = await self.client.transfers.download({ node, from: { path }, to });
    expect(await ended(task)).toMatchObject({ state: 'done' });
    expect(await sha256(to)).toBe(await sha256(qcow2));
  });

  it('a disc is known as one, and holes are not sent', async () => {
    const head = randomBytes(mebibyte);
    head.write('\u0001CD001\u0001', 0x8000, 'latin1');
    const from = await sparse('disc.iso', head);
    expect(await ended(await begin(from, 'disc.iso'))).toMatchObject({ state: 'done' });
    const path = join(folder, 'disc.iso');
    expect(await self.client.volumes.lookup({ node, path })).toMatchObject({
      format: 'iso',
      capacity: 41 * mebibyte,
    });
    expect(await sha256(path)).toBe(await sha256(from));
    expect(statSync(path).blocks * 512).toBeLessThan(8 * mebibyte);
  });

  it('nothing stays of what is cancelled, and a name that is taken is refused', async () => {
    const path = join(self.folder, 'large');
    const file = await open(path, 'w');
    await file.write(randomBytes(mebibyte));
    // nothing but a hole, and yet seconds to look through
    await file.truncate(8192 * mebibyte);
    await file.close();
    const task = await begin(path, 'large.img');
    await until(() => (self.app.tasks.get(task)?.bytes?.done ?? 0) > 0);
    await self.client.tasks.cancel({ task });
    expect((await ended(task)).state).toBe('cancelled');
    expect(readdirSync(folder)).not.toContain('large.img');
    expect(await ended(await begin(path, 'tiny.qcow2'))).toMatchObject({
      state: 'failed',
      error: { code: 'exists' },
    });
  });
});
