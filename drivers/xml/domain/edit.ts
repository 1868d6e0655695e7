import type { Element } from '@xmldom/xmldom';
import { GuestroomError } from '../../api/errors.ts';
import type { Patch } from '../codec/structs.ts';
import type { Spec } from '../codec/spec.ts';
import { parseDocument, type XmlDocument } from '../document.ts';
import { positionOf, xmlError } from '../position.ts';
import {
  appendNew,
  childNamed,
  childrenNamed,
  ensureChild,
  insertOrdered,
  removeElement,
  replaceElement,
} from '../tree.ts';
import { bootKinds, type BootRef } from './boot.ts';
import { nameProblem } from './name.ts';
import { readDomain } from './read.ts';
import { domain as table } from './tables/domain.ts';
import { deviceTables, type DeviceKind, type DeviceOf, type SingleKind } from './tables/devices.ts';
import type { Cpu, Disk, Domain } from './types.ts';

export type DomainPatch = Patch<Domain>;
type AnyKind = DeviceKind | SingleKind;

/**
 * A domain document under edit. Every edit changes what it says and nothing else: comments, order, indentation,
 * foreign namespaces and elements that we do not know stay character for character as they were.
 */
export class DomainDocument {
  readonly xml: XmlDocument;

  private constructor(xml: XmlDocument) {
    this.xml = xml;
  }

  /** Throws `xml_invalid` for what is no domain document. */
  static parse(text: string): DomainDocument {
    return new DomainDocument(parseDocument(text, 'domain'));
  }

  /** What the document says now. */
  read(): Domain {
    return readDomain(this.xml);
  }

  toString(): string {
    return this.xml.toString();
  }

  /**
   * Changes the parts that are named: `{ cpu: { mode: 'host-passthrough' }, title: null }`. null takes a part out,
   * lists are replaced as a whole. Throws `invalid_argument` for values that a document cannot hold.
   */
  update(change: DomainPatch): this {
    table.patch(this.xml.root, change);
    return this;
  }

  setType(type: string): this {
    return this.update({ type });
  }

  /** Throws `invalid_argument` for a name that libvirt would refuse. */
  setName(name: string): this {
    const problem = nameProblem(name);
    if (problem !== undefined) throw new GuestroomError('invalid_argument', problem);
    return this.update({ name });
  }

  setUuid(uuid: string): this {
    return this.update({ uuid });
  }

  /** An empty title, like null, takes the element out. */
  setTitle(title: string | null): this {
    if (title?.includes('\n')) throw new GuestroomError('invalid_argument', 'A title has one line');
    return this.update({ title: title === '' ? null : title });
  }

  setDescription(description: string | null): this {
    return this.update({ description: description === '' ? null : description });
  }

  /** libosinfo's id, or null. Metadata of others stays. */
  setOsId(id: string | null): this {
    return this.update({ osId: id });
  }

  /**
   * The most that the domain can have, in bytes. What it gets at start follows where it was the same or would be more;
   * a single NUMA cell follows, too. Throws `unsupported` where several cells divide the memory.
   */
  setMemory(bytes: number): this {
    const { memory, currentMemory, cpu } = this.read();
    if (cpu && cpu.numa.length > 1) {
      throw new GuestroomError('unsupported', 'The memory of this machine is divided among NUMA cells', {
        hint: 'Change the cells in the XML document',
      });
    }
    const [cell] = cpu?.numa ?? [];
    this.update({ memory: bytes });
    if (cell) this.update({ cpu: { numa: [{ ...cell, bytes }] } });
    if (currentMemory !== undefined && (currentMemory === memory || currentMemory > bytes)) {
      this.update({ currentMemory: bytes });
    }
    return this;
  }

  /** What the domain gets at start, in bytes; at most its maximum. */
  setCurrentMemory(bytes: number): this {
    if (bytes > this.read().memory) {
      throw new GuestroomError('invalid_argument', 'This is more than the maximum memory of the machine', {
        hint: 'Raise the maximum memory first',
      });
    }
    return this.update({ currentMemory: bytes });
  }

  /**
   * How many virtual CPUs the domain can have, and how many of them are plugged in at start (all, unless told). A CPU
   * topology that no longer multiplies to the number gets more sockets or cores, or is taken out.
   */
  setVcpus(count: number, current?: number): this {
    if (!Number.isInteger(count) || count < 1) {
      throw new GuestroomError('invalid_argument', 'A machine needs at least one virtual CPU');
    }
    if (current !== undefined && (!Number.isInteger(current) || current < 1 || current > count)) {
      throw new GuestroomError(
        'invalid_argument',
        `Between 1 and ${String(count)} virtual CPUs can be plugged in`,
      );
    }
    const { vcpu, cpu } = this.read();
    if (count !== vcpu.count) {
      const individual = childNamed(this.xml.root, 'vcpus');
      if (individual) removeElement(individual);
    }
    const topology = cpu?.topology && fitTopology(cpu.topology, count);
    if (topology !== undefined) this.update({ cpu: { topology } });
    return this.update({
      vcpu: { count, current: current === undefined || current === count ? null : current },
    });
  }

  setCpuMode(mode: NonNullable<Cpu['mode']>): this {
    // a named model belongs to mode custom only
    return this.update({
      cpu: { mode, ...(mode === 'custom' ? {} : { match: null, model: null, vendor: null }) },
    });
  }

  setMachine(machine: string | null): this {
    return this.update({ os: { machine } });
  }

  setEmulator(path: string | null): this {
    return this.update({ devices: { emulator: path } });
  }

