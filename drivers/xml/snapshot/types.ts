import type { DiskSource, Domain } from '../domain/types.ts';
import type { Spec, Word } from '../codec/spec.ts';

/** What a snapshot document says, typed. */
export interface DomainSnapshot {
  /** Missing lets libvirt take the time of making it. */
  name?: string;
  description?: string;
  /** The domain's state at that time. */
  state?: Word<'running' | 'blocked' | 'paused' | 'shutdown' | 'shutoff' | 'crashed' | 'disk-snapshot'>;
  /** Name of the snapshot that it was made on. */
  parent?: string;
  /** Milliseconds since 1970, whole seconds. */
  creationTime?: number;
  memory?: { snapshot?: Word<'no' | 'internal' | 'external'>; file?: string };
  disks: SnapshotDisk[];
  /** The domain's UUID: also in documents that have no more of the domain than this. */
  domainUuid?: string;
  /** The domain as it was. */
  domain?: Domain;
  /** The definition as it was, where the domain was running with another. */
  inactiveDomain?: Domain;
  /** It is the one that the domain stands on now; only in documents that libvirt keeps. */
  active?: boolean;
}

/** Input for building a document: the reading model with everything optional that may be left out. */
export type DomainSnapshotSpec = Spec<DomainSnapshot>;

export interface SnapshotDisk {
  /** Target of the disk: vda; or its path. */
  name: string;
  snapshot?: Word<'no' | 'internal' | 'external' | 'manual'>;
  /** Of the new image of an external snapshot: file, block, network. */
  type?: string;
  format?: string;
  source?: DiskSource;
}
