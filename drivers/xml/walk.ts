import { Node, type Attr, type Element } from '@xmldom/xmldom';
import type { XmlDocument } from './document.ts';
import { positionOf, type Position } from './position.ts';
import { childElements, hasContent, textOf } from './tree.ts';
import { xmlnsNamespace } from './parse.ts';

/** One element, or one attribute, of a document. */
export interface Part {
  kind: 'element' | 'attribute';
  /**
   * Where it is below the root: `devices/disk[2]/driver@cache`. The number counts elements of the same name from one,
   * and is there where an element has siblings of its name.
   */
  path: string;
  /** The same without numbers, to look it up in a table: `devices/disk/driver@cache`. */
  pattern: string;
  /** Name as written, with the prefix of its namespace. */
  name: string;
  /** The attribute's value; an element's text, trimmed, where it has no elements inside. */
  value: string;
  namespace: string | undefined;
  position: Position | undefined;
  element: Element;
}

/**
 * Every element and attribute of a document from top to bottom, without the root element itself; its attributes come
 * first, as `@type`. Declarations of namespaces are no parts. A caller that has said all about an element passes over
 * what is inside it by answering `skip` from `visit`.
 */
export function walk(document: XmlDocument, visit: (part: Part) => 'skip' | undefined): void {
  attributes(document.root, '', '', visit);
  inside(document.root, '', '', visit);
}

/** All parts as a list. */
export function partsOf(document: XmlDocument): Part[] {
  const parts: Part[] = [];
  walk(document, (part) => {
    parts.push(part);
    return undefined;
  });
  return parts;
}

/** The path of one element of the document. */
export function pathOf(element: Element): string {
  const steps: string[] = [];
  let at: Element = element;
  for (;;) {
    const parent: Node | null = at.parentNode;
    if (parent?.nodeType !== Node.ELEMENT_NODE) return steps.join('/');
    const siblings = childElements(parent as Element).filter((sibling) => sibling.tagName === at.tagName);
    steps.unshift(numbered(at.tagName, siblings.indexOf(at), siblings.length));
    at = parent as Element;
  }
}

const numbered = (name: string, index: number, among: number): string =>
  among > 1 ? `${name}[${String(index + 1)}]` : name;

type Visit = (part: Part) => 'skip' | undefined;

function inside(parent: Element, path: string, pattern: string, visit: Visit): void {
  const children = childElements(parent);
  const totals = new Map<string, number>();
  for (const { tagName } of children) totals.set(tagName, (totals.get(tagName) ?? 0) + 1);
  const seen = new Map<string, number>();
  for (const element of children) {
    const name = element.tagName;
    const index = seen.get(name) ?? 0;
    seen.set(name, index + 1);
    const ownPath = (path === '' ? '' : `${path}/`) + numbered(name, index, totals.get(name) ?? 1);
    const ownPattern = (pattern === '' ? '' : `${pattern}/`) + name;
    const answer = visit({
      kind: 'element',
      path: ownPath,
      pattern: ownPattern,
      name,
      value: childElements(element).length === 0 && hasContent(element) ? textOf(element).trim() : '',
      namespace: element.namespaceURI ?? undefined,
      position: positionOf(element),
      element,
    });
    if (answer === 'skip') continue;
    attributes(element, ownPath, ownPattern, visit);
    inside(element, ownPath, ownPattern, visit);
  }
}

function attributes(element: Element, path: string, pattern: string, visit: Visit): void {
  for (const attribute of element.attributes as Iterable<Attr>) {
    if (attribute.namespaceURI === xmlnsNamespace) continue;
    visit({
      kind: 'attribute',
      path: `${path}@${attribute.name}`,
      pattern: `${pattern}@${attribute.name}`,
      name: attribute.name,
      value: attribute.value,
      namespace: attribute.namespaceURI ?? undefined,
      position: positionOf(attribute),
      element,
    });
  }
}
