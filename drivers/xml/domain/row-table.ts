import { or, required, value } from '../codec/fields.ts';
import { filled, positive, text, uuid } from '../codec/scalars.ts';
import { child, list, part, struct, type Part } from '../codec/structs.ts';
import type { RowCharacter, RowDevices, RowSource } from './row-types.ts';
import { word } from './tables/address.ts';
import { memory, osId } from './tables/domain.ts';

const type = required(value('@type', text), 'type');

const character = struct<RowCharacter>({
  type: or(value('@type', text), 'pty'),
  target: child(
    'target',
    struct<Part<RowCharacter, 'target'>>({ type: value('@type', text), name: value('@name', text) }),
  ),
});

const vcpu = struct<RowSource['vcpu']>({
  current: value('@current', positive),
  count: required(value('', positive), 'number'),
});

/** The part of the domain's table that rows are made from. */
export const rowTable = struct<RowSource>({
  type: required(value('@type', filled), 'type'),
  name: required(value('name', filled), 'name'),
  uuid: value('uuid', uuid),
  title: value('title', text),
  description: value('description', text),
  osId,
  memory,
  vcpu: or(child('vcpu', vcpu), { count: 1 }),
  os: part('os', struct<RowSource['os']>({ arch: value('type@arch', filled) })),
  devices: part(
    'devices',
    struct<RowDevices>({
      disks: list('disk', struct<RowDevices['disks'][number]>({ device: word('@device', 'disk') })),
      serials: list('serial', character),
      parallels: list('parallel', character),
      consoles: list('console', character),
      channels: list('channel', character),
      graphics: list('graphics', struct<RowDevices['graphics'][number]>({ type })),
      videos: list(
        'video',
        struct<RowDevices['videos'][number]>({
          model: child('model', struct<Part<RowDevices['videos'][number], 'model'>>({ type })),
        }),
      ),
      memballoon: child(
        'memballoon',
        struct<Part<RowDevices, 'memballoon'>>({ model: required(value('@model', text), 'model') }),
      ),
    }),
  ),
});
