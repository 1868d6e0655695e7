import { TypedParameterType } from './enums.gen.ts';

/** A named value that carries its type. `value` is a bigint for LLONG and ULLONG. */
export interface TypedParam {
  field: string;
  /** TypedParameterType */
  type: number;
  value: number | bigint | boolean | string;
}

/** Setters want the exact type of every field; these make it. */
export const typedParam = {
  int: (field: string, value: number): TypedParam => ({ field, type: TypedParameterType.INT, value }),
  uint: (field: string, value: number): TypedParam => ({ field, type: TypedParameterType.UINT, value }),
  llong: (field: string, value: bigint): TypedParam => ({ field, type: TypedParameterType.LLONG, value }),
  ullong: (field: string, value: bigint): TypedParam => ({ field, type: TypedParameterType.ULLONG, value }),
  double: (field: string, value: number): TypedParam => ({ field, type: TypedParameterType.DOUBLE, value }),
  boolean: (field: string, value: boolean): TypedParam => ({
    field,
    type: TypedParameterType.BOOLEAN,
    value,
  }),
  string: (field: string, value: string): TypedParam => ({ field, type: TypedParameterType.STRING, value }),
} as const;

/** By name. Of a field that is there twice the last counts. */
export class TypedValues {
  private readonly values = new Map<string, TypedParam['value']>();

  constructor(params: readonly TypedParam[]) {
    for (const { field, value } of params) this.values.set(field, value);
  }

  get fields(): Iterable<string> {
    return this.values.keys();
  }

  /** As a number; beyond 2^53 it is rounded. undefined where it is missing or no number. */
  number(field: string): number | undefined {
    const value = this.values.get(field);
    return typeof value === 'number' ? value : typeof value === 'bigint' ? Number(value) : undefined;
  }

  /** Every bit. undefined where it is missing or no whole number. */
  bigint(field: string): bigint | undefined {
    const value = this.values.get(field);
    if (typeof value === 'bigint') return value;
    return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
  }

  string(field: string): string | undefined {
    const value = this.values.get(field);
    return typeof value === 'string' ? value : undefined;
  }

  boolean(field: string): boolean | undefined {
    const value = this.values.get(field);
    return typeof value === 'boolean' ? value : undefined;
  }
}
