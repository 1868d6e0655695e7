import type { Element, Node } from '@xmldom/xmldom';

/** Where in the source text an attribute stands, with the white space before it. */
export interface AttributeOrigin {
  name: string;
  /** The value at the time of reading: an attribute that still has it is written as it was. */
  value: string;
  start: number;
  nameStart: number;
  /** Offsets of the value inside its quotes. */
  valueStart: number;
  valueEnd: number;
  end: number;
}

/** Where in the source text an element stands. */
export interface ElementOrigin {
  kind: 'element';
  source: string;
  start: number;
  name: string;
  nameEnd: number;
  attributes: AttributeOrigin[];
  /** After the `>` of the start tag. */
  openEnd: number;
  selfClosed: boolean;
  /** Start and end of the end tag; the element's own end where it closes itself. */
  closeStart: number;
  end: number;
}

/** Where in the source text a text, CDATA section, comment or processing instruction stands. */
export interface DataOrigin {
  kind: 'data';
  source: string;
  start: number;
  end: number;
  data: string;
}

/** What is written as it was, because nobody changed it. */
export const origins = new WeakMap<Node, ElementOrigin | DataOrigin>();

/** Of an element that was read, and still is one. */
export function originOf(element: Element): ElementOrigin {
  const origin = origins.get(element);
  if (origin?.kind !== 'element') throw new TypeError('The element was not read from a text');
  return origin;
}
