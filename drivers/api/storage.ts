import type { Readable } from 'node:stream';
import type { WorkContext } from './domains.ts';
import type { Folder, Pool, Volume, VolumeFormat } from './model.ts';

export interface Volumes {
  pools(): Promise<Pool[]>;
  list(pool: string): Promise<Volume[]>;
  /** Rejects with `not_found`; understands any image on the node that the hypervisor could open. */
  lookup(path: string): Promise<Volume>;
  create(pool: string, volume: NewVolume): Promise<Volume>;
  /** Copies, and converts where the formats differ. Removes what it made when it fails or is cancelled. */
  clone(source: string, pool: string, volume: CloneVolume, context?: WorkContext): Promise<Volume>;
  delete(path: string): Promise<void>;
  /** Fails with `exists`; removes what it made when it fails or is cancelled. */
  upload(pool: string, name: string, content: Readable, context?: WorkContext): Promise<Volume>;
  /** Where a pool is nothing but a folder of the account itself: that folder, made. Files written into it are volumes; `NAME.part` is none. */
  folder?(pool: string): Promise<string>;
  /** At most 1 MiB from `offset`. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
  /** A folder on the node; null is the place to begin. */
  browse(path: string | null): Promise<Folder>;
}

export interface NewVolume {
  /** File name with its ending. */
  name: string;
  format: Exclude<VolumeFormat, 'iso'>;
  capacity: number;
  /** Bytes to take at once, where the hypervisor can; what is written takes the rest. */
  allocation?: number;
  backing?: { path: string; format: string };
}

export interface CloneVolume {
  name: string;
  format: Exclude<VolumeFormat, 'iso'>;
  /** Grow to this size; never shrinks. */
  capacity?: number;
}

/** virStorageVolWipeAlgorithm by virsh's names. */
export const wipeAlgorithms = [
  'zero',
  'nnsa',
  'dod',
  'bsi',
  'gutmann',
  'schneier',
  'pfitzner7',
  'pfitzner33',
  'random',
  'trim',
] as const;

/** Places for volumes, by name. Documents are libvirt's `<pool>`. */
export interface Pools {
  list(): Promise<Pool[]>;
  xml(name: string, options?: { inactive?: boolean }): Promise<string>;
  define(xml: string): Promise<Pool>;
  /** Starts a transient pool. */
  create(xml: string, options?: { build?: boolean }): Promise<Pool>;
  /** Makes what the pool stands on: a folder, a file system, a volume group. Rejects with `exists` unless `overwrite`. */
  build(name: string, options?: { overwrite?: boolean }): Promise<void>;
  start(name: string, options?: { build?: boolean }): Promise<void>;
  destroy(name: string): Promise<void>;
  undefine(name: string): Promise<void>;
  /** Deletes what it stands on. The pool must be off. */
  delete(name: string): Promise<void>;
  refresh(name: string): Promise<void>;
  setAutostart(name: string, autostart: boolean): Promise<void>;
  volumeXml(path: string): Promise<string>;
  /** Bytes; also smaller where `shrink`. */
  resizeVolume(path: string, bytes: number, options?: { shrink?: boolean }): Promise<void>;
  /** Overwrites its content. */
  wipeVolume(path: string, algorithm?: string, context?: WorkContext): Promise<void>;
  /** The volume's bytes; holes are not sent over the line but come out as zeros, or are left out of a file by `writeHole`. */
  downloadVolume(path: string, to: VolumeSink, options?: Extent, context?: WorkContext): Promise<void>;
  /** Into a volume that is there; holes of the source are not sent. */
  uploadVolume(path: string, from: VolumeSource, options?: Extent, context?: WorkContext): Promise<void>;
}

export interface Extent {
  /** Bytes from its beginning. Default 0. */
  offset?: number;
  /** Default: to its end. */
  length?: number;
}

/** Where a download goes, in order. Whoever made it clears up when the download fails. */
export interface VolumeSink {
  /** The bytes are lent: until it returns, or until what it returned resolves. Throws or rejects where it cannot take them. */
  write(bytes: Uint8Array): Promise<void> | undefined;
  /** Skips bytes that are zeros; without it they are written. */
  hole?(bytes: number): Promise<void> | undefined;
  /** That was all. */
  end(): Promise<void>;
}

/**
 * Where an upload comes from: pieces in order, each bytes or a hole. Bytes may be written over by the source once
 * `piecesKept` more pieces were asked for: memory that is used in turn needs no collecting.
 */
export type VolumeSource = AsyncIterable<{ data: Uint8Array } | { hole: number }>;

/** Pieces of a source that may be waiting to be sent. */
export const piecesKept = 8;
