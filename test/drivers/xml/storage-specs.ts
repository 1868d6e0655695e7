import fc from 'fast-check';
import type { StoragePoolSpec } from '../../../drivers/xml/storage/pool.ts';
import type { StorageVolumeSpec } from '../../../drivers/xml/storage/volume.ts';
import { sometimes, yes } from './spec-parts.ts';

const path = fc.constantFrom('/pool', '/srv/a & b', '/été/<disk> "1"', "/it's");
const size = fc.oneof(fc.nat(2 ** 31 - 1), fc.constantFrom(107_374_182_400, 2 ** 53 - 1, 0));
const permissions = sometimes({
  mode: fc.constantFrom(0o644, 0o711, 0o1777, 0),
  owner: fc.constantFrom(0, -1, 64055),
  group: fc.constantFrom(0, -1, 107),
  label: fc.constantFrom('virt_image_t', 'a b'),
});
const extent = fc.record({ start: size, end: size });

const common = {
  name: fc.constantFrom('default', 'Bilder & Medien', 'p-1'),
  uuid: fc.uuid(),
  capacity: size,
  allocation: size,
  available: size,
  cow: yes,
};
const target = sometimes({ path, permissions }, ['path']);
const maker = { vendor: fc.constantFrom('ACME', 'a & b'), product: fc.constantFrom('model', 'x') };
const iqn = fc.constantFrom('iqn.2013-06.com.example:iscsi-pool', 'iqn.1998-01.org.x');
const hostName = fc.constantFrom('iscsi.example.com', '192.0.2.7', '2001:db8::1');
const host = sometimes({ name: hostName, port: fc.integer({ min: 1, max: 65535 }) }, ['name']);
const hosts = fc.array(host, { minLength: 1, maxLength: 2 });
const device = (paths: fc.Arbitrary<string>) =>
  fc.array(fc.record({ path: paths }), { minLength: 1, maxLength: 1 });
const disks = device(fc.constantFrom('/dev/sdb', '/dev/disk/by-id/x'));
const auth = fc.constantFrom(
  { type: 'chap', username: 'myname', secretUsage: 'libvirtiscsi' },
  { type: 'ceph', username: 'admin', secretUuid: '2ec115d7-3a88-3ceb-bc12-0ac909a6fd87' },
);
const sourceName = fc.constantFrom('vg0', 'rbd-pool');

const pci = fc.record({
  domain: fc.constant(0),
  bus: fc.nat(255),
  slot: fc.nat(31),
  function: fc.nat(7),
});
const adapter = fc.oneof(
  fc.record({ name: fc.constant('scsi_host1') }),
  fc.record({ type: fc.constant('scsi_host'), name: fc.constant('scsi_host5') }),
  fc.record({
    type: fc.constant('scsi_host'),
    parentAddress: sometimes({ uniqueId: fc.constant(1), address: pci }, ['address']),
  }),
  sometimes(
    {
      type: fc.constant('fc_host'),
      parent: fc.constant('scsi_host5'),
      managed: yes,
      wwnn: fc.constant('20000000c9831b4b'),
      wwpn: fc.constant('10000000c9831b4b'),
    },
    ['type', 'wwnn', 'wwpn'],
  ),
);

