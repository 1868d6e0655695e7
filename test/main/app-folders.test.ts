import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../../main/app.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';

it('a home that cannot be written to is told with what to do about it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'guestroom-home-'));
  try {
    await writeFile(join(folder, 'home'), 'a file where a folder should be');
    const host = createLocalHost({ env: { ...process.env, GUESTROOM_HOME: join(folder, 'home') } });
    const starting = createApp({
      kind: 'browser',
      version: '1',
      runtime: 'Node',
      host,
      openExternal: () => Promise.resolve(),
      notices: () => Promise.resolve(''),
    });
    await expect(starting).rejects.toMatchObject({
      name: 'GuestroomError',
      message: expect.stringContaining(folder) as string,
      hint: expect.stringContaining('GUESTROOM_HOME') as string,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
