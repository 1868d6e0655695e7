import { required, value, type Field } from '../codec/fields.ts';
import { bit, filled, instant, text, uuid, type Scalar } from '../codec/scalars.ts';
import { child, list, struct, type Part } from '../codec/structs.ts';
import type { Spec } from '../codec/spec.ts';
import { diskSource } from '../domain/tables/disk.ts';
import { domain } from '../domain/tables/domain.ts';
import type { Domain } from '../domain/types.ts';
import { documentKind } from '../kind.ts';
import { childNamed } from '../tree.ts';
import type { DomainSnapshot, SnapshotDisk } from './types.ts';

export type * from './types.ts';

/** A number of whole seconds. */
const wholeInstant: Scalar<number> = {
  ...instant,
  format: (milliseconds) => (milliseconds % 1000 === 0 ? instant.format(milliseconds) : undefined),
};

const disk = struct<SnapshotDisk>({
  name: required(value('@name', text), 'name'),
  snapshot: value('@snapshot', text),
  type: value('@type', text),
  format: value('driver@type', text),
  source: child('source', diskSource),
});

/** Old documents have a domain of which nothing but the UUID is known. */
const wholeDomain: Field<Domain | undefined, Spec<Domain>> = (() => {
  const inner = child('domain', domain);
  return {
    ...inner,
    read(at) {
      const element = childNamed(at, 'domain');
      return element && childNamed(element, 'name') ? domain.read(element) : undefined;
    },
  };
})();

export const domainSnapshot = documentKind(
  'domainsnapshot',
  struct<DomainSnapshot>({
    name: value('name', filled),
    description: value('description', text),
    state: value('state', filled),
    parent: value('parent/name', filled),
    creationTime: value('creationTime', wholeInstant),
    memory: child(
      'memory',
      struct<Part<DomainSnapshot, 'memory'>>({
        snapshot: value('@snapshot', text),
        file: value('@file', text),
      }),
    ),
    disks: list('disks/disk', disk),
    domainUuid: value('domain/uuid', uuid),
    domain: wholeDomain,
    inactiveDomain: child('inactiveDomain', domain),
    active: value('active', bit),
  }),
);
