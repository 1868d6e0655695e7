import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../../drivers/api/host.ts';
import { DirectoryVolumes } from '../../../drivers/storage/directory-volumes.ts';
import { detectFormat, headLength } from '../../../drivers/storage/image-format.ts';
import { imageHeadLength, readImageHeader } from '../../../drivers/storage/image-header.ts';
import { ImageTool } from '../../../drivers/storage/image-tool.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

const run = promisify(execFile);
const present = await run('qemu-img', ['--version']).then(
  () => true,
  () => false,
);
if (!present) console.log('tests with qemu-img are left out: it is not installed');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-images-'));
});
afterAll(() => rm(folder, { recursive: true }));

const head = async (path: string, length: number): Promise<Uint8Array> =>
  (await readFile(path)).subarray(0, length);

describe.skipIf(!present)('formats of images', () => {
  test.each(['qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc', 'qed'])('a %s image is recognised', async (format) => {
    const path = join(folder, `a.${format}`);
    await run('qemu-img', ['create', '-q', '-f', format, path, '8M']);
    expect(detectFormat(await head(path, headLength))).toBe(format);
  });

  test.each(['qcow2', 'vmdk', 'vdi'])(
    'the size of a %s image is read from its header as qemu-img reads it',
    async (format) => {
      const path = join(folder, `b.${format}`);
      await run('qemu-img', ['create', '-q', '-f', format, path, '40M']);
      const facts = readImageHeader(await head(path, imageHeadLength), (await stat(path)).size);
      expect(facts).toEqual({ format, capacity: 40 * 1048576 });
    },
  );

  test('plain bytes are raw, a CD image is an ISO', () => {
    expect(detectFormat(new Uint8Array(100))).toBeUndefined();
    const iso = new Uint8Array(headLength);
    iso.set(Buffer.from('CD001'), 0x8001);
    expect(detectFormat(iso)).toBe('iso');
  });

  test('no bytes make the reader fail', () => {
    const magics = ['QFI\xfb\0\0\0\x03', 'KDMV', 'QED\0', 'vhdxfile', ''].map((text) =>
      Buffer.from(text, 'latin1'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 600 }), (magic, rest) => {
        const facts = readImageHeader(Buffer.concat([magic, rest]), 1000);
        expect(facts === undefined || facts.capacity >= 0).toBe(true);
      }),
    );
  });
});

