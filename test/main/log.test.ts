import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../main/log.ts';
import { redact } from '../../main/redact.ts';

describe('the log', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guestroom-log-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const text = () => readFile(join(folder, 'state', 'guestroom.log'), 'utf8');

  it('holds none of the secrets that were given to it', async () => {
    const log = createLog({ folder: join(folder, 'state'), level: 'debug' });
    const key = '-----BEGIN OPENSSH PRIVATE KEY-----\nPLANTED-key\n-----END OPENSSH PRIVATE KEY-----';
    const error = Object.assign(new Error('login of ssh://root:PLANTED-uri@host failed'), {
      level: 'client-authentication',
      config: { host: 'h', password: 'PLANTED-password', privateKey: Buffer.from('PLANTED-buffer') },
      cause: new Error(`read ${key}`),
    });
    const node = {
      uri: 'qemu+ssh://PLANTED-user@host/system',
      odd: ['qemu+ssh://root:a/PLANTED-slash@host/system', 'qemu+ssh://root:a@PLANTED-at?#@host/system'],
      ssh: [{ passphrase: 'PLANTED-phrase', agent: '/run/agent' }],
      map: new Map([['apiToken', 'PLANTED-token']]),
      document: "<graphics type='vnc' passwd='PLANTED-passwd'/>",
      json: '{"password": "PLANTED-json", "name": "kept"}',
      clientSecret: 'PLANTED-secret',
      // what is cut off before its end is a secret all the same
      half: '-----BEGIN RSA PRIVATE KEY-----\nPLANTED-half',
    };
    log.info('connecting to qemu+tcp://PLANTED-message:x@host/system password=PLANTED-inline', {
      node,
      error,
    });
    log.with({ token: 'PLANTED-bound', node: 'kept-too' }).warn('second');
    log.close();
    const written = await text();
    expect(written).not.toContain('PLANTED');
    expect(written).toContain('client-authentication');
    expect(written).toContain('kept-too');
    expect(written).toContain('/run/agent');
    expect(
      written
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toHaveLength(2);
  });

  it('is private and stays within its size', async () => {
    const log = createLog({ folder: join(folder, 'state'), maxBytes: 2000 });
    for (let index = 0; index < 100; index += 1) log.info('line', { index });
    log.close();
    const files = await readdir(join(folder, 'state'));
    expect(files.sort()).toEqual(['guestroom.log', 'guestroom.log.1']);
    for (const name of files) {
      const found = await stat(join(folder, 'state', name));
      expect(found.size).toBeLessThanOrEqual(2000);
      expect(found.mode & 0o777).toBe(0o600);
    }
    expect((await stat(join(folder, 'state'))).mode & 0o777).toBe(0o700);
    expect(await text()).toContain('"index":99');
  });

  it('bounds what is deep, long or circular', () => {
    const circular: Record<string, unknown> = { name: 'a' };
    circular['self'] = circular;
    expect(redact(circular)).toEqual({ name: 'a', self: '[circular]' });
    let deep: unknown = 'bottom';
    for (let index = 0; index < 50; index += 1) deep = { deep };
    expect(JSON.stringify(redact(deep))).toContain('[deep]');
    expect(JSON.stringify(redact('x'.repeat(100_000))).length).toBeLessThan(5000);
    expect((redact(Array.from({ length: 1000 }, () => 1)) as unknown[]).length).toBe(100);
  });

  it('keeps writing where an old file cannot be put aside', async () => {
    await mkdir(join(folder, 'state', 'guestroom.log.1', 'full'), { recursive: true });
    const log = createLog({ folder: join(folder, 'state'), maxBytes: 500 });
    for (let index = 0; index < 20; index += 1) log.info('line', { index });
    log.close();
    expect(log.lost()).toBe(0);
    expect(await text()).toContain('"index":19');
  });
});
