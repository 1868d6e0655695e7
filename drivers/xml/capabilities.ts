import type { Element } from '@xmldom/xmldom';
import type {
  Capabilities,
  CapabilitiesSpec,
  CpuModeCapabilities,
  DeviceCapabilities,
  DomainCapabilities,
  GuestCapabilities,
  GuestFeatures,
  HostCapabilities,
  HostCpu,
  Machine,
  NodeCell,
  NodeCpu,
} from './capabilities-types.ts';
import { flag, or, required, requiredSwitch, value, values, type Field } from './codec/fields.ts';
import { count, filled, onOff, positive, text, uuid, yesNo } from './codec/scalars.ts';
import { bytes } from './codec/sizes.ts';
import { child, list, part, struct, type Part, type Struct } from './codec/structs.ts';
import { parseDocument, XmlDocument } from './document.ts';
import {
  appendNew,
  childElements,
  childNamed,
  childrenNamed,
  descend,
  ensure,
  layOut,
  textOf,
} from './tree.ts';

export type * from './capabilities-types.ts';

const topology = struct<Part<HostCpu, 'topology'>>({
  sockets: required(value('@sockets', positive), 'sockets'),
  dies: or(value('@dies', positive), 1),
  cores: required(value('@cores', positive), 'cores'),
  threads: required(value('@threads', positive), 'threads'),
});

const hostCpu = struct<HostCpu>({
  arch: required(value('arch', filled), 'arch'),
  model: value('model', filled),
  vendor: value('vendor', filled),
  topology: child('topology', topology),
  features: list('feature', struct<{ name: string }>({ name: required(value('@name', text), 'name') })),
});

const nodeCpu = struct<NodeCpu>({
  id: required(value('@id', count), 'id'),
  socketId: value('@socket_id', count),
  dieId: value('@die_id', count),
  coreId: value('@core_id', count),
  siblings: value('@siblings', text),
});

/** A list whose parent says how many there are. */
function counted<T>(steps: readonly string[], name: string, of: Struct<T>): ReturnType<typeof list<T>> {
  const inner = list([...steps, name].join('/'), of);
  return {
    ...inner,
    write(at, specs) {
      inner.write(at, specs);
      if (specs.length > 0) ensure(at, steps).setAttribute('num', String(specs.length));
    },
  };
}

const nodeCell = struct<NodeCell>({
  id: required(value('@id', count), 'id'),
  memory: bytes('memory', 'KiB'),
  cpus: counted(['cpus'], 'cpu', nodeCpu),
});

const host = struct<HostCapabilities>({
  uuid: value('uuid', uuid),
  cpu: required(child('cpu', hostCpu), 'cpu'),
  powerManagement: child(
    'power_management',
    struct<Part<HostCapabilities, 'powerManagement'>>({
      suspendMem: flag('suspend_mem'),
      suspendDisk: flag('suspend_disk'),
      suspendHybrid: flag('suspend_hybrid'),
    }),
  ),
  iommu: value('iommu@support', yesNo),
  liveMigration: flag('migration_features/live'),
  migrationTransports: values('migration_features/uri_transports/uri_transport', filled),
  cells: counted(['topology', 'cells'], 'cell', nodeCell),
  securityModels: list(
    'secmodel',
    struct<HostCapabilities['securityModels'][number]>({
      model: required(value('model', text), 'model'),
      doi: or(value('doi', text), ''),
    }),
  ),
});

const machine = struct<Machine>({
  canonical: value('@canonical', text),
  maxCpus: value('@maxCpus', count),
  deprecated: value('@deprecated', yesNo),
  name: required(value('', filled), 'name'),
});

const toggle = struct<Part<GuestFeatures, 'acpi'>>({
  default: requiredSwitch('@default', onOff),
  toggle: requiredSwitch('@toggle', yesNo),
});

const guestFeatures = struct<GuestFeatures>({
  pae: flag('pae'),
  nonpae: flag('nonpae'),
  acpi: child('acpi', toggle),
  apic: child('apic', toggle),
  cpuSelection: flag('cpuselection'),
  deviceBoot: flag('deviceboot'),
});

const guest = struct<GuestCapabilities>({
  osType: required(value('os_type', filled), 'os_type'),
  arch: required(value('arch@name', text), 'arch'),
  wordsize: required(value('arch/wordsize', count), 'wordsize'),
  emulator: value('arch/emulator', filled),
  machines: list('arch/machine', machine),
  domains: list(
    'arch/domain',
    struct<GuestCapabilities['domains'][number]>({
      type: required(value('@type', text), 'type'),
      emulator: value('emulator', filled),
      machines: list('machine', machine),
    }),
  ),
  features: part('features', guestFeatures),
});

const capabilities = struct<Capabilities>({
  host: required(child('host', host), 'host'),
  guests: list('guest', guest),
});

/** Throws `xml_invalid`. */
export function readCapabilities(xml: string): Capabilities {
  return capabilities.read(parseDocument(xml, 'capabilities').root);
}

