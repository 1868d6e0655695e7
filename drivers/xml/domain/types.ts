import type { Devices } from './device-types.ts';
import type { Spec, Word } from '../codec/spec.ts';

export type * from './address-types.ts';
export type * from './character-types.ts';
export type * from './device-types.ts';
export type * from './disk-types.ts';
export type * from './interface-types.ts';
export type { Spec, Word } from '../codec/spec.ts';

/**
 * What a domain document says, typed. A field that is missing is one that the document does not mention: defaults
 * are the hypervisor's to choose. Lists keep the document's order, so that `devices.disks[1]` is `devices/disk[2]`.
 * Sizes are bytes whatever unit the document uses.
 */
export interface Domain {
  /** The hypervisor: kvm, qemu, hvf, xen, lxc, vbox, test, … */
  type: Word<'kvm' | 'qemu' | 'hvf' | 'xen' | 'lxc' | 'uml' | 'vbox' | 'openvz' | 'vz' | 'test'>;
  /** The hypervisor's number of a running domain; only in live documents. */
  id?: number;
  name: string;
  /** Lower case with dashes. Missing, too, where the element is empty. */
  uuid?: string;
  /** One line for lists. */
  title?: string;
  description?: string;
  /** libosinfo's id of the system inside: http://debian.org/debian/12 */
  osId?: string;
  /** The most that the domain can have, in bytes. */
  memory: number;
  /** What it gets at start, in bytes; missing means all of `memory`. */
  currentMemory?: number;
  /** Room for memory devices plugged in later. */
  maxMemory?: MaxMemory;
  memoryBacking?: MemoryBacking;
  vcpu: Vcpu;
  iothreads?: number;
  cpu?: Cpu;
  /** Xen paravirtual: the program that picks the kernel out of the guest's disk. */
  bootloader?: string;
  bootloaderArgs?: string;
  os: Os;
  sysinfo: Sysinfo[];
  features: Features;
  clock?: Clock;
  onPoweroff?: Word<'destroy' | 'restart' | 'preserve' | 'rename-restart'>;
  onReboot?: Word<'destroy' | 'restart' | 'preserve' | 'rename-restart'>;
  onCrash?: Word<
    'destroy' | 'restart' | 'preserve' | 'rename-restart' | 'coredump-destroy' | 'coredump-restart'
  >;
  onLockfailure?: Word<'poweroff' | 'restart' | 'pause' | 'ignore'>;
  pm?: PowerManagement;
  devices: Devices;
  seclabels: Seclabel[];
  /** The qemu:commandline extension: arguments and variables handed to QEMU as they are. */
  qemu?: QemuCommandline;
}

/** Input for building a document: the reading model with everything optional that may be left out. */
export type DomainSpec = Spec<Domain>;

export interface MaxMemory {
  bytes: number;
  slots?: number;
}

export interface MemoryBacking {
  /** `<hugepages>` is there; `sizes` are bytes of a page, where asked for. */
  hugepages?: { sizes: number[] };
  nosharepages: boolean;
  locked: boolean;
  source?: Word<'file' | 'anonymous' | 'memfd'>;
  access?: Word<'shared' | 'private'>;
  allocation?: Word<'immediate' | 'ondemand'>;
  allocationThreads?: number;
  discard: boolean;
}

export interface Vcpu {
  /** The most that the domain can have. */
  count: number;
  /** Plugged in at start; missing means all. */
  current?: number;
  placement?: Word<'static' | 'auto'>;
  cpuset?: string;
}

export interface Cpu {
  mode?: Word<'custom' | 'host-model' | 'host-passthrough' | 'maximum'>;
  match?: Word<'minimum' | 'exact' | 'strict'>;
  check?: Word<'none' | 'partial' | 'full'>;
  migratable?: boolean;
  model?: CpuModel;
  vendor?: string;
  topology?: CpuTopology;
  cache?: { mode: Word<'emulate' | 'passthrough' | 'disable'>; level?: number };
  maxPhysAddr?: { mode: Word<'passthrough' | 'emulate'>; bits?: number };
  features: CpuFeature[];
  numa: NumaCell[];
}

export interface CpuModel {
  /** Empty where the element only carries attributes. */
  name: string;
  fallback?: Word<'allow' | 'forbid'>;
  /** The twelve letters that CPUID tells. */
  vendorId?: string;
}

export interface CpuTopology {
  sockets: number;
  dies?: number;
  clusters?: number;
  cores: number;
  threads: number;
}

export interface CpuFeature {
  name: string;
  policy?: Word<'force' | 'require' | 'optional' | 'disable' | 'forbid'>;
}

export interface NumaCell {
  id?: number;
  /** CPU numbers: 0-3,5 */
  cpus?: string;
  bytes: number;
  memAccess?: Word<'shared' | 'private'>;
}

