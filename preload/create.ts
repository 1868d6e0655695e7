import * as v from 'valibot';
import { VolumeFormat } from '../drivers/api/model.ts';

/*
 * What the wizard and `install` choose, and what comes back before anything is made.
 * Whatever is left out of the choices takes the default of the system, the host and the driver;
 * the preview answers with every value that would be used, so that all of it can be shown and changed.
 */

const Text = (max: number) => v.pipe(v.string(), v.maxLength(max));
/** Empty while nothing is chosen yet: the preview says so. */
const Path = v.pipe(
  v.string(),
  v.maxLength(4096),
  v.check((path) => !path.includes('\0'), 'no NUL'),
);
const Bytes = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const Port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));

/** Formats that a new disk can have. */
export const diskFormats = ['qcow2', 'raw', 'vmdk', 'vdi', 'vhdx', 'vpc', 'qed'] as const;
export const DiskFormat = v.picklist(diskFormats);
export type DiskFormat = v.InferOutput<typeof DiskFormat>;

export const diskBuses = ['virtio', 'scsi', 'sata', 'ide', 'usb'] as const;
export const DiskBus = v.picklist(diskBuses);
export type DiskBus = v.InferOutput<typeof DiskBus>;

export const firmwares = ['bios', 'efi', 'efi-secure'] as const;
export const Firmware = v.picklist(firmwares);
export type Firmware = v.InferOutput<typeof Firmware>;

/** What becomes of an image that exists: copied as it is, converted into another format, or used where it lies. */
export const imageModes = ['copy', 'convert', 'inPlace'] as const;
export const ImageMode = v.picklist(imageModes);
export type ImageMode = v.InferOutput<typeof ImageMode>;

/** The account and settings that cloud-init makes at the first start. */
export const CloudInit = v.object({
  user: Text(64),
  /** Leaves this process only as a hash. */
  password: v.optional(Text(1024)),
  sshKeys: v.pipe(v.array(Text(16_384)), v.maxLength(64)),
  /** Without one the machine's name. */
  hostname: v.optional(Text(255)),
  packages: v.optional(v.pipe(v.array(Text(128)), v.maxLength(256))),
  /** The person's own user-data in place of all the above. */
  userData: v.optional(Text(262_144)),
  /** The person's own network-config, version 1 or 2. */
  networkConfig: v.optional(Text(65_536)),
});
export type CloudInit = v.InferOutput<typeof CloudInit>;

/** Where the guest's system comes from. Paths are the host's. */
export const Source = v.variant('kind', [
  v.object({ kind: v.literal('iso'), path: Path }),
  v.object({ kind: v.literal('image'), path: Path, mode: ImageMode, format: v.optional(DiskFormat) }),
  v.object({ kind: v.literal('empty') }),
  v.object({ kind: v.literal('pxe') }),
  v.object({
    kind: v.literal('kernel'),
    kernel: Path,
    initrd: v.optional(Path),
    cmdline: v.optional(Text(4096)),
  }),
  v.object({ kind: v.literal('cloud'), path: Path, ...CloudInit.entries }),
  v.object({ kind: v.literal('xml'), text: Text(1_048_576) }),
]);
export type Source = v.InferOutput<typeof Source>;
export type SourceKind = Source['kind'];

/** A connection to a port of the host goes to a port of the guest. */
export const PortForward = v.object({
  protocol: v.picklist(['tcp', 'udp']),
  hostPort: Port,
  guestPort: Port,
  /** Address of the host that listens; 127.0.0.1 when left out. */
  address: v.optional(Text(64)),
});
export type PortForward = v.InferOutput<typeof PortForward>;

export const NetworkChoice = v.object({
  /** user: behind the host without any rights; network: a virtual network of the host; bridge: on the host's own network. */
  kind: v.picklist(['user', 'network', 'bridge', 'none']),
  /** Name of the virtual network or of the bridge. */
  source: v.optional(Text(64)),
  model: v.optional(Text(32)),
  mac: v.optional(Text(32)),
  forwards: v.optional(v.pipe(v.array(PortForward), v.maxLength(64))),
  /** A virtual network that is off starts with the host from now on, too. */
  autostart: v.optional(v.boolean()),
});
export type NetworkChoice = v.InferOutput<typeof NetworkChoice>;

