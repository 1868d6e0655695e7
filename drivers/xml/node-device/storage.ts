import { required, value } from '../codec/fields.ts';
import { bit, filled, large } from '../codec/scalars.ts';
import { struct, type Part } from '../codec/structs.ts';
import { capability, capable } from './capability.ts';
import type { StorageCapability } from './types.ts';

type Removable = Part<StorageCapability, 'removable'>;

export const storage = struct<StorageCapability>({
  block: required(value('block', filled), 'block'),
  bus: value('bus', filled),
  driveType: value('drive_type', filled),
  model: value('model', filled),
  vendor: value('vendor', filled),
  serial: value('serial', filled),
  size: value('size', large),
  logicalBlockSize: value('logical_block_size', large),
  blocks: value('num_blocks', large),
  removable: capability(
    'removable',
    struct<Removable>({
      available: { ...required(value('media_available', bit), 'media_available'), leftOut: false },
      size: required(value('media_size', large), 'media_size'),
      label: value('media_label', filled),
      logicalBlockSize: value('logical_block_size', large),
      blocks: value('num_blocks', large),
    }),
  ),
  hotpluggable: capable('hotpluggable'),
});
