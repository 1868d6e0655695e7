import * as v from 'valibot';
import { Reason } from './reasons.ts';

/** Sizes are bytes, times are milliseconds since 1970 or durations in seconds as each field says, 64-bit ids are strings. */
const Bytes = v.pipe(v.number(), v.minValue(0));
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));

/** libvirt's virDomainState. */
export const domainStates = [
  'running',
  'blocked',
  'paused',
  'shutdown',
  'shutoff',
  'crashed',
  'pmsuspended',
] as const;
export const DomainState = v.picklist(domainStates);
export type DomainState = v.InferOutput<typeof DomainState>;

export const Uuid = v.pipe(v.string(), v.uuid());

/** One row of a list: all that a table shows and verdicts need, and nothing that changes every second. */
export const DomainSummary = v.object({
  uuid: Uuid,
  name: v.string(),
  title: v.optional(v.string()),
  /** First lines of the description, at most 200 characters. */
  note: v.optional(v.string()),
  /** Hypervisor's number of a running domain; null when off. */
  id: v.nullable(v.number()),
  state: DomainState,
  /** libvirt's reason word for the state: booted, user, saved, crashed, failed, ioerror, … */
  stateReason: v.optional(v.string()),
  /** What went wrong with it last (the guest died, a write failed). Cleared by the next start. */
  problem: v.optional(
    v.object({
      message: v.string(),
      detail: v.optional(v.string()),
      hint: v.optional(v.string()),
      code: v.optional(v.string()),
    }),
  ),
  /** When it was started, where known (ms since 1970). */
  since: v.optional(v.number()),
  persistent: v.boolean(),
  autostart: v.boolean(),
  hasManagedSave: v.boolean(),
  /** The domain type of its document: kvm, qemu, lxc, test, … */
  type: v.string(),
  arch: v.optional(v.string()),
  vcpus: Count,
  /** Maximum memory. */
  memory: Bytes,
  /** libosinfo id of the system inside, where the document tells. */
  osId: v.optional(v.string()),
  /** Operations that this very domain cannot do, whatever its state. */
  refused: v.optional(v.record(v.string(), Reason)),
});
export type DomainSummary = v.InferOutput<typeof DomainSummary>;

export const NodeInfo = v.object({
  hostname: v.string(),
  os: v.string(),
  arch: v.string(),
  cpuModel: v.optional(v.string()),
  cpus: Count,
  cpuMhz: v.optional(v.number()),
  sockets: v.optional(Count),
  coresPerSocket: v.optional(Count),
  threadsPerCore: v.optional(Count),
  memory: Bytes,
  /** The hypervisor as a person knows it: QEMU, LXC, test. */
  hypervisor: v.string(),
  hypervisorVersion: v.optional(v.string()),
  libvirtVersion: v.optional(v.string()),
  /** Accelerators that really run a guest, best first: kvm, hvf, whpx, tcg. */
  accelerators: v.optional(v.array(v.string())),
});
export type NodeInfo = v.InferOutput<typeof NodeInfo>;

/** Counters since the domain's start; rates are made from two samples. What a hypervisor cannot tell is left out. */
export const DomainSample = v.object({
  uuid: Uuid,
  /** CPU seconds used by all vCPUs. */
  cpuSeconds: v.optional(v.number()),
  vcpus: Count,
  memoryMax: Bytes,
  /** Balloon size: what the guest has now. */
  memoryCurrent: v.optional(Bytes),
  /** What the guest itself says it uses (balloon statistics). */
  memoryUsed: v.optional(Bytes),
  /** Resident memory of the guest's process on the node. */
  memoryResident: v.optional(Bytes),
  readBytes: v.optional(Bytes),
  writeBytes: v.optional(Bytes),
  readOps: v.optional(Count),
  writeOps: v.optional(Count),
  receiveBytes: v.optional(Bytes),
  transmitBytes: v.optional(Bytes),
  disks: v.optional(v.array(v.object({ target: v.string(), readBytes: Bytes, writeBytes: Bytes }))),
  interfaces: v.optional(
    v.array(v.object({ target: v.string(), receiveBytes: Bytes, transmitBytes: Bytes })),
  ),
});
export type DomainSample = v.InferOutput<typeof DomainSample>;

