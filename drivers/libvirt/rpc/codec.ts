import { GuestroomError } from '../../api/errors.ts';
import { TypedParameterType } from './enums.gen.ts';
import { structs } from './procedures.gen.ts';
import type { TypedParam } from './typed-params.ts';
import { Malformed, type XdrReader } from './xdr-reader.ts';
import type { XdrWriter } from './xdr-writer.ts';

type Read = (from: XdrReader) => unknown;
type Write = (to: XdrWriter, value: unknown) => void;

/** How one type of the table is read and written. */
export interface Codec {
  read: Read;
  write: Write;
  /** Bytes that the shortest value takes: a count beyond what is left is refused before anything is allocated. */
  least: number;
}

/** Longest text and byte string of the protocol. */
const longest = 4 * 1024 * 1024;

const compiled = new Map<string, Codec>();

/** The codec of fields written as in the table: `name:string? flags:uint`. Made once for each text. */
export function fieldsCodec(fields: string): Codec {
  let codec = compiled.get(fields);
  if (!codec) {
    codec = structCodec(fields);
    compiled.set(fields, codec);
  }
  return codec;
}

function structCodec(fields: string): Codec {
  if (fields === '') return { read: () => undefined, write: () => undefined, least: 0 };
  const members = fields.split(' ').map((field) => {
    const [name = '', type = ''] = field.split(':');
    return { name, codec: typeCodec(type) };
  });
  return {
    read: readStruct(members.map(({ name, codec }) => ({ name, read: codec.read }))),
    write: (to, value) => {
      if (typeof value !== 'object' || value === null)
        throw new GuestroomError('invalid_argument', 'A value without fields where fields belong');
      for (const { name, codec } of members) {
        try {
          codec.write(to, (value as Record<string, unknown>)[name]);
        } catch (error) {
          throw inField(name, error);
        }
      }
    },
    least: members.reduce((sum, { codec }) => sum + codec.least, 0),
  };
}

const inField = (name: string, error: unknown): unknown =>
  error instanceof GuestroomError
    ? new GuestroomError(error.code, error.message, {
        detail: [name, error.detail].filter(Boolean).join('.'),
      })
    : error;

function readStruct(members: { name: string; read: Read }[]): Read {
  return (from) => {
    const value: Record<string, unknown> = {};
    for (const { name, read } of members) value[name] = read(from);
    return value;
  };
}

const typePattern = /^(\w+?)(?:([<[])(\d+)[>\]])?(\?)?$/;

function typeCodec(type: string): Codec {
  const [, base = '', bracket, size = '', optional] = typePattern.exec(type) ?? [];
  const bounds = bracket === undefined ? undefined : { fixed: bracket === '[', size: Number(size) };
  const codec = arrayCodec(base, bounds);
  return optional === undefined ? codec : optionalCodec(codec);
}

function arrayCodec(base: string, bounds: { fixed: boolean; size: number } | undefined): Codec {
  if (!bounds) return oneCodec(base);
  const { fixed, size } = bounds;
  if (base === 'opaque') {
    return fixed
      ? {
          read: (from) => from.fixedBytes(size),
          write: (to, value) => to.fixedBytes(value, size),
          least: (size + 3) & ~3,
        }
      : {
          read: (from) => from.variableBytes(size),
          write: (to, value) => to.variableBytes(value, size),
          least: 4,
        };
  }
  if (base === 'char') return wordsCodec(fixed, size);
  const item = oneCodec(base);
  return {
    read: (from) => {
      const count = fixed ? size : from.count(size, item.least);
      const items: unknown[] = [];
      for (let at = 0; at < count; at += 1) items.push(item.read(from));
      return items;
    },
    write: (to, value) => {
      if (!Array.isArray(value)) throw new GuestroomError('invalid_argument', 'A list is missing');
      checkCount(value.length, fixed, size);
      if (!fixed) to.uint(value.length);
      for (const one of value) item.write(to, one);
    },
    least: fixed ? size * item.least : 4,
  };
}

