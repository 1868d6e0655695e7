import type { Address, HostdevAddress, Rom, VirtioDriver } from './address-types.ts';
import type { CharacterDevice, CharacterSource, Redirdev, Smartcard } from './character-types.ts';
import type { Disk } from './disk-types.ts';
import type { Interface } from './interface-types.ts';
import type { Word } from '../codec/spec.ts';

export interface Devices {
  /** Path of the hypervisor's program. */
  emulator?: string;
  disks: Disk[];
  controllers: Controller[];
  filesystems: Filesystem[];
  interfaces: Interface[];
  serials: CharacterDevice[];
  parallels: CharacterDevice[];
  consoles: CharacterDevice[];
  channels: CharacterDevice[];
  smartcards: Smartcard[];
  inputs: Input[];
  tpms: Tpm[];
  graphics: Graphics[];
  sounds: Sound[];
  audios: Audio[];
  videos: Video[];
  hostdevs: Hostdev[];
  redirdevs: Redirdev[];
  watchdogs: Watchdog[];
  /** Missing lets the hypervisor add its default one; model `none` means none. */
  memballoon?: Memballoon;
  rngs: Rng[];
  panics: Panic[];
  vsock?: Vsock;
  iommu?: Iommu;
}

interface Placed {
  alias?: string;
  address?: Address;
}

export interface Controller extends Placed {
  type: Word<'ide' | 'fdc' | 'scsi' | 'sata' | 'usb' | 'virtio-serial' | 'ccid' | 'pci' | 'xenbus' | 'isa'>;
  index?: number;
  model?: string;
  /** virtio-serial, and usb (qemu-xhci, nec-xhci). */
  ports?: number;
  vectors?: number;
  driver?: ControllerDriver;
  /** pci: what the guest sees, pcie-root-port, ioh3420, … */
  modelName?: string;
  /** pci */
  target?: { chassisNr?: number; chassis?: number; port?: number; hotplug?: boolean; busNr?: number };
  /** pci roots: bytes. */
  pciHole64?: number;
  /** usb companions: first port of the master. */
  masterStartPort?: number;
}

export interface ControllerDriver extends VirtioDriver {
  queues?: number;
  cmdPerLun?: number;
  maxSectors?: number;
  ioeventfd?: boolean;
  iothread?: number;
}

export interface Input extends Placed {
  type: Word<'mouse' | 'tablet' | 'keyboard' | 'passthrough' | 'evdev'>;
  bus?: Word<'ps2' | 'usb' | 'virtio' | 'xen' | 'none'>;
  model?: string;
  source?: { evdev?: string; dev?: string; grab?: string; repeat?: boolean; grabToggle?: string };
  driver?: VirtioDriver;
}

export interface Graphics {
  type: Word<'vnc' | 'spice' | 'sdl' | 'rdp' | 'desktop' | 'egl-headless' | 'dbus'>;
  /** -1 means that a free port is chosen. */
  port?: number;
  tlsPort?: number;
  websocket?: number;
  autoport?: boolean;
  /** The old attributes; `listens` says the same and more. */
  listen?: string;
  socket?: string;
  listens: Listen[];
  passwd?: string;
  /** UTC: 2030-01-01T00:00:00 */
  passwdValidTo?: string;
  connected?: Word<'keep' | 'disconnect' | 'fail'>;
  keymap?: string;
  sharePolicy?: Word<'allow-exclusive' | 'force-shared' | 'ignore'>;
  powerControl?: boolean;
  defaultMode?: string;
  /** sdl */
  display?: string;
  xauth?: string;
  fullscreen?: boolean;
  /** spice */
  imageCompression?: string;
  jpegCompression?: string;
  zlibCompression?: string;
  playbackCompression?: boolean;
  streamingMode?: string;
  clipboardCopypaste?: boolean;
  mouseMode?: string;
  filetransfer?: boolean;
  channels: { name: string; mode: string }[];
  gl?: { enable?: boolean; rendernode?: string };
  audioId?: number;
}

export interface Listen {
  type: Word<'none' | 'address' | 'network' | 'socket'>;
  address?: string;
  network?: string;
  socket?: string;
}

export interface Video extends Placed {
  model?: VideoModel;
  driver?: VirtioDriver & { name?: string; vgaconf?: string };
}

export interface VideoModel {
  type: Word<
    'vga' | 'cirrus' | 'vmvga' | 'xen' | 'vbox' | 'qxl' | 'virtio' | 'gop' | 'none' | 'bochs' | 'ramfb'
  >;
  /** Kibibytes, as libvirt has them. */
  ram?: number;
  vram?: number;
  vram64?: number;
  vgamem?: number;
  heads?: number;
  primary?: boolean;
  blob?: boolean;
  acceleration?: { accel2d?: boolean; accel3d?: boolean; rendernode?: string };
  resolution?: { x: number; y: number };
}

