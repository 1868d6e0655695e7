import { flag, required, value } from '../../codec/fields.ts';
import { count, filled, integer, large, onOff, positive, text, yesNo } from '../../codec/scalars.ts';
import { child, list, struct, type Part, type Struct } from '../../codec/structs.ts';
import type {
  BackingStore,
  Disk,
  DiskDriver,
  DiskEncryption,
  DiskSource,
  DiskTarget,
  IoTune,
  SourceAuth,
  SourceHost,
} from '../types.ts';
import { alias, at, bootOrder, hostdevAddress, virtioDriverFields, word } from './address.ts';

const driver = struct<DiskDriver>({
  name: value('@name', text),
  type: value('@type', text),
  cache: value('@cache', text),
  errorPolicy: value('@error_policy', text),
  rerrorPolicy: value('@rerror_policy', text),
  io: value('@io', text),
  ioeventfd: value('@ioeventfd', onOff),
  eventIdx: value('@event_idx', onOff),
  copyOnRead: value('@copy_on_read', onOff),
  discard: value('@discard', text),
  detectZeroes: value('@detect_zeroes', text),
  discardNoUnref: value('@discard_no_unref', onOff),
  iothread: value('@iothread', count),
  queues: value('@queues', positive),
  queueSize: value('@queue_size', positive),
  ...virtioDriverFields,
});

const encryption = struct<DiskEncryption>({
  format: word('@format', 'default'),
  engine: value('@engine', text),
  secret: child(
    'secret',
    struct<Part<DiskEncryption, 'secret'>>({
      type: required(value('@type', text), 'type'),
      uuid: value('@uuid', text),
      usage: value('@usage', text),
    }),
  ),
});

const host = struct<SourceHost>({
  name: value('@name', text),
  port: value('@port', integer(0, 65535)),
  transport: value('@transport', text),
  socket: value('@socket', text),
});

const auth = struct<SourceAuth>({
  username: required(value('@username', text), 'username'),
  secretType: value('secret@type', text),
  secretUuid: value('secret@uuid', text),
  secretUsage: value('secret@usage', text),
});

export const diskSource = struct<DiskSource>({
  file: value('@file', filled),
  dev: value('@dev', filled),
  dir: value('@dir', filled),
  pool: value('@pool', text),
  volume: value('@volume', text),
  mode: value('@mode', text),
  protocol: value('@protocol', text),
  name: value('@name', text),
  query: value('@query', text),
  tls: value('@tls', yesNo),
  type: value('@type', text),
  path: value('@path', filled),
  namespace: value('@namespace', count),
  managed: value('@managed', yesNo),
  startupPolicy: value('@startupPolicy', text),
  index: value('@index', count),
  address: child('address', hostdevAddress),
  hosts: list('host', host),
  auth: child('auth', auth),
  encryption: child('encryption', encryption),
});

const backingStore: Struct<BackingStore> = struct<BackingStore>({
  type: value('@type', text),
  index: value('@index', count),
  format: value('format@type', text),
  source: child('source', diskSource),
  backingStore: child('backingStore', () => backingStore),
});

const target = struct<DiskTarget>({
  dev: required(value('@dev', filled), 'dev'),
  bus: value('@bus', text),
  tray: value('@tray', text),
  removable: value('@removable', onOff),
  rotationRate: value('@rotation_rate', count),
});

const iotune = struct<IoTune>({
  totalBytesSec: value('total_bytes_sec', large),
  readBytesSec: value('read_bytes_sec', large),
  writeBytesSec: value('write_bytes_sec', large),
  totalIopsSec: value('total_iops_sec', large),
  readIopsSec: value('read_iops_sec', large),
  writeIopsSec: value('write_iops_sec', large),
  totalBytesSecMax: value('total_bytes_sec_max', large),
  readBytesSecMax: value('read_bytes_sec_max', large),
  writeBytesSecMax: value('write_bytes_sec_max', large),
  totalIopsSecMax: value('total_iops_sec_max', large),
  readIopsSecMax: value('read_iops_sec_max', large),
  writeIopsSecMax: value('write_iops_sec_max', large),
  sizeIopsSec: value('size_iops_sec', large),
  groupName: value('group_name', text),
});

export const disk = struct<Disk>({
  type: word('@type', 'file'),
  device: word('@device', 'disk'),
  model: value('@model', text),
  rawio: value('@rawio', yesNo),
  snapshot: value('@snapshot', text),
  driver: child('driver', driver),
  auth: child('auth', auth),
  source: child('source', diskSource),
  backingStore: child('backingStore', backingStore),
  geometry: child(
    'geometry',
    struct<Part<Disk, 'geometry'>>({
      cyls: required(value('@cyls', count), 'cyls'),
      heads: required(value('@heads', count), 'heads'),
      secs: required(value('@secs', count), 'secs'),
      trans: value('@trans', text),
    }),
  ),
  blockio: child(
    'blockio',
    struct<Part<Disk, 'blockio'>>({
      logicalBlockSize: value('@logical_block_size', count),
      physicalBlockSize: value('@physical_block_size', count),
      discardGranularity: value('@discard_granularity', count),
    }),
  ),
  target: required(child('target', target), 'target'),
  iotune: child('iotune', iotune),
  readonly: flag('readonly'),
  shareable: flag('shareable'),
  transient: flag('transient'),
  serial: value('serial', filled),
  wwn: value('wwn', filled),
  vendor: value('vendor', filled),
  product: value('product', filled),
  encryption: child('encryption', encryption),
  bootOrder,
  alias,
  address: at,
});
