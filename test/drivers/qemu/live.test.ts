import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLive, writeLive, type LiveFacts } from '../../../drivers/qemu/live.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

let folder: string;
const host = createLocalHost();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-live-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const facts: LiveFacts = {
  uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
  name: 'web',
  id: 1,
  process: { pid: 4711, started: 'boot:1' },
  since: 1_700_000_000_000,
  binary: '/usr/bin/qemu-system-x86_64',
  accelerator: 'tcg',
  logStart: 0,
  consoles: [{ alias: 'serial0', kind: 'serial', endpoint: { unix: '/run/serial0' } }],
  screens: [{ index: 0, endpoint: { host: '127.0.0.1', port: 5900 } }],
};

describe('what lies beside a running guest', () => {
  it('reads as it was written', async () => {
    const file = join(folder, 'web.json');
    await writeLive(host, file, facts);
    expect(await readLive(host, file)).toEqual(facts);
  });

  it('may be taken away by another instance at any moment', async () => {
    const file = join(folder, 'web.json');
    await writeLive(host, file, facts);
    const reads = Array.from({ length: 50 }, () => readLive(host, file));
    await host.files.remove(file);
    for (const read of await Promise.all(reads)) expect([undefined, 'web']).toContain(read?.name);
    expect(await readLive(host, file)).toBeUndefined();
  });
});
