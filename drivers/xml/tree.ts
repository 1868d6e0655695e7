import { Node, type Element, type Text } from '@xmldom/xmldom';
import { orderOf } from './order.ts';
import { xmlnsNamespace } from './parse.ts';
import { isElement } from './serialize.ts';

/** Namespaces of extensions, by the prefix that we write where the document has none of its own for them. */
export const namespaces: Readonly<Record<string, string>> = {
  qemu: 'http://libvirt.org/schemas/domain/qemu/1.0',
  libosinfo: 'http://libosinfo.org/xmlns/libvirt/domain/1.0',
  dnsmasq: 'http://libvirt.org/schemas/network/dnsmasq/1.0',
  fs: 'http://libvirt.org/schemas/storagepool/fs/1.0',
  rbd: 'http://libvirt.org/schemas/storagepool/rbd/1.0',
};

/** Where the prefix of a new element is declared: on the root, because libvirt looks there, or on the element. */
const declaredOnRoot: ReadonlySet<string> = new Set(['qemu', 'dnsmasq', 'fs', 'rbd']);

interface Name {
  prefix: string | undefined;
  namespace: string | null;
  local: string;
}

function nameOf(step: string): Name {
  const colon = step.indexOf(':');
  if (colon < 0) return { prefix: undefined, namespace: null, local: step };
  const prefix = step.slice(0, colon);
  const namespace = namespaces[prefix];
  if (namespace === undefined) throw new TypeError(`No namespace is known for the prefix ${prefix}`);
  return { prefix, namespace, local: step.slice(colon + 1) };
}

const has = (element: Element, name: Name): boolean =>
  element.localName === name.local && (element.namespaceURI ?? null) === name.namespace;

export function childElements(parent: Element): Element[] {
  const found: Element[] = [];
  for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
    if (isElement(child)) found.push(child);
  }
  return found;
}

/** Children of this name (`disk`, `qemu:arg`) in the document's order. */
export function childrenNamed(parent: Element, step: string): Element[] {
  const name = nameOf(step);
  return childElements(parent).filter((child) => has(child, name));
}

export function childNamed(parent: Element, step: string): Element | undefined {
  const name = nameOf(step);
  for (let child = parent.firstChild; child !== null; child = child.nextSibling) {
    if (isElement(child) && has(child, name)) return child;
  }
  return undefined;
}

/** Follows the first child of each name. */
export function descend(from: Element, steps: readonly string[]): Element | undefined {
  let at: Element | undefined = from;
  for (const step of steps) at = at && childNamed(at, step);
  return at;
}

/** The direct texts of an element, without those of elements inside it. */
export function textOf(element: Element): string {
  let text = '';
  for (let child = element.firstChild; child !== null; child = child.nextSibling) {
    if (child.nodeType === Node.TEXT_NODE || child.nodeType === Node.CDATA_SECTION_NODE) {
      text += child.nodeValue ?? '';
    }
  }
  return text;
}

/** Makes `text` the only text of the element; elements and comments inside stay. */
export function setText(element: Element, text: string): void {
  if (textOf(element) === text) return;
  const { ownerDocument } = element;
  if (ownerDocument === null) throw new TypeError('The element has no document');
  for (let child = element.firstChild; child !== null;) {
    const next: Node | null = child.nextSibling;
    if (child.nodeType === Node.TEXT_NODE || child.nodeType === Node.CDATA_SECTION_NODE) {
      element.removeChild(child);
    }
    child = next;
  }
  if (text !== '') element.insertBefore(ownerDocument.createTextNode(text), element.firstChild);
}

/** The child of this name, made at its right place where it is missing. */
export function ensureChild(parent: Element, step: string): Element {
  return childNamed(parent, step) ?? appendNew(parent, step);
}

export function ensure(from: Element, steps: readonly string[]): Element {
  let at = from;
  for (const step of steps) at = ensureChild(at, step);
  return at;
}

/** A new child after those of its name, and where libvirt's order puts it. */
export function appendNew(parent: Element, step: string): Element {
  const child = newElement(parent, nameOf(step));
  insertOrdered(parent, child);
  return child;
}

function newElement(parent: Element, { prefix, namespace, local }: Name): Element {
  const dom = parent.ownerDocument;
  if (dom === null) throw new TypeError('The element has no document');
  if (prefix === undefined) return dom.createElementNS(null, local);
  const declared = namespace === null ? null : parent.lookupPrefix(namespace);
  if (declared === '') return dom.createElementNS(namespace, local);
  if (declared != null) return dom.createElementNS(namespace, `${declared}:${local}`);
  const element = dom.createElementNS(namespace, `${prefix}:${local}`);
  const holder = declaredOnRoot.has(prefix) ? (dom.documentElement ?? element) : element;
  holder.setAttributeNS(xmlnsNamespace, `xmlns:${prefix}`, namespace ?? '');
  return element;
}

/** Inserts before a sibling, on a line of its own where that has one. */
export function insertBefore(sibling: Element, child: Element): void {
  const parent = sibling.parentNode;
  if (!isElement(parent)) throw new TypeError('The element is not inside another');
  const indent = indentBefore(sibling);
  parent.insertBefore(child, sibling);
  if (indent !== undefined) parent.insertBefore(text(parent, indent), sibling);
  layOut(child, indent);
}

