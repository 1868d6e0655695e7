import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../../api/errors.ts';
import { childElements, childNamed, insertOrdered, removeElement, replaceElement, textOf } from '../tree.ts';
import { deviceKindOf, devicesOf, readDevice, type AnyDevice } from './device.ts';
import { findAtAddress, findByAlias, findInterfaces, findMatching } from './device-find.ts';
import type { DomainDocument } from './edit.ts';
import { deviceTables } from './tables/devices.ts';

/**
 * Adds a device, written as its element, to a domain's document. Elements that we do not read (shmem, memory, …) are
 * added as they are. Throws `exists` where its target, MAC, alias or place is taken, or where there can be only one.
 */
export function attachDevice(document: DomainDocument, xml: string): DomainDocument {
  const wanted = readIfKnown(document, xml);
  if (wanted) refuseTaken(document, wanted);
  return document.addXml(xml);
}

/**
 * Takes the device out that the element means: the one with its alias, target, MAC or number, or the one that says all
 * that it says. Throws `not_found`, and `invalid_argument` where it can mean several interfaces.
 */
export function detachDevice(document: DomainDocument, xml: string): DomainDocument {
  removeElement(meant(document, xml));
  return document;
}

/**
 * Puts the device in the place of the one that it means. Its alias and its place on the bus stay where the new one says
 * nothing of them. Throws as `detachDevice` does.
 */
export function updateDevice(document: DomainDocument, xml: string): DomainDocument {
  const old = meant(document, xml);
  const fresh = document.xml.parseFragment(xml.trim());
  replaceElement(old, fresh);
  for (const name of ['alias', 'address']) {
    const kept = childNamed(old, name);
    if (kept && !childNamed(fresh, name)) insertOrdered(fresh, kept);
  }
  return document;
}

/** undefined for elements that we do not read. */
function readIfKnown(document: DomainDocument, xml: string): AnyDevice | undefined {
  const { tagName } = document.xml.parseFragment(xml.trim());
  return deviceKindOf(tagName) === undefined ? undefined : readDevice(xml.trim());
}

function refuseTaken(document: DomainDocument, wanted: AnyDevice): void {
  const domain = document.read();
  const { kind } = wanted;
  const taken = (what: string): GuestroomError =>
    new GuestroomError('exists', `The machine has ${what} already`);
  if (kind === 'disks') {
    const { dev } = wanted.device.target;
    if (domain.devices.disks.some(({ target }) => target.dev === dev)) throw taken(`a drive ${dev}`);
  }
  if (kind === 'interfaces' && wanted.device.mac !== undefined) {
    const { mac } = wanted.device;
    if (findInterfaces(domain, mac).length > 0) throw taken(`an interface with the address ${mac}`);
  }
  if (kind === 'controllers' && wanted.device.index !== undefined) {
    const { type, index } = wanted.device;
    if (domain.devices.controllers.some((one) => one.type === type && one.index === index))
      throw taken(`a controller of type ${type} with the number ${String(index)}`);
  }
  if (
    kind === 'filesystems' &&
    domain.devices.filesystems.some(({ target }) => target === wanted.device.target)
  )
    throw taken(`a shared folder ${wanted.device.target}`);
  const single = kind === 'memballoon' || kind === 'vsock' || kind === 'iommu';
  if (single && devicesOf(domain, kind).length > 0) throw taken(`a ${deviceTables[kind][0]}`);
  const { alias } = wanted.device as { alias?: string };
  if (alias !== undefined && findByAlias(domain, alias)) throw taken(`a device called ${alias}`);
  const there = findAtAddress(domain, wanted);
  if (there) throw taken(`a device at this address (${deviceTables[there.kind][0]})`);
}

/** The element of the domain that an element by itself means. */
function meant(document: DomainDocument, xml: string): Element {
  const fragment = document.xml.parseFragment(xml.trim());
  const kind = deviceKindOf(fragment.tagName);
  const missing = (): GuestroomError =>
    new GuestroomError('not_found', 'The machine has no such device', { detail: xml });
  if (kind === undefined) {
    const holder = childNamed(document.xml.root, 'devices');
    const found = holder && childElements(holder).find((element) => saysElement(element, fragment));
    if (!found) throw missing();
    return found;
  }
  const [first, ...more] = findMatching(document.read(), readDevice(xml.trim()));
  if (first === undefined) throw missing();
  if (kind === 'interfaces' && more.length > 0) {
    throw new GuestroomError('invalid_argument', 'The machine has several interfaces that this can mean', {
      hint: 'Name its alias or its address on the bus, too',
    });
  }
  return document.element(kind, first);
}

/** Whether an element has all attributes, elements and text of another. */
function saysElement(existing: Element, wanted: Element): boolean {
  if (existing.tagName !== wanted.tagName || existing.namespaceURI !== wanted.namespaceURI) return false;
  for (const { name, value } of wanted.attributes) if (existing.getAttribute(name) !== value) return false;
  const text = textOf(wanted).trim();
  if (text !== '' && textOf(existing).trim() !== text) return false;
  return childElements(wanted).every((child) =>
    childElements(existing).some((one) => saysElement(one, child)),
  );
}
