import { describe } from 'vitest';
import { domainSnapshot } from '../../../drivers/xml/snapshot/snapshot.ts';
import { holds } from './kinds.ts';
import { snapshotSpec } from './snapshot-specs.ts';

describe('a snapshot document built from a spec', () => {
  holds(domainSnapshot, snapshotSpec, 'domainsnapshot', 60);
});
