import { Readable, Writable } from 'node:stream';
import { finished, pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { FrameStatus, FrameType, type Frame } from '../../../../drivers/libvirt/rpc/frames.ts';
import type { Procedure } from '../../../../drivers/libvirt/rpc/calls.ts';
import type { Piece, RpcStream } from '../../../../drivers/libvirt/rpc/stream.ts';
import { bytesOf, encoded, errorPayload, guest, packet, payloadOf, Peer, settle } from './peer.ts';

const volume = { pool: 'default', name: 'disk.raw', key: '/disk.raw' };
const whole = { vol: volume, offset: 0n, length: 0n };
const { OK, ERROR, CONTINUE } = FrameStatus;

async function download(peer: Peer, flags = 0): Promise<{ stream: RpcStream; serial: number }> {
  const opening = peer.client.openStream('STORAGE_VOL_DOWNLOAD', { ...whole, flags });
  const { frame } = await peer.expectCall('STORAGE_VOL_DOWNLOAD');
  peer.answer('STORAGE_VOL_DOWNLOAD', frame.serial, undefined);
  return { stream: (await opening).stream, serial: frame.serial };
}

async function upload(peer: Peer, flags = 0): Promise<{ stream: RpcStream; serial: number }> {
  const opening = peer.client.openStream('STORAGE_VOL_UPLOAD', { ...whole, flags });
  const { frame } = await peer.expectCall('STORAGE_VOL_UPLOAD');
  peer.answer('STORAGE_VOL_UPLOAD', frame.serial, undefined);
  return { stream: (await opening).stream, serial: frame.serial };
}

async function openConsole(peer: Peer): Promise<{ stream: RpcStream; serial: number }> {
  const opening = peer.client.openStream('DOMAIN_OPEN_CONSOLE', { dom: guest, dev_name: null, flags: 0 });
  const { frame } = await peer.expectCall('DOMAIN_OPEN_CONSOLE');
  peer.answer('DOMAIN_OPEN_CONSOLE', frame.serial, undefined);
  return { stream: (await opening).stream, serial: frame.serial };
}

const hole = (name: Procedure, serial: number, length: bigint): Buffer =>
  packet(
    {
      program: 0x20008086,
      version: 1,
      procedure: name === 'STORAGE_VOL_DOWNLOAD' ? 209 : 208,
      type: FrameType.STREAM_HOLE,
      serial,
      status: CONTINUE,
    },
    encoded('length:hyper flags:uint', { length, flags: 0 }),
  );

const expectStream = (frame: Frame, serial: number, status: number): void =>
  expect(frame).toMatchObject({ type: FrameType.STREAM, serial, status });

/** A call on the same connection that is answered: nothing is stuck and nothing is broken. */
async function goesOn(peer: Peer): Promise<void> {
  const uri = peer.client.call('CONNECT_GET_URI', {});
  await peer.serve('CONNECT_GET_URI', { uri: 'x' });
  expect(await uri).toEqual({ uri: 'x' });
}

describe('a download', () => {
  test('ends when the daemon has confirmed it', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer);
    const content = stream.toArray() as Promise<Buffer[]>;
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('one '));
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('two'));
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
    expectStream(await peer.next(), serial, OK);
    expect(stream.readableEnded).toBe(false);
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, OK);
    expect(Buffer.concat(await content).toString()).toBe('one two');
    await goesOn(peer);
  });

  test('that fails at its end is no whole file', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer);
    const content = stream.toArray();
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('half'));
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
    await peer.next();
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, ERROR, errorPayload(38, 'Input/output error'));
    await expect(content).rejects.toMatchObject({ code: 38, message: 'Input/output error' });
    await goesOn(peer);
  });

  test('loses nothing that came before the answer to its call', async () => {
    const peer = new Peer();
    const opening = peer.client.openStream('DOMAIN_SCREENSHOT', { dom: guest, screen: 0, flags: 0 });
    const { frame } = await peer.expectCall('DOMAIN_SCREENSHOT');
    for (let at = 0; at < 20; at += 1)
      peer.streamPacket('DOMAIN_SCREENSHOT', frame.serial, CONTINUE, Buffer.alloc(100_000, at));
    peer.streamPacket('DOMAIN_SCREENSHOT', frame.serial, CONTINUE);
    peer.answer('DOMAIN_SCREENSHOT', frame.serial, { mime: 'image/png' });
    const { result, stream } = await opening;
    const content = stream.toArray() as Promise<Buffer[]>;
    expectStream(await peer.next(), frame.serial, OK);
    peer.streamPacket('DOMAIN_SCREENSHOT', frame.serial, OK);
    expect(result).toEqual({ mime: 'image/png' });
    const bytes = Buffer.concat(await content);
    expect(
      bytes.equals(Buffer.concat(Array.from({ length: 20 }, (_, at) => Buffer.alloc(100_000, at)))),
    ).toBe(true);
  });

  test('that nobody reads stops the daemon, and goes on when somebody does', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer);
    const piece = Buffer.alloc(256 * 1024, 1);
    let taken = 0;
    const source = Readable.from(
      (function* () {
        for (let at = 0; at < 64; at += 1) yield (taken = at + 1);
      })(),
      { highWaterMark: 1 },
    );
    const daemon = pipeline(
      source,
      new Writable({
        objectMode: true,
        highWaterMark: 1,
        write(_chunk, _encoding, done) {
          const header = { program: 0x20008086, version: 1, procedure: 209, type: FrameType.STREAM };
          peer.stream.write(packet({ ...header, serial, status: CONTINUE }, piece), () => done());
        },
      }),
    );
    for (let round = 0; round < 50; round += 1) await settle();
    const stopped = taken;
    expect(stopped).toBeLessThan(16);
    for (let round = 0; round < 50; round += 1) await settle();
    expect(taken).toBe(stopped);
    let bytes = 0;
    stream.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await daemon;
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
    expectStream(await peer.next(), serial, OK);
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, OK);
    await finished(stream);
    expect(bytes).toBe(64 * piece.length);
  });

  test('that is given up is aborted; what was under way is dropped', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer);
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('a'));
    for await (const _ of stream) break;
    const abort = await peer.next();
    expectStream(abort, serial, ERROR);
    expect(bytesOf(abort)).toHaveLength(0);
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('late'));
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, OK);
    await goesOn(peer);
  });

  test('that the daemon refuses has no stream', async () => {
    const peer = new Peer();
    const opening = peer.client.openStream('STORAGE_VOL_DOWNLOAD', { ...whole, flags: 0 });
    const { frame } = await peer.expectCall('STORAGE_VOL_DOWNLOAD');
    peer.refuse('STORAGE_VOL_DOWNLOAD', frame.serial, 50, 'no volume');
    await expect(opening).rejects.toMatchObject({ code: 50 });
    await goesOn(peer);
  });

  test('that was cancelled before the daemon answered is aborted when it opens', async () => {
    const peer = new Peer();
    const stop = new AbortController();
    const opening = peer.client.openStream(
      'STORAGE_VOL_DOWNLOAD',
      { ...whole, flags: 0 },
      { signal: stop.signal },
    );
    const { frame } = await peer.expectCall('STORAGE_VOL_DOWNLOAD');
    stop.abort();
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' });
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', frame.serial, CONTINUE, Buffer.from('early'));
    peer.answer('STORAGE_VOL_DOWNLOAD', frame.serial, undefined);
    expectStream(await peer.next(), frame.serial, ERROR);
    await goesOn(peer);
  });

  test('tells when the connection ends in the middle', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer);
    const content = stream.toArray();
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('a'));
    await settle();
    peer.stream.destroy();
    await expect(content).rejects.toMatchObject({ code: 'lost' });
  });

  test('an error that comes before anybody listens is not thrown at the app, and is known later', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer);
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, ERROR, errorPayload(38, 'gone'));
    await settle();
    expect(stream.errored).toMatchObject({ code: 38 });
    await expect(stream.toArray()).rejects.toThrow();
  });
});

