import fc from 'fast-check';
import type { DomainSnapshotSpec } from '../../../drivers/xml/snapshot/snapshot.ts';
import { sometimes, yes } from './spec-parts.ts';
import { domainSpec } from './specs.ts';

const name = fc.constantFrom('clean install', 'vor dem <Umbau>', '1700000000');

const disk = fc.oneof(
  fc.record({
    name: fc.constantFrom('vda', 'sdb', '/images/a.qcow2'),
    snapshot: fc.constantFrom('no', 'internal'),
  }),
  fc.record({ name: fc.constant('vdb'), snapshot: fc.constant('manual') }),
  sometimes(
    {
      name: fc.constantFrom('vdc', 'hda'),
      snapshot: fc.constant('external'),
      type: fc.constant('file'),
      format: fc.constantFrom('qcow2', 'qed'),
      source: fc.record({ file: fc.constantFrom('/images/a.clean', '/a & b') }),
    },
    ['name', 'snapshot'],
  ),
  fc.record({
    name: fc.constant('vdd'),
    snapshot: fc.constant('external'),
    type: fc.constant('block'),
    source: fc.record({ dev: fc.constant('/dev/vg/snap') }),
  }),
);

const plain = {
  name,
  description: fc.constantFrom('before the update', 'a\nb'),
  state: fc.constantFrom('running', 'paused', 'shutoff', 'disk-snapshot'),
  parent: name,
  creationTime: fc.integer({ min: 0, max: 2 ** 33 }).map((seconds) => seconds * 1000),
  memory: fc.constantFrom<NonNullable<DomainSnapshotSpec['memory']>[]>(
    { snapshot: 'no' },
    { snapshot: 'internal' },
    { snapshot: 'external', file: '/images/a.mem' },
  ),
  disks: fc.array(disk, { maxLength: 3 }),
  active: yes,
};

/** Snapshots that libvirt's schema accepts. */
export const snapshotSpec: fc.Arbitrary<DomainSnapshotSpec> = fc.oneof(
  sometimes(plain),
  sometimes({ ...plain, domainUuid: fc.uuid() }, ['domainUuid']),
  fc
    .record({
      rest: sometimes({ ...plain, inactiveDomain: domainSpec }),
      domain: domainSpec,
      uuid: fc.uuid(),
    })
    .map(({ rest, domain, uuid }) => ({ ...rest, domainUuid: uuid, domain: { ...domain, uuid } })),
);
