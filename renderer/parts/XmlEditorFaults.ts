/** Why a document is not well-formed, and where: character offsets into the text. */
export type Fault = { from: number; to: number } & (
  | { kind: 'unexpected' | 'doctype' | 'empty' | 'secondRoot' | 'entity' | 'unfinished' }
  | { kind: 'unclosed' | 'unopened' | 'duplicate'; name: string }
  | { kind: 'mismatched'; name: string; open: string }
);

const nameStart = String.raw`:A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD`;
const nameRest = String.raw`-.0-9\u00B7\u203F-\u2040`;
const namePattern = new RegExp(`[${nameStart}](?:[${nameStart}${nameRest}]|[\\u0300-\\u036F])*`, 'y');
const spacePattern = /[ \t\r\n]*/y;
const entityPattern = /&(?:(?:amp|lt|gt|quot|apos)|#(?:[0-9]+|x[0-9a-fA-F]+));/y;
// eslint-disable-next-line no-control-regex -- these are the characters that XML 1.0 forbids
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** More than these help nobody. */
const most = 50;

/**
 * Checks that a document is well-formed XML without a DOCTYPE. Goes on after a fault where it can, so that each is
 * marked; namespaces and meaning are the host's to judge.
 */
export function xmlFaults(text: string): Fault[] {
  return new Check(text).run();
}

class Check {
  #text: string;
  #at = 0;
  #faults: Fault[] = [];
  #open: { name: string; from: number; to: number }[] = [];
  #roots = 0;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Fault[] {
    const text = this.#text;
    if (text.startsWith('\ufeff')) this.#at = 1;
    while (this.#at < text.length && this.#faults.length < most) {
      if (text[this.#at] !== '<') this.#characters();
      else if (text.startsWith('<!--', this.#at)) this.#comment();
      else if (text.startsWith('<![CDATA[', this.#at)) this.#cdata();
      else if (text.startsWith('<?', this.#at)) this.#instruction();
      else if (text.startsWith('<!', this.#at)) this.#doctype();
      else if (text.startsWith('</', this.#at)) this.#close();
      else this.#tag();
    }
    for (const { name, from, to } of this.#open) this.#fault({ kind: 'unclosed', name, from, to });
    if (this.#roots === 0 && this.#faults.length === 0)
      this.#fault({ kind: 'empty', from: 0, to: Math.min(1, text.length) });
    return this.#faults.toSorted((a, b) => a.from - b.from);
  }

  #fault(fault: Fault): void {
    if (this.#faults.length < most) this.#faults.push(fault);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    return found;
  }

  /** Moves behind `end`; a text that has none is unfinished. */
  #until(end: string, from: number): string {
    const found = this.#text.indexOf(end, this.#at);
    if (found < 0) {
      this.#fault({ kind: 'unfinished', from, to: this.#text.length });
      const rest = this.#text.slice(this.#at);
      this.#at = this.#text.length;
      return rest;
    }
    const inside = this.#text.slice(this.#at, found);
    this.#at = found + end.length;
    return inside;
  }

  #letters(from: number, to: number): void {
    const bad = forbidden.exec(this.#text.slice(from, to));
    if (bad) this.#fault({ kind: 'unexpected', from: from + bad.index, to: from + bad.index + 1 });
  }

  /** References within a stretch of text. */
  #references(from: number, to: number): void {
    for (let at = this.#text.indexOf('&', from); at >= 0 && at < to; at = this.#text.indexOf('&', at + 1)) {
      entityPattern.lastIndex = at;
      const found = entityPattern.exec(this.#text);
      if (!found || at + found[0].length > to || !validReference(found[0]))
        this.#fault({ kind: 'entity', from: at, to: Math.min(to, at + Math.max(1, found?.[0].length ?? 1)) });
    }
    this.#letters(from, to);
  }

  #characters(): void {
    const from = this.#at;
    const next = this.#text.indexOf('<', from);
    const to = next < 0 ? this.#text.length : next;
    this.#at = to;
    if (this.#open.length === 0) {
      const stray = /[^ \t\r\n]/.exec(this.#text.slice(from, to));
      if (stray) this.#fault({ kind: 'unexpected', from: from + stray.index, to });
      return;
    }
    const end = this.#text.slice(from, to).indexOf(']]>');
    if (end >= 0) this.#fault({ kind: 'unexpected', from: from + end, to: from + end + 3 });
    this.#references(from, to);
  }

  #comment(): void {
    const from = this.#at;
    this.#at += 4;
    const inside = this.#until('-->', from);
    const dashes = inside.indexOf('--');
    if (dashes >= 0 || inside.endsWith('-')) {
      const begin = from + 4 + (dashes >= 0 ? dashes : inside.length - 1);
      this.#fault({ kind: 'unexpected', from: begin, to: begin + 2 });
    }
    this.#letters(from, this.#at);
  }

  #cdata(): void {
    const from = this.#at;
    this.#at += 9;
    this.#until(']]>', from);
    if (this.#open.length === 0) this.#fault({ kind: 'unexpected', from, to: this.#at });
    this.#letters(from, this.#at);
  }

  #instruction(): void {
    const from = this.#at;
    this.#at += 2;
    const name = this.#match(namePattern);
    const declaration = name.toLowerCase() === 'xml';
    if (
      name === '' ||
      (declaration && (from !== 0 || name !== 'xml') && !(from === 1 && this.#text[0] === '\ufeff'))
    )
      this.#fault({ kind: 'unexpected', from, to: this.#at });
    const inside = this.#until('?>', from);
    const fits = declaration
      ? /^\s+version\s*=\s*(["'])1\.[0-9]+\1(\s+encoding\s*=\s*(["'])[A-Za-z][\w.-]*\3)?(\s+standalone\s*=\s*(["'])(yes|no)\5)?\s*$/.test(
          inside,
        )
      : inside === '' || /^\s/.test(inside);
    if (!fits) this.#fault({ kind: 'unexpected', from, to: this.#at });
    this.#letters(from, this.#at);
  }

  #doctype(): void {
    const from = this.#at;
    this.#at += 2;
    const inside = this.#until('>', from);
    this.#fault({ kind: inside.startsWith('DOCTYPE') ? 'doctype' : 'unexpected', from, to: this.#at });
  }

  #close(): void {
    const from = this.#at;
    this.#at += 2;
    const name = this.#match(namePattern);
    this.#match(spacePattern);
    if (name === '' || this.#text[this.#at] !== '>') {
      this.#skipTag(from);
      return;
    }
    this.#at += 1;
    const place = { from, to: this.#at };
    const known = this.#open.findLastIndex((open) => open.name === name);
    const last = this.#open.at(-1);
    if (known < 0) {
      if (last) this.#fault({ kind: 'mismatched', name, open: last.name, ...place });
      else this.#fault({ kind: 'unopened', name, ...place });
      return;
    }
    // those between were forgotten
    for (const open of this.#open.splice(known).slice(1))
      this.#fault({ kind: 'unclosed', name: open.name, from: open.from, to: open.to });
  }

  #tag(): void {
    const from = this.#at;
    this.#at += 1;
    const name = this.#match(namePattern);
    if (name === '') {
      this.#skipTag(from);
      return;
    }
    const to = this.#at;
    const seen = new Set<string>();
    for (;;) {
      const space = this.#match(spacePattern);
      const rest = this.#text[this.#at];
      if (rest === '>' || (rest === '/' && this.#text[this.#at + 1] === '>')) break;
      if (space === '' || !this.#attribute(seen)) {
        this.#skipTag(from);
        this.#begun(name, from, to, false);
        return;
      }
    }
    const empty = this.#text[this.#at] === '/';
    this.#at += empty ? 2 : 1;
    this.#begun(name, from, to, empty);
  }

  #begun(name: string, from: number, to: number, empty: boolean): void {
    if (this.#open.length === 0) {
      this.#roots += 1;
      if (this.#roots > 1) this.#fault({ kind: 'secondRoot', from, to });
    }
    if (!empty) this.#open.push({ name, from, to });
  }

  #attribute(seen: Set<string>): boolean {
    const from = this.#at;
    const name = this.#match(namePattern);
    const to = this.#at;
    if (name === '') return false;
    this.#match(spacePattern);
    if (this.#text[this.#at] !== '=') return false;
    this.#at += 1;
    this.#match(spacePattern);
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") return false;
    const begin = this.#at + 1;
    const end = this.#text.indexOf(quote, begin);
    const angle = this.#text.indexOf('<', begin);
    if (end < 0 || (angle >= 0 && angle < end)) return false;
    this.#at = end + 1;
    this.#references(begin, end);
    if (seen.has(name)) this.#fault({ kind: 'duplicate', name, from, to });
    seen.add(name);
    return true;
  }

  /** A broken tag: marked from here, and left at its end or where the next one begins. */
  #skipTag(from: number): void {
    const begin = Math.max(from, this.#at);
    const end = this.#text.indexOf('>', this.#at);
    const next = this.#text.indexOf('<', Math.max(this.#at, from + 1));
    if (end >= 0 && (next < 0 || end < next)) this.#at = end + 1;
    else this.#at = next < 0 ? this.#text.length : next;
    this.#fault({ kind: 'unexpected', from: Math.min(begin, this.#at - 1), to: Math.max(this.#at, begin) });
  }
}

function validReference(reference: string): boolean {
  if (reference[1] !== '#') return true;
  const code =
    reference[2] === 'x' ? Number.parseInt(reference.slice(3), 16) : Number.parseInt(reference.slice(2), 10);
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  );
}

/** Line and column of an offset, both from 1. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  let line = 1;
  let begin = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
    begin = at + 1;
  }
  return { line, column: offset - begin + 1 };
}
