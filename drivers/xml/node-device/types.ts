import type { Spec, Word } from '../codec/spec.ts';
import type { PciAddress } from '../pci-address.ts';

export type { PciAddress } from '../pci-address.ts';

/** What the document of one of the node's devices says. It has one of the parts after `driver`, seldom more. */
export interface NodeDevice {
  name: string;
  /** In sysfs. */
  path?: string;
  /** Files in /dev: the device's own (`dev`), and others that lead to it (`link`). */
  devnodes: { type: Word<'dev' | 'link'>; path: string }[];
  parent?: string;
  /** When making a virtual Fibre Channel port: the card by its numbers instead of by name. */
  parentWwnn?: string;
  parentWwpn?: string;
  parentFabricWwn?: string;
  driver?: string;
  system?: SystemCapability;
  pci?: PciCapability;
  usbDevice?: UsbDeviceCapability;
  usb?: UsbInterfaceCapability;
  net?: NetCapability;
  scsiHost?: ScsiHostCapability;
  scsiTarget?: ScsiTargetCapability;
  scsi?: ScsiCapability;
  /** File of the SCSI device to send commands to: /dev/sg0 */
  scsiGeneric?: { char: string };
  storage?: StorageCapability;
  drm?: { type: Word<'primary' | 'control' | 'render'> };
  mdev?: MdevCapability;
  ccw?: CcwAddress;
  css?: CssCapability;
  /** File in /dev. */
  vdpa?: { chardev: string };
  apCard?: { adapter: number };
  apQueue?: { adapter: number; domain: number };
  apMatrix?: { mdevTypes?: MdevTypes };
  /** Types of capabilities that are none of these. */
  other: string[];
}

/** Input for building a document: the reading model with everything optional that may be left out. */
export type NodeDeviceSpec = Spec<NodeDevice>;

/** The node as a whole. */
export interface SystemCapability {
  product?: string;
  hardware: { vendor?: string; version?: string; serial?: string; uuid?: string };
  firmware: { vendor?: string; version?: string; releaseDate?: string };
}

/** A number by which kinds of devices are known, and its name. */
export interface DeviceId {
  id: number;
  name?: string;
}

export interface PciCapability extends PciAddress {
  /** Three bytes: class, subclass, interface. */
  class?: number;
  product?: DeviceId;
  vendor?: DeviceId;
  /** The card that this virtual function is part of. */
  physicalFunction?: { address?: PciAddress };
  /** Virtual functions that there are, and how many there could be. */
  virtualFunctions?: { maxCount?: number; addresses: PciAddress[] };
  bridge?: boolean;
  cardbusBridge?: boolean;
  mdevTypes?: MdevTypes;
  /** What the maker wrote into the card. */
  vpd?: { name: string };
  /** Devices that must be given to a guest together. */
  iommuGroup?: { number: number; addresses: PciAddress[] };
  numaNode?: number;
  /** What the link can do (`cap`), and does now (`sta`); speed in GT/s. */
  express?: { links: { validity: string; port?: number; speed?: string; width: number }[] };
}

export interface MdevTypes {
  types: { id: string; name?: string; deviceApi: string; availableInstances: number }[];
}

export interface UsbDeviceCapability {
  bus: number;
  device: number;
  product?: DeviceId;
  vendor?: DeviceId;
}

export interface UsbInterfaceCapability {
  number: number;
  class: number;
  subclass: number;
  protocol: number;
  description?: string;
}

export interface NetCapability {
  interface: string;
  address?: string;
  /** Speed in Mbit/s. */
  link?: { speed?: number; state?: Word<'up' | 'down' | 'unknown'> };
  /** Work that the card takes off the CPU: rx, tx, tso, … */
  features: string[];
  /** Ethernet, wireless. */
  ethernet: boolean;
  wireless: boolean;
}

export interface ScsiHostCapability {
  host: number;
  uniqueId?: number;
  fcHost?: { wwnn: string; wwpn: string; fabricWwn?: string };
  vports?: { max: number; used: number };
}

export interface ScsiTargetCapability {
  target: string;
  fcRemotePort?: { rport: string; wwpn: string };
}

export interface ScsiCapability {
  host: number;
  bus: number;
  target: number;
  lun: number;
  type?: string;
}

export interface StorageCapability {
  /** File in /dev. */
  block: string;
  bus?: string;
  driveType?: string;
  model?: string;
  vendor?: string;
  serial?: string;
  /** Bytes; missing where the medium can be changed. */
  size?: number;
  logicalBlockSize?: number;
  blocks?: number;
  removable?: {
    available: boolean;
    /** Bytes. */
    size: number;
    label?: string;
    logicalBlockSize?: number;
    blocks?: number;
  };
  hotpluggable: boolean;
}

export interface MdevCapability {
  type: string;
  uuid?: string;
  /** Address of the device that it is a part of. */
  parentAddress?: string;
  iommuGroup?: { number: number };
  attributes: { name: string; value: string }[];
}

/** Of IBM Z's channels. */
export interface CcwAddress {
  cssid: number;
  ssid: number;
  devno: number;
}

export interface CssCapability extends CcwAddress {
  channel?: CcwAddress;
  mdevTypes?: MdevTypes;
}
