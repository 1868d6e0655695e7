import type { Spec, Word } from '../codec/spec.ts';
import type { Extent, Permissions } from './parts.ts';

/** What a volume document says, typed. Sizes are bytes; from 8 PiB on they are the nearest number there is. */
export interface StorageVolume {
  type?: Word<'file' | 'block' | 'dir' | 'network' | 'netdir' | 'ploop'>;
  name: string;
  /** libvirt's own name for it, unique among all pools; often the path. */
  key?: string;
  /** logical and disk: where on the devices it lies. */
  sourceDevices: VolumeDevice[];
  /** Size that the guest sees. */
  capacity?: number;
  /** Taken in the pool: when making a volume, what to take at once (none for a thin one). */
  allocation?: number;
  /** Size of the file or device on the node; only libvirt says it. */
  physical?: number;
  target: VolumeTarget;
  /** The image that this one is a layer on. */
  backingStore?: VolumeBacking;
}

/** Input for building a document: the reading model with everything optional that may be left out. */
export type StorageVolumeSpec = Spec<StorageVolume>;

export interface VolumeDevice {
  path: string;
  extents: Extent[];
}

export interface VolumeTarget {
  path?: string;
  /** Of an image: raw, qcow2, vmdk, …; of a partition: linux, fat32, …; of a file system: ext4, … */
  format?: string;
  permissions?: Permissions;
  /** Only libvirt says them. */
  timestamps?: VolumeTimestamps;
  encryption?: VolumeEncryption;
  /** qcow2: oldest QEMU that can use it: 0.10, 1.1 */
  compat?: string;
  /** qcow2: bytes. */
  clusterSize?: number;
  /** qcow2 */
  features?: { lazyRefcounts: boolean; extendedL2: boolean };
  /** The file system does not copy on write (btrfs). */
  nocow: boolean;
}

/** Milliseconds since 1970. */
export interface VolumeTimestamps {
  accessed?: number;
  born?: number;
  changed?: number;
  modified?: number;
}

export interface VolumeEncryption {
  format: Word<'default' | 'qcow' | 'luks' | 'luks2'>;
  engine?: Word<'qemu' | 'librbd'>;
  /** The secret that holds the passphrase, by UUID or by usage. */
  secret?: { type: Word<'passphrase'>; uuid?: string; usage?: string };
  cipher?: { name: string; size: number; mode?: string; hash?: string };
  ivgen?: { name: string; hash?: string };
}

export interface VolumeBacking {
  path: string;
  format?: string;
  permissions?: Permissions;
  timestamps?: VolumeTimestamps;
}