export const NodeSample = v.object({
  /** CPU seconds of all CPUs: busy and all together, since boot. */
  cpuBusySeconds: v.optional(v.number()),
  cpuTotalSeconds: v.optional(v.number()),
  memoryTotal: Bytes,
  memoryAvailable: Bytes,
});
export type NodeSample = v.InferOutput<typeof NodeSample>;

/** All domains of a node in one pass. */
export const StatsSnapshot = v.object({
  time: v.number(),
  node: v.optional(NodeSample),
  domains: v.array(DomainSample),
});
export type StatsSnapshot = v.InferOutput<typeof StatsSnapshot>;

export const volumeFormats = ['raw', 'qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc', 'qed', 'iso'] as const;
export const VolumeFormat = v.picklist(volumeFormats);
export type VolumeFormat = v.InferOutput<typeof VolumeFormat>;

/** libvirt's virStoragePoolState. */
export const poolStates = ['inactive', 'building', 'running', 'degraded', 'inaccessible'] as const;

export const Pool = v.object({
  name: v.string(),
  uuid: v.optional(Uuid),
  /** libvirt's pool type: dir, fs, logical, … */
  type: v.string(),
  path: v.optional(v.string()),
  capacity: Bytes,
  available: Bytes,
  active: v.boolean(),
  state: v.optional(v.picklist(poolStates)),
  persistent: v.optional(v.boolean()),
  autostart: v.optional(v.boolean()),
});
export type Pool = v.InferOutput<typeof Pool>;

export const Volume = v.object({
  /** Path on the node: what a domain document names. */
  path: v.string(),
  name: v.string(),
  pool: v.optional(v.string()),
  format: v.string(),
  /** Size that the guest sees. */
  capacity: Bytes,
  /** Bytes taken on the disk now. */
  allocation: Bytes,
  backing: v.optional(v.string()),
  /** libvirt's volume type where it is no file: block, dir, network, netdir, ploop. */
  type: v.optional(v.string()),
});
export type Volume = v.InferOutput<typeof Volume>;

/** One entry of a folder on the node. */
export const FileEntry = v.object({
  name: v.string(),
  path: v.string(),
  kind: v.picklist(['folder', 'file', 'device', 'other']),
  size: v.optional(Bytes),
  modified: v.optional(v.number()),
});
export type FileEntry = v.InferOutput<typeof FileEntry>;

export const Folder = v.object({
  path: v.string(),
  parent: v.nullable(v.string()),
  entries: v.array(FileEntry),
});
export type Folder = v.InferOutput<typeof Folder>;

/** A point that a domain can be taken back to. */
export const Snapshot = v.object({
  name: v.string(),
  description: v.optional(v.string()),
  /** State of the domain when it was taken; `disk-snapshot` where only disks were. */
  state: v.picklist([...domainStates, 'disk-snapshot']),
  /** ms since 1970 */
  created: v.number(),
  parent: v.optional(v.string()),
  /** The one that the domain goes on from. */
  current: v.boolean(),
  /** Inside the disk images, in files of its own, or a mixture. */
  kind: v.picklist(['internal', 'external', 'mixed']),
  /** The guest's memory is part of it. */
  memory: v.boolean(),
});
export type Snapshot = v.InferOutput<typeof Snapshot>;

export const Network = v.object({
  name: v.string(),
  uuid: Uuid,
  active: v.boolean(),
  persistent: v.boolean(),
  autostart: v.boolean(),
  bridge: v.optional(v.string()),
  /** nat, route, open, bridge, private, vepa, passthrough, hostdev; isolated where there is no way out. */
  forward: v.string(),
  domainName: v.optional(v.string()),
  /** Addresses of the host with their prefix: 192.168.122.1/24. */
  addresses: v.array(v.string()),
  dhcp: v.boolean(),
});
export type Network = v.InferOutput<typeof Network>;

