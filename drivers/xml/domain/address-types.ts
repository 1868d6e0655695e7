import type { Word } from '../codec/spec.ts';

/** Where a device sits in the guest. Which fields are there follows the type. */
export interface Address {
  type: Word<
    | 'pci'
    | 'drive'
    | 'usb'
    | 'virtio-serial'
    | 'ccid'
    | 'isa'
    | 'ccw'
    | 'dimm'
    | 'spapr-vio'
    | 'virtio-mmio'
    | 'unassigned'
  >;
  domain?: number;
  /** pci, drive, usb, virtio-serial */
  bus?: number;
  slot?: number;
  function?: number;
  multifunction?: boolean;
  /** drive, virtio-serial, ccid */
  controller?: number;
  target?: number;
  unit?: number;
  /** usb: dotted path of ports, 1.2; virtio-serial: a number. */
  port?: string;
  /** usb devices of the node. */
  device?: number;
  /** isa */
  iobase?: number;
  irq?: number;
  /** spapr-vio */
  reg?: number;
  /** dimm: hexadecimal, may be larger than a number holds. */
  base?: string;
}

/** Like an address, but without a type: it follows the device's. */
export type HostdevAddress = Omit<Address, 'type'> & {
  type?: string;
  /** mdev */
  uuid?: string;
};

/** Settings that every virtio device takes in its `<driver>`. */
export interface VirtioDriver {
  iommu?: boolean;
  ats?: boolean;
  packed?: boolean;
  pagePerVq?: boolean;
}

export interface Rom {
  bar?: boolean;
  file?: string;
  enabled?: boolean;
}