/** Pools that libvirt's schema accepts, of every type. */
export const poolSpec: fc.Arbitrary<StoragePoolSpec> = fc.oneof(
  sometimes({ ...common, type: fc.constant('dir'), target }, ['type', 'name', 'target']),
  sometimes(
    {
      ...common,
      type: fc.constant('fs'),
      source: sometimes({ devices: disks, format: fc.constantFrom('auto', 'ext4', 'xfs'), ...maker }, [
        'devices',
      ]),
      target,
      // the schema asks for them in this type
      mountOptions: fc.array(fc.constantFrom('noatime', 'sync'), { minLength: 1, maxLength: 2 }),
    },
    ['type', 'name', 'source', 'target', 'mountOptions'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('netfs'),
      source: fc.oneof(
        sometimes(
          {
            hosts,
            dir: fc.constantFrom('/exports', '/a & b'),
            format: fc.constantFrom('auto', 'nfs'),
            protocolVersion: fc.constantFrom('3', '4.2'),
            ...maker,
          },
          ['hosts', 'dir'],
        ),
        fc.record({ hosts, dir: fc.constant('share'), format: fc.constantFrom('cifs', 'glusterfs') }),
      ),
      target,
      mountOptions: fc.array(fc.constantFrom('vers=3', 'nodev'), { maxLength: 2 }),
    },
    ['type', 'name', 'source', 'target'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('logical'),
      source: sometimes(
        {
          name: sourceName,
          devices: fc.array(fc.record({ path: fc.constantFrom('/dev/sdb1', '/dev/sdc') }), { maxLength: 2 }),
          format: fc.constantFrom('unknown', 'lvm2'),
          ...maker,
        },
        ['name'],
      ),
      target: sometimes({ path, permissions }, ['path']),
    },
    ['type', 'name'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('disk'),
      source: sometimes(
        {
          devices: fc.array(
            sometimes(
              {
                path: fc.constant('/dev/sdb'),
                partSeparator: yes,
                freeExtents: fc.array(extent, { minLength: 1, maxLength: 2 }),
              },
              ['path'],
            ),
            { minLength: 1, maxLength: 1 },
          ),
          format: fc.constantFrom('dos', 'gpt', 'unknown'),
          ...maker,
        },
        ['devices'],
      ),
      target,
    },
    ['type', 'name', 'source', 'target'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('iscsi'),
      source: sometimes({ hosts, devices: device(iqn), initiator: iqn, auth, ...maker }, [
        'hosts',
        'devices',
      ]),
      target,
    },
    ['type', 'name', 'source', 'target'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('iscsi-direct'),
      source: sometimes({ hosts, devices: device(iqn), initiator: iqn, auth }, [
        'hosts',
        'devices',
        'initiator',
      ]),
    },
    ['type', 'name', 'source'],
  ),
  sometimes({ ...common, type: fc.constant('scsi'), source: fc.record({ adapter }), target }, [
    'type',
    'name',
    'source',
    'target',
  ]),
  sometimes({ ...common, type: fc.constant('mpath'), target }, ['type', 'name', 'target']),
  sometimes(
    {
      ...common,
      type: fc.constant('rbd'),
      source: sometimes({ name: sourceName, hosts, auth }, ['name', 'hosts']),
      refreshAllocation: fc.constantFrom('default', 'capacity'),
      rbdOptions: fc.array(fc.record({ name: fc.constant('rbd_default_format'), value: fc.constant('2') }), {
        maxLength: 2,
      }),
    },
    ['type', 'name', 'source'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('gluster'),
      source: sometimes({ name: sourceName, hosts, dir: fc.constant('/') }, ['name', 'hosts']),
    },
    ['type', 'name', 'source'],
  ),
  sometimes(
    {
      ...common,
      type: fc.constant('zfs'),
      source: sometimes({ name: sourceName, devices: device(fc.constant('ada1')) }, ['name']),
      target,
    },
    ['type', 'name', 'source'],
  ),
  sometimes({ ...common, type: fc.constant('vstorage'), source: fc.record({ name: sourceName }), target }, [
    'type',
    'name',
    'source',
    'target',
  ]),
);

const instant = fc.integer({ min: 0, max: 2 ** 41 });
const timestamps = sometimes({ accessed: instant, born: instant, changed: instant, modified: instant });
const format = fc.constantFrom('raw', 'qcow2', 'vmdk', 'iso', 'ext4', 'linux', 'none', 'unknown');

/** Volumes that libvirt's schema accepts. */
export const volumeSpec: fc.Arbitrary<StorageVolumeSpec> = sometimes(
  {
    type: fc.constantFrom('file', 'block', 'dir', 'network', 'netdir'),
    name: fc.constantFrom('a.qcow2', 'Büro & <Labor>.img', ' odd name.iso'.trim()),
    key: path,
    sourceDevices: fc.array(
      fc.record({ path: fc.constant('/dev/sda4'), extents: fc.array(extent, { maxLength: 2 }) }),
      { maxLength: 2 },
    ),
    capacity: size,
    allocation: size,
    physical: size,
    target: sometimes({
      path,
      format,
      permissions,
      timestamps,
      encryption: fc.constantFrom(
        { format: 'luks', secret: { type: 'passphrase', uuid: 'f52a81b2-424e-490c-823d-6bd4235bc572' } },
        {
          format: 'luks2',
          engine: 'librbd',
          secret: { type: 'passphrase', usage: '/luks-img' },
          cipher: { name: 'aes', size: 256, mode: 'cbc', hash: 'sha256' },
          ivgen: { name: 'plain64', hash: 'sha256' },
        },
        { format: 'default' },
      ),
      compat: fc.constantFrom('0.10', '1.1'),
      clusterSize: fc.constantFrom(65536, 2 ** 21),
      features: fc.record({ lazyRefcounts: yes, extendedL2: yes }),
      nocow: yes,
    }),
    backingStore: sometimes({ path, format, permissions, timestamps }, ['path']),
  },
  ['name'],
);
