import { hasForbidden, numbered } from './characters.ts';
import { maximumSize } from './document.ts';
import { declaration, entities, maximumAttributes, maximumDepth } from './parse.ts';

/**
 * What `next` came to: a tag that opens or closes an element, a text (characters or a CDATA section, only where
 * `wantsText` is set), the end of a document that is well-formed; or something `strange`: markup that is not
 * well-formed, or so rare that it is left to the parser.
 */
export type Token = 'open' | 'close' | 'text' | 'end' | 'strange';

interface Declared {
  depth: number;
  prefix: string;
  namespace: string;
}

const nameStart = 1;
const nameRest = 2;
const blank = 4;
/** Kinds of the ASCII characters; all others have none, because names with others are left to the parser. */
const kinds = (() => {
  const table = new Uint8Array(0x1_0000);
  const mark = (characters: string, kind: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = kind;
  };
  mark('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_', nameStart | nameRest);
  mark('0123456789.-', nameRest);
  mark(' \t\r\n', blank);
  return table;
})();

const lessThan = 0x3c;
const greaterThan = 0x3e;
const slash = 0x2f;
const equals = 0x3d;
const colon = 0x3a;
const ampersand = 0x26;
const doubleQuote = 0x22;
const singleQuote = 0x27;

/**
 * Goes through a document from tag to tag without making a tree of it, for readers that need little of it and need it
 * soon. Where it comes to the end, `parseDocument` takes the text, too, and sees the same; what is not well-formed, and
 * what is rare, is `Strange`.
 */
export class MarkupScanner {
  /** Whether texts are tokens, or passed over. */
  wantsText = false;
  /** Of the tag that was opened last: its name without prefix, and its namespace. */
  name = '';
  namespace: string | undefined;
  /** How many elements are open. */
  depth = 0;

  readonly #text: string;
  /** Small enough (a character has three bytes at most, or four in two units), and all characters are allowed. */
  readonly #good: boolean;
  #at = 0;
  #begun = false;
  /** Names of open elements, with their prefixes. */
  readonly #open: string[] = [];
  #selfClosed = false;
  readonly #declared: Declared[] = [];
  #textStart = 0;
  #textEnd = 0;
  #isCdata = false;
  /** Offsets of the current tag's attributes: name, end of name, value, end of value. */
  readonly #attributes: number[] = [];
  #count = 0;
  /** The current tag may declare a namespace, or has an attribute with a prefix. */
  #hasPrefixes = false;

  /** The text ends with a character that stands nowhere in it, so that loops need not look for its end. */
  constructor(text: string) {
    this.#good = text.length * 3 <= maximumSize && !hasForbidden(text);
    this.#text = `${text}\0`;
  }

