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

export const Pool = v.object({
  name: v.string(),
  /** libvirt's pool type: dir, fs, logical, … */
  type: v.string(),
  path: v.optional(v.string()),
  capacity: Bytes,
  available: Bytes,
  active: v.boolean(),
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
