import { describe, expect, test, vi } from 'vitest';
import { GuestroomError } from '../../../../drivers/api/errors.ts';
import { RpcClient } from '../../../../drivers/libvirt/rpc/client.ts';
import { FrameStatus, FrameType } from '../../../../drivers/libvirt/rpc/frames.ts';
import { LibvirtError } from '../../../../drivers/libvirt/rpc/libvirt-error.ts';
import { programs } from '../../../../drivers/libvirt/rpc/procedures.gen.ts';
import { answerPacket, BarePeer, encoded, guest, packet, Peer, pingPacket, settle } from './peer.ts';

describe('a connection to a daemon', () => {
  test('over a line that was cut before the first call is lost at once', async () => {
    const bare = new BarePeer();
    bare.near.destroy();
    await settle();
    const client = new RpcClient(bare.near, { framePerWrite: false, log: bare.log });
    await expect(client.call('AUTH_LIST', {})).rejects.toMatchObject({ code: 'lost' });
    expect((await client.closed).code).toBe('lost');
  });

  test('a call carries its arguments there and its result back', async () => {
    const peer = new Peer();
    const state = peer.client.call('DOMAIN_GET_STATE', { dom: guest, flags: 0 });
    const { frame, args } = await peer.expectCall('DOMAIN_GET_STATE');
    expect(args).toEqual({ dom: guest, flags: 0 });
    expect(frame).toMatchObject({ serial: 1, version: 1, status: 0 });
    peer.answer('DOMAIN_GET_STATE', frame.serial, { state: 1, reason: 2 });
    expect(await state).toEqual({ state: 1, reason: 2 });
  });

  test('answers reach those who asked, in whatever order they come', async () => {
    const peer = new Peer();
    const names = ['a', 'b', 'c'];
    const found = names.map((name) => peer.client.call('DOMAIN_LOOKUP_BY_NAME', { name }));
    const calls = [];
    for (const _ of names) calls.push(await peer.expectCall('DOMAIN_LOOKUP_BY_NAME'));
    for (const { frame, args } of calls.reverse())
      peer.answer('DOMAIN_LOOKUP_BY_NAME', frame.serial, { dom: { ...guest, name: args.name } });
    expect((await Promise.all(found)).map(({ dom }) => dom.name)).toEqual(names);
  });

  test('a refusal rejects with everything that the daemon told of it', async () => {
    const peer = new Peer();
    const failed = peer.client.call('DOMAIN_LOOKUP_BY_NAME', { name: 'x' }).catch((error: unknown) => error);
    const { frame } = await peer.expectCall('DOMAIN_LOOKUP_BY_NAME');
    peer.refuse('DOMAIN_LOOKUP_BY_NAME', frame.serial, 42, 'Domain not found', 10);
    const error = await failed;
    expect(error).toBeInstanceOf(LibvirtError);
    expect(error).toMatchObject({
      code: 42,
      domain: 10,
      message: 'Domain not found',
      parts: ['%s', 'Domain not found', null],
    });
  });

  test('arguments that do not fit reject before anything is sent, and name the field', async () => {
    const peer = new Peer();
    const call = (dom: unknown): Promise<unknown> =>
      peer.client.call('DOMAIN_GET_STATE', { dom, flags: 0 } as never).catch((error: unknown) => error);
    expect(await call({ ...guest, id: 2 ** 31 })).toMatchObject({
      code: 'invalid_argument',
      detail: 'dom.id',
    });
    expect(await call({ ...guest, uuid: new Uint8Array(15) })).toMatchObject({ detail: 'dom.uuid' });
    expect(await call({ ...guest, name: 'a\0b' })).toMatchObject({ detail: 'dom.name' });
    expect(await call(undefined)).toMatchObject({ detail: 'dom' });
    await settle();
    expect(peer.unread).toBe(0);
  });

  test('a text longer than libvirt takes is refused here', async () => {
    const peer = new Peer();
    const xml = 'x'.repeat(4 * 1024 * 1024 + 1);
    await expect(peer.client.call('DOMAIN_DEFINE_XML', { xml })).rejects.toMatchObject({ code: 'too_large' });
  });

  test('a call that nobody answers in time gives up, and its late answer disturbs nobody', async () => {
    const peer = new Peer();
    const slow = peer.client.call('CONNECT_GET_HOSTNAME', {}, { timeout: 1 });
    await expect(slow).rejects.toMatchObject({ code: 'timeout', detail: 'CONNECT_GET_HOSTNAME, 1 ms' });
    const { frame } = await peer.expectCall('CONNECT_GET_HOSTNAME');
    peer.answer('CONNECT_GET_HOSTNAME', frame.serial, { hostname: 'late' });
    const next = peer.client.call('CONNECT_GET_HOSTNAME', {});
    const { frame: second } = await peer.expectCall('CONNECT_GET_HOSTNAME');
    expect(second.serial).not.toBe(frame.serial);
    peer.answer('CONNECT_GET_HOSTNAME', second.serial, { hostname: 'here' });
    expect(await next).toEqual({ hostname: 'here' });
  });

  test('a call is cancelled at once, before and after it was sent', async () => {
    const peer = new Peer();
    const stop = new AbortController();
    const running = peer.client.call('CONNECT_GET_HOSTNAME', {}, { signal: stop.signal });
    stop.abort();
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    const never = peer.client.call('CONNECT_GET_URI', {}, { signal: stop.signal });
    await expect(never).rejects.toMatchObject({ code: 'cancelled' });
    await peer.expectCall('CONNECT_GET_HOSTNAME');
    expect(peer.unread).toBe(0);
  });

  test('an answer that nobody asked for is dropped', async () => {
    const peer = new Peer();
    peer.answer('CONNECT_GET_HOSTNAME', 77, { hostname: 'x' });
    const uri = peer.client.call('CONNECT_GET_URI', {});
    await peer.serve('CONNECT_GET_URI', { uri: 'test:///default' });
    expect(await uri).toEqual({ uri: 'test:///default' });
  });

  test('the bytes that come with file descriptors are skipped', async () => {
    const peer = new Peer();
    const calls = [peer.client.call('CONNECT_GET_URI', {}), peer.client.call('CONNECT_GET_URI', {})];
    const first = await peer.expectCall('CONNECT_GET_URI');
    const second = await peer.expectCall('CONNECT_GET_URI');
    const header = {
      program: programs.REMOTE,
      version: 1,
      procedure: 110,
      serial: first.frame.serial,
      status: 0,
    };
    const withTwo = packet(
      { ...header, type: FrameType.REPLY_WITH_FDS },
      Buffer.concat([encoded('n:uint', { n: 2 }), encoded('uri:string', { uri: 'a' })]),
    );
    const then = answerPacket('CONNECT_GET_URI', second.frame.serial, { uri: 'b' });
    for (const byte of Buffer.concat([withTwo, Buffer.from([0, 0]), then]))
      peer.stream.write(Buffer.from([byte]));
    expect(await Promise.all(calls)).toEqual([{ uri: 'a' }, { uri: 'b' }]);
  });

  test('when the daemon ends, all that waits rejects, and later calls too', async () => {
    const peer = new Peer();
    const calls = [peer.client.call('CONNECT_GET_URI', {}), peer.client.call('CONNECT_GET_HOSTNAME', {})];
    const results = Promise.allSettled(calls);
    await peer.next();
    peer.stream.destroy();
    const reasons = (await results).map((result) =>
      result.status === 'rejected' ? (result.reason as unknown) : result,
    );
    expect(reasons).toMatchObject([{ code: 'lost' }, { code: 'lost' }]);
    expect(reasons[0]).not.toBe(reasons[1]);
    expect(await peer.client.closed).toMatchObject({ code: 'lost' });
    await expect(peer.client.call('CONNECT_GET_URI', {})).rejects.toMatchObject({ code: 'lost' });
  });

  test('a closed connection says so, once', async () => {
    const peer = new Peer();
    const waiting = peer.client.call('CONNECT_GET_URI', {});
    peer.client.close();
    peer.client.close();
    await expect(waiting).rejects.toMatchObject({ code: 'lost' });
    expect(await peer.client.closed).toBeInstanceOf(GuestroomError);
  });

  test('pings are answered at once', async () => {
    const peer = new Peer();
    peer.stream.write(Buffer.from('0000001c6b65657000000001000000010000000200000000' + '00000000', 'hex'));
    const { bytes, ...frame } = await peer.next();
    expect(frame).toMatchObject({ program: programs.KEEPALIVE, procedure: 2, type: 2, serial: 0, status: 0 });
    expect(bytes.length).toBe(28);
  });
});