  next(): Token {
    if (this.#selfClosed) {
      this.#selfClosed = false;
      return this.#close();
    }
    if (this.depth === 0) return this.#begun ? this.#finish() : this.#begin();
    const text = this.#text;
    for (;;) {
      const from = this.#at;
      const tag = text.indexOf('<', from);
      if (tag < 0) return 'strange';
      if (tag > from) {
        this.#at = tag;
        if (!this.#goodText(from, tag)) return 'strange';
        if (this.wantsText) return this.#textToken(from, tag, false);
      }
      const code = text.charCodeAt(tag + 1);
      if (code === slash) return this.#endTag(tag + 2);
      if (code !== 0x21) return this.#startTag(tag + 1);
      if (text.startsWith('[CDATA[', tag + 2)) {
        const end = text.indexOf(']]>', tag + 9);
        if (end < 0) return 'strange';
        this.#at = end + 3;
        if (this.wantsText) return this.#textToken(tag + 9, end, true);
      } else if (!this.#comment(tag)) return 'strange';
    }
  }

  /** An attribute of the tag that was opened last, by its name as written. */
  attribute(name: string): string | undefined {
    const offsets = this.#attributes;
    for (let place = 0; place < this.#count * 4; place += 4) {
      const start = offsets[place] ?? 0;
      if ((offsets[place + 1] ?? 0) - start !== name.length || !this.#text.startsWith(name, start)) continue;
      const raw = this.#text.slice(offsets[place + 2], offsets[place + 3]);
      return decode(raw.replace(/\r\n|[\r\n\t]/g, ' '));
    }
    return undefined;
  }

  /** The characters of a text token. */
  get text(): string {
    const raw = this.#text.slice(this.#textStart, this.#textEnd).replace(/\r\n?/g, '\n');
    return this.#isCdata ? raw : decode(raw);
  }

  #textToken(start: number, end: number, isCdata: boolean): Token {
    this.#textStart = start;
    this.#textEnd = end;
    this.#isCdata = isCdata;
    return 'text';
  }

  /** Everything before the root element, and its tag. */
  #begin(): Token {
    this.#begun = true;
    const text = this.#text;
    if (!this.#good) return 'strange';
    if (text.startsWith('\uFEFF')) this.#at = 1;
    if (text.startsWith('<?', this.#at)) {
      const declared = declaration.exec(text.slice(this.#at, this.#at + 300));
      if (!declared) return 'strange';
      this.#at += declared[0].length;
    }
    if (!this.#between() || text.charCodeAt(this.#at) !== lessThan) return 'strange';
    return this.#startTag(this.#at + 1);
  }

  #finish(): Token {
    return this.#between() && this.#at === this.#text.length - 1 ? 'end' : 'strange';
  }

  /** Passes over white space and comments outside the root. */
  #between(): boolean {
    for (;;) {
      this.#at = this.#skipBlank(this.#at);
      if (!this.#text.startsWith('<!', this.#at)) return true;
      if (!this.#comment(this.#at)) return false;
    }
  }

  #skipBlank(from: number): number {
    let at = from;
    while (kindOf(this.#text.charCodeAt(at)) === blank) at++;
    return at;
  }

  #comment(from: number): boolean {
    if (!this.#text.startsWith('<!--', from)) return false;
    const dashes = this.#text.indexOf('--', from + 4);
    if (dashes < 0 || this.#text.charCodeAt(dashes + 2) !== greaterThan) return false;
    this.#at = dashes + 3;
    return true;
  }

  #goodText(start: number, end: number): boolean {
    const text = this.#text;
    for (let at = start; at < end; at++) {
      const code = text.charCodeAt(at);
      if (code === ampersand && !this.#goodReference(at)) return false;
      if (code === 0x5d && text.startsWith(']]>', at)) return false;
    }
    return true;
  }

  #goodReference(at: number): boolean {
    const end = this.#text.indexOf(';', at);
    if (end < 0 || end - at > 13) return false;
    return characterOf(this.#text.slice(at + 1, end)) !== undefined;
  }

  /** The end of a name without prefix that begins here; the beginning where there is none. */
  #nameEnd(from: number): number {
    const text = this.#text;
    if ((kindOf(text.charCodeAt(from)) & nameStart) === 0) return from;
    let at = from + 1;
    while ((kindOf(text.charCodeAt(at)) & nameRest) !== 0) at++;
    return at;
  }

  #startTag(start: number): Token {
    const text = this.#text;
    let at = this.#nameEnd(start);
    if (at === start) return 'strange';
    let prefixEnd = -1;
    if (text.charCodeAt(at) === colon) {
      prefixEnd = at;
      at = this.#nameEnd(prefixEnd + 1);
      if (at === prefixEnd + 1) return 'strange';
    }
    const nameEnd = at;
    at = this.#readAttributes(at);
    if (at < 0) return 'strange';
    if (text.charCodeAt(at) === slash) {
      this.#selfClosed = true;
      at++;
    }
    if (text.charCodeAt(at) !== greaterThan || this.depth >= maximumDepth) return 'strange';
    this.#at = at + 1;
    this.depth++;
    const qualified = text.slice(start, nameEnd);
    this.#open.push(qualified);
    if (this.#hasPrefixes && !this.#declare()) return 'strange';
    if (prefixEnd < 0) {
      if (qualified === 'xmlns') return 'strange';
      this.name = qualified;
      this.namespace = this.#declared.length === 0 ? undefined : this.#lookUp('');
    } else {
      this.name = text.slice(prefixEnd + 1, nameEnd);
      this.namespace = this.#lookUp(text.slice(start, prefixEnd));
      if (this.namespace === undefined) return 'strange';
    }
    return 'open';
  }

  /** Notes where the attributes stand; answers where they end, or -1. */
  #readAttributes(from: number): number {
    const text = this.#text;
    const offsets = this.#attributes;
    let at = from;
    this.#count = 0;
    this.#hasPrefixes = false;
    for (;;) {
      const start = this.#skipBlank(at);
      const first = text.charCodeAt(start);
      if (first === greaterThan || first === slash) return start;
      if (start === at) return -1;
      let end = this.#nameEnd(start);
      if (end === start) return -1;
      if (text.charCodeAt(end) === colon) {
        const local = end + 1;
        end = this.#nameEnd(local);
        if (end === local) return -1;
        this.#hasPrefixes = true;
      } else if (end - start === 5 && text.startsWith('xmlns', start)) this.#hasPrefixes = true;
      at = this.#skipBlank(end);
      if (text.charCodeAt(at) !== equals) return -1;
      at = this.#skipBlank(at + 1);
      const quote = text.charCodeAt(at);
      if (quote !== doubleQuote && quote !== singleQuote) return -1;
      const value = ++at;
      for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(++at)) {
        if (code === lessThan || code === 0) return -1;
        if (code === ampersand && !this.#goodReference(at)) return -1;
      }
      if (this.#count >= maximumAttributes || this.#isThere(start, end)) return -1;
      const place = this.#count++ * 4;
      offsets[place] = start;
      offsets[place + 1] = end;
      offsets[place + 2] = value;
      offsets[place + 3] = at++;
    }
  }

  /** Whether the current tag has an attribute of this name already. */
  #isThere(start: number, end: number): boolean {
    const text = this.#text;
    const offsets = this.#attributes;
    const length = end - start;
    for (let place = 0; place < this.#count * 4; place += 4) {
      const other = offsets[place] ?? 0;
      if ((offsets[place + 1] ?? 0) - other !== length) continue;
      let same = 0;
      while (same < length && text.charCodeAt(start + same) === text.charCodeAt(other + same)) same++;
      if (same === length) return true;
    }
    return false;
  }

  /** Takes in the namespaces that the current tag declares; false where that, or a prefix of an attribute, is strange. */
  #declare(): boolean {
    const text = this.#text;
    let prefixed = 0;
    for (let place = 0; place < this.#count * 4; place += 4) {
      const start = this.#attributes[place] ?? 0;
      const end = this.#attributes[place + 1] ?? 0;
      const mark = text.slice(start, end).indexOf(':');
      const isDefault = mark < 0 && text.charCodeAt(start) === 0x78 && text.slice(start, end) === 'xmlns';
      if (mark < 0 && !isDefault) continue;
      if (!isDefault && !(mark === 5 && text.startsWith('xmlns', start))) {
        prefixed++;
        continue;
      }
      const namespace = text.slice(this.#attributes[place + 2], this.#attributes[place + 3]);
      const prefix = isDefault ? '' : text.slice(start + 6, end);
      if (namespace === '' || /[&\s]|^http:\/\/www\.w3\.org\//.test(namespace) || /^xml/i.test(prefix))
        return false;
      this.#declared.push({ depth: this.depth, prefix, namespace });
    }
    // two names with prefixes may be one: that is for the parser
    return prefixed === 0 || (prefixed === 1 && this.#prefixesKnown());
  }

  #prefixesKnown(): boolean {
    for (let place = 0; place < this.#count * 4; place += 4) {
      const name = this.#text.slice(this.#attributes[place], this.#attributes[place + 1]);
      const mark = name.indexOf(':');
      const prefix = name.slice(0, mark);
      if (mark < 0 || prefix === 'xmlns' || prefix === 'xml') continue;
      if (this.#lookUp(prefix) === undefined) return false;
    }
    return true;
  }

  #lookUp(prefix: string): string | undefined {
    for (let index = this.#declared.length - 1; index >= 0; index--) {
      const declared = this.#declared[index];
      if (declared?.prefix === prefix) return declared.namespace;
    }
    return undefined;
  }

  #endTag(start: number): Token {
    const name = this.#open[this.#open.length - 1] ?? '';
    if (!this.#text.startsWith(name, start)) return 'strange';
    const at = this.#skipBlank(start + name.length);
    if (this.#text.charCodeAt(at) !== greaterThan) return 'strange';
    this.#at = at + 1;
    return this.#close();
  }

  #close(): Token {
    while ((this.#declared[this.#declared.length - 1]?.depth ?? 0) === this.depth) this.#declared.pop();
    this.#open.pop();
    this.depth--;
    return 'close';
  }
}

const kindOf = (code: number): number => kinds[code] as number;

const characterOf = (body: string): string | undefined => entities.get(body) ?? numbered(body);

/** Of a text whose references are good. */
const decode = (text: string): string =>
  text.includes('&') ? text.replace(/&([^;]*);/g, (whole, body: string) => characterOf(body) ?? whole) : text;