function wordsCodec(fixed: boolean, size: number): Codec {
  return {
    read: (from) => from.words(fixed ? size : from.count(size, 4)),
    write: (to, value) => {
      if (value instanceof Uint8Array) {
        checkCount(value.length, fixed, size);
        if (!fixed) to.uint(value.length);
      }
      to.words(value);
    },
    least: fixed ? size * 4 : 4,
  };
}

function checkCount(count: number, fixed: boolean, size: number): void {
  if (count > size)
    throw new GuestroomError(
      'too_large',
      `${String(count)} items are more than the ${String(size)} that libvirt takes`,
    );
  if (fixed && count < size)
    throw new GuestroomError('invalid_argument', `${String(count)} items where ${String(size)} belong`);
}

function optionalCodec(codec: Codec): Codec {
  return {
    read: (from) => (from.present() ? codec.read(from) : null),
    write: (to, value) => {
      if (value === null) {
        to.uint(0);
        return;
      }
      to.uint(1);
      codec.write(to, value);
    },
    least: 4,
  };
}

const plain: Readonly<Record<string, Codec>> = {
  int: { read: (from) => from.int(), write: (to, value) => to.int(value), least: 4 },
  uint: { read: (from) => from.uint(), write: (to, value) => to.uint(value), least: 4 },
  // the narrow ones take a whole word
  char: { read: (from) => from.int(), write: (to, value) => to.int(value), least: 4 },
  uchar: { read: (from) => from.uint(), write: (to, value) => to.uint(value), least: 4 },
  ushort: { read: (from) => from.uint(), write: (to, value) => to.uint(value), least: 4 },
  hyper: { read: (from) => from.hyper(), write: (to, value) => to.hyper(value), least: 8 },
  uhyper: { read: (from) => from.uhyper(), write: (to, value) => to.uhyper(value), least: 8 },
  double: { read: (from) => from.double(), write: (to, value) => to.double(value), least: 8 },
  string: { read: (from) => from.string(longest), write: (to, value) => to.string(value, longest), least: 4 },
  typed_param: { read: readTypedParam, write: writeTypedParam, least: 12 },
};

function oneCodec(base: string): Codec {
  const codec = plain[base];
  if (codec) return codec;
  const fields = structs[base];
  if (fields === undefined) throw new Error(`The table has no type ${base}`);
  return fieldsCodec(fields);
}

function readTypedParam(from: XdrReader): TypedParam {
  const { text, type } = from.paramHead(longest);
  return { field: text, type, value: readTypedValue(from, type) };
}

function readTypedValue(from: XdrReader, type: number): TypedParam['value'] {
  switch (type) {
    case TypedParameterType.INT:
      return from.int();
    case TypedParameterType.UINT:
      return from.uint();
    case TypedParameterType.LLONG:
      return from.hyper();
    case TypedParameterType.ULLONG:
      return from.uhyper();
    case TypedParameterType.DOUBLE:
      return from.double();
    case TypedParameterType.BOOLEAN:
      return from.int() !== 0;
    case TypedParameterType.STRING:
      return from.string(longest);
    default:
      throw new Malformed(`A typed parameter of the unknown type ${String(type)}`);
  }
}

function writeTypedParam(to: XdrWriter, param: unknown): void {
  const { field, type, value } = (param ?? {}) as Partial<TypedParam>;
  to.string(field, 79);
  to.int(type);
  switch (type) {
    case TypedParameterType.INT:
      return to.int(value);
    case TypedParameterType.UINT:
      return to.uint(value);
    case TypedParameterType.LLONG:
      return to.hyper(value);
    case TypedParameterType.ULLONG:
      return to.uhyper(value);
    case TypedParameterType.DOUBLE:
      return to.double(value);
    case TypedParameterType.BOOLEAN:
      if (typeof value !== 'boolean')
        throw new GuestroomError('invalid_argument', `${String(field)} is yes or no`);
      return to.int(value ? 1 : 0);
    case TypedParameterType.STRING:
      return to.string(value, longest);
    default:
      throw new GuestroomError('invalid_argument', `Typed parameters have no type ${String(type)}`);
  }
}
