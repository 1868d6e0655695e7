import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  FrameReader,
  FrameStatus,
  FrameType,
  headerOf,
  longestFrame,
  type Frame,
  type FrameHeader,
} from '../../../../drivers/libvirt/rpc/frames.ts';
import { Malformed } from '../../../../drivers/libvirt/rpc/xdr-reader.ts';
import { bytesOf, packet } from './peer.ts';

const word = fc.nat(0xffff_ffff);
const header = fc.record({
  program: word,
  version: word,
  procedure: fc.nat(0x7fff_ffff),
  type: fc.constantFrom(0, 1, 2, 3, 4, 6, 99),
  serial: word,
  status: fc.oneof(word, fc.constant(FrameStatus.CONTINUE)),
});
const someFrames = fc.array(fc.record({ header, payload: fc.uint8Array({ maxLength: 40 }) }), {
  maxLength: 8,
});

/** The packets that come out, in the form that went in. */
function collect(feed: (reader: FrameReader) => void): Seen[] {
  const seen: Seen[] = [];
  const reader = new FrameReader((frame: Frame) => {
    const { program, version, procedure, type, serial, status } = frame;
    seen.push({
      header: { program, version, procedure, type, serial, status },
      payload: [...bytesOf(frame)],
    });
  });
  feed(reader);
  expect(reader.empty).toBe(true);
  return joined(seen);
}

type Seen = { header: FrameHeader; payload: number[] };

/** With the parts of stream data that have the same header as one: they may come as they are cut. */
function joined(seen: readonly Seen[]): Seen[] {
  const all: Seen[] = [];
  for (const { header, payload } of seen) {
    const last = all.at(-1);
    const isData = header.type === FrameType.STREAM && header.status === FrameStatus.CONTINUE;
    if (last && isData && payload.length > 0 && isDeepStrictEqual(last.header, header))
      last.payload.push(...payload);
    else all.push({ header, payload: [...payload] });
  }
  return all;
}

describe('packets', () => {
  test('come out whole, however the bytes are cut', () => {
    fc.assert(
      fc.property(
        someFrames,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 }),
        (frames, cuts) => {
          const bytes = Buffer.concat(frames.map((one) => packet(one.header, one.payload)));
          const seen = collect((reader) => {
            for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
              const length = cuts[turn % cuts.length] ?? 1;
              reader.feed(Buffer.from(bytes.subarray(at, at + length)));
              at += length;
            }
          });
          expect(seen).toEqual(
            joined(frames.map((one) => ({ header: one.header, payload: [...one.payload] }))),
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  test('are cut in two at every offset', () => {
    const header = { program: 1, version: 1, procedure: 2, type: 1, serial: 3, status: 0 };
    const bytes = Buffer.concat([
      packet(header, Buffer.from('abcd')),
      packet({ ...header, serial: 4 }, Buffer.alloc(0)),
    ]);
    for (let at = 0; at <= bytes.length; at += 1) {
      const seen = collect((reader) => {
        reader.feed(bytes.subarray(0, at));
        reader.feed(bytes.subarray(at));
      });
      expect(seen.map(({ payload }) => payload.length)).toEqual([4, 0]);
    }
  });

  test.each([0, 3, 27, longestFrame + 1, 0xffff_ffff])('a length of %d is refused', (length) => {
    const bytes = headerOf({ program: 1, version: 1, procedure: 1, type: 1, serial: 1, status: 0 });
    bytes.writeUInt32BE(length, 0);
    const reader = new FrameReader(() => undefined);
    expect(() => reader.feed(bytes)).toThrow(Malformed);
    const byByte = new FrameReader(() => undefined);
    expect(() => {
      for (const byte of bytes) byByte.feed(Buffer.from([byte]));
    }).toThrow(Malformed);
  });

  test('the longest packet comes through, and takes no memory before it has come', () => {
    const header = { program: 1, version: 1, procedure: 1, type: 1, serial: 1, status: 0 };
    const payload = longestFrame - 28;
    const before = process.memoryUsage().arrayBuffers;
    const reader = new FrameReader((frame) => expect(frame.end - frame.start).toBe(payload));
    reader.feed(headerOf(header, payload));
    reader.feed(Buffer.alloc(100));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    const chunk = Buffer.alloc(1024 * 1024);
    for (let left = payload - 100; left > 0; left -= chunk.length)
      reader.feed(chunk.subarray(0, Math.min(left, chunk.length)));
    expect(reader.empty).toBe(true);
    expect.assertions(3);
  });

  test('stream data is told as it comes, the end of a stream is not taken for a part of it', () => {
    const header = { program: 1, version: 1, procedure: 1, type: FrameType.STREAM, serial: 7, status: 2 };
    const parts: string[] = [];
    const reader = new FrameReader((frame) => parts.push(bytesOf(frame).toString()));
    const bytes = Buffer.concat([packet(header, Buffer.from('abcdef')), packet(header, Buffer.alloc(0))]);
    for (const [from, to] of [
      [0, 10],
      [10, 28],
      [28, 30],
      [30, 50],
      [50, 62],
    ]) {
      reader.feed(bytes.subarray(from, to));
    }
    expect(parts).toEqual(['ab', 'cdef', '']);
    expect(reader.empty).toBe(true);
  });

  test('what greets in place of a daemon is told', () => {
    const reader = new FrameReader(() => undefined);
    expect(() => reader.feed(Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n'))).toThrow('SSH-2.0-OpenSSH_9.2p1');
    expect(() => new FrameReader(() => undefined).feed(Buffer.from([255, 254, 0, 1]))).toThrow('fffe0001');
  });

  test.each([
    [0, []],
    [2, [0, 0]],
    [32, Array<number>(32).fill(0)],
  ])('the %d bytes that stand for file descriptors are skipped', (count, stray) => {
    const header = {
      program: 1,
      version: 1,
      procedure: 1,
      type: FrameType.REPLY_WITH_FDS,
      serial: 1,
      status: 0,
    };
    const descriptors = Buffer.alloc(4);
    descriptors.writeUInt32BE(count, 0);
    const plain = { ...header, type: FrameType.REPLY, serial: 2 };
    const bytes = Buffer.concat([
      packet(header, Buffer.concat([descriptors, Buffer.from('ok')])),
      Buffer.from(stray),
      packet(plain, Buffer.from('next')),
    ]);
    const seen = collect((reader) => reader.feed(bytes));
    expect(seen.map(({ payload }) => Buffer.from(payload).toString())).toEqual(['ok', 'next']);
  });

  test('more file descriptors than libvirt passes, or no count of them, are refused', () => {
    const header = {
      program: 1,
      version: 1,
      procedure: 1,
      type: FrameType.REPLY_WITH_FDS,
      serial: 1,
      status: 0,
    };
    expect(() => new FrameReader(() => undefined).feed(packet(header, Buffer.from([0, 0, 0, 33])))).toThrow(
      '33',
    );
    expect(() => new FrameReader(() => undefined).feed(packet(header, Buffer.from([0, 0])))).toThrow(
      Malformed,
    );
  });
});
