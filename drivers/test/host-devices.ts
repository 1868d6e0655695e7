import { randomUUID } from 'node:crypto';
import type { Element } from '@xmldom/xmldom';
import type { Change } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { NodeDevice } from '../api/model.ts';
import { parseDocument } from '../xml/document.ts';
import { EditedDocument } from '../xml/kind.ts';
import {
  nodeDevice,
  type NodeDevice as DeviceDocument,
  type NodeDeviceSpec,
} from '../xml/node-device/node-device.ts';
import { nodeDeviceRow } from '../xml/rows.ts';
import { childNamed, childrenNamed, textOf } from '../xml/tree.ts';

interface Known {
  xml: string;
  model: DeviceDocument;
}

/** Devices of the made-up host by name. */
export class HostDevices {
  readonly #known = new Map<string, Known>();
  readonly #tell: (change: Change) => void;

  constructor(seeds: readonly string[], tell: (change: Change) => void) {
    for (const xml of seeds) this.#put(xml);
    this.#tell = tell;
  }

  #put(xml: string): string {
    const model = nodeDevice.read(xml);
    this.#known.set(model.name, { xml, model });
    return model.name;
  }

  rows(capability: string | undefined): NodeDevice[] {
    return [...this.#known.values()].flatMap(({ model }) => {
      const row = nodeDeviceRow(model);
      const own = [
        ...row.capabilities,
        ...(model.scsiHost?.fcHost ? ['fc_host'] : []),
        ...(model.scsiHost?.vports ? ['vports'] : []),
        ...(model.pci?.mdevTypes ? ['mdev_types'] : []),
      ];
      return capability === undefined || own.includes(capability) ? [row] : [];
    });
  }

  get(name: string): Known {
    const known = this.#known.get(name);
    if (known) return known;
    throw new GuestroomError('not_found', `The host has no device ${name}`);
  }

  /** Makes a virtual one and answers its name. */
  create(xml: string): string {
    const { root } = parseDocument(xml, 'device');
    const parent = textIn(root, 'parent');
    const mdev = capabilityIn(root, 'mdev');
    const host = capabilityIn(root, 'scsi_host');
    const port = host && capabilityIn(host, 'fc_host');
    if (!mdev && !port)
      throw new GuestroomError('invalid_argument', 'Only mediated devices and virtual ports can be made', {
        hint: 'Use a <capability type="mdev">, or a scsi_host with an fc_host inside',
      });
    const name = this.#put(nodeDevice.build(mdev ? this.#mediated(parent, mdev) : this.#port(parent, port)));
    this.#tell({ kind: 'node-devices' });
    return name;
  }

  #mediated(parentName: string | undefined, wanted: Element): NodeDeviceSpec {
    const { model } = this.get(parentName ?? '(its parent is not named)');
    const id = childNamed(wanted, 'type')?.getAttribute('id') ?? '';
    if (!model.pci?.mdevTypes?.types.some((type) => type.id === id))
      throw new GuestroomError('invalid_argument', `${model.name} makes no devices of the type ${id}`);
    const uuid = textIn(wanted, 'uuid') ?? randomUUID();
    const { domain, bus, slot, function: part } = model.pci;
    const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
    const address = `${hex(domain, 4)}:${hex(bus, 2)}:${hex(slot, 2)}.${String(part)}`;
    const name = `mdev_${uuid.replaceAll('-', '_')}_${address.replace(/[:.]/g, '_')}`;
    if (this.#known.has(name)) throw new GuestroomError('exists', `The device ${name} is already there`);
    return { name, parent: model.name, mdev: { type: id, uuid, parentAddress: address } };
  }

  #port(parentName: string | undefined, wanted: Element | undefined): NodeDeviceSpec {
    const wwnn = textIn(wanted, 'wwnn');
    const wwpn = textIn(wanted, 'wwpn');
    if (wwnn === undefined || wwpn === undefined)
      throw new GuestroomError('xml_invalid', 'A virtual port needs its numbers', {
        hint: 'Say <wwnn> and <wwpn> in <capability type="fc_host">',
      });
    const parent = parentName === undefined ? this.#withPorts() : this.get(parentName);
    const card = parent.model.scsiHost;
    if (!card?.vports || !card.fcHost)
      throw new GuestroomError('invalid_argument', `${parent.model.name} is no card that has virtual ports`);
    if ([...this.#known.values()].some(({ model }) => model.scsiHost?.fcHost?.wwpn === wwpn))
      throw new GuestroomError('exists', `A port has the WWPN ${wwpn} already`);
    // libvirt's test driver begins there
    let host = 12;
    while (this.#known.has(`scsi_host${String(host)}`)) host += 1;
    const { fabricWwn } = card.fcHost;
    this.#countPorts(parent, card.vports, 1);
    return {
      name: `scsi_host${String(host)}`,
      parent: parent.model.name,
      scsiHost: {
        host,
        uniqueId: host - 1,
        fcHost: { wwnn, wwpn, ...(fabricWwn === undefined ? {} : { fabricWwn }) },
      },
    };
  }

  #withPorts(): Known {
    const found = [...this.#known.values()].find(
      ({ model }) => model.scsiHost?.vports && model.scsiHost.fcHost,
    );
    if (found) return found;
    throw new GuestroomError('not_found', 'The host has no card that has virtual ports');
  }

  #countPorts({ xml }: Known, { max, used }: { max: number; used: number }, more: number): void {
    this.#put(
      new EditedDocument(nodeDevice, xml)
        .update({ scsiHost: { vports: { max, used: used + more } } })
        .toString(),
    );
  }

  /** Throws `invalid_argument` for what is no virtual one. */
  destroy(name: string): void {
    const { model } = this.get(name);
    const parent = model.parent === undefined ? undefined : this.#known.get(model.parent);
    const vports = parent?.model.scsiHost?.vports;
    if (!model.mdev && !(model.scsiHost && vports))
      throw new GuestroomError('invalid_argument', `${name} is no virtual device: it cannot be removed`);
    this.#known.delete(name);
    if (parent && vports) this.#countPorts(parent, vports, -1);
    this.#tell({ kind: 'node-devices' });
  }
}

const textIn = (element: Element | undefined, name: string): string | undefined => {
  const child = element && childNamed(element, name);
  const text = child && textOf(child).trim();
  return text === '' ? undefined : text;
};

const capabilityIn = (element: Element, type: string): Element | undefined =>
  childrenNamed(element, 'capability').find((one) => one.getAttribute('type') === type);
