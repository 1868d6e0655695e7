import type { Element } from '@xmldom/xmldom';
import { required, value, values, type Field } from '../codec/fields.ts';
import { filled, integer, large, positive, text, uuid, yesNo } from '../codec/scalars.ts';
import { bytes } from '../codec/sizes.ts';
import { child, list, part, struct, type Part } from '../codec/structs.ts';
import { documentKind } from '../kind.ts';
import { pciAddress } from '../pci-address.ts';
import { permissions, type Extent } from './parts.ts';
import type { PoolAdapter, PoolAuth, PoolDevice, PoolSource, StoragePool } from './pool-types.ts';

export type * from './parts.ts';
export type * from './pool-types.ts';

const device = struct<PoolDevice>({
  path: required(value('@path', text), 'path'),
  partSeparator: value('@part_separator', yesNo),
  freeExtents: list(
    'freeExtent',
    struct<Extent>({
      start: required(value('@start', large), 'start'),
      end: required(value('@end', large), 'end'),
    }),
  ),
});

const adapter = struct<PoolAdapter>({
  type: value('@type', text),
  name: value('@name', text),
  parent: value('@parent', text),
  managed: value('@managed', yesNo),
  parentWwnn: value('@parent_wwnn', text),
  parentWwpn: value('@parent_wwpn', text),
  parentFabricWwn: value('@parent_fabric_wwn', text),
  wwnn: value('@wwnn', text),
  wwpn: value('@wwpn', text),
  parentAddress: child(
    'parentaddr',
    struct<Part<PoolAdapter, 'parentAddress'>>({
      uniqueId: value('@unique_id', positive),
      address: required(child('address', pciAddress), 'address'),
    }),
  ),
});

const auth = struct<PoolAuth>({
  type: required(value('@type', text), 'type'),
  username: required(value('@username', text), 'username'),
  secretUuid: value('secret@uuid', text),
  secretUsage: value('secret@usage', text),
});

const source = struct<PoolSource>({
  hosts: list(
    'host',
    struct<PoolSource['hosts'][number]>({
      name: required(value('@name', text), 'name'),
      // libvirt takes -1 for none
      port: value('@port', integer(-1, 65535)),
    }),
  ),
  devices: list('device', device),
  dir: value('dir@path', text),
  adapter: child('adapter', adapter),
  name: value('name', filled),
  initiator: value('initiator/iqn@name', text),
  format: value('format@type', text),
  protocolVersion: value('protocol@ver', text),
  auth: child('auth', auth),
  vendor: value('vendor@name', text),
  product: value('product@name', text),
});

const ownName = value('name', filled);

/** Pools whose source has a name need none of their own. */
const name: Field<string> = {
  ...ownName,
  read(at) {
    const found = ownName.read(at) ?? value('source/name', filled).read(at);
    return found ?? required(ownName, 'name').read(at);
  },
};

const target = struct<Part<StoragePool, 'target'>>({
  path: value('path', filled),
  permissions: child('permissions', permissions),
});

/** A part whose element must be there in pools of some types, empty or not. */
function neededBy<R, W extends object>(
  types: readonly string[],
  inner: Field<R, W>,
  kept: Field<unknown, W>,
  empty: W,
): Field<R, W> {
  const needed: ReadonlySet<string | null> = new Set(types);
  return {
    ...inner,
    leftOut: empty,
    write(at: Element, spec: W) {
      if (needed.has(at.getAttribute('type'))) kept.write(at, spec);
      else if (Object.keys(spec).length > 0) inner.write(at, spec);
    },
  };
}

export const storagePool = documentKind(
  'pool',
  struct<StoragePool>({
    type: required(value('@type', text), 'type'),
    name,
    uuid: value('uuid', uuid),
    capacity: bytes('capacity', 'bytes', 'rounded'),
    allocation: bytes('allocation', 'bytes', 'rounded'),
    available: bytes('available', 'bytes', 'rounded'),
    cow: value('features/cow@state', yesNo),
    source: neededBy(['logical', 'mpath'], part('source', source), child('source', source), {}),
    target: neededBy(['logical'], child('target', target), child('target', target), {}),
    refreshAllocation: value('refresh/volume@allocation', text),
    mountOptions: values('fs:mount_opts/fs:option@name', text),
    rbdOptions: list(
      'rbd:config_opts/rbd:option',
      struct<StoragePool['rbdOptions'][number]>({
        name: required(value('@name', text), 'name'),
        value: required(value('@value', text), 'value'),
      }),
    ),
  }),
);