describe.skipIf(!present)('a folder of images', () => {
  let pool: string;
  let host: Host;
  const inUse = new Map<string, string>();
  const volumes = (on: Host = host, readOnly = false): DirectoryVolumes =>
    new DirectoryVolumes({
      host: on,
      tool: new ImageTool(on, () => Promise.resolve('qemu-img')),
      folder: pool,
      readOnly,
      userOf: (path) => Promise.resolve(inUse.get(path)),
    });

  beforeEach(async () => {
    pool = join(await mkdtemp(join(folder, 'pool-')), 'images');
    host = createLocalHost();
  });
  afterEach(() => inUse.clear());

  test('no room is told before a copy is begun, and nothing is left', async () => {
    const made = await volumes().create('default', { name: 'a.raw', format: 'raw', capacity: 8 << 20 });
    await writeFile(made.path, Buffer.alloc(8 << 20, 1));
    const full: Host = {
      ...host,
      files: { ...host.files, space: () => Promise.resolve({ capacity: 1 << 30, available: 1 << 20 }) },
    };
    await expect(
      volumes(full).clone(made.path, 'default', { name: 'b.raw', format: 'raw' }),
    ).rejects.toMatchObject({
      code: 'no_space',
      hint: expect.stringContaining('room') as string,
    });
    expect(await readdir(pool)).toEqual(['a.raw']);
  });

  test('two that are made under one name in the same moment do not replace each other', async () => {
    // both have looked before either of them has its name
    let waiting = 0;
    let go: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (go = resolve));
    const meeting: Host = {
      ...host,
      files: {
        ...host.files,
        rename: async (...names) => {
          waiting += 1;
          if (waiting === 2) go();
          await both;
          await host.files.rename(...names);
        },
      },
    };
    const upload = (content: string) =>
      volumes(meeting).upload('default', 'a.iso', Readable.from([Buffer.from(content)]));
    const [first, second] = await Promise.allSettled([upload('first'), upload('second')]);
    const made = [first, second].filter(({ status }) => status === 'fulfilled');
    expect(made).toHaveLength(1);
    expect([first, second]).toContainEqual({
      status: 'rejected',
      reason: expect.objectContaining({ code: 'exists' }) as unknown,
    });
    expect(await readFile(join(pool, 'a.iso'), 'utf8')).toBe(first === made[0] ? 'first' : 'second');
    expect(await readdir(pool)).toEqual(['a.iso']);
  });

  test('a copy that is cancelled in the middle leaves nothing', async () => {
    const made = await volumes().create('default', { name: 'a.raw', format: 'raw', capacity: 64 << 20 });
    await writeFile(made.path, Buffer.alloc(64 << 20, 7));
    const stop = new AbortController();
    const copy = volumes().clone(
      made.path,
      'default',
      { name: 'b.qcow2', format: 'qcow2' },
      {
        signal: stop.signal,
        onProgress: () => stop.abort(),
      },
    );
    await expect(copy).rejects.toMatchObject({ code: 'cancelled' });
    expect(await readdir(pool)).toEqual(['a.raw']);
  });

  test('an upload that fails in the middle leaves nothing', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(1000);
        throw new Error('the line went dead');
      })(),
    );
    await expect(volumes().upload('default', 'a.iso', broken)).rejects.toMatchObject({
      name: 'GuestroomError',
    });
    expect(await readdir(pool)).toEqual([]);
  });

  test('what a guest uses, or is elsewhere, is not deleted', async () => {
    const made = await volumes().create('default', { name: 'a.qcow2', format: 'qcow2', capacity: 1 << 20 });
    inUse.set(made.path, 'web');
    await expect(volumes().delete(made.path)).rejects.toMatchObject({ code: 'busy' });
    const other = join(folder, 'precious.img');
    await writeFile(other, 'x');
    await expect(volumes().delete(other)).rejects.toMatchObject({ code: 'invalid_argument' });
    await expect(volumes().delete(join(pool, '..', '..', 'precious.img'))).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    expect(await readFile(other, 'utf8')).toBe('x');
  });

  test.each(['', '.hidden', '../a', 'a/b', 'a\\b', 'a\nb', 'x'.repeat(250)])(
    '%j is no name for an image',
    async (name) => {
      await expect(volumes().create('default', { name, format: 'raw', capacity: 512 })).rejects.toMatchObject(
        { code: 'invalid_argument' },
      );
    },
  );

  test('names with commas, quotes and spaces are names', async () => {
    const name = `it's "a, b=c".qcow2`;
    const made = await volumes().create('default', { name, format: 'qcow2', capacity: 1 << 20 });
    expect(made).toMatchObject({ name, format: 'qcow2', capacity: 1 << 20, pool: 'default' });
    const copy = await volumes().clone(made.path, 'default', {
      name: `${name}.vmdk`,
      format: 'vmdk',
      capacity: 2 << 20,
    });
    expect(copy).toMatchObject({ format: 'vmdk', capacity: 2 << 20 });
  });

  test('reading alone is allowed on a read-only connection', async () => {
    await volumes().create('default', { name: 'a.raw', format: 'raw', capacity: 1024 });
    const looking = volumes(host, true);
    expect(await looking.list('default')).toHaveLength(1);
    await expect(
      looking.create('default', { name: 'b.raw', format: 'raw', capacity: 512 }),
    ).rejects.toMatchObject({ code: 'read_only' });
    await expect(looking.delete(join(pool, 'a.raw'))).rejects.toMatchObject({ code: 'read_only' });
  });
});
