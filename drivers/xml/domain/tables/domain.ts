import type { Element } from '@xmldom/xmldom';
import { flag, or, required, value, values, type Field } from '../../codec/fields.ts';
import { count, filled, integer, positive, text, uuid, yesNo } from '../../codec/scalars.ts';
import { bytes } from '../../codec/sizes.ts';
import { child, list, part, struct, type Part } from '../../codec/structs.ts';
import { childElements, childNamed, descend, ensure, hasContent, removeElement } from '../../tree.ts';
import type { Domain, MaxMemory, MemoryBacking, QemuCommandline, Seclabel, Vcpu } from '../types.ts';
import { cpu } from './cpu.ts';
import { devices } from './devices.ts';
import { clock, features, pm } from './features.ts';
import { os, sysinfo } from './os.ts';

const maxMemory = struct<MaxMemory>({
  slots: value('@slots', count),
  bytes: required(bytes('', 'KiB'), 'size'),
});

const hugepageSizes: Field<number[], readonly number[]> = sizes();

/** `<page size='2' unit='MiB'/>` */
function sizes(): Field<number[], readonly number[]> {
  const size = struct<{ size: number }>({ size: required(bytes('@size', 'KiB'), 'size') });
  const pages = list('page', size);
  return {
    read: (at) => pages.read(at).map((page) => page.size),
    write: (at, wanted) => {
      pages.write(
        at,
        wanted.map((bytesOfPage) => ({ size: bytesOfPage })),
      );
    },
    remove: (at) => {
      pages.remove(at);
    },
  };
}

const memoryBacking = struct<MemoryBacking>({
  hugepages: child('hugepages', struct<Part<MemoryBacking, 'hugepages'>>({ sizes: hugepageSizes })),
  nosharepages: flag('nosharepages'),
  locked: flag('locked'),
  source: value('source@type', text),
  access: value('access@mode', text),
  allocation: value('allocation@mode', text),
  allocationThreads: value('allocation@threads', positive),
  discard: flag('discard'),
});

const vcpu = struct<Vcpu>({
  placement: value('@placement', text),
  cpuset: value('@cpuset', text),
  current: value('@current', positive),
  count: required(value('', positive), 'number'),
});

const seclabel = struct<Seclabel>({
  type: value('@type', text),
  model: value('@model', text),
  relabel: value('@relabel', yesNo),
  label: value('label', filled),
  baselabel: value('baselabel', filled),
  imagelabel: value('imagelabel', filled),
});

const qemu = struct<QemuCommandline>({
  args: values('qemu:arg@value', text),
  env: list(
    'qemu:env',
    struct<QemuCommandline['env'][number]>({
      name: required(value('@name', text), 'name'),
      value: value('@value', text),
    }),
  ),
});

/** `<memory>`; where a document leaves it out, its NUMA cells tell. */
export const memory: Field<number> = {
  ...required(bytes('memory', 'KiB'), 'memory'),
  read(at) {
    const said = bytes('memory', 'KiB').read(at);
    if (said !== undefined) return said;
    const element = childNamed(at, 'cpu');
    const cells = element ? cpu.read(element).numa : [];
    if (cells.length > 0) return cells.reduce((sum, cell) => sum + cell.bytes, 0);
    return required(bytes('memory', 'KiB'), 'memory').read(at);
  },
};

const osIdSteps = ['metadata', 'libosinfo:libosinfo', 'libosinfo:os'];

export const osId: Field<string | undefined, string> = {
  read: (at) => descend(at, osIdSteps)?.getAttribute('id') ?? undefined,
  write(at, id) {
    const element = ensure(at, osIdSteps);
    if (element.getAttribute('id') !== id) element.setAttribute('id', id);
  },
  remove(at) {
    const element = descend(at, osIdSteps);
    if (!element) return;
    removeElement(element);
    for (const steps of [osIdSteps.slice(0, 2), osIdSteps.slice(0, 1)]) {
      const outer: Element | undefined = descend(at, steps);
      if (outer && childElements(outer).length === 0 && !hasContent(outer)) removeElement(outer);
    }
  },
};

export const domain = struct<Domain>({
  type: required(value('@type', filled), 'type'),
  id: value('@id', integer(-1, 0x7fff_ffff)),
  name: required(value('name', filled), 'name'),
  uuid: value('uuid', uuid),
  title: value('title', text),
  description: value('description', text),
  osId,
  maxMemory: child('maxMemory', maxMemory),
  memory,
  currentMemory: bytes('currentMemory', 'KiB'),
  memoryBacking: child('memoryBacking', memoryBacking),
  vcpu: or(child('vcpu', vcpu), { count: 1 }),
  iothreads: value('iothreads', count),
  bootloader: value('bootloader', filled),
  bootloaderArgs: value('bootloader_args', filled),
  sysinfo: list('sysinfo', sysinfo),
  os: required(child('os', os), 'os'),
  features: part('features', features),
  cpu: child('cpu', cpu),
  clock: child('clock', clock),
  onPoweroff: value('on_poweroff', filled),
  onReboot: value('on_reboot', filled),
  onCrash: value('on_crash', filled),
  onLockfailure: value('on_lockfailure', filled),
  pm: child('pm', pm),
  devices: part('devices', devices),
  seclabels: list('seclabel', seclabel),
  qemu: child('qemu:commandline', qemu),
});
