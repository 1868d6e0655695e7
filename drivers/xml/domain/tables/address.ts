import type { Element } from '@xmldom/xmldom';
import { or, required, value, type Field } from '../../codec/fields.ts';
import { count, hex, integer, onOff, text, yesNo } from '../../codec/scalars.ts';
import { child, struct, type Fields } from '../../codec/structs.ts';
import type { Address, HostdevAddress, Rom, VirtioDriver } from '../types.ts';

/** PCI numbers are written in hexadecimal, all others in decimal, as libvirt does. */
function slotNumber(name: string, maximum: number, digits: number): Field<number | undefined, number> {
  const pci = value(name, hex(maximum, digits));
  const plain = value(name, count);
  const at = (element: Element): Field<number | undefined, number> => {
    const type = element.getAttribute('type');
    return type === 'pci' || (type === null && element.hasAttribute('slot')) ? pci : plain;
  };
  return {
    read: (element) => plain.read(element),
    write: (element, wanted) => {
      at(element).write(element, wanted);
    },
    remove: (element) => {
      plain.remove(element);
    },
  };
}

const places: Omit<Fields<Address>, 'type'> = {
  domain: slotNumber('@domain', 0xffff_ffff, 4),
  slot: value('@slot', hex(0xffff, 2)),
  bus: slotNumber('@bus', 0xffff, 2),
  function: value('@function', hex(7, 1)),
  multifunction: value('@multifunction', onOff),
  controller: value('@controller', count),
  target: value('@target', count),
  unit: value('@unit', count),
  port: value('@port', text),
  device: value('@device', count),
  iobase: value('@iobase', hex(0xffff, 1)),
  irq: value('@irq', hex(0xff, 1)),
  reg: value('@reg', hex(Number.MAX_SAFE_INTEGER, 1)),
  base: value('@base', text),
};

export const address = struct<Address>({ type: required(value('@type', text), 'type'), ...places });

export const hostdevAddress = struct<HostdevAddress>({
  type: value('@type', text),
  ...places,
  uuid: value('@uuid', text),
});

/** The two parts that every device ends with. */
export const alias = value('alias@name', text);
export const at = child('address', address);

export const bootOrder = value('boot@order', integer(1, 0xffff_ffff));

/** On a `<driver>` element. */
export const virtioDriverFields: Fields<VirtioDriver> = {
  iommu: value('@iommu', onOff),
  ats: value('@ats', onOff),
  packed: value('@packed', onOff),
  pagePerVq: value('@page_per_vq', onOff),
};
export const virtioDriver = child('driver', struct<VirtioDriver>(virtioDriverFields));

export const rom = struct<Rom>({
  bar: value('@bar', onOff),
  file: value('@file', text),
  enabled: value('@enabled', yesNo),
});

/** A word that documents often leave out because everyone knows what is meant. */
export const word = (notation: string, fallback: string): Field<string, string> =>
  or(value(notation, text), fallback);