/** An address that a network's DHCP server has given away. */
export const DhcpLease = v.object({
  mac: v.string(),
  address: v.string(),
  prefix: Count,
  hostname: v.optional(v.string()),
  /** What the client calls itself: a client id, or a DUID of IPv6. */
  clientId: v.optional(v.string()),
  /** ms since 1970; undefined where it never ends. */
  expires: v.optional(v.number()),
});
export type DhcpLease = v.InferOutput<typeof DhcpLease>;

/** An address of a guest's interface. */
export const InterfaceAddress = v.object({
  /** Name on the host (vnet0), or inside the guest (eth0) where the agent tells. */
  name: v.string(),
  mac: v.optional(v.string()),
  addresses: v.array(v.object({ family: v.picklist(['ipv4', 'ipv6']), address: v.string(), prefix: Count })),
});
export type InterfaceAddress = v.InferOutput<typeof InterfaceAddress>;

/** A network interface of the node itself: ethernet, bridge, bond, vlan. */
export const HostInterface = v.object({
  name: v.string(),
  mac: v.optional(v.string()),
  active: v.boolean(),
  type: v.optional(v.string()),
});
export type HostInterface = v.InferOutput<typeof HostInterface>;

/** A device of the node: PCI, USB, mediated, disk, network card, … */
export const NodeDevice = v.object({
  name: v.string(),
  parent: v.optional(v.string()),
  driver: v.optional(v.string()),
  /** What it is, libvirt's capability types: pci, usb_device, net, scsi_host, mdev, … */
  capabilities: v.array(v.string()),
  /** Vendor and product as a person reads them, where known. */
  label: v.optional(v.string()),
  /** Other devices that must be given to a guest together with it. */
  iommuGroup: v.optional(Count),
});
export type NodeDevice = v.InferOutput<typeof NodeDevice>;

/** A secret's description; its value is never part of it. */
export const Secret = v.object({
  uuid: Uuid,
  /** none, volume, ceph, iscsi, tls, vtpm */
  usage: v.string(),
  usageId: v.optional(v.string()),
  description: v.optional(v.string()),
  private: v.boolean(),
  ephemeral: v.boolean(),
});
export type Secret = v.InferOutput<typeof Secret>;

export const blockJobKinds = ['pull', 'copy', 'commit', 'active-commit', 'backup'] as const;
/** Work on a disk of a running domain. */
export const BlockJob = v.object({
  target: v.string(),
  kind: v.picklist([...blockJobKinds, 'unknown']),
  /** Bytes done and to do in all; equal once a copy is ready to switch over. */
  current: Bytes,
  end: Bytes,
  /** Bytes per second; undefined where unlimited. */
  limit: v.optional(Bytes),
});
export type BlockJob = v.InferOutput<typeof BlockJob>;

/** What the guest agent tells of the system inside; what it does not tell is left out. */
export const GuestInfo = v.object({
  hostname: v.optional(v.string()),
  os: v.optional(
    v.object({
      id: v.optional(v.string()),
      name: v.optional(v.string()),
      version: v.optional(v.string()),
      kernel: v.optional(v.string()),
    }),
  ),
  timezone: v.optional(v.string()),
  users: v.optional(v.array(v.object({ name: v.string(), since: v.optional(v.number()) }))),
  filesystems: v.optional(
    v.array(
      v.object({
        mountpoint: v.string(),
        type: v.optional(v.string()),
        total: v.optional(Bytes),
        used: v.optional(Bytes),
        targets: v.array(v.string()),
      }),
    ),
  ),
});
export type GuestInfo = v.InferOutput<typeof GuestInfo>;
