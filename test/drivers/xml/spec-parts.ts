import fc from 'fast-check';

export const yes = fc.boolean();

/** A record of which only the named parts are always there. */
export function sometimes<T extends object, K extends keyof T = never>(
  parts: { [P in keyof T]: fc.Arbitrary<T[P]> },
  always: K[] = [],
): fc.Arbitrary<{ [P in K]: T[P] } & { [P in Exclude<keyof T, K>]?: T[P] }> {
  return fc.record(parts, { requiredKeys: always }) as fc.Arbitrary<
    { [P in K]: T[P] } & { [P in Exclude<keyof T, K>]?: T[P] }
  >;
}
