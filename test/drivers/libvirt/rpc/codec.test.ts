import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { procedureOf } from '../../../../drivers/libvirt/rpc/calls.ts';
import { fieldsCodec } from '../../../../drivers/libvirt/rpc/codec.ts';
import { messages, procedures, structs } from '../../../../drivers/libvirt/rpc/procedures.gen.ts';
import { typedParam as make, TypedValues } from '../../../../drivers/libvirt/rpc/typed-params.ts';
import { Malformed, XdrReader } from '../../../../drivers/libvirt/rpc/xdr-reader.ts';
import { encoded } from './peer.ts';
import { hyper, typedParam, uhyper, valuesOf } from './values.ts';

const read = (fields: string, bytes: Buffer): unknown => fieldsCodec(fields).read(new XdrReader(bytes));

/** Everything that the table says of what crosses the wire, once each. */
const allFields = [
  ...new Set([
    ...Object.values(procedures).flatMap(([, , args, result]) => [args, result]),
    ...Object.values(messages).map(([, , payload]) => payload),
    ...Object.values(structs),
  ]),
];

describe('values on the wire', () => {
  test('arguments, results and payloads of the whole table come back as they went', () => {
    expect(allFields.length).toBeGreaterThan(300);
    for (const fields of allFields) {
      fc.assert(
        fc.property(valuesOf(fields), (value) => {
          const bytes = encoded(fields, value);
          expect(bytes.length % 4).toBe(0);
          expect(read(fields, bytes)).toEqual(value);
        }),
        { numRuns: 8 },
      );
    }
  });

  test('64 bits keep every bit', () => {
    fc.assert(
      fc.property(hyper, uhyper, (a, b) => {
        const bytes = encoded('a:hyper b:uhyper', { a, b });
        expect(bytes.readBigInt64BE(0)).toBe(a);
        expect(bytes.readBigUInt64BE(8)).toBe(b);
        expect(read('a:hyper b:uhyper', bytes)).toEqual({ a, b });
      }),
      { numRuns: 1000 },
    );
    for (const value of [2n ** 64n, -1n, 5, '5']) {
      expect(() => encoded('a:uhyper', { a: value })).toThrow(/bigint/);
    }
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n])
      expect(() => encoded('a:hyper', { a: value })).toThrow(/bigint/);
  });

  test.each([
    [2 ** 31, 'int'],
    [-(2 ** 31) - 1, 'int'],
    [0.5, 'int'],
    [-1, 'uint'],
    [2 ** 32, 'uint'],
    [Number.NaN, 'uint'],
    ['1', 'int'],
    [null, 'string'],
    [undefined, 'string?'],
    [7, 'double[1]'],
    [new Uint8Array(3), 'opaque[4]'],
    ['abcd', 'opaque[4]'],
    ['abcd', 'char<9>'],
    [[1, 2], 'int[3]'],
    ['x', 'double'],
  ])('%s is no %s', (value, type) => {
    expect(() => encoded(`a:${type}`, { a: value })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });

  test('a password that does not fit is not in the message', () => {
    expect(() => encoded('a:int', { a: 'secret' })).toThrow('string where');
  });

  test.each([
    [new Uint8Array(5), 'opaque<4>'],
    [new Uint8Array(5), 'char<4>'],
    [[1, 2, 3], 'int<2>'],
  ])('%s is too much for %s, there and here', (value, type) => {
    expect(() => encoded(`a:${type}`, { a: value })).toThrow(expect.objectContaining({ code: 'too_large' }));
    const bytes = encoded(`a:${type.replace(/\d+>/, '9>')}`, { a: value });
    expect(() => read(`a:${type}`, bytes)).toThrow(Malformed);
  });

  test('texts are UTF-8, padded, without a terminator', () => {
    expect(encoded('a:string', { a: 'mäß' }).toString('hex')).toBe('000000056dc3a4c39f000000');
    expect(encoded('a:string?', { a: null }).toString('hex')).toBe('00000000');
    expect(encoded('a:string?', { a: '' }).toString('hex')).toBe('0000000100000000');
  });

  test('a char array has a sign-extended word for every byte', () => {
    const bytes = encoded('a:char<4>', { a: Uint8Array.from([0x41, 0xff, 0x80]) });
    expect(bytes.toString('hex')).toBe('0000000300000041ffffffffffffff80');
    expect(read('a:char<4>', bytes)).toEqual({ a: Uint8Array.from([0x41, 0xff, 0x80]) });
  });

  test('bytes after the last value are passed over', () => {
    expect(read('a:int', Buffer.from([0, 0, 0, 5, 1, 2, 3]))).toEqual({ a: 5 });
  });

  test('what was read does not change with the packet', () => {
    const bytes = encoded('a:opaque<99> b:opaque<99>', {
      a: new Uint8Array(9).fill(3),
      b: new Uint8Array(80).fill(3),
    });
    const value = read('a:opaque<99> b:opaque<99>', bytes) as { a: Uint8Array; b: Uint8Array };
    bytes.fill(0);
    expect([...value.a, ...value.b].every((byte) => byte === 3)).toBe(true);
  });
});

