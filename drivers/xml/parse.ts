import type { Document, Element, Node } from '@xmldom/xmldom';
import type { GuestroomError } from '../api/errors.ts';
import { forbiddenCharacter, hasForbidden, ncName, numbered } from './characters.ts';
import { origins, type AttributeOrigin, type ElementOrigin } from './origin.ts';
import { LineCounter, xmlError, type Position } from './position.ts';

export const maximumDepth = 256;
export const maximumAttributes = 256;

export const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/';
const xmlNamespace = 'http://www.w3.org/XML/1998/namespace';

const qName = new RegExp(`(${ncName})(?::(${ncName}))?`, 'uy');
const piTarget = new RegExp(ncName, 'uy');
const space = /[ \t\r\n]*/y;
export const declaration =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.\d+"|'1\.\d+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"[A-Za-z][\w.-]*"|'[A-Za-z][\w.-]*'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/;
const reference = /&([^;&<\s]{0,12});|&/g;
/** The five that need no declaration. A map, because an object knows names of its own: constructor. */
export const entities: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Prefixes that one element declares, and those around it. */
interface Scope {
  own: ReadonlyMap<string, string>;
  outer: Scope | undefined;
}

interface Open {
  element: Element;
  origin: ElementOrigin;
  outer: Scope;
}

interface RawAttribute extends AttributeOrigin {
  prefix: string | undefined;
  local: string;
}

/**
 * Reads one XML 1.0 document without DTD into nodes of `dom`, remembering for every node which part of the text it is.
 * Stricter than xmldom's own parser, which repairs what is not well-formed and forgets how it was written.
 * Throws `xml_invalid` with the place of the first fault.
 */
export function parseInto(dom: Document, source: string): Element {
  return new Parser(dom, source).document();
}

class Parser {
  readonly #dom: Document;
  readonly #source: string;
  readonly #lines: LineCounter;
  #at = 0;
  #scope: Scope = { own: new Map([['xml', xmlNamespace]]), outer: undefined };

  constructor(dom: Document, source: string) {
    this.#dom = dom;
    this.#source = source;
    this.#lines = new LineCounter(source);
  }