export interface Sound extends Placed {
  model: Word<'sb16' | 'es1370' | 'pcspk' | 'ac97' | 'ich6' | 'ich7' | 'ich9' | 'usb' | 'virtio'>;
  codecs: string[];
  audioId?: number;
}

export interface Audio {
  id: number;
  type: Word<
    'none' | 'alsa' | 'coreaudio' | 'jack' | 'oss' | 'pulseaudio' | 'pipewire' | 'sdl' | 'spice' | 'file'
  >;
  serverName?: string;
  path?: string;
}

export interface Tpm extends Placed {
  model?: Word<'tpm-tis' | 'tpm-crb' | 'tpm-spapr' | 'tpm-tis-device'>;
  backend?: TpmBackend;
}

export interface TpmBackend {
  type: Word<'emulator' | 'passthrough' | 'external'>;
  version?: Word<'1.2' | '2.0'>;
  persistentState?: boolean;
  debug?: number;
  /** UUID of the secret that the state is encrypted with. */
  encryptionSecret?: string;
  /** Banks of hashes: sha1, sha256, sha384, sha512. */
  pcrBanks: string[];
  /** passthrough */
  devicePath?: string;
  /** external */
  source?: CharacterSource & { type?: string };
}

export interface Watchdog extends Placed {
  model: Word<'i6300esb' | 'ib700' | 'diag288' | 'itco'>;
  action?: Word<'reset' | 'shutdown' | 'poweroff' | 'pause' | 'none' | 'dump' | 'inject-nmi'>;
}

export interface Memballoon extends Placed {
  model: Word<'virtio' | 'virtio-transitional' | 'virtio-non-transitional' | 'xen' | 'none'>;
  autodeflate?: boolean;
  freePageReporting?: boolean;
  /** Seconds between two reports of the guest's own figures. */
  statsPeriod?: number;
  driver?: VirtioDriver;
}

export interface Rng extends Placed {
  model: Word<'virtio' | 'virtio-transitional' | 'virtio-non-transitional'>;
  rate?: { bytes: number; period?: number };
  backend?: RngBackend;
  driver?: VirtioDriver;
}

export interface RngBackend {
  model: Word<'random' | 'egd' | 'builtin'>;
  /** random: /dev/urandom */
  path?: string;
  /** egd */
  type?: string;
  source?: CharacterSource;
  protocol?: string;
}

export interface Panic {
  model?: Word<'isa' | 'pseries' | 'hyperv' | 's390' | 'pvpanic'>;
  alias?: string;
  address?: Address;
}

export interface Vsock extends Placed {
  model?: string;
  cid?: { auto?: boolean; address?: number };
  driver?: VirtioDriver;
}

export interface Iommu {
  model: Word<'intel' | 'smmuv3' | 'virtio'>;
  driver?: { intremap?: boolean; cachingMode?: boolean; eim?: boolean; iotlb?: boolean; awBits?: number };
  alias?: string;
  address?: Address;
}

export interface Hostdev extends Placed {
  mode: Word<'subsystem' | 'capabilities'>;
  type: Word<'usb' | 'pci' | 'scsi' | 'scsi_host' | 'mdev' | 'storage' | 'misc' | 'net'>;
  managed?: boolean;
  model?: string;
  source?: HostdevSource;
  driver?: string;
  readonly: boolean;
  shareable: boolean;
  rom?: Rom;
  bootOrder?: number;
}

export interface HostdevSource {
  /** usb: numbers of the maker and the product. */
  vendorId?: number;
  productId?: number;
  startupPolicy?: string;
  address?: HostdevAddress;
  /** scsi: an adapter of the node, or iscsi by its name */
  adapter?: string;
  /** scsi: iscsi; scsi_host: vhost */
  protocol?: string;
  name?: string;
  /** scsi_host */
  wwpn?: string;
  /** containers */
  block?: string;
  char?: string;
  interface?: string;
}

export interface Filesystem extends Placed {
  type?: Word<'mount' | 'file' | 'block' | 'template' | 'ram' | 'bind' | 'volume'>;
  accessmode?: Word<'passthrough' | 'mapped' | 'squash'>;
  model?: string;
  multidevs?: Word<'default' | 'remap' | 'forbid' | 'warn'>;
  fmode?: string;
  dmode?: string;
  driver?: VirtioDriver & {
    type?: Word<'path' | 'handle' | 'loop' | 'nbd' | 'ploop' | 'virtiofs' | 'mtp'>;
    format?: string;
    wrpolicy?: string;
    queue?: number;
    name?: string;
  };
  binary?: { path?: string; xattr?: boolean; cache?: string; sandbox?: string };
  source?: FilesystemSource;
  /** The mount point, or for virtio the tag that the guest mounts by. */
  target: string;
  readonly: boolean;
  bootOrder?: number;
}

export interface FilesystemSource {
  dir?: string;
  file?: string;
  dev?: string;
  name?: string;
  pool?: string;
  volume?: string;
  socket?: string;
  /** type ram: the size as the document has it. */
  usage?: number;
  units?: string;
}
