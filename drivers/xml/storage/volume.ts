import { flag, required, value } from '../codec/fields.ts';
import { count, filled, instant, large, text } from '../codec/scalars.ts';
import { bytes } from '../codec/sizes.ts';
import { always, child, list, struct, type Part } from '../codec/structs.ts';
import { documentKind } from '../kind.ts';
import { permissions, type Extent } from './parts.ts';
import type {
  StorageVolume,
  VolumeBacking,
  VolumeDevice,
  VolumeEncryption,
  VolumeTarget,
  VolumeTimestamps,
} from './volume-types.ts';

export type * from './parts.ts';
export type * from './volume-types.ts';

const device = struct<VolumeDevice>({
  path: required(value('@path', text), 'path'),
  extents: list(
    'extent',
    struct<Extent>({
      start: required(value('@start', large), 'start'),
      end: required(value('@end', large), 'end'),
    }),
  ),
});

const timestamps = struct<VolumeTimestamps>({
  accessed: value('atime', instant),
  born: value('btime', instant),
  changed: value('ctime', instant),
  modified: value('mtime', instant),
});

const encryption = struct<VolumeEncryption>({
  format: required(value('@format', text), 'format'),
  engine: value('@engine', text),
  secret: child(
    'secret',
    struct<Part<VolumeEncryption, 'secret'>>({
      type: required(value('@type', text), 'type'),
      uuid: value('@uuid', text),
      usage: value('@usage', text),
    }),
  ),
  cipher: child(
    'cipher',
    struct<Part<VolumeEncryption, 'cipher'>>({
      name: required(value('@name', text), 'name'),
      size: required(value('@size', count), 'size'),
      mode: value('@mode', text),
      hash: value('@hash', text),
    }),
  ),
  ivgen: child(
    'ivgen',
    struct<Part<VolumeEncryption, 'ivgen'>>({
      name: required(value('@name', text), 'name'),
      hash: value('@hash', text),
    }),
  ),
});

const target = struct<VolumeTarget>({
  path: value('path', filled),
  format: value('format@type', text),
  permissions: child('permissions', permissions),
  timestamps: child('timestamps', timestamps),
  encryption: child('encryption', encryption),
  compat: value('compat', filled),
  clusterSize: bytes('clusterSize', 'bytes'),
  features: child(
    'features',
    struct<Part<VolumeTarget, 'features'>>({
      lazyRefcounts: flag('lazy_refcounts'),
      extendedL2: flag('extended_l2'),
    }),
  ),
  nocow: flag('nocow'),
});

const backing = struct<VolumeBacking>({
  path: required(value('path', filled), 'path'),
  format: value('format@type', text),
  permissions: child('permissions', permissions),
  timestamps: child('timestamps', timestamps),
});

export const storageVolume = documentKind(
  'volume',
  struct<StorageVolume>({
    type: value('@type', text),
    name: required(value('name', filled), 'name'),
    key: value('key', filled),
    sourceDevices: list('source/device', device),
    capacity: bytes('capacity', 'bytes', 'rounded'),
    allocation: bytes('allocation', 'bytes', 'rounded'),
    physical: bytes('physical', 'bytes', 'rounded'),
    target: always('target', target),
    backingStore: child('backingStore', backing),
  }),
);