describe('keepalive', () => {
  const withClock = async (run: (peer: Peer) => Promise<void>, interval = 5000): Promise<void> => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const peer = new Peer({ keepalive: { interval, count: 2 } });
      peer.client.startKeepalive();
      await run(peer);
      peer.client.close();
    } finally {
      vi.useRealTimers();
    }
  };
  const wait = async (intervals: number): Promise<void> => {
    for (let at = 0; at < intervals; at += 1) {
      vi.advanceTimersByTime(5000);
      await settle();
    }
  };

  test('a daemon that says nothing any more is given up after the last unanswered ping', () =>
    withClock(async (peer) => {
      await wait(3);
      expect(peer.unread).toBe(2);
      await wait(1);
      expect(await peer.client.closed).toMatchObject({
        code: 'lost',
        message: 'The host does not answer any more',
      });
    }));

  test('a person may ask for none', () =>
    withClock(async (peer) => {
      await wait(10);
      expect(peer.unread).toBe(0);
    }, 0));

  test('whatever comes is a sign of life', () =>
    withClock(async (peer) => {
      for (let round = 0; round < 10; round += 1) {
        await wait(1);
        peer.stream.write(pingPacket(2).subarray(0, 1 + round)); // not even a whole packet
        if (round === 9) break;
        peer.stream.write(pingPacket(2).subarray(1 + round));
        await settle();
      }
      const uri = peer.client.call('CONNECT_GET_URI', {});
      peer.stream.write(pingPacket(2).subarray(10));
      let frame = await peer.next();
      while (frame.program === programs.KEEPALIVE) frame = await peer.next();
      peer.answer('CONNECT_GET_URI', frame.serial, { uri: 'x' });
      expect(await uri).toEqual({ uri: 'x' });
    }));

  test('who does not read for a while tells the daemon that he is there, and does not give it up', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      const peer = new Peer({ keepalive: { interval: 5000, count: 2 } });
      peer.client.startKeepalive();
      const opening = peer.client.openStream('DOMAIN_OPEN_CONSOLE', { dom: guest, dev_name: null, flags: 0 });
      const { frame } = await peer.expectCall('DOMAIN_OPEN_CONSOLE');
      peer.answer('DOMAIN_OPEN_CONSOLE', frame.serial, undefined);
      const { stream } = await opening;
      for (let at = 0; at < 5; at += 1)
        peer.streamPacket(
          'DOMAIN_OPEN_CONSOLE',
          frame.serial,
          FrameStatus.CONTINUE,
          Buffer.alloc(256 * 1024),
        );
      await settle();
      vi.advanceTimersByTime(60_000);
      await settle();
      // pongs: a ping would be answered, and the answers pile up over there
      expect(peer.unread).toBe(60);
      expect(await peer.next()).toMatchObject({ program: programs.KEEPALIVE, procedure: 2 });
      stream.resume();
      await settle();
      vi.advanceTimersByTime(5000);
      await settle();
      expect(peer.unread).toBe(59);
      peer.client.close();
      expect(await peer.client.closed).toMatchObject({ message: 'The connection to libvirt was closed' });
    } finally {
      vi.useRealTimers();
    }
  });

  test('a daemon that works on as many calls as it takes gets more time: it reads no pings', () =>
    withClock(async (peer) => {
      const calls = Array.from({ length: 5 }, () => peer.client.call('CONNECT_GET_URI', {}));
      const results = Promise.allSettled(calls);
      await wait(8);
      for (let at = 0; at < 5; at += 1) {
        let frame = await peer.next();
        while (frame.program === programs.KEEPALIVE) frame = await peer.next();
        expect(frame).toMatchObject({ type: FrameType.CALL, status: FrameStatus.OK });
        peer.answer('CONNECT_GET_URI', frame.serial, { uri: 'x' });
      }
      expect((await results).map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'));
    }));
});
