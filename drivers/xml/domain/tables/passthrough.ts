import { flag, or, required, value } from '../../codec/fields.ts';
import { filled, hex, large, positive, text, yesNo, onOff } from '../../codec/scalars.ts';
import { child, struct, type Part } from '../../codec/structs.ts';
import type { Filesystem, FilesystemSource, Hostdev, HostdevSource } from '../types.ts';
import { alias, at, bootOrder, hostdevAddress, rom, virtioDriverFields } from './address.ts';

const hostdevSource = struct<HostdevSource>({
  startupPolicy: value('@startupPolicy', text),
  vendorId: value('vendor@id', hex(0xffff, 4)),
  productId: value('product@id', hex(0xffff, 4)),
  adapter: value('adapter@name', text),
  protocol: value('@protocol', text),
  name: value('@name', text),
  wwpn: value('@wwpn', text),
  address: child('address', hostdevAddress),
  block: value('block', filled),
  char: value('char', filled),
  interface: value('interface', filled),
});

export const hostdev = struct<Hostdev>({
  mode: or(value('@mode', text), 'subsystem'),
  type: required(value('@type', text), 'type'),
  managed: value('@managed', yesNo),
  model: value('@model', text),
  driver: value('driver@name', text),
  source: child('source', hostdevSource),
  readonly: flag('readonly'),
  shareable: flag('shareable'),
  rom: child('rom', rom),
  bootOrder,
  alias,
  address: at,
});

const filesystemSource = struct<FilesystemSource>({
  dir: value('@dir', text),
  file: value('@file', text),
  dev: value('@dev', text),
  name: value('@name', text),
  pool: value('@pool', text),
  volume: value('@volume', text),
  socket: value('@socket', text),
  usage: value('@usage', large),
  units: value('@units', text),
});

export const filesystem = struct<Filesystem>({
  type: value('@type', text),
  accessmode: value('@accessmode', text),
  model: value('@model', text),
  multidevs: value('@multidevs', text),
  fmode: value('@fmode', text),
  dmode: value('@dmode', text),
  driver: child(
    'driver',
    struct<Part<Filesystem, 'driver'>>({
      type: value('@type', text),
      format: value('@format', text),
      wrpolicy: value('@wrpolicy', text),
      queue: value('@queue', positive),
      name: value('@name', text),
      ...virtioDriverFields,
    }),
  ),
  binary: child(
    'binary',
    struct<Part<Filesystem, 'binary'>>({
      path: value('@path', text),
      xattr: value('@xattr', onOff),
      cache: value('cache@mode', text),
      sandbox: value('sandbox@mode', text),
    }),
  ),
  source: child('source', filesystemSource),
  target: required(value('target@dir', text), 'target'),
  readonly: flag('readonly'),
  bootOrder,
  alias,
  address: at,
});
