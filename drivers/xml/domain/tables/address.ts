import { or, required, value, type Field } from '../../codec/fields.ts';
import { count, hex, integer, large, onOff, text, yesNo, type Scalar } from '../../codec/scalars.ts';
import { child, struct, type Fields, type Struct } from '../../codec/structs.ts';
import type { Address, HostdevAddress, Rom, VirtioDriver } from '../types.ts';

/** PCI numbers are written in hexadecimal, those of other buses in decimal, as libvirt does; either is read. */
const places = (pci: boolean): Omit<Fields<Address>, 'type'> => {
  const number = (digits: number, maximum: number): Scalar<number> =>
    pci ? hex(maximum, digits) : integer(0, maximum);
  return {
    domain: value('@domain', number(4, 0xffff_ffff)),
    bus: value('@bus', number(2, 0xffff)),
    slot: value('@slot', number(2, 0xffff)),
    function: value('@function', number(1, 7)),
    multifunction: value('@multifunction', onOff),
    controller: value('@controller', count),
    target: value('@target', count),
    unit: value('@unit', large),
    port: value('@port', text),
    device: value('@device', count),
    iobase: value('@iobase', hex(0xffff, 1)),
    irq: value('@irq', hex(0xff, 1)),
    reg: value('@reg', hex(Number.MAX_SAFE_INTEGER, 1)),
    base: value('@base', text),
  };
};

/** An address without a type that has a slot is one of PCI. */
function byBus<T>(plain: Struct<T>, pci: Struct<T>): Struct<T> {
  const isPci = (said: { type?: unknown; slot?: unknown }): boolean =>
    said.type === 'pci' || (said.type == null && said.slot != null);
  return {
    read: (element) => plain.read(element),
    write: (element, spec) => {
      (isPci(spec as object) ? pci : plain).write(element, spec);
    },
    patch: (element, change) => {
      const said = {
        type: element.getAttribute('type'),
        slot: element.getAttribute('slot'),
        ...(change as object),
      };
      (isPci(said) ? pci : plain).patch(element, change);
    },
  };
}

const type = value('@type', text);
const ofDevice = (pci: boolean) => struct<Address>({ type: required(type, 'type'), ...places(pci) });
const ofSource = (pci: boolean) =>
  struct<HostdevAddress>({ type, ...places(pci), uuid: value('@uuid', text) });

export const address = byBus(ofDevice(false), ofDevice(true));
export const hostdevAddress = byBus(ofSource(false), ofSource(true));

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