  document(): Element {
    const forbidden = hasForbidden(this.#source) ? forbiddenCharacter.exec(this.#source) : null;
    if (forbidden) throw this.#fail('A character that XML does not allow', forbidden.index);
    if (this.#source.startsWith('\uFEFF')) this.#at = 1;
    const declared = declaration.exec(this.#source.slice(this.#at, this.#at + 300));
    if (declared) this.#at += declared[0].length;
    this.#between();
    if (this.#source[this.#at] !== '<') {
      throw this.#fail(
        this.#at >= this.#source.length ? 'The document has no element' : 'Text outside the root element',
        this.#at,
      );
    }
    const root = this.#tree();
    this.#between();
    if (this.#at < this.#source.length) throw this.#fail('Content after the root element', this.#at);
    return root;
  }

  #fail(message: string, offset: number): GuestroomError {
    return xmlError(message, this.#lines.at(offset));
  }

  #skipSpace(): boolean {
    const before = this.#at;
    space.lastIndex = before;
    space.exec(this.#source);
    this.#at = space.lastIndex;
    return this.#at > before;
  }

  /** Comments, instructions and white space before and after the root; they stay in the text and get no node. */
  #between(): void {
    for (;;) {
      this.#skipSpace();
      if (this.#source.startsWith('<!--', this.#at)) this.#comment();
      else if (this.#source.startsWith('<?', this.#at)) this.#instruction();
      else if (this.#source.startsWith('<!', this.#at)) throw this.#declarationRefused();
      else return;
    }
  }

  #declarationRefused(): GuestroomError {
    if (this.#source.startsWith('<!DOCTYPE', this.#at)) {
      return xmlError(
        'A document type declaration is not accepted',
        this.#lines.at(this.#at),
        'Remove the <!DOCTYPE …> part: libvirt documents need none',
      );
    }
    return this.#fail('Markup that is not allowed here', this.#at);
  }

  /** One element with all that is in it, without recursion. */
  #tree(): Element {
    const stack: Open[] = [];
    const root = this.#startTag(stack);
    while (stack.length > 0) {
      const open = stack[stack.length - 1] as Open;
      const source = this.#source;
      const next = source.indexOf('<', this.#at);
      if (next < 0) {
        throw this.#fail(`<${open.origin.name}> is not closed`, open.origin.start);
      }
      if (next > this.#at) this.#text(open.element, next);
      else if (source.startsWith('</', next)) this.#endTag(stack);
      else if (source.startsWith('<!--', next)) open.element.appendChild(this.#comment());
      else if (source.startsWith('<![CDATA[', next)) open.element.appendChild(this.#cdata());
      else if (source.startsWith('<?', next)) open.element.appendChild(this.#instruction());
      else if (source.startsWith('<!', next)) throw this.#declarationRefused();
      else this.#startTag(stack);
    }
    return root;
  }

  #name(what: string): { name: string; prefix: string | undefined; local: string } {
    qName.lastIndex = this.#at;
    const match = qName.exec(this.#source);
    if (!match) throw this.#fail(`${what} is missing or not a name`, this.#at);
    this.#at = qName.lastIndex;
    const [name, first = '', second] = match;
    return second === undefined
      ? { name, prefix: undefined, local: first }
      : { name, prefix: first, local: second };
  }

  #startTag(stack: Open[]): Element {
    const begin = this.#at++;
    const { name, prefix } = this.#name('The name of an element');
    if (name === 'xmlns') throw this.#fail('An element cannot be called xmlns', begin);
    const nameEnd = this.#at;
    const attributes = this.#attributes(name);
    const selfClosed = this.#source[this.#at] === '/';
    if (selfClosed) this.#at++;
    if (this.#source[this.#at] !== '>') throw this.#fail(`The tag <${name}> is not well-formed`, this.#at);
    this.#at++;
    if (stack.length >= maximumDepth) {
      throw this.#fail(`Elements are nested deeper than ${String(maximumDepth)} levels`, begin);
    }

    const outer = this.#scope;
    const own = this.#declarations(attributes);
    if (own.size > 0) this.#scope = { own, outer };
    const position = this.#lines.at(begin);
    const element = this.#dom.createElementNS(this.#resolve(prefix ?? '', position), name);
    place(element, position);
    this.#addAttributes(element, attributes);

    const origin: ElementOrigin = {
      kind: 'element',
      source: this.#source,
      start: begin,
      name,
      nameEnd,
      attributes,
      openEnd: this.#at,
      selfClosed,
      closeStart: this.#at,
      end: this.#at,
    };
    origins.set(element, origin);
    stack[stack.length - 1]?.element.appendChild(element);
    if (selfClosed) this.#scope = outer;
    else stack.push({ element, origin, outer });
    return element;
  }

  #endTag(stack: Open[]): void {
    const open = stack.pop() as Open;
    const begin = this.#at;
    this.#at += 2;
    const { name } = this.#name('The name of an end tag');
    this.#skipSpace();
    if (this.#source[this.#at] !== '>') throw this.#fail(`The tag </${name}> is not well-formed`, begin);
    this.#at++;
    if (name !== open.origin.name) {
      const opened = String(this.#lines.at(open.origin.start).line);
      throw this.#fail(
        `</${name}> where <${open.origin.name}> of line ${opened} must be closed first`,
        begin,
      );
    }
    open.origin.closeStart = begin;
    open.origin.end = this.#at;
    this.#scope = open.outer;
  }

  #attributes(element: string): RawAttribute[] {
    const found: RawAttribute[] = [];
    const names = new Set<string>();
    for (;;) {
      const begin = this.#at;
      const spaced = this.#skipSpace();
      const next = this.#source[this.#at];
      if (next === '>' || next === '/' || next === undefined) {
        // white space before the closing mark belongs to the tag's end
        return found;
      }
      if (!spaced) throw this.#fail(`White space is missing in the tag <${element}>`, this.#at);
      const nameStart = this.#at;
      const { name, prefix, local } = this.#name(`The name of an attribute of <${element}>`);
      this.#skipSpace();
      if (this.#source[this.#at] !== '=') throw this.#fail(`The attribute ${name} has no value`, nameStart);
      this.#at++;
      this.#skipSpace();
      const quote = this.#source[this.#at];
      if (quote !== '"' && quote !== "'") throw this.#fail(`The value of ${name} has no quotes`, this.#at);
      const valueStart = this.#at + 1;
      const valueEnd = this.#source.indexOf(quote, valueStart);
      if (valueEnd < 0) throw this.#fail(`The value of ${name} does not end`, this.#at);
      const raw = this.#source.slice(valueStart, valueEnd);
      const bracket = raw.indexOf('<');
      if (bracket >= 0) throw this.#fail(`The value of ${name} has a "<"`, valueStart + bracket);
      const value = this.#decode(raw.replace(/\r\n|[\r\n\t]/g, ' '), raw, valueStart);
      this.#at = valueEnd + 1;
      if (names.has(name)) throw this.#fail(`The attribute ${name} is there twice`, nameStart);
      if (names.size >= maximumAttributes) {
        throw this.#fail(`<${element}> has more than ${String(maximumAttributes)} attributes`, nameStart);
      }
      names.add(name);
      found.push({
        name,
        prefix,
        local,
        value,
        start: begin,
        nameStart,
        valueStart,
        valueEnd,
        end: this.#at,
      });
    }
  }

  #declarations(attributes: readonly RawAttribute[]): Map<string, string> {
    const own = new Map<string, string>();
    for (const { prefix, local, value, valueStart } of attributes) {
      if (prefix === 'xmlns') {
        const reserved = local === 'xmlns' || (local === 'xml') !== (value === xmlNamespace);
        if (reserved || value === '' || value === xmlnsNamespace) {
          throw this.#fail(`The prefix ${local} cannot stand for "${value}"`, valueStart);
        }
        own.set(local, value);
      } else if (prefix === undefined && local === 'xmlns') {
        if (value === xmlNamespace || value === xmlnsNamespace) {
          throw this.#fail(`"${value}" cannot be the default namespace`, valueStart);
        }
        own.set('', value);
      }
    }
    return own;
  }

  #addAttributes(element: Element, attributes: readonly RawAttribute[]): void {
    const expanded = new Set<string>();
    for (const { name, prefix, local, value, nameStart } of attributes) {
      const position = this.#lines.at(nameStart);
      let namespace: string | null = null;
      if (prefix === 'xmlns' || name === 'xmlns') namespace = xmlnsNamespace;
      else if (prefix !== undefined) {
        namespace = this.#resolve(prefix, position);
        const key = `${namespace ?? ''} ${local}`;
        if (expanded.has(key)) throw this.#fail(`The attribute ${name} is there twice`, nameStart);
        expanded.add(key);
      }
      const attribute = this.#dom.createAttributeNS(namespace, name);
      attribute.value = value;
      place(attribute, position);
      element.setAttributeNode(attribute);
    }
  }

  #resolve(prefix: string, position: Position): string | null {
    if (prefix === 'xmlns') throw xmlError('The prefix xmlns cannot be used here', position);
    for (let scope: Scope | undefined = this.#scope; scope; scope = scope.outer) {
      const found = scope.own.get(prefix);
      if (found !== undefined) return found === '' ? null : found;
    }
    if (prefix === '') return null;
    throw xmlError(
      `The prefix ${prefix} is not declared`,
      position,
      `Add xmlns:${prefix}="…" to the element or one around it`,
    );
  }

  /** References of `text` made characters; `raw` and `offset` only tell where a fault stands. */
  #decode(text: string, raw: string, offset: number): string {
    if (!text.includes('&')) return text;
    return text.replace(reference, (whole, body: string | undefined, index: number) => {
      const known = body === undefined ? undefined : (entities.get(body) ?? numbered(body));
      if (known === undefined) {
        // line ends were made one character each: count them again in the raw text
        const line = raw.indexOf(whole, index);
        throw this.#fail(
          body === undefined
            ? 'An "&" that begins no reference must be written &amp;'
            : `&${body}; is not known`,
          offset + (line < 0 ? index : line),
        );
      }
      return known;
    });
  }

  #text(parent: Element, end: number): void {
    const begin = this.#at;
    const raw = this.#source.slice(begin, end);
    const cdataEnd = raw.indexOf(']]>');
    if (cdataEnd >= 0) throw this.#fail('"]]>" in a text must be written ]]&gt;', begin + cdataEnd);
    const data = this.#decode(raw.replace(/\r\n?/g, '\n'), raw, begin);
    const node = this.#dom.createTextNode(data);
    this.#at = end;
    this.#remember(node, begin, data);
    parent.appendChild(node);
  }

  #enclosed(opening: string, closing: string, what: string): { begin: number; data: string } {
    const begin = this.#at;
    const from = begin + opening.length;
    const end = this.#source.indexOf(closing, from);
    if (end < 0) throw this.#fail(`${what} does not end`, begin);
    this.#at = end + closing.length;
    return { begin, data: this.#source.slice(from, end).replace(/\r\n?/g, '\n') };
  }

  #comment(): Node {
    const { begin, data } = this.#enclosed('<!--', '-->', 'A comment');
    if (data.includes('--') || data.endsWith('-')) throw this.#fail('"--" inside a comment', begin);
    return this.#remember(this.#dom.createComment(data), begin, data);
  }

  #cdata(): Node {
    const { begin, data } = this.#enclosed('<![CDATA[', ']]>', 'A CDATA section');
    return this.#remember(this.#dom.createCDATASection(data), begin, data);
  }

  #instruction(): Node {
    const { begin, data } = this.#enclosed('<?', '?>', 'A processing instruction');
    piTarget.lastIndex = 0;
    const target = piTarget.exec(data)?.[0];
    const rest = target === undefined ? '' : data.slice(target.length);
    if (target === undefined || target.toLowerCase() === 'xml' || (rest !== '' && !/^[ \t\n]/.test(rest))) {
      throw this.#fail('A processing instruction that is not well-formed', begin);
    }
    const content = rest.replace(/^[ \t\n]+/, '');
    return this.#remember(this.#dom.createProcessingInstruction(target, content), begin, content);
  }

  #remember(node: Node, begin: number, data: string): Node {
    place(node, this.#lines.at(begin));
    origins.set(node, { kind: 'data', source: this.#source, start: begin, end: this.#at, data });
    return node;
  }
}

function place(node: Node, position: Position): void {
  node.lineNumber = position.line;
  node.columnNumber = position.column;
}
