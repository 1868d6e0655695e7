import type { NodeDevice, Secret } from './model.ts';

/** Devices of the node, by libvirt's name of each: pci_0000_00_02_0. */
export interface NodeDevices {
  /** `capability`: only of this kind, as pci or usb_device. */
  list(capability?: string): Promise<NodeDevice[]>;
  xml(name: string): Promise<string>;
  /** Makes a virtual one (mdev, vport) and answers its name. */
  create(xml: string): Promise<string>;
  destroy(name: string): Promise<void>;
  detach(name: string, driver?: string): Promise<void>;
  reattach(name: string): Promise<void>;
  reset(name: string): Promise<void>;
}

/** Passwords and keys that the node keeps for disks and networks. A value goes in and never comes out. */
export interface Secrets {
  list(): Promise<Secret[]>;
  xml(uuid: string): Promise<string>;
  define(xml: string): Promise<Secret>;
  setValue(uuid: string, value: Uint8Array): Promise<void>;
  undefine(uuid: string): Promise<void>;
}