export interface Os {
  /** hvm, exe (containers), xen, linux, uml, … */
  type: Word<'hvm' | 'xen' | 'linux' | 'exe' | 'uml' | 'xenpvh'>;
  arch?: string;
  machine?: string;
  /** Asks for firmware of this kind instead of naming a file. */
  firmware?: Word<'bios' | 'efi'>;
  /** What the firmware must have (true) or must not have (false): enrolled-keys, secure-boot. */
  firmwareFeatures: { name: string; enabled: boolean }[];
  loader?: Loader;
  nvram?: Nvram;
  /** The old way of saying the order: hd, cdrom, network, fd. Per-device orders win over it. */
  boot: Word<'hd' | 'cdrom' | 'network' | 'fd'>[];
  bootMenu?: { enable: boolean; timeout?: number };
  bios?: { useserial?: boolean; rebootTimeout?: number };
  smbios?: Word<'emulate' | 'host' | 'sysinfo'>;
  kernel?: string;
  initrd?: string;
  cmdline?: string;
  dtb?: string;
  /** Files with ACPI tables to add. */
  acpiTables: { type: string; path: string }[];
  /** Containers: the first program, with its arguments and surroundings. */
  init?: string;
  initArgs: string[];
  initEnv: { name: string; value: string }[];
  initDir?: string;
  initUser?: string;
  initGroup?: string;
}

export interface Loader {
  /** Missing where only attributes are given beside `firmware`. */
  path?: string;
  readonly?: boolean;
  type?: Word<'rom' | 'pflash'>;
  secure?: boolean;
  stateless?: boolean;
  format?: Word<'raw' | 'qcow2'>;
}

export interface Nvram {
  /** The guest's own variables; missing lets the driver choose a place. */
  path?: string;
  /** Copied from here when the guest has none yet. */
  template?: string;
  templateFormat?: Word<'raw' | 'qcow2'>;
  format?: Word<'raw' | 'qcow2'>;
  /** Variables that are not a plain path: file, block, network … with a `<source>`. */
  type?: string;
  sourceFile?: string;
}

export interface Sysinfo {
  type: Word<'smbios' | 'fwcfg'>;
  bios: SysinfoEntry[];
  system: SysinfoEntry[];
  baseBoards: { entries: SysinfoEntry[] }[];
  chassis: SysinfoEntry[];
  oemStrings: string[];
  /** fwcfg: a name with a value, or with a file whose content is the value. */
  fwcfg: { name: string; value?: string; file?: string }[];
}

export interface SysinfoEntry {
  name: string;
  value: string;
}

export interface Features {
  acpi: boolean;
  apic?: { eoi?: boolean };
  pae: boolean;
  hap?: { state?: boolean };
  viridian: boolean;
  privnet: boolean;
  hyperv?: Hyperv;
  kvm?: KvmFeatures;
  vmport?: boolean;
  smm?: { state?: boolean; tseg?: number };
  /** True, too, for the bare element. */
  vmcoreinfo?: boolean;
  pmu?: boolean;
  pvspinlock?: boolean;
  ioapic?: Word<'kvm' | 'qemu'>;
  gic?: { version?: string };
}

/** Missing: not mentioned. Undefined in mode `passthrough` still means that the host decides. */
export interface Hyperv {
  mode?: Word<'custom' | 'passthrough'>;
  relaxed?: boolean;
  vapic?: boolean;
  spinlocks?: { state: boolean; retries?: number };
  vpindex?: boolean;
  runtime?: boolean;
  synic?: boolean;
  stimer?: { state: boolean; direct?: boolean };
  reset?: boolean;
  vendorId?: { state: boolean; value?: string };
  frequencies?: boolean;
  reenlightenment?: boolean;
  tlbflush?: boolean;
  ipi?: boolean;
  evmcs?: boolean;
  avic?: boolean;
  emsrBitmap?: boolean;
  xmmInput?: boolean;
}

export interface KvmFeatures {
  hidden?: boolean;
  hintDedicated?: boolean;
  pollControl?: boolean;
  pvIpi?: boolean;
  dirtyRing?: { state: boolean; size?: number };
}

export interface Clock {
  offset: Word<'utc' | 'localtime' | 'timezone' | 'variable' | 'absolute'>;
  timezone?: string;
  /** Seconds, or the word `reset`. */
  adjustment?: string;
  basis?: Word<'utc' | 'localtime'>;
  /** Seconds since 1970 of offset `absolute`. */
  start?: number;
  timers: Timer[];
}

export interface Timer {
  name: Word<'rtc' | 'pit' | 'hpet' | 'tsc' | 'kvmclock' | 'hypervclock' | 'platform' | 'armvtimer' | 'xen'>;
  present?: boolean;
  tickpolicy?: Word<'delay' | 'catchup' | 'merge' | 'discard'>;
  track?: Word<'boot' | 'guest' | 'wall' | 'realtime'>;
  /** Hertz. */
  frequency?: number;
  mode?: Word<'auto' | 'native' | 'emulate' | 'paravirt' | 'smpsafe'>;
  catchup?: { threshold?: number; slew?: number; limit?: number };
}

export interface PowerManagement {
  suspendToMem?: boolean;
  suspendToDisk?: boolean;
}

export interface Seclabel {
  type?: Word<'static' | 'dynamic' | 'none'>;
  model?: string;
  relabel?: boolean;
  label?: string;
  baselabel?: string;
  imagelabel?: string;
}

export interface QemuCommandline {
  args: string[];
  env: { name: string; value?: string }[];
}