describe('an upload', () => {
  test('is whole when the daemon has confirmed it, not before', async () => {
    const peer = new Peer();
    const { stream, serial } = await upload(peer);
    let done = false;
    const sent = pipeline(Readable.from([Buffer.from('abc'), Buffer.from('def')]), stream).then(
      () => (done = true),
    );
    const parts: string[] = [];
    for (;;) {
      const frame = await peer.next();
      if (frame.status === OK) break;
      expectStream(frame, serial, CONTINUE);
      parts.push(bytesOf(frame).toString());
    }
    expect(parts.join('')).toBe('abcdef');
    await settle();
    expect(done).toBe(false);
    peer.streamPacket('STORAGE_VOL_UPLOAD', serial, OK);
    await sent;
    await goesOn(peer);
  });

  test.each([
    ['while it is sent', false],
    ['when it is finished', true],
  ])('a disk that is full is told %s', async (_when, finish) => {
    const peer = new Peer();
    const { stream, serial } = await upload(peer);
    stream.write('data');
    await peer.next();
    if (finish) {
      stream.end();
      expectStream(await peer.next(), serial, OK);
    }
    const failed = finished(stream);
    peer.streamPacket('STORAGE_VOL_UPLOAD', serial, ERROR, errorPayload(38, 'No space left on device'));
    await expect(failed).rejects.toMatchObject({ code: 38, message: 'No space left on device' });
    await goesOn(peer);
  });

  test('long content goes in packets that others fit between', async () => {
    const peer = new Peer();
    const { stream } = await upload(peer);
    const content = Buffer.alloc(1_000_000, 5);
    stream.write(content);
    const calling = peer.client.call('CONNECT_GET_URI', {});
    const sizes: number[] = [];
    let call: Frame | undefined;
    while (sizes.reduce((sum, size) => sum + size, 0) < content.length) {
      const frame = await peer.next();
      if (frame.type === FrameType.CALL) call = frame;
      else sizes.push(bytesOf(frame).length);
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(256 * 1024);
    expect(call).toBeDefined();
    peer.answer('CONNECT_GET_URI', call?.serial ?? 0, { uri: 'x' });
    expect(await calling).toEqual({ uri: 'x' });
  });

  test('a daemon that takes nothing stops the writer', async () => {
    const peer = new Peer();
    const { stream } = await upload(peer);
    peer.stream.pause();
    const piece = Buffer.alloc(64 * 1024);
    let accepted = 0;
    while (stream.write(piece, () => (accepted += 1))) await settle();
    for (let round = 0; round < 20; round += 1) await settle();
    const before = accepted;
    expect(stream.writableLength).toBeGreaterThan(0);
    peer.stream.resume();
    while (stream.writableLength > 0) await settle();
    expect(accepted).toBeGreaterThan(before);
  });

  test('that is given up is aborted', async () => {
    const peer = new Peer();
    const { stream, serial } = await upload(peer);
    stream.destroy();
    expectStream(await peer.next(), serial, ERROR);
    peer.streamPacket('STORAGE_VOL_UPLOAD', serial, OK);
    await goesOn(peer);
  });
});

describe('sparse volumes', () => {
  test('holes go out in their order and are confirmed', async () => {
    const peer = new Peer();
    const { stream, serial } = await upload(peer, 1);
    const written = (async () => {
      stream.write(Buffer.from('head'));
      await stream.writeHole(2n ** 53n + 1n);
      stream.end(Buffer.from('tail'));
      await finished(stream);
    })();
    expect(bytesOf(await peer.next()).toString()).toBe('head');
    const frame = await peer.next();
    expect(frame).toMatchObject({ type: FrameType.STREAM_HOLE, serial, status: CONTINUE });
    expect(payloadOf(frame).hyper()).toBe(2n ** 53n + 1n);
    expect(bytesOf(await peer.next()).toString()).toBe('tail');
    expectStream(await peer.next(), serial, OK);
    peer.streamPacket('STORAGE_VOL_UPLOAD', serial, OK);
    await written;
  });

  test('holes come in their order', async () => {
    const peer = new Peer();
    const { stream, serial } = await download(peer, 1);
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('head'));
    peer.stream.write(hole('STORAGE_VOL_DOWNLOAD', serial, 2n ** 40n));
    peer.stream.write(hole('STORAGE_VOL_DOWNLOAD', serial, 0n));
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('tail'));
    peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
    void peer.next().then(() => peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, OK));
    const pieces: Piece[] = [];
    await stream.drain((piece) => {
      pieces.push(piece);
      return undefined;
    });
    expect(pieces).toEqual([
      { data: Buffer.from('head') },
      { hole: 2n ** 40n },
      { data: Buffer.from('tail') },
    ]);
  });

  test('a hole where none is allowed is refused here: the daemon would end the connection', async () => {
    const peer = new Peer();
    const { stream } = await upload(peer);
    await expect(stream.writeHole(5n)).rejects.toMatchObject({ code: 'invalid_argument' });
    const sparse = await upload(peer, 1);
    await expect(sparse.stream.writeHole(-1n)).rejects.toMatchObject({ code: 'invalid_argument' });
    await settle();
    expect(peer.unread).toBe(0);
  });

  test.each([
    ['in a stream without holes', 0, 5n],
    ['of a negative length', 1, -5n],
  ])('a hole %s ends the connection', async (_what, flags, length) => {
    const peer = new Peer();
    const { stream, serial } = await download(peer, flags);
    const content = stream.toArray();
    peer.stream.write(hole('STORAGE_VOL_DOWNLOAD', serial, length));
    expect(await peer.client.closed).toMatchObject({ code: 'protocol' });
    await expect(content).rejects.toMatchObject({ code: 'protocol' });
  });
});

