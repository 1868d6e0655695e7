import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlockingFile } from '../../../main/shell/blocking-file.ts';

const mebibyte = 1024 * 1024;
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'blocking-file-'));
  path = join(folder, 'a');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file that a command writes a volume into', () => {
  it('has what came, however it was cut', async () => {
    const content = randomBytes(mebibyte + 12_345);
    const sink = new BlockingFile(await open(path, 'wx'));
    for (let at = 0; at < content.length; at += 70_001) sink.write(content.subarray(at, at + 70_001));
    await sink.end();
    expect((await readFile(path)).equals(content)).toBe(true);
  });

  it('has holes where zeros were left out, also at its end', async () => {
    const sink = new BlockingFile(await open(path, 'wx'));
    sink.write(Buffer.from('head'));
    sink.hole(4 * mebibyte);
    sink.write(Buffer.from('mid'));
    sink.write(Buffer.from('dle'));
    sink.hole(4 * mebibyte);
    await sink.end();
    const expected = Buffer.alloc(8 * mebibyte + 10);
    expected.write('head');
    expected.write('middle', 4 * mebibyte + 4);
    expect((await readFile(path)).equals(expected)).toBe(true);
    expect((await stat(path)).blocks * 512).toBeLessThan(mebibyte);
  });

  it('may be a pipe, which another program reads', async () => {
    execFileSync('mkfifo', [path]);
    const [reader, writer] = await Promise.all([open(path, 'r'), open(path, 'w')]);
    const sink = new BlockingFile(writer);
    sink.write(Buffer.from('head and '));
    sink.write(Buffer.from('tail'));
    await sink.end();
    expect(await reader.readFile('utf8')).toBe('head and tail');
    await reader.close();
  });

  it('may be /dev/null, also with a hole at its end', async () => {
    const sink = new BlockingFile(await open('/dev/null', 'w'));
    sink.write(Buffer.alloc(mebibyte, 1));
    sink.hole(mebibyte);
    await expect(sink.end()).resolves.toBeUndefined();
  });

  it('tells that the disk is full, and can be closed then, and twice', async () => {
    const sink = new BlockingFile(await open('/dev/full', 'w'));
    expect(() => sink.write(Buffer.alloc(mebibyte, 1))).toThrow('ENOSPC');
    await sink.close();
    await expect(sink.close()).resolves.toBeUndefined();
  });
});
