import type { Spec, Word } from './codec/spec.ts';

/** What a node and its hypervisor are, as libvirt's capabilities document says it. */
export interface Capabilities {
  host: HostCapabilities;
  guests: GuestCapabilities[];
}
export type CapabilitiesSpec = Spec<Capabilities>;

export interface HostCapabilities {
  uuid?: string;
  cpu: HostCpu;
  /** What the node itself can do: suspend to memory, to disk, both. */
  powerManagement?: { suspendMem: boolean; suspendDisk: boolean; suspendHybrid: boolean };
  iommu?: boolean;
  liveMigration: boolean;
  migrationTransports: string[];
  cells: NodeCell[];
  securityModels: { model: string; doi: string }[];
}

export interface HostCpu {
  arch: string;
  model?: string;
  vendor?: string;
  topology?: { sockets: number; dies: number; cores: number; threads: number };
  features: { name: string }[];
}

/** One NUMA cell of the node. */
export interface NodeCell {
  id: number;
  memory?: number;
  cpus: NodeCpu[];
}

export interface NodeCpu {
  id: number;
  socketId?: number;
  dieId?: number;
  coreId?: number;
  /** CPU numbers that share the core: 0-1 */
  siblings?: string;
}

/** What can be run: one architecture of one kind of guest. */
export interface GuestCapabilities {
  osType: Word<'hvm' | 'xen' | 'exe' | 'linux' | 'uml'>;
  arch: string;
  wordsize: number;
  emulator?: string;
  machines: Machine[];
  domains: { type: string; emulator?: string; machines: Machine[] }[];
  features: GuestFeatures;
}

export interface Machine {
  name: string;
  /** The name that an alias like `q35` stands for. */
  canonical?: string;
  maxCpus?: number;
  deprecated?: boolean;
}

export interface GuestFeatures {
  pae: boolean;
  nonpae: boolean;
  cpuSelection: boolean;
  deviceBoot: boolean;
  acpi?: { default: boolean; toggle: boolean };
  apic?: { default: boolean; toggle: boolean };
}

/** libvirt's answer about one combination of emulator, machine, architecture and domain type. */
export interface DomainCapabilities {
  path?: string;
  domain: string;
  machine?: string;
  arch: string;
  maxVcpus?: number;
  iothreads?: boolean;
  os: { supported: boolean; firmware: string[] };
  loader?: { supported: boolean; paths: string[]; types: string[]; readonly: string[]; secure: string[] };
  cpuModes: CpuModeCapabilities[];
  memoryBacking?: DeviceCapabilities;
  /** By element name: disk, graphics, video, hostdev, rng, filesystem, tpm, … */
  devices: { [name: string]: DeviceCapabilities };
  /** By element name: gic, vmcoreinfo, genid, sev, hyperv, … */
  features: { [name: string]: DeviceCapabilities };
}

export interface CpuModeCapabilities {
  name: Word<'host-passthrough' | 'maximum' | 'host-model' | 'custom'>;
  supported: boolean;
  vendor?: string;
  models: { name: string; usable?: Word<'yes' | 'no' | 'unknown'>; vendor?: string; fallback?: string }[];
  features: { name: string; policy?: string }[];
  /** What else can be chosen with it: hostPassthroughMigratable, maximumMigratable. */
  enums?: { [name: string]: string[] };
}

/** The values that each setting of a device may have: bus, model, backendModel, … */
export interface DeviceCapabilities {
  supported: boolean;
  enums: { [name: string]: string[] };
}
