import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineAndColumn, xmlFaults } from '../../renderer/parts/XmlEditorFaults.ts';

/** What the browser's own parser says. */
function wellFormed(text: string): boolean {
  const parsed = new DOMParser().parseFromString(text, 'application/xml');
  return parsed.getElementsByTagName('parsererror').length === 0;
}

const name = fc.constantFrom('domain', 'name', 'os', 'disk', 'a-b', 'x.1');
const words = fc.string({ unit: fc.constantFrom('a', ' ', '1', '\n', '&amp;', '&#10;', '&#x41;', '"', '>') });
const element: fc.Arbitrary<string> = fc.letrec<{ element: string }>((tie) => ({
  element: fc
    .tuple(
      name,
      fc.uniqueArray(name, { maxLength: 3 }),
      fc.array(
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          words.map((text) => text.replaceAll(']]>', '')),
          fc.constant('<!-- why -->'),
          fc.constant('<![CDATA[<raw> & ]]>'),
          fc.constant('<?note x?>'),
          tie('element'),
        ),
        { maxLength: 4 },
      ),
    )
    .map(([tag, attributes, content]) => {
      const begin = `<${[tag, ...attributes.map((each) => `${each}='v &lt; "w"'`)].join(' ')}`;
      return content.length === 0 ? `${begin}/>` : `${begin}>${content.join('')}</${tag}>`;
    }),
})).element;

describe('marking what is not well-formed', () => {
  it('finds nothing in a well-formed document', () => {
    fc.assert(
      fc.property(
        element,
        fc.constantFrom('', '<?xml version="1.0" encoding="UTF-8"?>\n', '<!-- a -->\n'),
        (root, head) => {
          expect(xmlFaults(`${head}${root}\n`)).toEqual([]);
        },
      ),
    );
  });

  it('agrees with an XML parser about documents that were damaged anywhere', () => {
    const junk = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      '"',
      "'",
      '=',
      ' ',
      '</',
      '<a',
      'x',
      '--',
      '<!--',
      ']]>',
    );
    fc.assert(
      fc.property(element, fc.nat(), fc.nat(4), junk, (root, at, cut, insert) => {
        const place = at % (root.length + 1);
        const text = root.slice(0, place) + insert + root.slice(place + cut);
        // jsdom's parser takes <?a?b?>, which XML does not
        fc.pre(!/<\?[^\s?]*\?(?!>)/.test(text));
        expect({ text, good: xmlFaults(text).length === 0 }).toEqual({ text, good: wellFormed(text) });
      }),
      { numRuns: 400 },
    );
  });

  it('marks the very place', () => {
    const at = (text: string) =>
      xmlFaults(text).map((fault) => [fault.kind, text.slice(fault.from, fault.to)]);
    expect(at('<domain><name>a</nam></domain>')).toEqual([
      ['unclosed', '<name'],
      ['mismatched', '</nam>'],
    ]);
    expect(at('<domain><os></domain>')).toEqual([['unclosed', '<os']]);
    expect(at('<a b="1" b="2"/>')).toEqual([['duplicate', 'b']]);
    expect(at('<a>&nope;</a>')).toEqual([['entity', '&']]);
    expect(at('<a/><b/>')).toEqual([['secondRoot', '<b']]);
    expect(at('<!DOCTYPE a><a/>')).toEqual([['doctype', '<!DOCTYPE a>']]);
    expect(at('<a/>x')).toEqual([['unexpected', 'x']]);
    expect(at('</a>')).toEqual([['unopened', '</a>']]);
    expect(at('')).toEqual([['empty', '']]);
  });

  it('names line and column as an editor counts them', () => {
    const text = '<domain>\n  <name>\n</domain>\n';
    const [fault] = xmlFaults(text);
    expect(fault && lineAndColumn(text, fault.from)).toEqual({ line: 2, column: 3 });
    expect(lineAndColumn(text, 0)).toEqual({ line: 1, column: 1 });
    expect(lineAndColumn(text, 9)).toEqual({ line: 2, column: 1 });
  });

  it('comes back soon from a document of a megabyte of brackets', () => {
    expect(xmlFaults('<'.repeat(1024 * 1024)).length).toBeLessThanOrEqual(50);
    expect(xmlFaults(`<a>${'<b>'.repeat(200_000)}</a>`).length).toBeLessThanOrEqual(50);
  });
});
