import { describe } from 'vitest';
import { storagePool } from '../../../drivers/xml/storage/pool.ts';
import { storageVolume } from '../../../drivers/xml/storage/volume.ts';
import { holds } from './kinds.ts';
import { poolSpec, volumeSpec } from './storage-specs.ts';

describe('a pool document built from a spec', () => {
  holds(storagePool, poolSpec, 'storagepool', 200);
});

describe('a volume document built from a spec', () => {
  holds(storageVolume, volumeSpec, 'storagevol');
});