describe('bytes that are not what they should be', () => {
  test('every value of the table that is cut short is refused', () => {
    for (const fields of allFields) {
      fc.assert(
        fc.property(valuesOf(fields), fc.nat(), (value, at) => {
          const bytes = encoded(fields, value);
          if (bytes.length === 0) return;
          expect(() => read(fields, bytes.subarray(0, at % bytes.length))).toThrow(Malformed);
        }),
        { numRuns: 4 },
      );
    }
  });

  test('nonsense is refused or is a value, but never anything else', () => {
    for (const fields of allFields) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 96 }), (bytes) => {
          try {
            read(fields, Buffer.from(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(Malformed);
          }
        }),
        { numRuns: 6 },
      );
    }
  });

  test('a count that the bytes cannot hold is refused before anything is made', () => {
    const { result } = procedureOf('CONNECT_LIST_ALL_DOMAINS');
    const claim = Buffer.alloc(64);
    claim.writeUInt32BE(16384, 0);
    expect(() => result.read(new XdrReader(claim))).toThrow('16384 items in 60 bytes');
    claim.writeUInt32BE(16385, 0);
    expect(() => result.read(new XdrReader(claim))).toThrow('at most 16384');
  });

  test.each([2, 0xffffffff])('%d does not tell whether a value is there', (flag) => {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(flag, 0);
    expect(() => read('a:string?', bytes)).toThrow(Malformed);
  });

  test.each([0, 8, -1])('a typed parameter of the unknown type %d is refused', (type) => {
    const bytes = encoded('field:string type:int value:uhyper', { field: 'x', type, value: 1n });
    expect(() => read('a:typed_param', bytes)).toThrow('unknown type');
  });
});

describe('typed parameters', () => {
  test('the same names come back in any order, with other types, and wherever the bytes lie', () => {
    const name = fc.constantFrom('state.state', 'state.reason', 'block.0.name', 'block.1.name', 'a', 'é');
    const value = fc.oneof(
      fc.integer({ min: 0, max: 99 }).map((number) => (field: string) => make.int(field, number)),
      fc.bigInt({ min: 0n, max: 99n }).map((number) => (field: string) => make.ullong(field, number)),
      fc.string().map((text) => (field: string) => make.string(field, text)),
    );
    const param = fc.tuple(name, value).map(([field, of]) => of(field));
    fc.assert(
      fc.property(fc.array(param, { maxLength: 99 }), fc.nat({ max: 7 }), (params, offset) => {
        const fields = 'params:typed_param<99>';
        const bytes = encoded(fields, { params });
        const packet = Buffer.concat([Buffer.alloc(offset), bytes]);
        expect(fieldsCodec(fields).read(new XdrReader(packet, offset))).toEqual({ params });
      }),
      { numRuns: 300 },
    );
  });

  test('the same field names are read again and again, whatever stood in between', () => {
    fc.assert(
      fc.property(fc.array(typedParam, { maxLength: 30 }), (params) => {
        const fields = 'params:typed_param<99>';
        expect(read(fields, encoded(fields, { params }))).toEqual({ params });
        expect(read(fields, encoded(fields, { params: [...params].reverse() }))).toEqual({
          params: [...params].reverse(),
        });
      }),
      { numRuns: 300 },
    );
  });

  test('field names that differ only where the padding begins are told apart', () => {
    const params = ['abc', 'abcd', 'ab', 'abcd\u0001', 'ä', 'Ã¤', ''].map((field) => make.int(field, 1));
    const fields = 'params:typed_param<99>';
    for (let round = 0; round < 3; round += 1)
      expect(read(fields, encoded(fields, { params }))).toEqual({ params });
  });

  test('values are looked up by name in the form that is wanted', () => {
    const values = new TypedValues([
      make.ullong('block.0.rd.bytes', 2n ** 63n),
      make.int('state.state', 1),
      make.string('net.0.name', 'vnet0'),
      make.boolean('ok', true),
      make.double('share', 0.5),
      make.llong('offset', -5n),
      make.uint('count', 4_000_000_000),
    ]);
    expect(values.bigint('block.0.rd.bytes')).toBe(2n ** 63n);
    expect(values.number('block.0.rd.bytes')).toBe(2 ** 63);
    expect(values.bigint('state.state')).toBe(1n);
    expect(values.string('net.0.name')).toBe('vnet0');
    expect(values.boolean('ok')).toBe(true);
    expect([values.number('share'), values.bigint('share')]).toEqual([0.5, undefined]);
    expect([values.number('offset'), values.number('count')]).toEqual([-5, 4_000_000_000]);
    expect([values.number('net.0.name'), values.string('state.state'), values.boolean('gone')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([...values.fields]).toHaveLength(7);
  });

  test.each([
    [{ field: 'x'.repeat(80), type: 1, value: 1 }, 'too_large'],
    [{ field: 'x', type: 4, value: 1 }, 'invalid_argument'],
    [{ field: 'x', type: 6, value: 1 }, 'invalid_argument'],
    [{ field: 'x', type: 9, value: 1 }, 'invalid_argument'],
    [null, 'invalid_argument'],
  ])('%o is refused as %s', (param, code) => {
    expect(() => encoded('a:typed_param', { a: param })).toThrow(expect.objectContaining({ code }));
  });
});
