import { or, required, value } from './codec/fields.ts';
import { hex } from './codec/scalars.ts';
import { struct } from './codec/structs.ts';

/** Where a device sits in the node's PCI tree; lspci writes it 0000:1f:00.3. */
export interface PciAddress {
  domain: number;
  bus: number;
  slot: number;
  function: number;
}

export const pciAddressFields = {
  domain: or(value('@domain', hex(0xffff_ffff, 4)), 0),
  bus: or(value('@bus', hex(0xff, 2)), 0),
  slot: required(value('@slot', hex(31, 2)), 'slot'),
  function: or(value('@function', hex(7, 1)), 0),
};

export const pciAddress = struct<PciAddress>(pciAddressFields);