  /**
   * The devices to boot from, first to last, as numbers on the devices. The order in `<os>` goes, because the two
   * exclude each other.
   */
  setBootOrder(order: readonly BootRef[]): this {
    const { os, devices } = this.read();
    for (const { kind, index } of order) this.element(kind, index);
    if (os.boot.length > 0) this.update({ os: { boot: [] } });
    for (const kind of bootKinds) {
      devices[kind].forEach((device, index) => {
        const at = order.findIndex((ref) => ref.kind === kind && ref.index === index);
        if ((device.bootOrder ?? 0) === at + 1) return;
        this.change<BootRef['kind']>(kind, index, { bootOrder: at < 0 ? null : at + 1 });
      });
    }
    return this;
  }

  /**
   * Puts an image into the CD or floppy drive `target`; null empties it.
   * Throws `not_found` where no drive has this name, `invalid_argument` where its medium cannot be changed.
   */
  setMedia(target: string, path: string | null, type: 'file' | 'block' = 'file'): this {
    const index = this.read().devices.disks.findIndex((disk) => disk.target.dev === target);
    const disk: Disk | undefined = this.read().devices.disks[index];
    if (!disk) throw new GuestroomError('not_found', `The machine has no drive ${target}`);
    if (disk.device !== 'cdrom' && disk.device !== 'floppy') {
      throw new GuestroomError(
        'invalid_argument',
        `${target} is a disk: only CD and floppy drives change media`,
      );
    }
    const element = this.element('disks', index);
    const plain = disk.type === 'file' || disk.type === 'block';
    const source = childNamed(element, 'source');
    if (source && (path === null || !plain || disk.type !== type)) removeElement(source);
    for (const name of ['backingStore', 'mirror']) {
      const left = childNamed(element, name);
      if (left) removeElement(left);
    }
    if (disk.target.tray !== undefined) this.change('disks', index, { target: { tray: null } });
    const wanted = path === null ? (plain ? disk.type : 'file') : type;
    if (element.getAttribute('type') !== wanted) element.setAttribute('type', wanted);
    if (path !== null) {
      const image = type === 'file' ? { file: path } : { dev: path };
      this.change('disks', index, { source: { ...image, index: null } });
    }
    return this;
  }

  /** The element of a device. Throws `not_found`. */
  element(kind: AnyKind, index = 0): Element {
    const [name] = deviceTables[kind];
    const holder = childNamed(this.xml.root, 'devices');
    const element = holder && childrenNamed(holder, name)[index];
    if (!element) {
      throw new GuestroomError('not_found', `The machine has no ${name} number ${String(index + 1)}`);
    }
    return element;
  }

  /** Adds a device after those of its kind. A kind of which there is one only is replaced. */
  add<K extends AnyKind>(kind: K, device: Spec<DeviceOf<K>> | string): this {
    const holder = ensureChild(this.xml.root, 'devices');
    const [name] = deviceTables[kind];
    const single = kind === 'memballoon' || kind === 'vsock' || kind === 'iommu';
    const existing = single ? childNamed(holder, name) : undefined;
    if (existing) return this.replace(kind, 0, device);
    if (typeof device === 'string') insertOrdered(holder, this.#fragment(name, device));
    else this.#write(kind, appendNew(holder, name), device);
    return this;
  }

  /** Replaces a device by another at the same place. Throws `not_found`. */
  replace<K extends AnyKind>(kind: K, index: number, device: Spec<DeviceOf<K>> | string): this {
    const old = this.element(kind, index);
    const [name] = deviceTables[kind];
    if (typeof device === 'string') {
      replaceElement(old, this.#fragment(name, device));
      return this;
    }
    const fresh = this.xml.dom.createElementNS(null, name);
    // placed first, written then: children take their indentation from where the element stands
    replaceElement(old, fresh);
    this.#write(kind, fresh, device);
    return this;
  }

  /** Changes the named parts of a device; what is not named stays, known to us or not. Throws `not_found`. */
  change<K extends AnyKind>(kind: K, index: number, change: Patch<DeviceOf<K>>): this {
    const element = this.element(kind, index);
    deviceTables[kind][1].patch(element, change);
    return this;
  }

  /** Throws `not_found`. */
  remove(kind: AnyKind, index = 0): this {
    removeElement(this.element(kind, index));
    return this;
  }

  /** Adds a device written as XML, whatever its kind. Throws `xml_invalid` for what is not one element. */
  addXml(text: string): this {
    insertOrdered(ensureChild(this.xml.root, 'devices'), this.xml.parseFragment(text.trim()));
    return this;
  }

  /** Takes passwords out, as libvirt does for readers that did not ask for them. */
  removeSecrets(): this {
    const holder = childNamed(this.xml.root, 'devices');
    for (const graphics of holder ? childrenNamed(holder, 'graphics') : [])
      graphics.removeAttribute('passwd');
    return this;
  }

  #write<K extends AnyKind>(kind: K, element: Element, device: Spec<DeviceOf<K>>): void {
    deviceTables[kind][1].write(element, device);
  }

  #fragment(name: string, text: string): Element {
    const element = this.xml.parseFragment(text.trim());
    if (element.tagName !== name) {
      throw xmlError(`This is a <${element.tagName}>, not a <${name}>`, positionOf(element));
    }
    return element;
  }
}

/** undefined where it fits already; null where nothing sensible does. */
function fitTopology(topology: NonNullable<Cpu['topology']>, count: number): Cpu['topology'] | null {
  const { sockets, dies = 1, clusters = 1, cores, threads } = topology;
  if (sockets * dies * clusters * cores * threads === count) return undefined;
  const inSocket = dies * clusters * cores * threads;
  if (sockets > 1 && count % inSocket === 0) return { ...topology, sockets: count / inSocket };
  const besideCores = sockets * dies * clusters * threads;
  if (count % besideCores === 0) return { ...topology, cores: count / besideCores };
  return null;
}
