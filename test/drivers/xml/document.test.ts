import { DOMParser, type Element, type Node } from '@xmldom/xmldom';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { maximumSize, parseDocument } from '../../../drivers/xml/document.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { elementText } from './markup.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

function refusal(text: string, rootName?: string): GuestroomError {
  try {
    parseDocument(text, rootName);
  } catch (thrown) {
    if (thrown instanceof GuestroomError) return thrown;
    throw thrown;
  }
  throw new Error(`accepted: ${text.slice(0, 200)}`);
}

/** What a tree says, whoever parsed it. */
function outline(node: Node): unknown {
  if (node.nodeType === 1) {
    const element = node as Element;
    return [
      element.tagName,
      element.namespaceURI ?? null,
      [...element.attributes].map((attribute) => [
        attribute.name,
        attribute.namespaceURI ?? null,
        attribute.value,
      ]),
      [...element.childNodes].map(outline),
    ];
  }
  return [node.nodeType, node.nodeValue];
}

describe('a document that nobody changes', () => {
  it.each(['react-qemu.xml', 'workshop.xml'])('is written exactly as it was read: %s', (name) => {
    const text = fixture(name);
    expect(parseDocument(text, 'domain').toString()).toBe(text);
  });

  it.each([
    '<a/>',
    '<a />\n',
    '\uFEFF<a\tb = \'x"y\'  c="it\'s"\n></a >',
    '<?xml version="1.0"?>\r\n<a>\r\n  <b/>\r\n</a>\r\n<!-- end -->\r\n',
    '<a>&#65;&#x1F600;&lt;&gt;&amp;&quot;&apos;</a>',
    '<a><![CDATA[]]><![CDATA[<b>&amp;]]>x<?pi some data?><!-- c --></a>',
    '<p:a xmlns:p="urn:p" p:b="1"><c xmlns="urn:d"/></p:a>',
  ])('keeps its quotes, spaces, references and line ends: %j', (text) => {
    expect(parseDocument(text).toString()).toBe(text);
  });

  it('is written exactly as it was read, whatever it holds', () => {
    fc.assert(
      fc.property(elementText, (text) => {
        expect(parseDocument(text).toString()).toBe(text);
      }),
    );
  });

  it('means the same to us and to xmldom', () => {
    fc.assert(
      fc.property(elementText, (text) => {
        const ours = parseDocument(text).root;
        const theirs = new DOMParser({
          normalizeLineEndings: (raw) => raw.replace(/\r\n?/g, '\n'),
        }).parseFromString(text, 'text/xml').documentElement as Element;
        expect(outline(ours)).toEqual(outline(theirs));
      }),
    );
  });
});

describe('a text that is no document is refused with the place of the fault', () => {
  it.each<[string, string]>([
    ['', 'line 1, column 1'],
    ['   \n ', 'line 2, column 2'],
    ['domain', 'line 1, column 1'],
    ['<a>\n  <b>\n</a>', 'line 3, column 1'],
    ['<a>\n  <b x=1/>\n</a>', 'line 2, column 8'],
    ['<a>\n  <b x="1" x="2"/>\n</a>', 'line 2, column 12'],
    ['<a x="1"y="2"/>', 'line 1, column 9'],
    ['<a x="<"/>', 'line 1, column 7'],
    ['<a>\r\n &nbsp;</a>', 'line 2, column 2'],
    ['<a>fish & chips</a>', 'line 1, column 9'],
    ['<a>&constructor;</a>', 'line 1, column 4'],
    ['<a>&#0;</a>', 'line 1, column 4'],
    ['<a>&#xD800;</a>', 'line 1, column 4'],
    ['<a>\u0007</a>', 'line 1, column 4'],
    ['<a>]]></a>', 'line 1, column 4'],
    ['<a><!-- a -- b --></a>', 'line 1, column 4'],
    ['<a><!-- a', 'line 1, column 4'],
    ['<a><![CDATA[x</a>', 'line 1, column 4'],
    ['<a><?xml version="1.0"?></a>', 'line 1, column 4'],
    ['<a/><b/>', 'line 1, column 5'],
    ['<a/>text', 'line 1, column 5'],
    ['<a><p:b/></a>', 'line 1, column 4'],
    ['<a p:b="1"/>', 'line 1, column 4'],
    ['<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>', 'line 1, column 44'],
    ['<a xmlns:xml="urn:x"/>', 'line 1, column 15'],
    ['<a', 'line 1, column 3'],
    ['<a b', 'line 1, column 4'],
    ['<1/>', 'line 1, column 2'],
    ['<a></a', 'line 1, column 4'],
    ['<a><b/ ></a>', 'line 1, column 7'],
  ])('%j', (text, place) => {
    const error = refusal(text);
    expect(error.code).toBe('xml_invalid');
    expect(error.detail).toBe(place);
    expect(error.message).toContain(place);
  });

  it('and says when it is a document of another kind', () => {
    expect(refusal('<network/>', 'domain').message).toContain('<network> document, not a <domain> document');
  });
});

