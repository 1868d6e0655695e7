import type { GenericSchema } from 'valibot';
import { GuestroomError } from '../../drivers/api/errors.ts';

/** What comes from a window is measured and held against the contract's schema before it is read: nothing unknown, nothing endless. */

/** Characters of all texts and keys together. A document is at most 1 Mi of them. */
const mostCharacters = 2 * 1024 * 1024;
const mostValues = 100_000;
const deepest = 24;

/** Throws `too_large` for arguments over the limits, `invalid_argument` for a field that the schema does not have. */
export function guardInput(input: unknown, schema: unknown): void {
  measure(input);
  if (isSchema(schema)) refuseUnknown(input, schema, '');
  else if (!isNothing(input)) throw new GuestroomError('invalid_argument', 'This call takes no arguments');
}

/** Some transports carry an empty object where there is nothing. */
function isNothing(input: unknown): boolean {
  return (
    input === undefined || (typeof input === 'object' && input !== null && Object.keys(input).length === 0)
  );
}

function measure(input: unknown): void {
  let characters = 0;
  let values = 0;
  const walk = (value: unknown, depth: number): void => {
    values += 1;
    if (typeof value === 'string') characters += value.length;
    if (depth > deepest || values > mostValues || characters > mostCharacters) {
      throw new GuestroomError('too_large', 'The request is too large');
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      if (!Array.isArray(value)) characters += key.length;
      walk(entry, depth + 1);
    }
  };
  walk(input, 0);
}

/** The parts of a valibot schema that say which fields there are. */
interface SchemaParts {
  type: string;
  entries?: Readonly<Record<string, GenericSchema>>;
  wrapped?: GenericSchema;
  item?: GenericSchema;
  value?: GenericSchema;
  key?: unknown;
  options?: readonly GenericSchema[];
}

function isSchema(value: unknown): value is GenericSchema {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'schema';
}

function refuseUnknown(input: unknown, schema: GenericSchema, path: string): void {
  if (typeof input !== 'object' || input === null) return;
  const parts = schema as unknown as SchemaParts;
  if (parts.wrapped) return refuseUnknown(input, parts.wrapped, path);
  if (Array.isArray(input)) {
    for (const [index, value] of input.entries()) {
      if (parts.item) refuseUnknown(value, parts.item, `${path}[${String(index)}]`);
    }
    return;
  }
  if (parts.type === 'record' && parts.value) {
    for (const [key, value] of Object.entries(input)) refuseUnknown(value, parts.value, `${path}.${key}`);
    return;
  }
  const { entries } = parts.type === 'variant' ? chosen(input, parts) : parts;
  if (!entries) return;
  for (const [key, value] of Object.entries(input)) {
    const field = Object.hasOwn(entries, key) ? entries[key] : undefined;
    const place = path === '' ? key : `${path}.${key}`;
    if (!field) throw new GuestroomError('invalid_argument', `Unknown field: ${place.slice(0, 200)}`);
    refuseUnknown(value, field, place);
  }
}

/** The option of a variant that the value itself names; validation refuses a value that names none. */
function chosen(input: object, { key, options = [] }: SchemaParts): SchemaParts {
  const name: unknown = typeof key === 'string' ? (input as Record<string, unknown>)[key] : undefined;
  for (const option of options) {
    const parts = option as unknown as SchemaParts;
    const literal = typeof key === 'string' ? parts.entries?.[key] : undefined;
    if (literal && 'literal' in literal && literal.literal === name) return parts;
  }
  return { type: 'none' };
}
