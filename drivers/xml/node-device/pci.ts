import { required, value } from '../codec/fields.ts';
import { count, filled, hex, integer, text } from '../codec/scalars.ts';
import { child, list, struct, type Part } from '../codec/structs.ts';
import { pciAddress } from '../pci-address.ts';
import { capability, capable } from './capability.ts';
import type { DeviceId, MdevTypes, PciCapability } from './types.ts';

export const deviceId = struct<DeviceId>({
  id: required(value('@id', hex(0xffff, 4)), 'id'),
  name: value('', filled),
});

export const mdevTypes = struct<MdevTypes>({
  types: list(
    'type',
    struct<MdevTypes['types'][number]>({
      id: required(value('@id', text), 'id'),
      name: value('name', text),
      deviceApi: required(value('deviceAPI', text), 'deviceAPI'),
      availableInstances: required(value('availableInstances', count), 'availableInstances'),
    }),
  ),
});

export const pci = struct<PciCapability>({
  class: value('class', hex(0xff_ffff, 6)),
  domain: required(value('domain', count), 'domain'),
  bus: required(value('bus', count), 'bus'),
  slot: required(value('slot', count), 'slot'),
  function: required(value('function', count), 'function'),
  product: child('product', deviceId),
  vendor: child('vendor', deviceId),
  physicalFunction: capability(
    'phys_function',
    struct<Part<PciCapability, 'physicalFunction'>>({ address: child('address', pciAddress) }),
  ),
  virtualFunctions: capability(
    'virt_functions',
    struct<Part<PciCapability, 'virtualFunctions'>>({
      maxCount: value('@maxCount', count),
      addresses: list('address', pciAddress),
    }),
  ),
  bridge: capable('pci-bridge'),
  cardbusBridge: capable('cardbus-bridge'),
  mdevTypes: capability('mdev_types', mdevTypes),
  vpd: capability('vpd', struct<Part<PciCapability, 'vpd'>>({ name: required(value('name', text), 'name') })),
  iommuGroup: child(
    'iommuGroup',
    struct<Part<PciCapability, 'iommuGroup'>>({
      number: required(value('@number', count), 'number'),
      addresses: list('address', pciAddress),
    }),
  ),
  numaNode: value('numa@node', integer(-1, 0x7fff_ffff)),
  express: child(
    'pci-express',
    struct<Part<PciCapability, 'express'>>({
      links: list(
        'link',
        struct<Part<PciCapability, 'express'>['links'][number]>({
          validity: required(value('@validity', text), 'validity'),
          port: value('@port', count),
          speed: value('@speed', text),
          width: required(value('@width', count), 'width'),
        }),
      ),
    }),
  ),
});
