import { PassThrough, type Duplex } from 'node:stream';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../../drivers/api/host.ts';
import { ConsoleHub } from '../../../drivers/qemu/consoles.ts';
import type { RunningGuest } from '../../../drivers/qemu/guest.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

let folder: string;
let line: PassThrough;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-hub-'));
  await writeFile(join(folder, 'log'), 'what was written before\n');
  line = new PassThrough();
});
afterEach(() => rm(folder, { recursive: true }));

/** A console at the end of `line`; `meanwhile` happens after it was connected, while its log is read. */
function hub(meanwhile: () => void): ConsoleHub {
  const own = createLocalHost();
  const host: Host = {
    ...own,
    connect: () => Promise.resolve<Duplex>(line),
    files: {
      ...own.files,
      readAt: async (...args) => {
        meanwhile();
        await new Promise((resolve) => setImmediate(resolve));
        return own.files.readAt(...args);
      },
    },
  };
  // all that the hub asks of a guest is whether the console is free
  const guest = { execute: () => Promise.resolve([]) } as unknown as RunningGuest;
  return new ConsoleHub(host, guest, {
    alias: 'serial0',
    kind: 'serial',
    endpoint: { unix: join(folder, 'serial0') },
    log: join(folder, 'log'),
  });
}

describe('a console that is lost while it is opened', () => {
  test.each([
    ['at its end', () => line.destroy()],
    ['by a fault', () => line.destroy(new Error('ECONNRESET'))],
  ])('%s is told as lost', async (_title, meanwhile) => {
    await expect(hub(meanwhile).open()).rejects.toMatchObject({ code: 'lost' });
  });

  test('by a log that cannot be read is free for the next one', async () => {
    const broken = hub(() => {
      throw new Error('EIO');
    });
    await expect(broken.open()).rejects.toThrow('EIO');
    expect(line.destroyed).toBe(true);
  });

  test('else shows what was written before, and ends with its line', async () => {
    const viewer = await hub(() => undefined).open();
    const [shown] = (await once(viewer, 'data')) as [Buffer];
    expect(shown.toString()).toBe('what was written before\n');
    const ended = once(viewer, 'end');
    line.destroy();
    await ended;
  });
});