/** Inserts after the last child that comes before it in libvirt's order; siblings keep their places. */
export function insertOrdered(parent: Element, child: Element): void {
  const order = orderOf(parent);
  const rank = order(child);
  let after: Element | undefined;
  for (const sibling of childElements(parent)) if (order(sibling) <= rank) after = sibling;
  if (after) insertAfter(parent, child, after);
  else insertFirst(parent, child);
}

function insertAfter(parent: Element, child: Element, sibling: Element): void {
  const indent = indentBefore(sibling);
  const next = indent === undefined ? sibling.nextSibling : afterRemark(sibling);
  if (indent !== undefined) parent.insertBefore(text(parent, indent), next);
  parent.insertBefore(child, next);
  layOut(child, indent);
}

function insertFirst(parent: Element, child: Element): void {
  const first = childElements(parent)[0];
  if (first) {
    insertBefore(first, child);
    return;
  }
  const indent = indentInside(parent);
  const outer = indentBefore(parent);
  const blank = textOf(parent).trim() === '';
  if (blank) setText(parent, '');
  if (indent !== undefined && blank) parent.appendChild(text(parent, indent));
  parent.appendChild(child);
  if (indent !== undefined && blank) parent.appendChild(text(parent, outer ?? '\n'));
  layOut(child, indent);
}

/** What follows an element and a comment behind it on the same line. */
function afterRemark(element: Element): Node | null {
  const next = element.nextSibling;
  const blank = next !== null && isText(next) && /^[ \t]*$/.test(next.data);
  const remark = blank ? next.nextSibling : next;
  return remark?.nodeType === Node.COMMENT_NODE ? remark.nextSibling : next;
}

/** Replaces one element by another at the same place. */
export function replaceElement(old: Element, replacement: Element): void {
  const parent = old.parentNode;
  if (!isElement(parent)) throw new TypeError('The element is not inside another');
  const indent = indentBefore(old);
  parent.replaceChild(replacement, old);
  layOut(replacement, indent);
}

/** Removes the element with the line it stood on. */
export function removeElement(element: Element): void {
  const parent = element.parentNode;
  if (!isElement(parent)) throw new TypeError('The element is not inside another');
  const before = element.previousSibling;
  parent.removeChild(element);
  if (before !== null && isText(before)) {
    const trimmed = before.data.replace(/\n[ \t]*$/, '');
    if (trimmed === '') parent.removeChild(before);
    else before.data = trimmed;
  }
  if (isElement(parent) && !hasContent(parent)) setText(parent, '');
}

/** Anything but white space. */
export function hasContent(element: Element): boolean {
  for (let child = element.firstChild; child !== null; child = child.nextSibling) {
    if (!isText(child) || child.data.trim() !== '') return true;
  }
  return false;
}

const isText = (node: Node): node is Text => node.nodeType === Node.TEXT_NODE;

function text(near: Element, data: string): Text {
  if (near.ownerDocument === null) throw new TypeError('The element has no document');
  return near.ownerDocument.createTextNode(data);
}

/** Line end and white space that put the node on a line of its own; undefined where it stands behind something. */
function indentBefore(node: Node): string | undefined {
  const before = node.previousSibling;
  if (before === null || !isText(before)) return isDocumentRoot(node) ? '\n' : undefined;
  return /\n[ \t]*$/.exec(before.data)?.[0];
}

const isDocumentRoot = (node: Node): boolean => node.parentNode?.nodeType === Node.DOCUMENT_NODE;

/** Where the first child of an element that has none belongs; undefined in a document without lines. */
function indentInside(parent: Element): string | undefined {
  const own = indentBefore(parent);
  return own === undefined ? undefined : own + unitOf(parent);
}

/** One step of the document's indentation. */
function unitOf(element: Element): string {
  const root = element.ownerDocument?.documentElement;
  for (const child of root ? childElements(root) : []) {
    const indent = indentBefore(child);
    if (indent !== undefined && indent.length > 1) return indent.slice(1);
  }
  return '  ';
}

/** Gives the inside of an element that was just inserted at `indent` the lines of its surroundings. */
export function layOut(element: Element, indent: string | undefined): void {
  if (indent === undefined) return;
  const children = childElements(element);
  if (children.length === 0) return;
  const unit = unitOf(element);
  const own = lastIndent(element);
  if (own !== undefined) {
    shift(element, own, indent);
    return;
  }
  if (textOf(element).trim() !== '') return;
  for (const child of children) {
    if (child.previousSibling !== null && isText(child.previousSibling)) return;
    element.insertBefore(text(element, indent + unit), child);
    layOut(child, indent + unit);
  }
  element.appendChild(text(element, indent));
}

/** The indentation of the end tag, where that has a line of its own. */
function lastIndent(element: Element): string | undefined {
  const last = element.lastChild;
  return last !== null && isText(last) ? /\n[ \t]*$/.exec(last.data)?.[0] : undefined;
}

/** Moves the lines of a fragment from its own indentation to the one of its new place. */
function shift(element: Element, from: string, to: string): void {
  for (let child = element.firstChild; child !== null; child = child.nextSibling) {
    if (isText(child) && child.data.trim() === '' && child.data.includes('\n')) {
      const moved = child.data.replace(/\n[ \t]*/g, (line) =>
        line.startsWith(from) ? to + line.slice(from.length) : line,
      );
      if (moved !== child.data) child.data = moved;
    } else if (isElement(child)) shift(child, from, to);
  }
}