describe('a console', () => {
  test('carries bytes both ways', async () => {
    const peer = new Peer();
    const { stream, serial } = await openConsole(peer);
    stream.write('ls\r');
    expect(bytesOf(await peer.next()).toString()).toBe('ls\r');
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', serial, CONTINUE, Buffer.from('bin\r\n'));
    for await (const chunk of stream) {
      expect(String(chunk)).toBe('bin\r\n');
      break;
    }
  });

  test('keys that are typed while a packet is under way go together', async () => {
    const peer = new Peer();
    const { stream } = await openConsole(peer);
    for (const key of 'uname -a\r') stream.write(key);
    expect(bytesOf(await peer.next()).toString()).toBe('u');
    expect(bytesOf(await peer.next()).toString()).toBe('name -a\r');
  });

  test('ends with its guest', async () => {
    const peer = new Peer();
    const { stream, serial } = await openConsole(peer);
    stream.resume();
    const end = finished(stream);
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', serial, CONTINUE);
    expectStream(await peer.next(), serial, OK);
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', serial, OK);
    await end;
    expect(stream.writable).toBe(false);
    await goesOn(peer);
  });

  test('is left by its user: the daemon confirms, both sides end', async () => {
    const peer = new Peer();
    const { stream, serial } = await openConsole(peer);
    stream.resume();
    stream.end();
    expectStream(await peer.next(), serial, OK);
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', serial, CONTINUE, Buffer.from('last words'));
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', serial, OK);
    await finished(stream);
    await goesOn(peer);
  });
});

