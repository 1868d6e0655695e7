import { Node, type Attr, type Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import { hasForbidden } from './characters.ts';
import { origins, type AttributeOrigin, type ElementOrigin } from './origin.ts';

/**
 * The text of a node. What is still as it was read is written character for character as it was, down to quotes and
 * white space inside tags; only what changed or is new is written anew.
 * Throws `invalid_argument` for a value that XML cannot hold.
 */
export function serialize(node: Node): string {
  const out: string[] = [];
  write(node, out);
  return out.join('');
}

function write(node: Node, out: string[]): void {
  if (isElement(node)) {
    writeElement(node, out);
    return;
  }
  const origin = origins.get(node);
  const data = node.nodeValue ?? '';
  if (origin?.kind === 'data' && origin.data === data) {
    out.push(origin.source.slice(origin.start, origin.end));
    return;
  }
  if (node.nodeType === Node.TEXT_NODE) out.push(escapeText(data));
  else if (node.nodeType === Node.CDATA_SECTION_NODE) {
    out.push('<![CDATA[', allowed(data).replaceAll(']]>', ']]]]><![CDATA[>'), ']]>');
  } else if (node.nodeType === Node.COMMENT_NODE) {
    if (data.includes('--') || data.endsWith('-')) {
      throw new GuestroomError('invalid_argument', 'A comment cannot contain "--"');
    }
    out.push('<!--', allowed(data), '-->');
  } else if (node.nodeType === Node.PROCESSING_INSTRUCTION_NODE) {
    out.push('<?', node.nodeName, data === '' ? '' : ' ', allowed(data), '?>');
  }
}

function writeElement(element: Element, out: string[]): void {
  const name = element.tagName;
  const origin = origins.get(element);
  const known = origin?.kind === 'element' && origin.name === name ? origin : undefined;
  const empty = element.firstChild === null;
  const openTag = known ? rewriteOpenTag(element, known) : freshOpenTag(element);

  // `open` has neither the slash nor the closing mark
  if (empty && !(known && !known.selfClosed && known.openEnd === known.closeStart)) {
    out.push(openTag.text, known?.selfClosed ? openTag.tail : '/>');
    return;
  }
  out.push(openTag.text, known && !known.selfClosed ? openTag.tail : '>');
  for (let child = element.firstChild; child !== null; child = child.nextSibling) write(child, out);
  out.push(known && !known.selfClosed ? known.source.slice(known.closeStart, known.end) : `</${name}>`);
}

interface OpenTag {
  /** Up to the last attribute. */
  text: string;
  /** White space and closing mark as they were. */
  tail: string;
}

function freshOpenTag(element: Element): OpenTag {
  let text = `<${element.tagName}`;
  for (const attribute of element.attributes) {
    text += ` ${attribute.name}="${escapeAttribute(attribute.value)}"`;
  }
  return { text, tail: '>' };
}

function rewriteOpenTag(element: Element, origin: ElementOrigin): OpenTag {
  const { source, attributes } = origin;
  const tailStart = attributes.at(-1)?.end ?? origin.nameEnd;
  const tail = source.slice(tailStart, origin.openEnd);
  let text = source.slice(origin.start, origin.nameEnd);
  for (const attribute of element.attributes) {
    text += attributeText(
      attribute,
      source,
      attributes.find((known) => known.name === attribute.name),
    );
  }
  return { text, tail };
}

function attributeText(attribute: Attr, source: string, known: AttributeOrigin | undefined): string {
  if (!known) return ` ${attribute.name}="${escapeAttribute(attribute.value)}"`;
  if (known.value === attribute.value) return source.slice(known.start, known.end);
  const quote = source[known.valueEnd] ?? '"';
  const value = escapeAttribute(attribute.value);
  return (
    source.slice(known.start, known.valueStart) +
    (quote === "'" ? value.replaceAll("'", '&apos;') : value) +
    quote
  );
}

export function isElement(node: Node | null | undefined): node is Element {
  return node?.nodeType === Node.ELEMENT_NODE;
}

function allowed(text: string): string {
  if (hasForbidden(text)) {
    throw new GuestroomError('invalid_argument', 'The text has a character that XML cannot hold', {
      hint: 'Remove control characters',
    });
  }
  return text;
}

function escapeText(text: string): string {
  return allowed(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function escapeAttribute(text: string): string {
  return allowed(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#9;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;');
}