export const DiskChoice = v.object({
  /** No disk at all. */
  none: v.optional(v.boolean()),
  /** Size that the guest sees. An image grows to it and never shrinks. */
  size: v.optional(Bytes),
  format: v.optional(DiskFormat),
  bus: v.optional(DiskBus),
  pool: v.optional(Text(255)),
});
export type DiskChoice = v.InferOutput<typeof DiskChoice>;

export const Choices = v.object({
  source: Source,
  name: v.optional(Text(255)),
  title: v.optional(Text(1024)),
  notes: v.optional(Text(65_536)),
  /** libosinfo id of the guest's system: http://debian.org/debian/13 */
  system: v.optional(Text(255)),
  arch: v.optional(Text(32)),
  machine: v.optional(Text(64)),
  firmware: v.optional(Firmware),
  tpm: v.optional(v.boolean()),
  /** kvm, qemu, test …: with or without hardware acceleration. */
  type: v.optional(Text(32)),
  /** host-passthrough, host-model, maximum, or the name of a model. */
  cpu: v.optional(Text(64)),
  vcpus: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100_000))),
  memory: v.optional(Bytes),
  disk: v.optional(DiskChoice),
  network: v.optional(NetworkChoice),
  graphics: v.optional(v.picklist(['vnc', 'none'])),
  video: v.optional(Text(32)),
  sound: v.optional(v.boolean()),
  /** Start it when it is made; left out means yes. */
  start: v.optional(v.boolean()),
});
export type Choices = v.InferOutput<typeof Choices>;