describe('stream packets that make no sense end the connection', () => {
  test('of a stream that never was', async () => {
    const peer = new Peer();
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', 99, CONTINUE, Buffer.from('x'));
    expect(await peer.client.closed).toMatchObject({ code: 'protocol' });
  });

  test('of another call than the one that opened it', async () => {
    const peer = new Peer();
    const { serial } = await download(peer);
    peer.streamPacket('DOMAIN_OPEN_CONSOLE', serial, CONTINUE, Buffer.from('x'));
    expect(await peer.client.closed).toMatchObject({ code: 'protocol' });
  });

  test('a confirmation that nobody waits for, an unknown status, data after the end, data in an upload', async () => {
    for (const [status, bytes] of [
      [OK, ''],
      [3, 'x'],
    ] as const) {
      const peer = new Peer();
      const { serial } = await download(peer);
      peer.streamPacket('STORAGE_VOL_DOWNLOAD', serial, status, Buffer.from(bytes));
      expect(await peer.client.closed).toMatchObject({ code: 'protocol' });
    }
    const after = new Peer();
    const { serial } = await download(after);
    after.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE);
    after.streamPacket('STORAGE_VOL_DOWNLOAD', serial, CONTINUE, Buffer.from('more'));
    expect(await after.client.closed).toMatchObject({ code: 'protocol' });
    const up = new Peer();
    const { serial: other } = await upload(up);
    up.streamPacket('STORAGE_VOL_UPLOAD', other, CONTINUE, Buffer.from('why'));
    expect(await up.client.closed).toMatchObject({ code: 'protocol' });
  });
});