export function buildCapabilities(spec: CapabilitiesSpec): string {
  return build('capabilities', capabilities, spec);
}

function build<T>(rootName: string, model: Struct<T>, spec: Parameters<Struct<T>['write']>[1]): string {
  const document = XmlDocument.create(rootName);
  model.write(document.root, spec);
  layOut(document.root, '\n');
  return document.toString();
}

/** The values of one `<enum>`. */
const enumValues = (at: Element, name: string): string[] => {
  const found = childrenNamed(at, 'enum').find((element) => element.getAttribute('name') === name);
  return found ? childrenNamed(found, 'value').map(textOf) : [];
};

function writeEnum(at: Element, name: string, words: readonly string[]): void {
  const element = appendNew(at, 'enum');
  element.setAttribute('name', name);
  values('value', text).write(element, words);
}

const enumOf = (name: string): Field<string[], readonly string[]> => ({
  read: (at) => enumValues(at, name),
  write: (at, words) => {
    if (words.length > 0) writeEnum(at, name, words);
  },
  remove: (at) => {
    for (const element of childrenNamed(at, 'enum')) {
      if (element.getAttribute('name') === name) at.removeChild(element);
    }
  },
});

/** All `<enum>` of an element by name. */
const allEnums: Field<{ [name: string]: string[] }> = {
  read: (at) =>
    Object.fromEntries(
      childrenNamed(at, 'enum').map((element) => {
        const name = element.getAttribute('name') ?? '';
        return [name, enumValues(at, name)];
      }),
    ),
  write: (at, enums) => {
    for (const [name, words = []] of Object.entries(enums)) writeEnum(at, name, words);
  },
  remove: (at) => {
    for (const element of childrenNamed(at, 'enum')) at.removeChild(element);
  },
};

const device = struct<DeviceCapabilities>({
  supported: or(value('@supported', yesNo), true),
  enums: allEnums,
});

/** Children of any name, each described by its enums. */
const named = (step: string): Field<{ [name: string]: DeviceCapabilities }> => ({
  read(at) {
    const holder = descend(at, [step]);
    return Object.fromEntries(
      (holder ? childElements(holder) : []).map((element) => [element.tagName, device.read(element)]),
    );
  },
  write(at, all) {
    const holder = ensure(at, [step]);
    for (const [name, one] of Object.entries(all)) device.write(appendNew(holder, name), one);
  },
  remove(at) {
    const holder = childNamed(at, step);
    if (holder) at.removeChild(holder);
  },
});

const cpuMode = struct<CpuModeCapabilities>({
  name: required(value('@name', text), 'name'),
  supported: requiredSwitch('@supported', yesNo),
  enums: {
    ...allEnums,
    read: (at) => (childrenNamed(at, 'enum').length === 0 ? undefined : allEnums.read(at)),
  },
  models: list(
    'model',
    struct<CpuModeCapabilities['models'][number]>({
      fallback: value('@fallback', text),
      usable: value('@usable', text),
      vendor: value('@vendor', text),
      name: required(value('', filled), 'name'),
    }),
  ),
  vendor: value('vendor', filled),
  features: list(
    'feature',
    struct<CpuModeCapabilities['features'][number]>({
      policy: value('@policy', text),
      name: required(value('@name', text), 'name'),
    }),
  ),
});

const domainCapabilities = struct<DomainCapabilities>({
  path: value('path', filled),
  domain: required(value('domain', filled), 'domain'),
  machine: value('machine', filled),
  arch: required(value('arch', filled), 'arch'),
  maxVcpus: value('vcpu@max', count),
  iothreads: value('iothreads@supported', yesNo),
  os: required(
    child(
      'os',
      struct<DomainCapabilities['os']>({
        supported: requiredSwitch('@supported', yesNo),
        firmware: enumOf('firmware'),
      }),
    ),
    'os',
  ),
  loader: child(
    'os/loader',
    struct<Part<DomainCapabilities, 'loader'>>({
      supported: requiredSwitch('@supported', yesNo),
      paths: values('value', filled),
      types: enumOf('type'),
      readonly: enumOf('readonly'),
      secure: enumOf('secure'),
    }),
  ),
  cpuModes: list('cpu/mode', cpuMode),
  memoryBacking: child('memoryBacking', device),
  devices: named('devices'),
  features: named('features'),
});

/** Throws `xml_invalid`. */
export function readDomainCapabilities(xml: string): DomainCapabilities {
  return domainCapabilities.read(parseDocument(xml, 'domainCapabilities').root);
}

/**
 * Whether a device can have a setting: `offers(capabilities, 'disk', 'bus', 'virtio')`. undefined where the document
 * says nothing of it, as older versions do of newer settings.
 */
export function offers(
  { devices }: DomainCapabilities,
  device: string,
  setting: string,
  word: string,
): boolean | undefined {
  const known = devices[device];
  return known?.supported === false ? false : known?.enums[setting]?.includes(word);
}

export function buildDomainCapabilities(spec: DomainCapabilities): string {
  return build('domainCapabilities', domainCapabilities, spec);
}
