import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileAsPieces, OwnFileSink } from '../../../main/transfers/own-file.ts';

const mebibyte = 1024 * 1024;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'own-file-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('a file that a volume is written into', () => {
  it('has what came, however it was cut, also when its memory is used again at once', async () => {
    const content = randomBytes(9 * mebibyte + 12_345);
    const path = join(folder, 'a');
    const sink = new OwnFileSink(await open(path, 'wx'));
    const lent = Buffer.alloc(70_001);
    for (let at = 0; at < content.length; at += lent.length) {
      const length = content.copy(lent, 0, at);
      await sink.write(lent.subarray(0, length));
      lent.fill(0);
    }
    expect(sink.length).toBe(content.length);
    await sink.end();
    expect((await readFile(path)).equals(content)).toBe(true);
  });

  it('has holes where zeros were left out, also at its end', async () => {
    const path = join(folder, 'a');
    const sink = new OwnFileSink(await open(path, 'wx'), { flush: true });
    await sink.write(Buffer.from('head'));
    sink.hole(64 * mebibyte);
    await sink.write(Buffer.from('tail'));
    sink.hole(64 * mebibyte);
    await sink.end();
    const expected = Buffer.alloc(128 * mebibyte + 8);
    expected.write('head');
    expected.write('tail', 64 * mebibyte + 4);
    expect((await readFile(path)).equals(expected)).toBe(true);
    expect((await stat(path)).blocks * 512).toBeLessThan(mebibyte);
  });

  it('is read and written anew with its holes', async () => {
    const path = join(folder, 'a');
    const content = Buffer.concat([randomBytes(3 * mebibyte), Buffer.alloc(20 * mebibyte), randomBytes(5)]);
    const first = new OwnFileSink(await open(path, 'wx'));
    await first.write(content);
    await first.end();
    const from = await open(path);
    const copy = join(folder, 'b');
    const sink = new OwnFileSink(await open(copy, 'wx'));
    for await (const piece of fileAsPieces(from, content.length, true)) {
      if ('data' in piece) await sink.write(piece.data);
      else sink.hole(piece.hole);
    }
    await sink.end();
    await from.close();
    expect((await readFile(copy)).equals(content)).toBe(true);
    expect((await stat(copy)).blocks * 512).toBeLessThan(5 * mebibyte);
  });

  it('is read with a long hole in parts, so that it can be stopped there', async () => {
    const path = join(folder, 'a');
    const file = await open(path, 'w+');
    await file.truncate(200 * mebibyte);
    const holes: number[] = [];
    for await (const piece of fileAsPieces(file, 200 * mebibyte, true))
      if ('hole' in piece) holes.push(piece.hole);
    await file.close();
    expect(holes).toEqual([64, 64, 64, 8].map((size) => size * mebibyte));
  });

  it('may be none, as /dev/null', async () => {
    const sink = new OwnFileSink(await open('/dev/null', 'w'));
    await sink.write(Buffer.alloc(3 * mebibyte, 1));
    sink.hole(mebibyte);
    await sink.write(Buffer.from('end'));
    await sink.end();
    expect(sink.length).toBe(4 * mebibyte + 3);
  });

  it('tells that the disk is full, and can be closed then', async () => {
    const sink = new OwnFileSink(await open('/dev/full', 'w'));
    const writeALot = async (): Promise<void> => {
      for (let times = 0; times < 10; times += 1) await sink.write(Buffer.alloc(mebibyte, 1));
    };
    await expect(writeALot()).rejects.toMatchObject({ code: 'ENOSPC' });
    await sink.close();
    const little = new OwnFileSink(await open('/dev/full', 'w'));
    await little.write(Buffer.from('little'));
    await expect(little.end()).rejects.toMatchObject({ code: 'ENOSPC' });
    await little.close();
    await little.close();
  });
});
