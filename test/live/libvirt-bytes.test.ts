import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { mkdtemp, open, rm, truncate } from 'node:fs/promises';
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Connection, Pools, VolumeSink } from '../../drivers/api/driver.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { fileAsPieces, OwnFileSink } from '../../main/transfers/own-file.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { aWhile, checkTelling, seeded, tellingBytes } from '../lab/telling-bytes.ts';
import { has, hostOf, log } from './libvirt-node.ts';

const why = await libvirtdOrWhyNot('The bytes of volumes');
const mebibyte = 1024 * 1024;
const gibibyte = 1024 * mebibyte;

interface Line {
  readonly path: string;
  /** By chance it stands still for a while, each way by itself. */
  pace: (() => number) | undefined;
  end(): void;
}

/** A socket that leads to another one. */
async function lineTo(daemon: string, path: string): Promise<Line> {
  const sockets = new Set<Socket>();
  const carry = async (from: Socket, to: Socket): Promise<void> => {
    for await (const bytes of from as AsyncIterable<Buffer>) {
      if (line.pace) await aWhile(line.pace);
      await new Promise<void>((resolve) => void to.write(bytes, () => resolve()));
    }
    to.end();
  };
  const server = createServer((near) => {
    const far = connectTo(daemon);
    for (const socket of [near, far]) {
      socket.on('error', () => undefined);
      sockets.add(socket);
      socket.once('close', () => {
        near.destroy();
        far.destroy();
        sockets.delete(socket);
      });
    }
    carry(near, far).catch(() => far.destroy());
    carry(far, near).catch(() => near.destroy());
  });
  await once(server.listen(path), 'listening');
  const line: Line = {
    path,
    pace: undefined,
    end() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
  return line;
}

describe.skipIf(why !== undefined)('the bytes of volumes of a real daemon', () => {
  let lab: Libvirtd;
  let connection: Connection;
  let pools: Pools;
  let theirs: string;
  let ours: string;

  let line: Line;

  beforeAll(async () => {
    lab = await startLibvirtd();
    ours = await mkdtemp(join(tmpdir(), 'bytes-'));
    line = await lineTo(lab.sockets.rw, join(ours, 'line'));
    const uri = parseUri(`qemu+unix:///system?socket=${line.path}`);
    connection = await libvirtDriver.open(uri, { host: hostOf(lab), readOnly: false, log });
    theirs = join(lab.files, 'images');
    pools = has(connection.pools);
    await pools.create(`<pool type='dir'><name>images</name><target><path>${theirs}</path></target></pool>`, {
      build: true,
    });
  });
  beforeEach(() => {
    line.pace = undefined;
  });
  afterAll(async () => {
    await connection?.close();
    line?.end();
    await lab?.end();
    if (ours !== undefined) await rm(ours, { recursive: true });
  });

  /** Pieces of the content at these places, holes between them. */
  const make = async (name: string, size: number, places: readonly number[]): Promise<string> => {
    const path = join(ours, name);
    const file = await open(path, 'w');
    for (const place of places) await file.write(tellingBytes(place, 100_000), 0, 100_000, place);
    await file.truncate(size);
    await file.close();
    return path;
  };
  const volume = async (name: string, capacity: number): Promise<string> =>
    (await connection.volumes.create('images', { name, format: 'raw', capacity })).path;
  const send = async (from: string, to: string, size: number, signal?: AbortSignal): Promise<void> => {
    const file = await open(from, 'r');
    try {
      const context = signal ? { signal } : {};
      await pools.uploadVolume(to, fileAsPieces(file, size, true), { length: size }, context);
    } finally {
      await file.close();
    }
  };
  const sha256 = async (path: string): Promise<string> => {
    const hash = createHash('sha256');
    const file = await open(path, 'r');
    for await (const piece of file.createReadStream({ highWaterMark: mebibyte }))
      hash.update(piece as Buffer);
    return hash.digest('hex');
  };

  it('go up and come down whole, whatever the pace of either side, with holes between them', async () => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const random = seeded(seed);
      const size = 24 * mebibyte + Math.floor(random() * 10_000);
      const places = Array.from({ length: 60 }, () => Math.floor((random() * (size - 100_000)) / 8) * 8);
      const from = await make('content', size, places);
      const to = await volume(`paced-${String(seed)}`, size);
      line.pace = seed % 2 === 0 ? random : undefined;
      await send(from, to, size);
      const back = join(ours, 'back');
      const sink = new OwnFileSink(await open(back, 'w'));
      const slow: VolumeSink = {
        write: async (bytes) => {
          await aWhile(random);
          await sink.write(bytes);
        },
        hole: (bytes) => sink.hole(bytes),
        end: () => sink.end(),
      };
      await pools.downloadVolume(to, random() < 0.5 ? slow : sink);
      expect(await sha256(to)).toBe(await sha256(from));
      expect(await sha256(back)).toBe(await sha256(from));
    }
  });

  it('of more than four gibibytes are where they belong', async () => {
    const size = 9 * gibibyte + 4096;
    const length = 100_000;
    const places = [2 * gibibyte - 50_000, 4 * gibibyte - 50_000, 8 * gibibyte - 8, size - length];
    const to = await volume('large', size);
    const offset = gibibyte;
    async function* pieces() {
      let at = offset;
      for (const place of places) {
        yield { hole: place - at };
        yield { data: tellingBytes(place, length) };
        at = place + length;
        await Promise.resolve();
      }
    }
    await pools.uploadVolume(to, pieces(), { offset });
    const came = places.map((place) => ({ place, bytes: Buffer.alloc(length) }));
    let at = offset;
    const sink: VolumeSink = {
      write(bytes) {
        for (const part of came) {
          const from = Math.max(at, part.place);
          const until = Math.min(at + bytes.length, part.place + length);
          if (from < until) part.bytes.set(bytes.subarray(from - at, until - at), from - part.place);
        }
        at += bytes.length;
        return undefined;
      },
      hole(bytes) {
        at += bytes;
        return undefined;
      },
      end: () => Promise.resolve(),
    };
    await pools.downloadVolume(to, sink, { offset });
    expect(at).toBe(size);
    for (const { place, bytes } of came) checkTelling(bytes, place);
  });

  it('that are given up anywhere leave nothing open: the volume can be removed', async () => {
    const size = 64 * mebibyte;
    const from = await make(
      'given-up',
      size,
      Array.from({ length: 400 }, (_, at) => at * 160_000),
    );
    const random = seeded(3);
    for (let times = 0; times < 12; times += 1) {
      const to = await volume('given-up', size);
      const stop = new AbortController();
      line.pace = random;
      const sending = send(from, to, size, stop.signal);
      setTimeout(() => stop.abort(), random() * 150);
      await sending.catch((error: unknown) => expect(error).toMatchObject({ code: 'cancelled' }));
      await connection.volumes.delete(to);
    }
    expect(readdirSync(theirs)).not.toContain('given-up');
  });

  it('are no whole download when the volume becomes shorter meanwhile', async () => {
    const size = 48 * mebibyte;
    const to = await volume('cut', size);
    await send(
      await make(
        'cut',
        size,
        Array.from({ length: 480 }, (_, at) => at * 100_000),
      ),
      to,
      size,
    );
    let cut: Promise<void> | undefined;
    let ended = false;
    const download = pools.downloadVolume(to, {
      write: () => (cut ??= truncate(to, mebibyte)),
      hole: () => undefined,
      end: () => {
        ended = true;
        return Promise.resolve();
      },
    });
    await expect(download).rejects.toMatchObject({ code: 'busy' });
    expect(ended).toBe(false);
  });
});
