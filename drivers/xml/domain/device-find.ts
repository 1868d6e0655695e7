import { anyKinds, devicesOf, type AnyDevice, type AnyKind, type DeviceAt } from './device.ts';
import type { Address, Domain } from './types.ts';

/** Any device, as far as all have something in common. */
interface Placed {
  alias?: string;
  address?: Address;
}

/** Screens and sound backends have neither. */
const placed = (device: object): Placed => device;

/** Every device of the domain with its place, in the order of kinds. */
export function* allDevices(domain: Domain): Generator<DeviceAt & { device: Placed }> {
  for (const kind of anyKinds) {
    for (const [index, device] of devicesOf(domain, kind).entries())
      yield { kind, index, device: placed(device) };
  }
}

/** The device that goes by this alias; a console that is a serial port under another name gives way to the port. */
export function findByAlias(domain: Domain, alias: string): DeviceAt | undefined {
  for (const { kind, index, device } of allDevices(domain)) {
    if (device.alias === alias) return { kind, index };
  }
  return undefined;
}

/** The position of a drive, by its target (vda) or by the path of what is in it. */
export function findDisk(domain: Domain, name: string): number | undefined {
  const { disks } = domain.devices;
  const byTarget = disks.findIndex(({ target }) => target.dev === name);
  const index =
    byTarget >= 0 ? byTarget : disks.findIndex(({ source }) => source?.file === name || source?.dev === name);
  return index < 0 ? undefined : index;
}

/** The positions of interfaces with this MAC address; libvirt lets several have the same. */
export function findInterfaces(domain: Domain, mac: string): number[] {
  return domain.devices.interfaces.flatMap((device, index) => (sameMac(device.mac, mac) ? [index] : []));
}

export const sameMac = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && a.toLowerCase() === b?.toLowerCase();

/**
 * Positions of the devices that a device by itself can mean: by its alias, else by what such devices are known by
 * (target, MAC, number), else all that say everything that it says.
 */
export function findMatching(domain: Domain, wanted: AnyDevice): number[] {
  const existing: readonly object[] = devicesOf<AnyKind>(domain, wanted.kind);
  const positions = (meant: (device: object) => boolean): number[] =>
    existing.flatMap((device, index) => (meant(device) ? [index] : []));

  const { alias, ...rest }: Placed = placed(wanted.device);
  if (alias !== undefined) {
    const named = positions((device) => placed(device).alias === alias);
    if (named.length > 0) return named;
  }
  const known = knownBy(wanted);
  const candidates = known ? positions((device) => says(device, known)) : positions(() => true);
  const exact = candidates.filter((index) => says(existing[index], rest));
  return exact.length > 0 || !known ? exact : candidates;
}

/** What is enough to know a device by, where there is such a thing. */
function knownBy({ kind, device }: AnyDevice): object | undefined {
  switch (kind) {
    case 'disks':
      return { target: { dev: device.target.dev } };
    case 'interfaces':
      return device.mac === undefined ? undefined : { mac: device.mac };
    case 'controllers':
      return device.index === undefined ? undefined : { type: device.type, index: device.index };
    case 'filesystems':
      return { target: device.target };
    case 'graphics':
      return { type: device.type };
    case 'hostdevs':
      return { type: device.type, source: device.source ?? {} };
    case 'memballoon':
    case 'vsock':
    case 'iommu':
      return {};
    default:
      return undefined;
  }
}

/** Whether `existing` says everything that `wanted` says; what `wanted` leaves out may be anything. */
function says(existing: unknown, wanted: unknown, key = ''): boolean {
  if (wanted === undefined || wanted === false) return true;
  if (Array.isArray(wanted)) {
    const list: unknown[] = Array.isArray(existing) ? existing : [];
    return wanted.every((item, index) => says(list[index], item));
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof existing !== 'object' || existing === null) return false;
    return Object.entries(wanted).every(([part, value]) =>
      says((existing as Readonly<Record<string, unknown>>)[part], value, part),
    );
  }
  if (key === 'mac' && typeof wanted === 'string') return sameMac(wanted, existing as string | undefined);
  return existing === wanted;
}

/** Parts of an address that together are a place. */
const placeParts = [
  'domain',
  'bus',
  'slot',
  'function',
  'controller',
  'target',
  'unit',
  'port',
  'device',
  'iobase',
  'base',
] as const;

/** The device that sits at this place already. Drives of two buses may have numbers in common. */
export function findAtAddress(domain: Domain, wanted: AnyDevice): DeviceAt | undefined {
  const place = placeOf(wanted.kind, placed(wanted.device));
  if (place === undefined) return undefined;
  for (const { kind, index, device } of allDevices(domain)) {
    if (placeOf(kind, device) === place) return { kind, index };
  }
  return undefined;
}

function placeOf(kind: AnyKind, device: Placed): string | undefined {
  const { address } = device;
  if (
    !address ||
    (address.slot ?? address.unit ?? address.port ?? address.base ?? address.iobase) === undefined
  )
    return undefined;
  const bus = kind === 'disks' ? (device as { target?: { bus?: string } }).target?.bus : undefined;
  return [address.type, bus ?? '', ...placeParts.map((part) => String(address[part] ?? 0))].join(' ');
}
