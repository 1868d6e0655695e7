import type { Address, HostdevAddress, VirtioDriver } from './address-types.ts';
import type { Word } from '../codec/spec.ts';

export interface Disk {
  type: Word<'file' | 'block' | 'dir' | 'network' | 'volume' | 'nvme' | 'vhostuser' | 'vhostvdpa'>;
  device: Word<'disk' | 'cdrom' | 'floppy' | 'lun'>;
  model?: string;
  rawio?: boolean;
  snapshot?: Word<'internal' | 'external' | 'no' | 'manual'>;
  driver?: DiskDriver;
  /** Missing for an empty drive. */
  source?: DiskSource;
  /** The image under this one, where the document pins it down. */
  backingStore?: BackingStore;
  target: DiskTarget;
  readonly: boolean;
  shareable: boolean;
  transient: boolean;
  serial?: string;
  wwn?: string;
  vendor?: string;
  product?: string;
  iotune?: IoTune;
  geometry?: { cyls: number; heads: number; secs: number; trans?: string };
  blockio?: { logicalBlockSize?: number; physicalBlockSize?: number; discardGranularity?: number };
  /** The old places; `source.auth` and `source.encryption` are the new ones. */
  auth?: SourceAuth;
  encryption?: DiskEncryption;
  /** 1 is tried first. */
  bootOrder?: number;
  alias?: string;
  address?: Address;
}

export interface DiskDriver extends VirtioDriver {
  name?: string;
  /** Format of the image: raw, qcow2, vmdk, … */
  type?: string;
  cache?: Word<'default' | 'none' | 'writethrough' | 'writeback' | 'directsync' | 'unsafe'>;
  errorPolicy?: Word<'stop' | 'report' | 'ignore' | 'enospace'>;
  rerrorPolicy?: Word<'stop' | 'report' | 'ignore'>;
  io?: Word<'threads' | 'native' | 'io_uring'>;
  ioeventfd?: boolean;
  eventIdx?: boolean;
  copyOnRead?: boolean;
  discard?: Word<'ignore' | 'unmap'>;
  detectZeroes?: Word<'off' | 'on' | 'unmap'>;
  discardNoUnref?: boolean;
  /** Number of the I/O thread. */
  iothread?: number;
  queues?: number;
  queueSize?: number;
}

/** Which fields are there follows the disk's type. */
export interface DiskSource {
  /** type file */
  file?: string;
  /** type block */
  dev?: string;
  /** type dir */
  dir?: string;
  /** type volume */
  pool?: string;
  volume?: string;
  mode?: Word<'host' | 'direct'>;
  /** type network */
  protocol?: Word<'nbd' | 'rbd' | 'iscsi' | 'gluster' | 'http' | 'https' | 'ftp' | 'ftps' | 'ssh' | 'nfs'>;
  name?: string;
  query?: string;
  tls?: boolean;
  hosts: SourceHost[];
  auth?: SourceAuth;
  /** type nvme: pci; type vhostuser: unix */
  type?: string;
  /** type vhostuser: the socket */
  path?: string;
  /** type nvme */
  namespace?: number;
  managed?: boolean;
  address?: HostdevAddress;
  startupPolicy?: Word<'mandatory' | 'requisite' | 'optional'>;
  /** Number of this image in the chain; only in live documents. */
  index?: number;
  encryption?: DiskEncryption;
}

export interface SourceHost {
  name?: string;
  port?: number;
  transport?: Word<'tcp' | 'rdma' | 'unix'>;
  socket?: string;
}

export interface SourceAuth {
  username: string;
  secretType?: Word<'ceph' | 'iscsi'>;
  secretUuid?: string;
  secretUsage?: string;
}

export interface DiskEncryption {
  format: Word<'luks' | 'luks2' | 'qcow' | 'luks-any' | 'default'>;
  engine?: Word<'qemu' | 'librbd'>;
  secret?: { type: string; uuid?: string; usage?: string };
}

/** An element without a type ends the chain: the image above has no backing file. */
export interface BackingStore {
  type?: string;
  index?: number;
  format?: string;
  source?: DiskSource;
  backingStore?: BackingStore;
}

export interface DiskTarget {
  /** Name inside the document: vda, sda, hda, fda. */
  dev: string;
  bus?: Word<'virtio' | 'scsi' | 'sata' | 'ide' | 'usb' | 'fdc' | 'xen' | 'sd' | 'uml'>;
  tray?: Word<'open' | 'closed'>;
  removable?: boolean;
  rotationRate?: number;
}

/** Bytes, or operations, per second. */
export interface IoTune {
  totalBytesSec?: number;
  readBytesSec?: number;
  writeBytesSec?: number;
  totalIopsSec?: number;
  readIopsSec?: number;
  writeIopsSec?: number;
  totalBytesSecMax?: number;
  readBytesSecMax?: number;
  writeBytesSecMax?: number;
  totalIopsSecMax?: number;
  readIopsSecMax?: number;
  writeIopsSecMax?: number;
  sizeIopsSec?: number;
  groupName?: string;
}
