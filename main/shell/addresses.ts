import type { Address } from '../../drivers/xml/domain/types.ts';
import { UsageError } from './command.ts';

const hexOf = (text: string): number => Number.parseInt(text, 16);

/** `pci:0000.00.07.00`, also with colons between: 0000:00:07.0 */
export function pciAddressOf(text: string): (Address & { type: 'pci' }) | undefined {
  const match = /^(?:pci:)?([\da-f]{1,8})[.:]([\da-f]{1,2})[.:]([\da-f]{1,2})[.:]([\da-f]{1,2})$/i.exec(text);
  if (!match) return undefined;
  const [domain = 0, bus = 0, slot = 0, func = 0] = match.slice(1).map(hexOf);
  return { type: 'pci', domain, bus, slot, function: func };
}

/** What disks with this beginning of their target may be given, and how people write it. */
const places: Readonly<Record<string, { kinds: RegExp; expected: string }>> = {
  vd: { kinds: /^pci$/, expected: 'expecting a pci:0000.00.00.00 address.' },
  sd: {
    kinds: /^(scsi|usb|sata)$/,
    expected: 'expecting a scsi:00.00.00 or usb:00.00 or sata:00.00.00 address.',
  },
  hd: { kinds: /^ide$/, expected: 'expecting an ide:00.00.00 address.' },
};

/** The address of a disk as attach-disk's option says it. */
export function diskAddressOf(text: string, target: string, multifunction: boolean): Address {
  const [, kind = '', numbers = ''] = /^([a-z]+):(.*)$/.exec(text) ?? [];
  const place = places[target.slice(0, 2)];
  if (place && !place.kinds.test(kind)) throw new UsageError(place.expected);
  if (kind === 'pci') {
    const address = pciAddressOf(text);
    if (address) return { ...address, ...(multifunction ? { multifunction } : {}) };
  } else if (kind === 'usb') {
    const [, bus, port] = /^(\d+)\.(\d+)$/.exec(numbers) ?? [];
    if (bus !== undefined && port !== undefined) return { type: 'usb', bus: Number(bus), port };
  } else if (['scsi', 'sata', 'ide'].includes(kind)) {
    const [, controller, bus, unit] = /^(\d+)\.(\d+)\.(\d+)$/.exec(numbers) ?? [];
    if (controller !== undefined)
      return { type: 'drive', controller: Number(controller), bus: Number(bus), unit: Number(unit) };
  }
  throw new UsageError('Invalid address.');
}
