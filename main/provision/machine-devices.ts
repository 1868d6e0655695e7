import type { DomainSpec } from '../../drivers/xml/domain/types.ts';
import type { Choices, PlanValues } from '../../preload/create.ts';
import type { System } from '../catalog/system.ts';
import { isQ35, isX86 } from './defaults.ts';
import { defaultAddress } from './facts.ts';
import type { Facts } from './facts.ts';

type Devices = NonNullable<DomainSpec['devices']>;
type Controllers = NonNullable<Devices['controllers']>;

/** Sockets on the PCI root for devices to come while the machine runs. */
const rootPorts = 14;

/** USB and PCI as the system knows them, SCSI where a drive needs it. */
export function controllersOf(values: PlanValues, system: System): Controllers {
  const list: Controllers[number][] = [...usbOf(values, system)];
  if (isQ35(values.machine) || values.machine === 'virt') {
    list.push({ type: 'pci', index: 0, model: 'pcie-root' });
    for (let index = 1; index <= rootPorts; index++)
      list.push({ type: 'pci', index, model: 'pcie-root-port' });
  }
  if (values.disk.bus === 'scsi' || !isX86(values.arch))
    list.push({ type: 'scsi', index: 0, model: 'virtio-scsi' });
  return list;
}

function usbOf(values: PlanValues, system: System): Controllers[number][] {
  const usb = isX86(values.arch) ? system.devices.usb : 'xhci';
  if (usb === 'xhci') return [{ type: 'usb', index: 0, model: 'qemu-xhci', ports: 15 }];
  if (usb === 'uhci')
    return [{ type: 'usb', index: 0, model: isQ35(values.machine) ? 'ich9-uhci1' : 'piix3-uhci' }];
  return [
    { type: 'usb', index: 0, model: 'ich9-ehci1' },
    ...[1, 2, 3].map((number) => ({
      type: 'usb' as const,
      index: 0,
      model: `ich9-uhci${String(number)}`,
      masterStartPort: (number - 1) * 2,
    })),
  ];
}

/** A tablet keeps guest and person at the same pointer; machines without PS/2 need a keyboard too. */
export function inputsOf(values: PlanValues): NonNullable<Devices['inputs']> {
  const tablet = { type: 'tablet' as const, bus: 'usb' as const };
  return isX86(values.arch) ? [tablet] : [tablet, { type: 'keyboard' as const, bus: 'usb' as const }];
}

export function interfaceOf(
  choices: Choices,
  values: PlanValues,
  facts: Facts,
): NonNullable<Devices['interfaces']> {
  const { kind, source, model, mac, forwards } = values.network;
  if (kind === 'none') return [];
  const fromNetwork = choices.source.kind === 'pxe';
  const after = values.disk.none ? 1 : 2;
  return [
    {
      type: kind,
      mac,
      model,
      ...(kind === 'network' && source !== undefined ? { source: { network: source } } : {}),
      ...(kind === 'bridge' && source !== undefined ? { source: { bridge: source } } : {}),
      // libvirt forwards ports with passt only; an embedded driver with QEMU's own network
      ...(forwards.length > 0 && facts.reach !== 'embedded' ? { backend: { type: 'passt' } } : {}),
      ...(forwards.length > 0
        ? {
            portForwards: forwards.map(({ protocol, address = defaultAddress, hostPort, guestPort }) => ({
              proto: protocol,
              address,
              ranges: [{ start: hostPort, ...(guestPort === hostPort ? {} : { to: guestPort }) }],
            })),
          }
        : {}),
      ...(fromNetwork ? { bootOrder: after } : {}),
    },
  ];
}
