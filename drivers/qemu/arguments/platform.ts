import type { Machine } from '../capabilities.ts';

/** What differs between QEMU's machines for the devices that we add. */
export interface Platform {
  family: 'pc' | 'q35' | 'microvm' | 'virt' | 's390' | 'pseries' | 'other';
  /** Ending of virtio devices: virtio-blk-pci, virtio-blk-ccw, … */
  virtio: 'pci' | 'ccw' | 'device';
  /** The bus that PCI devices go to, where there is one. */
  pciRoot: string | undefined;
  /** It has an IDE controller with two channels of its own. */
  ide: boolean;
  /** It has an AHCI controller of its own. */
  ahci: boolean;
  x86: boolean;
  /** The usb controller that is added when a device needs one. */
  usb: string;
  /** PS/2 mouse and keyboard are there without asking. */
  ps2: boolean;
}

export function platformOf(machine: Machine, target: string): Platform {
  const name = `${machine.alias ?? ''} ${machine.name}`;
  const x86 = target === 'x86_64' || target === 'i386';
  const base = { ide: false, ahci: false, x86, ps2: false, usb: 'qemu-xhci' };
  if (x86 && /\bmicrovm\b/.test(name))
    return { ...base, family: 'microvm', virtio: 'device', pciRoot: undefined };
  if (x86 && /\b(pc-)?q35\b/.test(name)) {
    return { ...base, family: 'q35', virtio: 'pci', pciRoot: 'pcie.0', ahci: true, ps2: true };
  }
  if (x86 && /\b(isapc|none)\b/.test(name)) {
    return { ...base, family: 'other', virtio: 'device', pciRoot: undefined, ide: true, ps2: true };
  }
  if (x86) {
    return {
      ...base,
      family: 'pc',
      virtio: 'pci',
      pciRoot: 'pci.0',
      ide: true,
      ps2: true,
      usb: 'piix3-usb-uhci',
    };
  }
  if (target === 's390x') return { ...base, family: 's390', virtio: 'ccw', pciRoot: 'pci.0' };
  if (target === 'ppc64' && /\bpseries\b/.test(name)) {
    return { ...base, family: 'pseries', virtio: 'pci', pciRoot: 'pci.0' };
  }
  if (/\bvirt\b/.test(name)) return { ...base, family: 'virt', virtio: 'pci', pciRoot: 'pcie.0' };
  return { ...base, family: 'other', virtio: 'pci', pciRoot: 'pci.0' };
}
