import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Spec } from '../../../drivers/xml/codec/spec.ts';
import { EditedDocument, type DocumentKind } from '../../../drivers/xml/kind.ts';
import { expectValid } from './schema.ts';

/** Without what may be left out: empty lists, empty parts and false. */
export function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => essence(item) ?? {});
  if (typeof value !== 'object' || value === null) return value === false ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, part]) => [key, essence(part)] as const)
    .filter(([, part]) => part !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** What must hold for every kind of document: that it says what was meant, keeps the rest, and libvirt takes it. */
export function holds<T>(
  kind: DocumentKind<T>,
  specs: fc.Arbitrary<Spec<T>>,
  schema: string,
  numRuns = 100,
): void {
  it('says what the spec says, and nothing else', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const read = kind.read(kind.build(spec));
        expect(read).toMatchObject(spec as object);
        expect(essence(read)).toEqual(essence(spec));
      }),
      { numRuns },
    );
  }, 60_000);

  it('is the same when built again from what was read', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const text = kind.build(spec);
        expect(kind.build(kind.read(text) as Spec<T>)).toBe(text);
      }),
      { numRuns },
    );
  }, 60_000);

  it(
    "is valid by libvirt's own schema",
    (context) => expectValid(context, schema, specs, kind.build, numRuns),
    120_000,
  );

  it('keeps what we do not know when all that we know is written again', () => {
    fc.assert(
      fc.property(specs, (spec) => {
        const text = kind
          .build(spec)
          .replace(/^<(\w+)([^<>]*)\/>\n$/, '<$1$2>\n</$1>\n')
          .replace(/<\/(\w+)>\n$/, '  <!-- mine -->\n  <later-version at="1"><x/></later-version>\n</$1>\n');
        const document = new EditedDocument(kind, text);
        const read = document.read();
        document.update(read as never);
        expect(document.toString()).toContain(
          '  <!-- mine -->\n  <later-version at="1"><x/></later-version>\n',
        );
        expect(document.read()).toEqual(read);
      }),
      { numRuns: Math.min(numRuns, 50) },
    );
  }, 60_000);
}
