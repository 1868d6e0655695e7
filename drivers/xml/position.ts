import type { Node } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';

/** Both count from one, as editors show them; a column counts UTF-16 units. */
export interface Position {
  line: number;
  column: number;
}

/** Where the node, or the nearest one around it that was read from a text, began. */
export function positionOf(node: Node): Position | undefined {
  for (let at: Node | null = node; at !== null; at = at.parentNode) {
    if (at.lineNumber !== undefined && at.columnNumber !== undefined) {
      return { line: at.lineNumber, column: at.columnNumber };
    }
  }
  return undefined;
}

/** An `xml_invalid` error whose message ends with the position and whose detail is the position alone. */
export function xmlError(message: string, at: Position | undefined, hint?: string): GuestroomError {
  if (!at) return new GuestroomError('xml_invalid', message, { hint });
  const place = `line ${String(at.line)}, column ${String(at.column)}`;
  return new GuestroomError('xml_invalid', `${message} (${place})`, { detail: place, hint });
}

/** Answers line and column of growing offsets without starting over at each. */
export class LineCounter {
  readonly #text: string;
  #line = 1;
  #start = 0;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  at(offset: number): Position {
    if (offset < this.#at) {
      this.#line = 1;
      this.#start = 0;
      this.#at = 0;
    }
    const text = this.#text;
    while (this.#at < offset) {
      const unit = text.charCodeAt(this.#at++);
      const ends = unit === 10 || (unit === 13 && text.charCodeAt(this.#at) !== 10);
      if (ends) {
        this.#line++;
        this.#start = this.#at;
      }
    }
    return { line: this.#line, column: offset - this.#start + 1 };
  }
}
