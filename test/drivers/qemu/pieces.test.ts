import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { problemOf } from '../../../drivers/qemu/ending.ts';
import { explainFailure, significantLine } from '../../../drivers/qemu/failures.ts';
import { overlap, withoutQueries } from '../../../drivers/qemu/consoles.ts';
import { Broadcast } from '../../../drivers/api/broadcast.ts';
import { qcodeOf } from '../../../drivers/qemu/keys.ts';
import { packageFor, targetOf } from '../../../drivers/qemu/binaries.ts';
import { incomingUri, outgoingUri, stateHeader } from '../../../drivers/qemu/saved-state.ts';
import { encodePng, readPpm } from '../../../drivers/picture/png.ts';
import { trialImage } from '../../../drivers/qemu/accelerator.ts';

describe('what QEMU says', () => {
  test.each([
    ['qemu-system-x86_64: -drive x: Could not open /a: No such file or directory', 'not_found'],
    ['qemu-system-x86_64: Failed to get "write" lock\nIs another process using the image [/a]?', 'busy'],
    ['qemu-system-x86_64: -vnc :1: Failed to find an available port: Address already in use', 'port_in_use'],
    ['qemu-system-x86_64: cannot set up guest memory', 'no_memory'],
    ['KVM internal error. Suberror: 1', 'accelerator'],
    ["qemu-system-x86_64: -device x: 'x' is not a valid device model name", 'unsupported'],
    ['qemu-system-x86_64: something new', 'guest_died'],
  ])('%s is the error %s', (said, code) => {
    expect(explainFailure(said, 'It ended', 'guest_died')).toMatchObject({ code, detail: said });
  });

  test('the line that says most is told, warnings and registers are not', () => {
    const said =
      'qemu-system-x86_64: warning: host lacks sse\nqemu-system-x86_64: -m: too small.\nRAX=0000000000000000 RBX=0';
    expect(significantLine(said)).toBe('-m: too small');
  });

  test('a guest that died under acceleration is told so, with the way out', () => {
    const problem = problemOf('KVM internal error. Suberror: 3\nRAX=00000', 'kvm', {
      status: 1,
      signal: undefined,
    });
    expect(problem).toMatchObject({ code: 'accelerator' });
    expect(problem.hint).toContain('emulation');
  });

  test('a QEMU that ends without a word is told with its signal', () => {
    expect(problemOf('', 'tcg', { status: undefined, signal: 'SIGSEGV' }).message).toContain('SIGSEGV');
  });
});

describe('consoles', () => {
  test('bytes that came by both ways are shown once', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ max: 40 }),
        fc.uint8Array({ min: 0, max: 5 }),
        fc.uint8Array({ max: 40 }),
        (before, both, after) => {
          const log = Buffer.concat([before, both]);
          const chunk = Buffer.concat([both, after]);
          const length = overlap(log, chunk);
          expect(length).toBeGreaterThanOrEqual(both.length);
          expect(log.subarray(log.length - length)).toEqual(chunk.subarray(0, length));
        },
      ),
    );
  });

  test('what is replayed asks the terminal nothing', () => {
    expect(withoutQueries(Buffer.from('a\x1b[6nb\x1b[cc\x1b[>cd\x1b[31me')).toString()).toBe('abcd\x1b[31me');
  });
});

describe('small parts', () => {
  test('every listener gets everything sent since it came, in order, until it stops', async () => {
    const cast = new Broadcast<number>();
    const stop = new AbortController();
    const reader = cast.listen(stop.signal)[Symbol.asyncIterator]();
    cast.send(1);
    cast.send(2);
    expect(await reader.next()).toEqual({ done: false, value: 1 });
    expect(await reader.next()).toEqual({ done: false, value: 2 });
    const waiting = reader.next();
    stop.abort();
    expect(await waiting).toMatchObject({ done: true });
    cast.send(3);
    expect(await reader.next()).toMatchObject({ done: true });
  });

  test('keys have QEMU’s names, unknown ones are refused', () => {
    expect([1, 28, 29, 56, 111, 30, 57, 59, 88, 103].map(qcodeOf)).toEqual([
      'esc',
      'ret',
      'ctrl',
      'alt',
      'delete',
      'a',
      'spc',
      'f1',
      'f12',
      'up',
    ]);
    expect(() => qcodeOf(9999)).toThrow(/no key/);
  });

  test('the package of an architecture is the one that Debian has', () => {
    expect(packageFor('aarch64')).toBe('qemu-system-arm');
    expect(packageFor('i686')).toBe('qemu-system-x86');
    expect(packageFor('s390x')).toBe('qemu-system-misc');
    expect(targetOf('i686')).toBe('i386');
  });

  test('a saved state begins on a page, whatever the document', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 9000 }), (document) => {
        const header = Buffer.from(stateHeader(document, { paused: true, emulate: false }));
        expect(header.length % 4096).toBe(0);
        const [mark = '', facts = ''] = header.toString('utf8').split('\n');
        expect(mark).toBe('GUESTROOM-QEMU-STATE 1');
        const { offset, length } = JSON.parse(facts) as { offset: number; length: number };
        expect(offset).toBe(header.length);
        const start = Buffer.byteLength(`${mark}\n${facts}\n`);
        expect(header.subarray(start, start + length).toString('utf8')).toBe(
          Buffer.from(document).toString('utf8'),
        );
      }),
    );
  });

  test('no path is ever a part of the command that moves a state', () => {
    const old = { major: 7, minor: 2, micro: 0, package: '' };
    expect(outgoingUri(old, 4096)).toBe('exec:cat >>outgoing; echo $? >outgoing.status');
    expect(incomingUri(old, 4096)).toBe('exec:exec tail -c +4097 incoming');
    const fresh = { ...old, major: 9, minor: 0 };
    expect(outgoingUri(fresh, 4096)).toBe('file:outgoing,offset=4096');
    expect(incomingUri(fresh, 4096)).toBe('file:incoming,offset=4096');
  });

  test('a picture of an old QEMU becomes a PNG with the same pixels', () => {
    const rgb = Uint8Array.from({ length: 3 * 2 * 3 }, (_, index) => index * 14);
    const picture = readPpm(Buffer.concat([Buffer.from('P6\n3 2\n255\n'), rgb]));
    expect(picture).toMatchObject({ width: 3, height: 2 });
    const png = Buffer.from(encodePng(picture));
    const at = png.indexOf('IDAT');
    const data = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect([...data.subarray(1, 10)]).toEqual([...rgb.subarray(0, 9)]);
    expect([...data.subarray(11, 20)]).toEqual([...rgb.subarray(9, 18)]);
    expect(() => readPpm(Buffer.from('P6\n3 2\n255\n'))).toThrow(/cannot be read/);
  });

  test('the trial guest stands where a processor begins', () => {
    const image = trialImage();
    expect(image.length).toBe(65536);
    expect([...image.subarray(0xfff0, 0xfff5)]).toEqual([0xea, 0, 0, 0, 0xf0]);
  });
});
