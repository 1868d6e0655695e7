import type { Spec, Word } from '../codec/spec.ts';
import type { PciAddress } from '../pci-address.ts';
import type { Extent, Permissions } from './parts.ts';

/** What a pool document says, typed. Sizes are bytes; from 8 PiB on they are the nearest number there is. */
export interface StoragePool {
  type: Word<
    | 'dir'
    | 'fs'
    | 'netfs'
    | 'logical'
    | 'disk'
    | 'iscsi'
    | 'iscsi-direct'
    | 'scsi'
    | 'mpath'
    | 'rbd'
    | 'sheepdog'
    | 'gluster'
    | 'zfs'
    | 'vstorage'
  >;
  /** Where the document has none, the name of its source. */
  name: string;
  uuid?: string;
  /** The three sizes are what libvirt tells; it takes none. */
  capacity?: number;
  allocation?: number;
  available?: number;
  /** Copy on write of the file system, where it can be switched off (btrfs). */
  cow?: boolean;
  source: PoolSource;
  target?: { path?: string; permissions?: Permissions };
  /** rbd: how a refresh finds out what a volume takes: `capacity` is quick. */
  refreshAllocation?: Word<'default' | 'capacity'>;
  /** fs and netfs: options for mount. */
  mountOptions: string[];
  /** rbd: options for librados. */
  rbdOptions: { name: string; value: string }[];
}

/** Input for building a document: the reading model with everything optional that may be left out. */
export type StoragePoolSpec = Spec<StoragePool>;

/** Where the storage comes from. Which fields are there follows the pool's type. */
export interface PoolSource {
  /** netfs, iscsi, rbd, gluster, sheepdog */
  hosts: { name: string; port?: number }[];
  /** fs, logical, disk, iscsi (the target's IQN), zfs */
  devices: PoolDevice[];
  /** netfs, gluster: folder on the host. */
  dir?: string;
  /** scsi */
  adapter?: PoolAdapter;
  /** logical: volume group; rbd: pool; gluster: volume; zfs: pool */
  name?: string;
  /** iscsi: our own IQN. */
  initiator?: string;
  /** Of the file system, partition table, network file system. */
  format?: string;
  /** netfs: version of NFS. */
  protocolVersion?: string;
  auth?: PoolAuth;
  vendor?: string;
  product?: string;
}

export interface PoolDevice {
  path: string;
  /** disk: a p stands between the device's name and the partition's number. */
  partSeparator?: boolean;
  /** disk: what is not partitioned yet; only libvirt says it. */
  freeExtents: Extent[];
}

export interface PoolAdapter {
  type?: Word<'scsi_host' | 'fc_host'>;
  /** scsi_host: scsi_host1 */
  name?: string;
  /** scsi_host: by the place of its card instead of by name. */
  parentAddress?: { uniqueId?: number; address: PciAddress };
  /** fc_host */
  parent?: string;
  managed?: boolean;
  parentWwnn?: string;
  parentWwpn?: string;
  parentFabricWwn?: string;
  wwnn?: string;
  wwpn?: string;
}

export interface PoolAuth {
  type: Word<'chap' | 'ceph'>;
  username: string;
  /** The secret that holds the password, by UUID or by usage. */
  secretUuid?: string;
  secretUsage?: string;
}