/** Every way in which choices do not fit, with its English text; `{x}` stands for a parameter. Translations key by the code. */
export const problemText = {
  name_missing: 'A name is needed',
  name_bad: 'A name must not contain “{character}”',
  name_edges: 'A name must not begin or end with a space or a full stop',
  name_long: 'A name has at most {max} characters',
  name_taken: '{host} already has a virtual machine called {name}',
  source_missing: 'Choose a file first',
  file_missing: '{path} does not exist on {host}',
  file_unreadable: '{path} cannot be read: {reason}',
  file_folder: '{path} is a folder',
  file_empty: '{path} is empty',
  iso_not: '{path} is not a disc image',
  iso_not_bootable: 'Nothing on this disc says that it can start a computer',
  iso_firmware: 'This disc starts with {found} only, but the firmware is {firmware}',
  iso_arch: 'This disc is for {found}, not for {arch}',
  image_is_iso: '{path} is a disc image: choose “Installation disc” for it',
  image_not: '{path} is not a disk image that is known',
  image_incomplete: '{path} needs its backing file {backing}, which does not exist',
  image_copy_backing: 'A copy of {path} still needs its backing file {backing}',
  image_in_use: '{path} belongs to {name} already',
  image_small: 'The disk cannot become smaller than the image: {min} bytes',
  arch_missing: '{host} cannot run {arch} machines',
  machine_missing: '{host} does not know the machine {machine}',
  firmware_missing: '{host} has no UEFI firmware for {arch}',
  secure_missing: '{host} has no UEFI firmware with Secure Boot for {arch}',
  firmware_machine: 'UEFI with Secure Boot needs the machine q35',
  firmware_needed: '{system} does not start with {firmware}',
  tpm_missing: '{host} cannot emulate a TPM: the program swtpm is not installed',
  tpm_needed: '{system} refuses to install without a TPM',
  cpu_host_emulated: 'Without hardware acceleration the CPU of the host cannot be passed on',
  emulated: '{host} has no hardware acceleration: the virtual machine will run slowly',
  emulation_chosen: 'With emulation the virtual machine will run slowly',
  type_missing: '{host} cannot run virtual machines of type {type}',
  vcpus_bad: 'At least one processor is needed',
  vcpus_many: '{host} has {cpus} processors',
  vcpus_limit: 'This machine takes at most {max} processors',
  memory_bad: 'At least {min} MiB of memory are needed',
  memory_host: '{host} has {memory} MiB of memory in all',
  memory_available: 'Only {available} MiB of memory are free on {host} now',
  memory_low: '{system} needs at least {min} MiB',
  memory_32bit: 'A 32-bit machine without PAE uses at most {max} MiB',
  disk_small: '{system} needs a disk of at least {min} GiB',
  disk_bad: 'A disk has at least {min} MiB',
  disk_bus: 'The machine {machine} has no {bus} disks',
  pool_missing: '{host} has no place for disks called {pool}',
  pool_none: '{host} has no place for disks',
  pool_inactive: 'The place {pool} is not active',
  pool_full: '{pool} has room for {available} MiB, {needed} MiB are needed now',
  pool_thin: '{pool} has room for {available} MiB: the disk can not grow to its full {needed} MiB',
  mac_bad: '“{mac}” is not a MAC address',
  mac_multicast: '{mac} is a group address: the first pair must be even',
  bridge_missing: 'The name of the bridge is needed',
  network_missing: 'The name of the network is needed',
  network_unknown: '{host} has no virtual network called {name}',
  network_off: 'The network {name} is off: it has to be started before the virtual machine',
  network_stays_off: 'The network {name} is off, and this connection cannot start it',
  network_unsupported: 'This connection has no virtual networks',
  screen_inside:
    'The screen is to be seen on {host} only, which this connection does not lead into: add {host} over SSH to see it here. A serial console works',
  pxe_no_network: 'Starting from the network needs a network',
  forward_twice: '{address} port {port} is forwarded twice',
  forward_taken: 'Another program listens on {address} port {port}',
  forward_address: '“{address}” is not an address of the host',
  forward_privileged: 'Ports under 1024 need rights that Guestroom does not have',
  hostname_bad: 'A host name has letters, digits and hyphens only',
  user_missing: 'Without an account nobody can log in',
  user_bad: 'A user name begins with a small letter and has small letters, digits, hyphens and underscores',
  login_missing: 'Give a password or an SSH key, else nobody can log in',
  ssh_key_bad: 'Line {line} is not a public SSH key',
  ssh_key_private: 'Line {line} is a private key: give the public one, its file ends in .pub',
  package_bad: '“{package}” is not the name of a package',
  user_data_bad: 'User data begins with #cloud-config or another mark that cloud-init knows',
  xml_bad: '{message}',
  document: '{path}: {message}',
  document_disk: 'The document does not use the new disk {path}',
  read_only: 'The connection to {host} is read-only',
  cannot_define: '{host} cannot make virtual machines',
} as const;
export type ProblemCode = keyof typeof problemText;
export const ProblemCode = v.picklist(Object.keys(problemText) as [ProblemCode, ...ProblemCode[]]);

/** One thing that is wrong (error: nothing is made) or deserves a look (warning), and where. */
export const Problem = v.object({
  /** The field of the choices: name, source.path, disk.size, network.forwards.0, … */
  field: v.string(),
  code: ProblemCode,
  params: v.record(v.string(), v.union([v.string(), v.number()])),
  level: v.picklist(['error', 'warning']),
  /** A value for the same field that has no such problem. */
  suggestion: v.optional(v.union([v.string(), v.number(), v.boolean()])),
  /** Line in the document, where it is about one. */
  line: v.optional(v.number()),
});
export type Problem = v.InferOutput<typeof Problem>;

/** The English sentence of a problem. */
export function formatProblem(problem: Pick<Problem, 'code' | 'params'>): string {
  return problemText[problem.code].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = problem.params[name];
    return value === undefined ? whole : String(value);
  });
}

/** What was found by looking into a file. */
export const Media = v.object({
  kind: v.picklist(['iso', 'disk', 'unknown']),
  format: v.optional(VolumeFormat),
  /** Bytes that the file has; for a disk image see `capacity`. */
  size: Bytes,
  /** Size that a guest sees. */
  capacity: v.optional(Bytes),
  /** Volume id of a disc. */
  label: v.optional(v.string()),
  /** libosinfo id of the recognised system. */
  system: v.optional(v.string()),
  /** Firmware that it can start with. Empty: nothing was found that starts. */
  boots: v.optional(v.array(v.picklist(['bios', 'efi']))),
  arch: v.optional(v.string()),
  /** Backing file as the image names it. */
  backing: v.optional(v.string()),
  /** Partition table of a raw image. */
  table: v.optional(v.picklist(['mbr', 'gpt'])),
});
export type Media = v.InferOutput<typeof Media>;

