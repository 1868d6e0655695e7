import { DOMImplementation, type Document, type Element } from '@xmldom/xmldom';
import { GuestroomError } from '../api/errors.ts';
import { originOf } from './origin.ts';
import { parseInto } from './parse.ts';
import { positionOf, xmlError } from './position.ts';
import { serialize } from './serialize.ts';

/** Bytes of UTF-8. libvirt's own limit for a domain document is the same. */
export const maximumSize = 4 * 1024 * 1024;

/** A document that writes itself exactly as it was read, but for what was changed in its tree. */
export class XmlDocument {
  readonly dom: Document;
  readonly root: Element;
  readonly #before: string;
  readonly #after: string;

  private constructor(dom: Document, root: Element, before: string, after: string) {
    this.dom = dom;
    this.root = root;
    this.#before = before;
    this.#after = after;
  }

  static parse(text: string): XmlDocument {
    refuseTooLarge(text);
    const dom = new DOMImplementation().createDocument(null, '');
    const root = parseInto(dom, text);
    dom.appendChild(root);
    const { start, end } = originOf(root);
    return new XmlDocument(dom, root, text.slice(0, start), text.slice(end));
  }

  /** An empty document of one element. */
  static create(rootName: string): XmlDocument {
    const dom = new DOMImplementation().createDocument(null, '');
    const root = dom.createElementNS(null, rootName);
    dom.appendChild(root);
    return new XmlDocument(dom, root, '', '\n');
  }

  /** One element, read from a text of its own, that belongs to this document but is not in its tree yet. */
  parseFragment(text: string): Element {
    refuseTooLarge(text);
    return parseInto(this.dom, text);
  }

  toString(): string {
    return this.#before + serialize(this.root) + this.#after;
  }
}

/**
 * Reads a libvirt document of any kind. Throws `too_large` over 4 MiB, and `xml_invalid` with line and column for what
 * is not well-formed, has a document type declaration, is nested too deep, or has another root element than `rootName`.
 */
export function parseDocument(text: string, rootName?: string): XmlDocument {
  const document = XmlDocument.parse(text);
  const { root } = document;
  if (rootName !== undefined && (root.tagName !== rootName || root.namespaceURI !== null)) {
    throw xmlError(`This is a <${root.tagName}> document, not a <${rootName}> document`, positionOf(root));
  }
  return document;
}

function refuseTooLarge(text: string): void {
  // no UTF-16 unit has more than three bytes
  if (text.length * 3 <= maximumSize) return;
  if (text.length > maximumSize || new TextEncoder().encode(text).length > maximumSize) {
    throw new GuestroomError('too_large', 'The document is larger than 4 MiB');
  }
}
