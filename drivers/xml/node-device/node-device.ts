import { or, required, value, values } from '../codec/fields.ts';
import { count, filled, hex, large, text, uuid, type Scalar } from '../codec/scalars.ts';
import { always, child, list, struct, type Part } from '../codec/structs.ts';
import { documentKind } from '../kind.ts';
import { capability, capable, otherCapabilities } from './capability.ts';
import { deviceId, mdevTypes, pci } from './pci.ts';
import { storage } from './storage.ts';
import type {
  CcwAddress,
  CssCapability,
  MdevCapability,
  NetCapability,
  NodeDevice,
  ScsiCapability,
  ScsiHostCapability,
  ScsiTargetCapability,
  SystemCapability,
  UsbDeviceCapability,
  UsbInterfaceCapability,
} from './types.ts';

export type * from './types.ts';

const system = struct<SystemCapability>({
  product: value('product', filled),
  hardware: always(
    'hardware',
    struct<SystemCapability['hardware']>({
      vendor: value('vendor', filled),
      version: value('version', filled),
      serial: value('serial', filled),
      uuid: value('uuid', uuid),
    }),
  ),
  firmware: always(
    'firmware',
    struct<SystemCapability['firmware']>({
      vendor: value('vendor', filled),
      version: value('version', filled),
      releaseDate: value('release_date', filled),
    }),
  ),
});

const number = (name: string) => required(value(name, count), name);

const usbDevice = struct<UsbDeviceCapability>({
  bus: number('bus'),
  device: number('device'),
  product: child('product', deviceId),
  vendor: child('vendor', deviceId),
});

const usb = struct<UsbInterfaceCapability>({
  number: number('number'),
  class: number('class'),
  subclass: number('subclass'),
  protocol: number('protocol'),
  description: value('description', filled),
});

const net = struct<NetCapability>({
  interface: required(value('interface', filled), 'interface'),
  address: value('address', filled),
  link: child(
    'link',
    struct<Part<NetCapability, 'link'>>({ speed: value('@speed', count), state: value('@state', text) }),
  ),
  features: values('feature@name', text),
  ethernet: capable('80203'),
  wireless: capable('80211'),
});

const scsiHost = struct<ScsiHostCapability>({
  host: number('host'),
  uniqueId: value('unique_id', count),
  fcHost: capability(
    'fc_host',
    struct<Part<ScsiHostCapability, 'fcHost'>>({
      wwnn: required(value('wwnn', filled), 'wwnn'),
      wwpn: required(value('wwpn', filled), 'wwpn'),
      fabricWwn: value('fabric_wwn', filled),
    }),
  ),
  vports: capability(
    'vport_ops',
    struct<Part<ScsiHostCapability, 'vports'>>({
      max: required(value('max_vports', count), 'max_vports'),
      used: required(value('vports', count), 'vports'),
    }),
  ),
});

const scsiTarget = struct<ScsiTargetCapability>({
  target: required(value('target', filled), 'target'),
  fcRemotePort: capability(
    'fc_remote_port',
    struct<Part<ScsiTargetCapability, 'fcRemotePort'>>({
      rport: required(value('rport', filled), 'rport'),
      wwpn: required(value('wwpn', filled), 'wwpn'),
    }),
  ),
});

const scsi = struct<ScsiCapability>({
  host: number('host'),
  bus: number('bus'),
  target: number('target'),
  lun: required(value('lun', large), 'lun'),
  type: value('type', filled),
});

const mdev = struct<MdevCapability>({
  type: required(value('type@id', text), 'type'),
  uuid: value('uuid', uuid),
  parentAddress: value('parent_addr', filled),
  iommuGroup: child(
    'iommuGroup',
    struct<Part<MdevCapability, 'iommuGroup'>>({ number: required(value('@number', count), 'number') }),
  ),
  attributes: list(
    'attr',
    struct<MdevCapability['attributes'][number]>({
      name: required(value('@name', text), 'name'),
      value: required(value('@value', text), 'value'),
    }),
  ),
});

const place = (name: string, scalar: Scalar<number>) => required(value(name, scalar), name);
const ccwFields = {
  cssid: place('cssid', hex(0xfe, 1)),
  ssid: place('ssid', hex(3, 1)),
  devno: place('devno', hex(0xffff, 4)),
};
const ccw = struct<CcwAddress>(ccwFields);

const css = struct<CssCapability>({
  ...ccwFields,
  channel: child('channel_dev_addr', ccw),
  mdevTypes: capability('mdev_types', mdevTypes),
});

const adapter = place('ap-adapter', hex(0xff, 2));

/** libvirt's name of each part's capability. */
export const capabilityTypes = {
  system: 'system',
  pci: 'pci',
  usbDevice: 'usb_device',
  usb: 'usb',
  net: 'net',
  scsiHost: 'scsi_host',
  scsiTarget: 'scsi_target',
  scsi: 'scsi',
  scsiGeneric: 'scsi_generic',
  storage: 'storage',
  drm: 'drm',
  mdev: 'mdev',
  ccw: 'ccw',
  css: 'css',
  vdpa: 'vdpa',
  apCard: 'ap_card',
  apQueue: 'ap_queue',
  apMatrix: 'ap_matrix',
} as const satisfies { [K in keyof NodeDevice]?: string };

const types = capabilityTypes;

export const nodeDevice = documentKind(
  'device',
  struct<NodeDevice>({
    name: required(value('name', filled), 'name'),
    path: value('path', filled),
    devnodes: list(
      'devnode',
      struct<NodeDevice['devnodes'][number]>({
        type: or(value('@type', text), 'dev'),
        path: required(value('', filled), 'path'),
      }),
    ),
    parent: value('parent', filled),
    parentWwnn: value('parent@wwnn', text),
    parentWwpn: value('parent@wwpn', text),
    parentFabricWwn: value('parent@fabric_wwn', text),
    driver: value('driver/name', filled),
    system: capability(types.system, system),
    pci: capability(types.pci, pci),
    usbDevice: capability(types.usbDevice, usbDevice),
    usb: capability(types.usb, usb),
    net: capability(types.net, net),
    scsiHost: capability(types.scsiHost, scsiHost),
    scsiTarget: capability(types.scsiTarget, scsiTarget),
    scsi: capability(types.scsi, scsi),
    scsiGeneric: capability(
      types.scsiGeneric,
      struct<Part<NodeDevice, 'scsiGeneric'>>({ char: required(value('char', filled), 'char') }),
    ),
    storage: capability(types.storage, storage),
    drm: capability(
      types.drm,
      struct<Part<NodeDevice, 'drm'>>({ type: required(value('type', filled), 'type') }),
    ),
    mdev: capability(types.mdev, mdev),
    ccw: capability(types.ccw, ccw),
    css: capability(types.css, css),
    vdpa: capability(
      types.vdpa,
      struct<Part<NodeDevice, 'vdpa'>>({ chardev: required(value('chardev', filled), 'chardev') }),
    ),
    apCard: capability(types.apCard, struct<Part<NodeDevice, 'apCard'>>({ adapter })),
    apQueue: capability(
      types.apQueue,
      struct<Part<NodeDevice, 'apQueue'>>({ adapter, domain: place('ap-domain', hex(0xffff, 4)) }),
    ),
    apMatrix: capability(
      types.apMatrix,
      struct<Part<NodeDevice, 'apMatrix'>>({ mdevTypes: capability('mdev_types', mdevTypes) }),
    ),
    other: otherCapabilities(new Set(Object.values(types))),
  }),
);
