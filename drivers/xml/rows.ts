import type * as model from '../api/model.ts';
import type { HostInterface } from './host-interface.ts';
import { prefixOf } from './network/subnet.ts';
import type { Network } from './network/types.ts';
import { capabilityTypes } from './node-device/node-device.ts';
import type { DeviceId, NodeDevice } from './node-device/types.ts';
import { usageIdOf, type Secret } from './secret.ts';
import type { DomainSnapshot } from './snapshot/types.ts';
import type { StoragePool } from './storage/pool-types.ts';
import type { StorageVolume } from './storage/volume-types.ts';

/** What of a row in a list the document alone tells, for every kind of document but the domain's. */

const said = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
  value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });

export type NetworkRow = Pick<
  model.Network,
  'name' | 'bridge' | 'forward' | 'domainName' | 'addresses' | 'dhcp'
>;

export const networkRow = ({ name, bridge, forward, domain, ips }: Network): NetworkRow => ({
  name,
  ...said('bridge', bridge?.name),
  forward: forward?.mode ?? 'isolated',
  ...said('domainName', domain?.name),
  addresses: ips.flatMap((ip) => {
    if (ip.address === undefined) return [];
    const prefix = prefixOf(ip);
    return [prefix === undefined ? ip.address : `${ip.address}/${String(prefix)}`];
  }),
  dhcp: ips.some(({ dhcp }) => dhcp !== undefined && (dhcp.ranges.length > 0 || dhcp.hosts.length > 0)),
});

export type PoolRow = Pick<model.Pool, 'name' | 'type' | 'path' | 'capacity' | 'available'>;

export const poolRow = ({ name, type, target, capacity = 0, available = 0 }: StoragePool): PoolRow => ({
  name,
  type,
  ...said('path', target?.path),
  capacity,
  available,
});

export type VolumeRow = Omit<model.Volume, 'pool'>;

/** A volume without a path, as network pools have them, goes by its key. */
export function volumeRow(volume: StorageVolume): VolumeRow {
  const { name, type, key, target, backingStore, capacity = 0, allocation = 0 } = volume;
  return {
    path: target.path ?? key ?? name,
    name,
    format: target.format ?? (type === 'dir' || type === 'netdir' ? 'dir' : 'raw'),
    capacity,
    allocation,
    ...said('backing', backingStore?.path),
    ...said('type', type === 'file' ? undefined : type),
  };
}

export type SnapshotRow = Omit<model.Snapshot, 'current'>;

const snapshotStates: ReadonlySet<string> = new Set([
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
  'disk-snapshot',
]);

/** libvirt's documents of snapshots always have name, state and time; others are taken as snapshots of a domain off. */
export function snapshotRow(snapshot: DomainSnapshot): SnapshotRow {
  const { name = '', description, state = 'shutoff', parent, creationTime = 0, memory, disks } = snapshot;
  const places = disks.map((disk) => disk.snapshot ?? 'external');
  const inside = places.includes('internal') || memory?.snapshot === 'internal';
  const outside = places.includes('external') || memory?.snapshot === 'external';
  return {
    name,
    ...said('description', description),
    state: (snapshotStates.has(state) ? state : 'shutoff') as SnapshotRow['state'],
    created: creationTime,
    ...said('parent', parent),
    kind: inside && outside ? 'mixed' : outside ? 'external' : 'internal',
    memory: memory?.snapshot === 'internal' || memory?.snapshot === 'external' || memory?.file !== undefined,
  };
}

export type HostInterfaceRow = Pick<model.HostInterface, 'name' | 'mac' | 'type'>;

export const hostInterfaceRow = ({ name, type, mac, vlan }: HostInterface): HostInterfaceRow => ({
  name: name ?? (vlan ? `${vlan.interface}.${String(vlan.tag)}` : ''),
  ...said('mac', mac),
  type,
});

export type SecretRow = Omit<model.Secret, 'uuid'> & Partial<Pick<model.Secret, 'uuid'>>;

export const secretRow = (secret: Secret): SecretRow => ({
  ...said('uuid', secret.uuid),
  usage: secret.usage?.type ?? 'none',
  ...said('usageId', usageIdOf(secret)),
  ...said('description', secret.description),
  private: secret.private,
  ephemeral: secret.ephemeral,
});

export function nodeDeviceRow(device: NodeDevice): model.NodeDevice {
  const { name, parent, driver, pci, mdev, other } = device;
  const parts = Object.keys(capabilityTypes) as (keyof typeof capabilityTypes)[];
  return {
    name,
    ...said('parent', parent),
    ...said('driver', driver),
    capabilities: [
      ...parts.filter((part) => device[part] !== undefined).map((part) => capabilityTypes[part]),
      ...other,
    ],
    ...said('label', labelOf(device)),
    ...said('iommuGroup', (pci?.iommuGroup ?? mdev?.iommuGroup)?.number),
  };
}

function labelOf({ system, pci, usbDevice, usb, net, storage, mdev }: NodeDevice): string | undefined {
  const made = (by: { vendor?: DeviceId; product?: DeviceId }): (string | undefined)[] => [
    by.vendor?.name,
    by.product?.name,
  ];
  const words = system
    ? [system.hardware.vendor, system.product]
    : pci
      ? made(pci)
      : usbDevice
        ? made(usbDevice)
        : storage
          ? [storage.vendor, storage.model]
          : [usb?.description ?? net?.interface ?? mdev?.type];
  const label = words.filter((word) => word !== undefined).join(' ');
  return label === '' ? undefined : label;
}
