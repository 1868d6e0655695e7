import type { Element } from '@xmldom/xmldom';
import { required, value, type Field } from '../../codec/fields.ts';
import { count, filled, integer, large, onOff, positive, text, yesNo } from '../../codec/scalars.ts';
import { bytes } from '../../codec/sizes.ts';
import { child, struct, type Part } from '../../codec/structs.ts';
import { appendNew, childElements, childNamed, removeElement } from '../../tree.ts';
import type {
  Controller,
  ControllerDriver,
  Iommu,
  Memballoon,
  Panic,
  Rng,
  RngBackend,
  Tpm,
  TpmBackend,
  Vsock,
  Watchdog,
} from '../types.ts';
import { alias, at, virtioDriver, virtioDriverFields } from './address.ts';
import { characterSource, characterSourceFields, protocol } from './character.ts';

const controllerDriver = struct<ControllerDriver>({
  queues: value('@queues', positive),
  cmdPerLun: value('@cmd_per_lun', count),
  maxSectors: value('@max_sectors', count),
  ioeventfd: value('@ioeventfd', onOff),
  iothread: value('@iothread', count),
  ...virtioDriverFields,
});

export const controller = struct<Controller>({
  type: required(value('@type', text), 'type'),
  // libvirt writes -1 where it has yet to choose one
  index: value('@index', integer(-1, 0x7fff_ffff)),
  model: value('@model', text),
  ports: value('@ports', count),
  vectors: value('@vectors', count),
  driver: child('driver', controllerDriver),
  modelName: value('model@name', text),
  target: child(
    'target',
    struct<Part<Controller, 'target'>>({
      chassisNr: value('@chassisNr', count),
      chassis: value('@chassis', count),
      port: value('@port', count),
      hotplug: value('@hotplug', onOff),
      busNr: value('@busNr', count),
    }),
  ),
  pciHole64: bytes('pcihole64', 'KiB'),
  masterStartPort: value('master@startport', count),
  alias,
  address: at,
});

/** `<active_pcr_banks>` has one empty element for each bank. */
const pcrBanks: Field<string[], readonly string[]> = {
  read(backend) {
    const banks = childNamed(backend, 'active_pcr_banks');
    return banks ? childElements(banks).map((bank) => bank.tagName) : [];
  },
  write(backend, names) {
    this.remove(backend);
    if (names.length === 0) return;
    const banks: Element = appendNew(backend, 'active_pcr_banks');
    for (const name of names) appendNew(banks, name);
  },
  remove(backend) {
    const banks = childNamed(backend, 'active_pcr_banks');
    if (banks) removeElement(banks);
  },
};

const tpmBackend = struct<TpmBackend>({
  type: required(value('@type', text), 'type'),
  version: value('@version', text),
  persistentState: value('@persistent_state', yesNo),
  debug: value('@debug', count),
  devicePath: value('device@path', text),
  encryptionSecret: value('encryption@secret', text),
  pcrBanks,
  source: child(
    'source',
    struct<Part<TpmBackend, 'source'>>({ type: value('@type', text), ...characterSourceFields }),
  ),
});

export const tpm = struct<Tpm>({
  model: value('@model', text),
  backend: child('backend', tpmBackend),
  alias,
  address: at,
});

export const watchdog = struct<Watchdog>({
  model: required(value('@model', text), 'model'),
  action: value('@action', text),
  alias,
  address: at,
});

export const memballoon = struct<Memballoon>({
  model: required(value('@model', text), 'model'),
  autodeflate: value('@autodeflate', onOff),
  freePageReporting: value('@freePageReporting', onOff),
  statsPeriod: value('stats@period', count),
  driver: virtioDriver,
  alias,
  address: at,
});

const rngBackend = struct<RngBackend>({
  model: required(value('@model', text), 'model'),
  type: value('@type', text),
  path: value('', filled),
  source: characterSource,
  protocol,
});

export const rng = struct<Rng>({
  model: required(value('@model', text), 'model'),
  rate: child(
    'rate',
    struct<Part<Rng, 'rate'>>({
      bytes: required(value('@bytes', large), 'bytes'),
      period: value('@period', count),
    }),
  ),
  backend: child('backend', rngBackend),
  driver: virtioDriver,
  alias,
  address: at,
});

export const panic = struct<Panic>({ model: value('@model', text), alias, address: at });

export const vsock = struct<Vsock>({
  model: value('@model', text),
  cid: child(
    'cid',
    struct<Part<Vsock, 'cid'>>({ auto: value('@auto', yesNo), address: value('@address', count) }),
  ),
  driver: virtioDriver,
  alias,
  address: at,
});

export const iommu = struct<Iommu>({
  model: required(value('@model', text), 'model'),
  driver: child(
    'driver',
    struct<Part<Iommu, 'driver'>>({
      intremap: value('@intremap', onOff),
      cachingMode: value('@caching_mode', onOff),
      eim: value('@eim', onOff),
      iotlb: value('@iotlb', onOff),
      awBits: value('@aw_bits', count),
    }),
  ),
  alias,
  address: at,
});
