import type { Controller } from '../../xml/domain/types.ts';
import { isBridge, pciPlace, platformOfPlan, virtioModel, virtioOptions } from './addresses.ts';
import { busOf, sataPlace, scsiPlace } from './disk-places.ts';
import type { Arguments, Options } from './options.ts';
import type { GuestPlan } from './plan.ts';

const scsiModels: Readonly<Record<string, string>> = {
  lsilogic: 'lsi53c895a',
  lsisas1068: 'mptsas1068',
  lsisas1078: 'megasas',
  am53c974: 'am53c974',
  dc390: 'dc390',
  vmpvscsi: 'pvscsi',
  ibmvscsi: 'spapr-vscsi',
};

const usbModels: Readonly<Record<string, string>> = {
  'piix3-uhci': 'piix3-usb-uhci',
  'piix4-uhci': 'piix4-usb-uhci',
  ehci: 'usb-ehci',
  'ich9-ehci1': 'ich9-usb-ehci1',
  'ich9-uhci1': 'ich9-usb-uhci1',
  'ich9-uhci2': 'ich9-usb-uhci2',
  'ich9-uhci3': 'ich9-usb-uhci3',
  'vt82c686b-uhci': 'vt82c686b-usb-uhci',
  'pci-ohci': 'pci-ohci',
  'nec-xhci': 'nec-usb-xhci',
  'qemu-xhci': 'qemu-xhci',
};

const usbName = (index: number): string => (index === 0 ? 'usb' : `usb${String(index)}`);

/** Controllers that some device needs and no element of the document gives. */
function missing(plan: GuestPlan): Controller[] {
  const { devices } = plan.domain;
  const platform = platformOfPlan(plan);
  const has = (type: string, index: number): boolean =>
    devices.controllers.some((one) => one.type === type && (one.index ?? 0) === index);
  const needed: Controller[] = [];
  const need = (type: string, index: number): void => {
    if (!has(type, index) && !needed.some((one) => one.type === type && one.index === index)) {
      needed.push({ type, index });
    }
  };
  for (const disk of devices.disks) {
    const bus = busOf(disk);
    if (bus === 'scsi') need('scsi', scsiPlace(disk).controller);
    if (bus === 'sata') {
      const { controller } = sataPlace(disk);
      if (!(platform.ahci && controller === 0)) need('sata', controller);
    }
    if (bus === 'usb') need('usb', disk.address?.bus ?? 0);
    if (bus === 'fdc' && platform.family !== 'pc') need('fdc', 0);
  }
  const usb =
    devices.inputs.some(
      ({ bus, type }) => bus === 'usb' || (bus === undefined && (type === 'tablet' || !platform.ps2)),
    ) ||
    devices.sounds.some(({ model }) => model === 'usb') ||
    devices.serials.some(({ target }) => target?.type === 'usb-serial');
  if (usb) need('usb', 0);
  const ports =
    devices.channels.some(({ target }) => target?.type === 'virtio') ||
    devices.consoles.some(({ target }) => target?.type === 'virtio');
  if (ports) need('virtio-serial', 0);
  return needed;
}

/** QEMU's model for a controller of the document or one that is added; undefined for those that the machine has itself. */
export function controllerModel(plan: GuestPlan, type: string, index: number): string | undefined {
  const controller = plan.domain.devices.controllers.find(
    (one) => one.type === type && (one.index ?? 0) === index,
  );
  return modelOf(plan, controller ?? { type, index });
}

