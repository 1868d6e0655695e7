import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GuestroomError } from '../../../../drivers/api/errors.ts';
import type { Args, Procedure } from '../../../../drivers/libvirt/rpc/calls.ts';
import { FrameStatus, FrameType, longestFrame } from '../../../../drivers/libvirt/rpc/frames.ts';
import { programs } from '../../../../drivers/libvirt/rpc/procedures.gen.ts';
import {
  answerPacket,
  encoded,
  errorPayload,
  eventPacket,
  guest,
  packet,
  Peer,
  pingPacket,
  settle,
} from './peer.ts';

const calls: { [P in Procedure]?: Args<P> } = {
  CONNECT_GET_HOSTNAME: {},
  DOMAIN_GET_STATE: { dom: guest, flags: 0 },
  CONNECT_LIST_ALL_DOMAINS: { need_results: 1, flags: 0 },
  CONNECT_GET_ALL_DOMAIN_STATS: { doms: [], stats: 0, flags: 0 },
};

interface Outcome {
  /** fulfilled or the code of the error, one for each call. */
  calls: string[];
  stream: string;
  closed: GuestroomError;
}

/** Calls and a stream under way, then these bytes, then the end of the line: how does everything end? */
async function outcome(bytes: readonly Buffer[]): Promise<Outcome> {
  const peer = new Peer();
  const opening = peer.client.openStream('DOMAIN_OPEN_CONSOLE', { dom: guest, dev_name: null, flags: 0 });
  const { frame } = await peer.expectCall('DOMAIN_OPEN_CONSOLE');
  peer.answer('DOMAIN_OPEN_CONSOLE', frame.serial, undefined);
  const { stream } = await opening;
  const reading = stream.toArray();
  const listening = peer.client.listen(
    'DOMAIN_EVENT_CALLBACK_LIFECYCLE',
    () => Promise.resolve(5),
    () => undefined,
  );
  const pending = Object.entries(calls).map(([name, args]) =>
    peer.client.call(name as Procedure, args as never),
  );
  const results = Promise.allSettled([...pending, reading]);
  await listening;
  await settle();
  // what breaks the protocol ends the line at once
  for (const piece of bytes) if (peer.stream.writable) peer.stream.write(piece);
  peer.stream.end();
  const settled = (await results).map((result) =>
    result.status === 'fulfilled' ? 'fulfilled' : String((result.reason as { code?: unknown }).code),
  );
  const last = settled.pop() ?? '';
  return { calls: settled, stream: last, closed: await peer.client.closed };
}

/** Serials as outcome() hands them out. */
const serials = { console: 1, hostname: 2, state: 3, list: 4, stats: 5 };
const lifecycle = { callbackID: 5, msg: { dom: guest, event: 2, detail: 0 } } as const;
const reply = { program: programs.REMOTE, version: 1, type: FrameType.REPLY, status: FrameStatus.OK };

const honest = [
  answerPacket('CONNECT_GET_HOSTNAME', serials.hostname, { hostname: 'here' }),
  answerPacket('DOMAIN_GET_STATE', serials.state, { state: 1, reason: 1 }),
  answerPacket('CONNECT_LIST_ALL_DOMAINS', serials.list, { domains: [guest, guest], ret: 2 }),
  answerPacket('CONNECT_GET_ALL_DOMAIN_STATS', serials.stats, {
    retStats: [{ dom: guest, params: [{ field: 'cpu.time', type: 4, value: 2n ** 60n }] }],
  }),
  eventPacket('DOMAIN_EVENT_CALLBACK_LIFECYCLE', lifecycle),
  pingPacket(1),
  packet({ ...reply, type: FrameType.STREAM, procedure: 201, serial: 1, status: 2 }, Buffer.from('console')),
  packet(
    { ...reply, type: FrameType.STREAM, procedure: 201, serial: 1, status: 1 },
    errorPayload(38, 'gone'),
  ),
];