/** One row of the list of systems. */
export const GuestSystem = v.object({
  id: v.string(),
  name: v.string(),
  /** linux, windows, bsd, … */
  family: v.string(),
  vendor: v.optional(v.string()),
  /** Year, month and day; left out where not known or rolling. */
  released: v.optional(v.string()),
  /** No longer supported by its maker. */
  ended: v.boolean(),
  memory: Bytes,
  vcpus: v.number(),
  disk: Bytes,
});
export type GuestSystem = v.InferOutput<typeof GuestSystem>;

/** One step of making, in the order of doing. */
export const PlanStep = v.object({
  kind: v.picklist([
    'poolMake',
    'poolStart',
    'volumeCreate',
    'volumeClone',
    'seed',
    'define',
    'networkStart',
    'start',
  ]),
  /** File or machine that it makes, pool or network that it starts. */
  target: v.string(),
  /** File that is copied or converted; folder of a pool. */
  source: v.optional(v.string()),
  format: v.optional(v.string()),
  size: v.optional(Bytes),
  /** The network starts with the host from now on, too. */
  autostart: v.optional(v.boolean()),
});
export type PlanStep = v.InferOutput<typeof PlanStep>;

/** Every value that would be used: the choices with all defaults filled in. */
export const PlanValues = v.object({
  name: v.string(),
  system: v.string(),
  systemName: v.string(),
  arch: v.string(),
  machine: v.string(),
  firmware: Firmware,
  tpm: v.boolean(),
  type: v.string(),
  cpu: v.string(),
  vcpus: v.number(),
  memory: Bytes,
  disk: v.object({
    none: v.boolean(),
    size: Bytes,
    format: v.string(),
    bus: DiskBus,
    pool: v.optional(v.string()),
    path: v.optional(v.string()),
  }),
  network: v.object({
    kind: v.picklist(['user', 'network', 'bridge', 'none']),
    source: v.optional(v.string()),
    model: v.string(),
    mac: v.string(),
    forwards: v.array(PortForward),
  }),
  graphics: v.picklist(['vnc', 'none']),
  video: v.string(),
  sound: v.boolean(),
  /** Also there: agent, rng, balloon, tablet. */
  extras: v.array(v.picklist(['agent', 'rng', 'balloon', 'tablet'])),
  start: v.boolean(),
});
export type PlanValues = v.InferOutput<typeof PlanValues>;

/** What the host offers for the fields, so that they can be lists. */
export const PlanOffers = v.object({
  archs: v.array(v.string()),
  machines: v.array(v.string()),
  types: v.array(v.string()),
  firmwares: v.array(Firmware),
  tpm: v.boolean(),
  cpus: v.array(v.string()),
  buses: v.array(DiskBus),
  nicModels: v.array(v.string()),
  videoModels: v.array(v.string()),
  /** Without `available`: it is made or started first. */
  pools: v.array(v.object({ name: v.string(), available: v.optional(Bytes) })),
  networks: v.array(v.picklist(['user', 'network', 'bridge', 'none'])),
  /** The virtual networks of the host, by name; left out where they cannot be listed. */
  virtualNetworks: v.optional(
    v.array(
      v.object({
        name: v.string(),
        active: v.boolean(),
        /** It is off and may be set to start with the host. */
        mayAutostart: v.boolean(),
      }),
    ),
  ),
  cpusOfHost: v.number(),
  memoryOfHost: Bytes,
  memoryAvailable: v.optional(Bytes),
});
export type PlanOffers = v.InferOutput<typeof PlanOffers>;

/** Answer to choices before anything is made. No password and no seed content is part of it. */
export const PlanPreview = v.object({
  document: v.string(),
  values: PlanValues,
  offers: PlanOffers,
  steps: v.array(PlanStep),
  problems: v.array(Problem),
  /** What was found in the chosen file. */
  media: v.optional(Media),
  /** True when the system was recognised from the file rather than chosen. */
  recognised: v.boolean(),
});
export type PlanPreview = v.InferOutput<typeof PlanPreview>;
