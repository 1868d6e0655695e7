import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Content } from '../../../drivers/test/content.ts';

const size = 300_000;
const offset = fc.integer({ min: 0, max: size - 1 });
const length = fc.integer({ min: 0, max: 200_000 });
const step = fc.oneof(
  fc.record({ write: fc.uint8Array({ minLength: 1, maxLength: 90_000 }), offset }),
  fc.record({ punch: length, offset }),
  fc.record({ truncate: offset }),
);

describe('the bytes of a made-up file', () => {
  test('are those of a plain buffer after any writes, holes and cuts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), offset, length, (steps, from, many) => {
        const plain = new Uint8Array(2 * size);
        const content = Content.of();
        for (const one of steps) {
          if ('write' in one) {
            plain.set(one.write, one.offset);
            content.write(one.offset, one.write);
          } else if ('punch' in one) {
            plain.fill(0, one.offset, one.offset + one.punch);
            content.punch(one.offset, one.punch);
          } else {
            plain.fill(0, one.truncate);
            content.truncate(one.truncate);
          }
        }
        expect(Buffer.from(content.read(from, many)).equals(plain.subarray(from, from + many))).toBe(true);
        const pieces = [...content.pieces(from, many)].map((piece) =>
          'data' in piece ? piece.data : new Uint8Array(piece.hole),
        );
        expect(Buffer.concat(pieces).equals(plain.subarray(from, from + many))).toBe(true);
        const copy = content.copy();
        content.write(0, Buffer.from('changed'));
        expect(Buffer.from(copy.read(from, many)).equals(plain.subarray(from, from + many))).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  test('cost nothing where nothing was written, however large the file', () => {
    const content = Content.of();
    const far = 8 * 1024 ** 4;
    content.write(far, Buffer.from('end'));
    content.punch(0, far);
    expect(content.allocated).toBe(64 * 1024);
    expect([...content.pieces(far - 10, 13)]).toEqual([
      { hole: 10 },
      { data: new Uint8Array(Buffer.from('end')) },
    ]);
  });

  test('are forgotten over 64 MiB, and still counted', () => {
    const content = Content.of();
    const mebibyte = new Uint8Array(1024 * 1024).fill(7);
    for (let index = 0; index < 65; index += 1) content.write(index * mebibyte.length, mebibyte);
    expect(content.allocated).toBe(65 * mebibyte.length);
    expect([...content.read(64 * mebibyte.length - 1, 3)]).toEqual([7, 0, 0]);
    content.punch(0, mebibyte.length);
    content.write(64 * mebibyte.length, Buffer.from([1]));
    expect(content.allocated).toBe(64 * mebibyte.length);
  });
});