describe('a document made to do harm', () => {
  it('cannot declare a document type, and so no entities', () => {
    const bomb = `<!DOCTYPE domain [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>\n<domain>&b;</domain>`;
    const error = refusal(bomb);
    expect(error).toMatchObject({ code: 'xml_invalid', detail: 'line 1, column 1' });
    expect(error.message).toContain('document type declaration');
    expect(refusal('<domain><xmlns/></domain>')).toMatchObject({
      code: 'xml_invalid',
      detail: 'line 1, column 9',
    });
    expect(refusal('<domain><!DOCTYPE x SYSTEM "file:///etc/passwd"></domain>').code).toBe('xml_invalid');
  });

  it('cannot be larger than 4 MiB of UTF-8', () => {
    expect(refusal(`<a>${'x'.repeat(maximumSize)}</a>`).code).toBe('too_large');
    expect(refusal(`<a>${'ü'.repeat(maximumSize / 2)}</a>`).code).toBe('too_large');
    const fits = `<a>${'x'.repeat(maximumSize - 7)}</a>`;
    expect(parseDocument(fits).toString()).toHaveLength(maximumSize);
  });

  it('cannot be nested without end', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(parseDocument(nested(256)).toString()).toBe(nested(256));
    expect(refusal(nested(257)).message).toContain('256');
    expect(refusal('<a>'.repeat(500_000)).code).toBe('xml_invalid');
  });

  it('cannot have attributes without end', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `a${String(index)}=""`).join(' ');
    expect(refusal(`<a ${many}/>`).message).toContain('256 attributes');
  });

  it('never makes us fail in a way of our own', () => {
    const tokens = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '</',
        '/>',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?',
        '?>',
        '<!DOCTYPE',
        '&',
        ';',
        '"',
        "'",
      ],
      ...[
        '=',
        ' ',
        '\n',
        '\r',
        'domain',
        'name',
        'memory',
        'disk',
        'xmlns',
        'xmlns:a',
        'a:b',
        '&lt;',
        '&#1;',
        '\u0000',
      ],
      ...[
        '<domain>',
        '</domain>',
        '<memory unit="',
        '<vcpu>',
        '-1',
        'NaN',
        '\uD800',
        '😀',
        '__proto__',
        'constructor',
      ],
    );
    const garbage = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(tokens, { maxLength: 60 }).map((parts) => parts.join('')),
      fc.array(tokens, { maxLength: 60 }).map((parts) => `<domain type="qemu">${parts.join('')}</domain>`),
    );
    fc.assert(
      fc.property(garbage, (text) => {
        try {
          readDomain(text);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(GuestroomError);
        }
      }),
      { numRuns: 2000 },
    );
  }, 60_000);

  it('never makes us fail in a way of our own when a good one is damaged', () => {
    const good = fixture('workshop.xml');
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(40),
        fc.string({ unit: 'binary', maxLength: 12 }),
        (at, removed, put) => {
          const damaged = good.slice(0, at) + put + good.slice(at + removed);
          try {
            readDomain(damaged);
          } catch (thrown) {
            expect(thrown).toBeInstanceOf(GuestroomError);
            expect((thrown as GuestroomError).detail).toMatch(/^line \d+, column \d+$/);
          }
        },
      ),
      { numRuns: 2000 },
    );
  }, 60_000);
});
