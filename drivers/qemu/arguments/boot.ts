import type { Disk, Domain, Interface } from '../../xml/domain/types.ts';

/**
 * What is booted from, first first. Orders on devices win over `<boot dev>`; without either it is disks, then CDs,
 * in the document's order.
 */
export function bootIndexes(domain: Domain): ReadonlyMap<Disk | Interface, number> {
  const { disks, interfaces } = domain.devices;
  const indexes = new Map<Disk | Interface, number>();
  const devices = [...disks, ...interfaces];
  if (devices.some(({ bootOrder }) => bootOrder !== undefined)) {
    for (const device of devices) if (device.bootOrder !== undefined) indexes.set(device, device.bootOrder);
    return indexes;
  }
  const order = domain.os.boot.length > 0 ? domain.os.boot : ['hd', 'cdrom'];
  let next = 1;
  const give = (list: readonly (Disk | Interface)[]): void => {
    for (const device of list) if (!indexes.has(device)) indexes.set(device, next++);
  };
  for (const kind of order) {
    if (kind === 'hd') give(disks.filter(({ device }) => device === 'disk' || device === 'lun'));
    else if (kind === 'cdrom') give(disks.filter(({ device }) => device === 'cdrom'));
    else if (kind === 'fd') give(disks.filter(({ device }) => device === 'floppy'));
    else if (kind === 'network') give(interfaces);
  }
  return indexes;
}
