import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { piecesKept } from '../../../../drivers/api/storage.ts';
import { RpcClient } from '../../../../drivers/libvirt/rpc/client.ts';
import { FrameStatus, FrameType } from '../../../../drivers/libvirt/rpc/frames.ts';
import type { RpcStream } from '../../../../drivers/libvirt/rpc/stream.ts';
import { XdrReader } from '../../../../drivers/libvirt/rpc/xdr-reader.ts';
import { aWhile, checkTelling, seeded, tellingBytes } from '../../../lab/telling-bytes.ts';
import { answerPacket } from './peer.ts';
import { type DaemonEnd, listen, streamBytes, streamHead, streamHole } from './socket-daemon.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const mebibyte = 1024 * 1024;
const vol = { pool: 'default', name: 'disk.raw', key: '/disk.raw' };
const args = { vol, offset: 0n, length: 0n, flags: 1 };
const down = 'STORAGE_VOL_DOWNLOAD';
const up = 'STORAGE_VOL_UPLOAD';

type Random = () => number;
/** Lengths of every magnitude. */
const some = (random: Random, most: number): number => Math.max(1, Math.floor(most ** random()));

let folder: string;
let daemon: Awaited<ReturnType<typeof listen>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lent-content-'));
  daemon = await listen(folder);
});
afterEach(async () => {
  daemon.end();
  await rm(folder, { recursive: true, force: true });
});

/** What a download of so many bytes is sent as: packets and holes, of all lengths. */
function* packets(random: Random, serial: number, size: number, whose: number): Generator<Buffer> {
  for (let at = 0; at < size;) {
    const length = Math.min(size - at, some(random, 300_000));
    if (random() < 0.2) yield streamHole(down, serial, length);
    else yield streamBytes(down, serial, tellingBytes(at, length, whose));
    at += length;
  }
  yield streamHead(down, serial, FrameStatus.CONTINUE);
}

/** Sends what several streams send, one packet of any of them at a time, cut anywhere, and confirms their ends. */
async function sendAll(
  random: Random,
  far: DaemonEnd,
  { sources, longest, rest }: { sources: Generator<Buffer>[]; longest: number; rest: number },
): Promise<void> {
  let held = Buffer.alloc(0);
  for (let ends = sources.length; ends > 0 || held.length > 0;) {
    const chosen = Math.floor(random() * sources.length);
    const next = sources[chosen]?.next();
    if (next?.done === false) held = Buffer.concat([held, next.value]);
    else if (next) sources.splice(chosen, 1);
    // never within a packet
    if (ends > 0 && (far.unread > 0 || (sources.length === 0 && held.length === 0))) {
      const ended = await far.next();
      held = Buffer.concat([held, streamHead(down, ended?.serial ?? 0, FrameStatus.OK)]);
      ends -= 1;
    }
    while (held.length > 0 && (sources.length === 0 || random() < 0.7)) {
      const length = Math.min(held.length, some(random, longest));
      await far.write(held.subarray(0, length));
      held = held.subarray(length);
      if (random() < rest) await aWhile(random);
    }
  }
}

/** Takes the content with a sink that looks at what it was lent only after a while, and so to the end. */
async function takeSlowly(random: Random, stream: RpcStream, whose: number): Promise<number> {
  let at = 0;
  await stream.drain((piece) => {
    const from = at;
    if ('hole' in piece) {
      at += Number(piece.hole);
      return undefined;
    }
    const { data } = piece;
    at += data.length;
    checkTelling(data, from, whose);
    if (random() < 0.4) return undefined;
    return aWhile(random).then(() => checkTelling(data, from, whose));
  });
  return at;
}

const open = async (far: DaemonEnd, client: RpcClient, name: typeof down | typeof up) => {
  const opening = client.openStream(name, args);
  const serial = (await far.next())?.serial ?? 0;
  await far.write(answerPacket(name, serial, undefined));
  return { serial, stream: (await opening).stream };
};

describe('downloads over a socket', () => {
  it.each([
    { what: 'that come in bulk', size: 6 * mebibyte, longest: 400_000, rest: 0.1 },
    { what: 'that come in small parts', size: mebibyte, longest: 8000, rest: 0.5 },
    { what: 'that drip', size: 40_000, longest: 60, rest: 0.8 },
  ])('$what bring every byte to slow sinks', async ({ size, longest, rest }) => {
    for (let seed = 1; seed <= 4; seed += 1) {
      const random = seeded(seed);
      const { near, far } = await daemon.open();
      const client = new RpcClient(near, { framePerWrite: false, log });
      const opened = [];
      for (let whose = seed % 2; whose < 3; whose += 2) opened.push(await open(far, client, down));
      const sizes = Promise.all(opened.map(({ stream }, whose) => takeSlowly(random, stream, whose)));
      const sources = opened.map(({ serial }, whose) => packets(random, serial, size + 123, whose));
      await sendAll(random, far, { sources, longest, rest });
      expect(await sizes).toEqual(opened.map(() => size + 123));
      client.close();
    }
  });
});

/** A source that uses its memory anew as soon as it may, and spoils it before. */
async function* reusing(random: Random, size: number, whose: number) {
  const given: Buffer[] = [];
  for (let at = 0; at < size;) {
    // whoever asks has asked for so many more by now
    if (given.length > piecesKept) given.shift()?.fill(0xee);
    const length = Math.min(size - at, some(random, mebibyte));
    if (random() < 0.2) yield { hole: length };
    else {
      const data = tellingBytes(at, length, whose);
      given.push(data);
      yield { data };
    }
    at += length;
  }
}

/** What an upload has brought, read at the pace of chance. */
async function receiveSlowly(random: Random, far: DaemonEnd, whose: Map<number, number>): Promise<number[]> {
  const at = new Map([...whose.keys()].map((serial) => [serial, 0]));
  for (let left = whose.size; left > 0;) {
    if (random() < 0.2) {
      far.socket.pause();
      await aWhile(random);
      far.socket.resume();
    }
    const frame = await far.next();
    if (!frame) break;
    const { serial, bytes, type, status } = frame;
    const from = at.get(serial) ?? 0;
    if (type === FrameType.STREAM_HOLE) at.set(serial, from + Number(new XdrReader(bytes).hyper()));
    else if (status === FrameStatus.OK) {
      await far.write(streamHead(up, serial, FrameStatus.OK));
      left -= 1;
    } else {
      checkTelling(bytes, from, whose.get(serial));
      at.set(serial, from + bytes.length);
    }
  }
  return [...at.values()];
}

describe('uploads over a socket', () => {
  it.each([1, 2, 3, 4, 5, 6])('bring every byte of a source that reuses its memory (%i)', async (seed) => {
    const random = seeded(seed + 100);
    const { near, far } = await daemon.open();
    const client = new RpcClient(near, { framePerWrite: false, log });
    const count = seed % 2 === 0 ? 1 : 3;
    const size = 8 * mebibyte + 12_345;
    const opened = [];
    for (let whose = 0; whose < count; whose += 1) opened.push(await open(far, client, up));
    const received = receiveSlowly(random, far, new Map(opened.map(({ serial }, whose) => [serial, whose])));
    await Promise.all(
      opened.map(async ({ stream }, whose) => {
        for await (const piece of reusing(random, size, whose)) {
          if ('hole' in piece) await stream.writeHole(BigInt(piece.hole));
          else if (!stream.write(piece.data)) await new Promise((resolve) => stream.once('drain', resolve));
        }
        stream.end();
        await finished(stream);
      }),
    );
    expect(await received).toEqual(opened.map(() => size));
    client.close();
  });
});
