import type { Element } from '@xmldom/xmldom';
import { childElements, childNamed, textOf } from '../xml/tree.ts';

const inside = (element: Element, name: string, attribute: string): string | undefined =>
  childNamed(element, name)?.getAttribute(attribute) ?? undefined;

/** What a device of each kind is known by; a guest has no two of them. */
const names: Readonly<Record<string, (device: Element) => string | undefined>> = {
  disk: (device) => inside(device, 'target', 'dev'),
  interface: (device) => inside(device, 'mac', 'address')?.toLowerCase(),
  filesystem: (device) => inside(device, 'target', 'dir'),
  controller: (device) => {
    const index = device.getAttribute('index');
    return index === null ? undefined : `${device.getAttribute('type') ?? ''} ${index}`;
  },
  hostdev: (device) => {
    const source = childNamed(device, 'source');
    return source && placeOf(source);
  },
  channel: (device) => inside(device, 'target', 'name'),
  graphics: (device) => device.getAttribute('type') ?? undefined,
  watchdog: () => 'the only one',
  memballoon: () => 'the only one',
  vsock: () => 'the only one',
  iommu: () => 'the only one',
  tpm: () => 'the only one',
};

/** Numbers are numbers, however they are written: 0x01 is 1. */
const plain = (value: string): string =>
  /^(?:0x[0-9a-f]+|\d+)$/i.test(value) ? String(Number(value)) : value;

/** The node's device behind a hostdev, as text. */
function placeOf(source: Element): string {
  const parts = childElements(source).map(
    (part) => `${part.tagName} ${attributesOf(part)} ${textOf(part).trim()}`,
  );
  return [attributesOf(source), ...parts].join('; ');
}

const attributesOf = (element: Element): string =>
  Array.from(element.attributes, ({ name, value }) => `${name}=${plain(value)}`)
    .sort()
    .join(' ');

const guestAddresses: ReadonlySet<string> = new Set([
  'pci',
  'drive',
  'usb',
  'ccw',
  'virtio-serial',
  'spapr-vio',
]);

/** Where a guest sees the device, as text; undefined where the hypervisor chooses. */
function addressOf(device: Element): string | undefined {
  const address = childNamed(device, 'address');
  const type = address?.getAttribute('type') ?? '';
  if (!address || !guestAddresses.has(type)) return undefined;
  // drives of different buses have addresses of their own
  return type === 'drive'
    ? `${inside(device, 'target', 'bus') ?? ''} ${attributesOf(address)}`
    : attributesOf(address);
}

/** Which of the guest's devices this one cannot be beside; undefined for none. */
export function clash(wanted: Element, devices: Element): 'name' | 'address' | undefined {
  const name = names[wanted.tagName]?.(wanted);
  const address = addressOf(wanted);
  for (const there of childElements(devices)) {
    if (name !== undefined && there.tagName === wanted.tagName && names[there.tagName]?.(there) === name)
      return 'name';
    if (address !== undefined && addressOf(there) === address) return 'address';
  }
  return undefined;
}

/** The guest's devices that are meant by this one: by alias, by name, else by all that it says. */
export function meant(wanted: Element, devices: Element): Element[] {
  const alias = inside(wanted, 'alias', 'name');
  const name = names[wanted.tagName]?.(wanted);
  return childElements(devices).filter((there) => {
    if (there.tagName !== wanted.tagName) return false;
    const ownAlias = inside(there, 'alias', 'name');
    if (alias !== undefined && ownAlias !== undefined) return alias === ownAlias;
    if (name !== undefined) return names[there.tagName]?.(there) === name;
    return saysAllOf(wanted, there);
  });
}

/** Every attribute, text and element of one is in the other. */
function saysAllOf(wanted: Element, there: Element): boolean {
  for (const { name, value } of wanted.attributes)
    if (plain(value) !== plain(there.getAttribute(name) ?? '')) return false;
  const text = textOf(wanted).trim();
  if (text !== '' && text !== textOf(there).trim()) return false;
  const others = childElements(there);
  return childElements(wanted).every((child) =>
    others.some((other) => other.tagName === child.tagName && saysAllOf(child, other)),
  );
}
