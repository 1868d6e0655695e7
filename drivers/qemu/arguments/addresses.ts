import type { Address, Controller, VirtioDriver } from '../../xml/domain/types.ts';
import type { Options } from './options.ts';
import type { GuestPlan } from './plan.ts';
import { platformOf, type Platform } from './platform.ts';

const bridges: ReadonlySet<string> = new Set([
  'pcie-root-port',
  'pci-bridge',
  'dmi-to-pci-bridge',
  'pcie-to-pci-bridge',
  'pcie-switch-upstream-port',
  'pcie-switch-downstream-port',
  'pci-expander-bus',
  'pcie-expander-bus',
]);

/** A PCI bus that a controller of the document makes. */
export const isBridge = (controller: Controller): boolean =>
  controller.type === 'pci' && controller.model !== undefined && bridges.has(controller.model);

export const platformOfPlan = (plan: GuestPlan): Platform =>
  platformOf(plan.machine, plan.capabilities.target);

/** bus, addr and multifunction of a device; nothing where the document leaves the place to QEMU. */
export function pciPlace(plan: GuestPlan, address: Address | undefined): Options {
  const platform = platformOfPlan(plan);
  if (address?.type !== 'pci' || platform.pciRoot === undefined) return {};
  const { bus = 0, slot = 0, function: part = 0 } = address;
  const known =
    bus === 0 || plan.domain.devices.controllers.some((one) => isBridge(one) && one.index === bus);
  if (!known || (bus === 0 && slot === 0)) return {};
  return {
    bus: bus === 0 ? platform.pciRoot : `pci.${String(bus)}`,
    multifunction: address.multifunction,
    addr: `0x${slot.toString(16)}.0x${part.toString(16)}`,
  };
}

/** A virtio device's model on this machine, also in its transitional forms. */
export function virtioModel(plan: GuestPlan, kind: string, model?: string): string {
  const { virtio } = platformOfPlan(plan);
  const form =
    virtio === 'pci' ? (/^virtio(-non-transitional|-transitional)$/.exec(model ?? '')?.[1] ?? '') : '';
  return `virtio-${kind}-${virtio}${form}`;
}

/** Settings that every virtio device takes. */
export const virtioOptions = (driver: VirtioDriver | undefined): Options => ({
  iommu_platform: driver?.iommu,
  ats: driver?.ats,
  packed: driver?.packed,
  'page-per-vq': driver?.pagePerVq,
});

/** The port of a USB device where the document names one. */
export function usbPlace(address: Address | undefined): Options {
  if (address?.type !== 'usb') return { bus: 'usb.0' };
  const { bus = 0, port } = address;
  return { bus: bus === 0 ? 'usb.0' : `usb${String(bus)}.0`, port };
}