function modelOf(plan: GuestPlan, controller: Controller): string | undefined {
  const platform = platformOfPlan(plan);
  const { model } = controller;
  switch (controller.type) {
    case 'scsi': {
      if (model === undefined || model === 'auto') {
        return platform.x86 && plan.capabilities.devices.includes('lsi53c895a')
          ? 'lsi53c895a'
          : virtioModel(plan, 'scsi');
      }
      return model.startsWith('virtio') ? virtioModel(plan, 'scsi', model) : (scsiModels[model] ?? model);
    }
    case 'sata':
      return 'ich9-ahci';
    case 'usb':
      if (model === 'none') return undefined;
      return model === undefined ? platform.usb : (usbModels[model] ?? model);
    case 'virtio-serial':
      return virtioModel(plan, 'serial', model);
    case 'fdc':
      return platform.family === 'pc' ? undefined : 'isa-fdc';
    case 'pci':
      if (!isBridge(controller)) return undefined;
      if (controller.modelName !== undefined) return controller.modelName;
      return model === 'pcie-to-pci-bridge'
        ? 'pcie-pci-bridge'
        : model === 'dmi-to-pci-bridge'
          ? 'i82801b11-bridge'
          : model;
    default:
      return undefined;
  }
}

export function addControllers(args: Arguments, plan: GuestPlan): void {
  const platform = platformOfPlan(plan);
  const fromDocument = plan.domain.devices.controllers.map((controller, at) => ({
    controller,
    path: `devices/controller[${String(at + 1)}]`,
  }));
  // a bus must be there before what sits on it
  const rank = ({ controller }: { controller: Controller }): number =>
    controller.type === 'pci' ? (controller.index ?? 0) - 1000 : 0;
  const all = [
    ...fromDocument.sort((a, b) => rank(a) - rank(b)),
    ...missing(plan).map((controller) => ({ controller, path: undefined })),
  ];
  for (const { controller, path } of all) {
    const model = modelOf(plan, controller);
    const index = controller.index ?? 0;
    if (model === undefined) continue;
    if (controller.type === 'sata' && platform.ahci && index === 0) continue;
    if (controller.type === 'fdc') {
      args.device(model, { id: 'floppy-bus' }, path);
      continue;
    }
    args.device(
      model,
      { ...optionsOf(plan, controller, index), ...pciPlace(plan, controller.address) },
      path,
    );
  }
}

function optionsOf(plan: GuestPlan, controller: Controller, index: number): Options {
  const { driver } = controller;
  const virtio = virtioOptions(driver);
  switch (controller.type) {
    case 'scsi': {
      const isVirtio = modelOf(plan, controller)?.startsWith('virtio') === true;
      if (!isVirtio) return { id: `scsi${String(index)}` };
      return {
        id: `scsi${String(index)}`,
        ...virtio,
        num_queues: driver?.queues,
        cmd_per_lun: driver?.cmdPerLun,
        max_sectors: driver?.maxSectors,
        ioeventfd: driver?.ioeventfd,
        iothread: driver?.iothread === undefined ? undefined : `iothread${String(driver.iothread)}`,
      };
    }
    case 'sata':
      return { id: `sata${String(index)}` };
    case 'usb': {
      const xhci = modelOf(plan, controller)?.endsWith('xhci') === true;
      const companion = /^ich9-uhci\d$/.test(controller.model ?? '');
      if (companion) {
        return {
          masterbus: `${usbName(index)}.0`,
          firstport: controller.masterStartPort ?? (Number((controller.model ?? '').slice(-1)) - 1) * 2,
        };
      }
      return {
        id: usbName(index),
        p2: xhci ? controller.ports : undefined,
        p3: xhci ? controller.ports : undefined,
      };
    }
    case 'virtio-serial':
      return {
        id: `virtio-serial${String(index)}`,
        ...virtio,
        max_ports: controller.ports,
        vectors: controller.vectors,
      };
    case 'pci':
      return pciOptions(controller, index);
    default:
      return {};
  }
}

function pciOptions(controller: Controller, index: number): Options {
  const { target, model } = controller;
  const id = `pci.${String(index)}`;
  switch (model) {
    case 'pcie-root-port':
      return { id, chassis: target?.chassis ?? index, port: target?.port, hotplug: target?.hotplug };
    case 'pcie-switch-downstream-port':
      return { id, chassis: target?.chassis ?? index, port: target?.port };
    case 'pci-bridge':
      return { id, chassis_nr: target?.chassisNr ?? index };
    case 'pci-expander-bus':
    case 'pcie-expander-bus':
      return { id, bus_nr: target?.busNr };
    default:
      return { id };
  }
}
