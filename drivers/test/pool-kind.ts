import { GuestroomError } from '../api/errors.ts';
import type { Patch } from '../xml/codec/structs.ts';
import { storagePool, type StoragePool } from '../xml/storage/pool.ts';
import type { ObjectKind } from './named-objects.ts';

interface PoolType {
  /** Where its target is when the document does not say; undefined where the document must. */
  path?: (model: StoragePool) => string;
  /** It has no place in the file system. */
  pathless?: true;
  /** Format of its source where the document has none. */
  format?: string;
}

const types: Readonly<Record<string, PoolType>> = {
  dir: {},
  fs: { format: 'auto' },
  netfs: { format: 'auto' },
  logical: { path: ({ name, source }) => `/dev/${source.name ?? name}`, format: 'lvm2' },
  disk: { format: 'unknown' },
  iscsi: {},
  'iscsi-direct': { pathless: true },
  scsi: {},
  mpath: { path: () => '/dev/mapper' },
  rbd: { pathless: true },
  sheepdog: { pathless: true },
  gluster: { pathless: true },
  zfs: { path: ({ name, source }) => `/dev/zvol/${source.name ?? name}` },
  vstorage: {},
};

/** Storage pools: what libvirt fills into their documents. */
export const poolKind: ObjectKind<StoragePool> = {
  document: storagePool,
  noun: 'storage pool',
  complete(model) {
    const type = types[model.type];
    if (!type) throw new GuestroomError('xml_invalid', `No storage pool has the type ${model.type}`);
    const path = model.target?.path ?? type.path?.(model);
    if (path === undefined && !type.pathless)
      throw new GuestroomError('xml_invalid', 'The storage pool has no target path', {
        hint: 'Say in <target><path> where its volumes are',
      });
    const change: Patch<StoragePool> = {};
    if (path !== undefined && model.target?.path === undefined) change.target = { path };
    const source: Patch<StoragePool['source']> = {};
    if (type.format !== undefined && model.source.format === undefined) source.format = type.format;
    if (model.type === 'logical' && model.source.name === undefined) source.name = model.name;
    if (Object.keys(source).length > 0) change.source = source;
    return change;
  },
};
