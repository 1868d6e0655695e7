import type fs from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../main/log.ts';

const disk = vi.hoisted(() => ({ full: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const writeSync = (fd: number, bytes: Buffer | string): number => {
    if (disk.full) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    return typeof bytes === 'string' ? real.writeSync(fd, bytes) : real.writeSync(fd, bytes);
  };
  return { ...real, default: { ...real, writeSync }, writeSync };
});

describe('the log on a full disk', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guestroom-log-'));
  });
  afterEach(async () => {
    disk.full = false;
    await rm(folder, { recursive: true, force: true });
  });

  it('stops nobody, and tells how much was lost when there is room again', async () => {
    const log = createLog({ folder });
    disk.full = true;
    log.error('one');
    log.warn('two');
    expect(log.lost()).toBe(2);
    disk.full = false;
    log.info('three');
    expect(log.lost()).toBe(0);
    log.close();
    log.info('four');
    const lines = (await readFile(join(folder, 'guestroom.log'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { lost: 2, reason: expect.stringContaining('ENOSPC') as string },
      { msg: 'three' },
    ]);
  });
});
