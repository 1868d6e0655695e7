import type { Apply, DomainDevices, WorkContext } from '../api/domains.ts';
import { GuestroomError } from '../api/errors.ts';
import { XmlDocument } from '../xml/document.ts';
import { attachDevice, detachDevice, updateDevice } from '../xml/domain/device-edit.ts';
import type { DomainDocument } from '../xml/domain/edit.ts';
import { appendNew, childNamed } from '../xml/tree.ts';
import { randomMac } from './domain-defaults.ts';
import type { DomainWork } from './domain-work.ts';
import type { Machine } from './machine.ts';

/** What QEMU plugs into a running guest and takes out again. */
const pluggable: ReadonlySet<string> = new Set([
  'disk',
  'controller',
  'interface',
  'hostdev',
  'redirdev',
  'serial',
  'console',
  'channel',
  'rng',
  'memory',
  'shmem',
  'input',
  'watchdog',
  'vsock',
  'lease',
]);
/** Buses whose drives stay where they are while the guest runs. */
const fixed: ReadonlySet<string> = new Set(['ide', 'fdc', 'sata']);
const changeable: ReadonlySet<string> = new Set(['disk', 'interface', 'graphics', 'memballoon', 'memory']);

/** Devices of made-up guests: libvirt's test driver has no such calls, so the rules are those of QEMU's guests. */
export class TestDomainDevices implements DomainDevices {
  readonly #work: DomainWork;

  constructor(work: DomainWork) {
    this.#work = work;
  }

  attach(uuid: string, xml: string, apply: Apply): Promise<void> {
    return this.#work.act('attachDevice', uuid, (machine) => {
      const device = withMac(xml);
      this.#edit(machine, apply, (document, live) => {
        if (live) {
          checkPluggable(device);
          this.#checkImage(device);
        }
        attachDevice(document, device);
      });
    });
  }

  detach(uuid: string, xml: string, apply: Apply, _context?: WorkContext): Promise<void> {
    return this.#work.act('detachDevice', uuid, (machine) => {
      this.#edit(machine, apply, (document, live) => {
        if (live) checkPluggable(xml);
        detachDevice(document, xml);
      });
    });
  }

  update(uuid: string, xml: string, apply: Apply): Promise<void> {
    return this.#work.act('updateDevice', uuid, (machine) => {
      this.#edit(machine, apply, (document, live) => {
        const { tagName } = rootOf(xml);
        if (live && !changeable.has(tagName))
          throw unsupported(`A <${tagName}> of a running guest cannot be changed`);
        if (live) this.#checkImage(xml);
        updateDevice(document, xml);
      });
    });
  }

  blockResize(uuid: string, target: string, bytes: number): Promise<void> {
    return this.#work.act('blockResize', uuid, (machine) => {
      const disk = machine.document.facts.disks.find((one) => one.target === target || one.path === target);
      if (!disk) throw new GuestroomError('not_found', `${machine.name} has no disk ${target}`);
      if (!Number.isSafeInteger(bytes) || bytes < 1)
        throw new GuestroomError('invalid_argument', `Not a size: ${String(bytes)} bytes`);
      if (disk.device !== 'disk' || disk.path === undefined)
        throw new GuestroomError('invalid_argument', `${target} is no disk that can grow`);
      const { storage } = this.#work.hypervisor;
      storage.resize(storage.files.file(disk.path), bytes);
    });
  }

  #edit(machine: Machine, apply: Apply, edit: (document: DomainDocument, live: boolean) => void): void {
    this.#work.edit(machine, apply, (document, live) => document.edited((edited) => edit(edited, live)));
  }

  /** A guest that runs needs the file of its disk now. */
  #checkImage(xml: string): void {
    const device = rootOf(xml);
    const path = device.tagName === 'disk' ? childNamed(device, 'source')?.getAttribute('file') : undefined;
    if (path != null) this.#work.hypervisor.storage.files.file(path);
  }
}

const rootOf = (xml: string): XmlDocument['root'] => XmlDocument.parse(xml.trim()).root;

const unsupported = (message: string): GuestroomError =>
  new GuestroomError('unsupported', message, { hint: 'Change its next start instead' });

function checkPluggable(xml: string): void {
  const device = rootOf(xml);
  const bus = childNamed(device, 'target')?.getAttribute('bus') ?? '';
  if (!pluggable.has(device.tagName))
    throw unsupported(`A <${device.tagName}> cannot be plugged in or taken out while the guest runs`);
  if (device.tagName === 'disk' && fixed.has(bus))
    throw unsupported(`A drive at the bus ${bus} stays while the guest runs`);
}

/** A card without a MAC address gets one: the same in the running guest and in its document. */
function withMac(xml: string): string {
  const document = XmlDocument.parse(xml.trim());
  const { root } = document;
  if (root.tagName !== 'interface' || childNamed(root, 'mac')) return xml;
  appendNew(root, 'mac').setAttribute('address', randomMac());
  return document.toString();
}
