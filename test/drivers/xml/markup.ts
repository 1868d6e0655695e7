import fc from 'fast-check';

/** Texts of well-formed elements, written in all the ways that XML allows. */
const name = fc.constantFrom('a', 'domain', 'name', 'b-c', '_d.e', 'été', 'constructor', '__proto__');
const blank = fc.constantFrom('', ' ', '\n', '\r\n', '\t ', '\r');
const space = fc.constantFrom(' ', '\n  ', '\r\n\t', '  ');
const piece = fc.constantFrom(
  'x',
  ' ',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '&lt;',
  '&amp;',
  '&#65;',
  '&#x1F600;',
  '😀',
  'é',
  '>',
  '\u0085',
);
const words = fc.array(piece, { maxLength: 6 }).map((parts) => parts.join(''));

const attribute = fc
  .record({ before: space, name, around: blank, quote: fc.constantFrom('"', "'"), value: words })
  .map(({ before, name: key, around, quote, value }) => ({
    key,
    text: `${before}${key}${around}=${around}${quote}${value}${quote}`,
  }));

const attributes = fc
  .uniqueArray(attribute, { maxLength: 4, selector: ({ key }) => key })
  .map((list) => list.map(({ text }) => text).join(''));

const { element } = fc.letrec<{ element: string; content: string }>((tie) => ({
  content: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    words,
    words.map((text) => `<!--${text}-->`),
    fc.constantFrom('<![CDATA[<&]]>', '<![CDATA[ ]]]]>', '<?go on?>', '<?stop?>'),
    tie('element'),
  ),
  element: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(name, attributes, blank).map(([tag, list, end]) => `<${tag}${list}${end}/>`),
    fc
      .tuple(name, attributes, blank, fc.array(tie('content'), { maxLength: 4 }))
      .map(([tag, list, end, content]) => `<${tag}${list}${end}>${content.join('')}</${tag}${end}>`),
    fc
      .array(tie('content'), { maxLength: 3 })
      .map((content) => `<p:q xmlns:p='urn:p' xmlns="urn:d" p:r="1">${content.join('')}</p:q>`),
  ),
}));

export const elementText = element;
