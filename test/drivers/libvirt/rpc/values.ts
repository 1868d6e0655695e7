import fc, { type Arbitrary } from 'fast-check';
import { structs } from '../../../../drivers/libvirt/rpc/procedures.gen.ts';

/* Values of every type of the table, as fast-check makes them. */

const int = fc.oneof(fc.integer(), fc.constantFrom(-(2 ** 31), -1, 0, 1, 2 ** 31 - 1));
const uint = fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1));
export const hyper = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.constantFrom(-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n),
);
export const uhyper = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n),
);
const string = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
const double = fc.double({ noNaN: true });
const bytes = (least: number, most: number): Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: least, maxLength: most });

const field = fc
  .string({ unit: 'binary-ascii', minLength: 0, maxLength: 79 })
  .filter((text) => !text.includes('\0'));
export const typedParam = fc.oneof(
  fc.record({ field, type: fc.constant(1), value: int }),
  fc.record({ field, type: fc.constant(2), value: uint }),
  fc.record({ field, type: fc.constant(3), value: hyper }),
  fc.record({ field, type: fc.constant(4), value: uhyper }),
  fc.record({ field, type: fc.constant(5), value: double }),
  fc.record({ field, type: fc.constant(6), value: fc.boolean() }),
  fc.record({ field, type: fc.constant(7), value: string }),
);

const plain: Readonly<Record<string, Arbitrary<unknown>>> = {
  int,
  uint,
  char: int,
  uchar: uint,
  ushort: uint,
  hyper,
  uhyper,
  double,
  string,
  typed_param: typedParam,
};

/** A value of the fields; undefined where there are none, as the codec has it. */
export function valuesOf(fields: string): Arbitrary<unknown> {
  if (fields === '') return fc.constant(undefined);
  const members = fields.split(' ').map((one) => {
    const [name = '', type = ''] = one.split(':');
    return [name, valueOf(type)] as const;
  });
  return fc.record(Object.fromEntries(members), { noNullPrototype: true });
}

function valueOf(type: string): Arbitrary<unknown> {
  if (type.endsWith('?')) return fc.option(valueOf(type.slice(0, -1)), { nil: null });
  const [, base = '', bracket, size] = /^(\w+)(?:([<[])(\d+))?/.exec(type) ?? [];
  if (bracket === undefined) return plain[base] ?? valuesOf(structs[base] ?? '');
  const fixed = bracket === '[';
  const most = Math.min(Number(size), fixed ? Infinity : 3);
  const least = fixed ? most : 0;
  if (base === 'opaque' || base === 'char') return bytes(least, most);
  return fc.array(plain[base] ?? valuesOf(structs[base] ?? ''), { minLength: least, maxLength: most });
}