describe('a daemon that means harm, or something else that answers', () => {
  test('what is honest is understood', async () => {
    const { calls: results, stream } = await outcome(honest);
    expect(results).toEqual(Array(4).fill('fulfilled'));
    expect(stream).toBe('38');
  });

  test.each<[string, Buffer]>([
    ['a packet that is too short', Buffer.from([0, 0, 0, 3, 1, 2, 3])],
    ['a packet that is too long', encoded('length:uint', { length: longestFrame + 1 })],
    ['another version', packet({ ...reply, version: 2, procedure: 59, serial: 2 }, Buffer.alloc(8))],
    ['another program', packet({ ...reply, program: 7, procedure: 59, serial: 2 }, Buffer.alloc(8))],
    ['an unknown type', packet({ ...reply, type: 7, procedure: 59, serial: 2 }, Buffer.alloc(8))],
    ['a call to us', packet({ ...reply, type: FrameType.CALL, procedure: 59, serial: 2 }, Buffer.alloc(8))],
    ['an unknown status', packet({ ...reply, status: 5, procedure: 59, serial: 2 }, Buffer.alloc(8))],
    ['the answer to another call', packet({ ...reply, procedure: 60, serial: 2 }, Buffer.alloc(8))],
    [
      'an answer that is cut short',
      packet({ ...reply, procedure: 59, serial: 2 }, Buffer.from([0, 0, 0, 9, 65])),
    ],
    ['an error without a reason', packet({ ...reply, status: 1, procedure: 59, serial: 2 }, Buffer.alloc(4))],
    [
      'an event that is cut short',
      packet({ ...reply, type: FrameType.MESSAGE, procedure: 318, serial: 1 }, Buffer.alloc(6)),
    ],
    [
      'a ping with a content',
      packet({ ...reply, program: programs.KEEPALIVE, type: 2, procedure: 1, serial: 0 }, Buffer.alloc(4)),
    ],
    ['neither ping nor pong', pingPacket(3)],
    [
      'a stream for nobody',
      packet({ ...reply, type: FrameType.STREAM, procedure: 201, serial: 50, status: 2 }, Buffer.alloc(4)),
    ],
    [
      'a parameter of an unknown type',
      packet(
        { ...reply, procedure: 344, serial: serials.stats },
        Buffer.concat([
          encoded('count:uint dom:domain params:uint', { count: 1, dom: guest, params: 1 }),
          encoded('field:string type:int value:int', { field: 'x', type: 99, value: 0 }),
        ]),
      ),
    ],
    ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('%s ends the connection and all that waits', async (_what, bytes) => {
    const { calls: results, stream, closed } = await outcome([bytes]);
    expect(closed.toData()).toMatchObject({
      code: 'protocol',
      hint: 'Check that a libvirt daemon listens there',
    });
    expect(results).toEqual(Array(4).fill('protocol'));
    expect(stream).toBe('protocol');
  });

  test('bytes without sense never hang and never throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 80 }), { maxLength: 6 }), async (chunks) => {
        const { calls: results, closed } = await outcome(chunks.map((chunk) => Buffer.from(chunk)));
        expect(['protocol', 'lost']).toContain(closed.code);
        expect(results.every((one) => ['fulfilled', 'protocol', 'lost'].includes(one))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('honest packets with changed bytes never hang and never throw', async () => {
    const whole = Buffer.concat(honest);
    const change = fc.record({ at: fc.nat(whole.length - 1), to: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 400 }),
        async (changes, step) => {
          const bytes = Buffer.from(whole);
          for (const { at, to } of changes) bytes[at] = to;
          const pieces = [];
          for (let at = 0; at < bytes.length; at += step) pieces.push(bytes.subarray(at, at + step));
          const { calls: results, closed } = await outcome(pieces);
          expect(['protocol', 'lost']).toContain(closed.code);
          expect(results.every((one) => one === 'fulfilled' || /^(protocol|lost|-?\d+)$/.test(one))).toBe(
            true,
          );
        },
      ),
      { numRuns: 400 },
    );
  });

  test('packets of a plausible form with any content never hang and never throw', async () => {
    const frame = fc
      .record({
        program: fc.constantFrom(...Object.values(programs)),
        procedure: fc.constantFrom(1, 2, 59, 201, 212, 273, 318, 344, 362, 500),
        type: fc.nat(7),
        serial: fc.nat(7),
        status: fc.nat(3),
        payload: fc.uint8Array({ maxLength: 64 }),
      })
      .map(({ payload, ...header }) => packet({ ...header, version: 1 }, payload));
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 8 }), async (frames) => {
        const { closed } = await outcome(frames);
        expect(['protocol', 'lost']).toContain(closed.code);
      }),
      { numRuns: 400 },
    );
  });

  test('a line that is cut at any offset is a lost connection, and what came whole counts', async () => {
    const whole = Buffer.concat(honest);
    const ends = honest.map((_, at) => Buffer.concat(honest.slice(0, at + 1)).length);
    for (let at = 0; at <= whole.length; at += 7) {
      const { calls: results, closed } = await outcome([whole.subarray(0, at)]);
      expect(closed.code).toBe('lost');
      const arrived = ends.slice(0, 4).filter((end) => end <= at).length;
      expect(results).toEqual([...Array(arrived).fill('fulfilled'), ...Array(4 - arrived).fill('lost')]);
    }
  });

  test('sixty-four bits come through a whole connection unharmed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), async (lib_ver) => {
        const peer = new Peer();
        const version = peer.client.call('CONNECT_GET_LIB_VERSION', {});
        await peer.serve('CONNECT_GET_LIB_VERSION', { lib_ver });
        expect(await version).toEqual({ lib_ver });
      }),
    );
  });
});
