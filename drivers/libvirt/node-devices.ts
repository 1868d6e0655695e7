import type { NodeDevices } from '../api/driver.ts';
import type { NodeDevice } from '../api/model.ts';
import { nodeDevice } from '../xml/node-device/node-device.ts';
import { nodeDeviceRow } from '../xml/rows.ts';
import type { Daemon } from './daemon.ts';
import type { HostAccess } from './host-access.ts';
import { ConnectListAllNodeDeviceFlags } from './rpc/enums.gen.ts';

const filters: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(ConnectListAllNodeDeviceFlags).map(([name, flag]) => [
    name.replace(/^CAP_/, '').toLowerCase(),
    flag,
  ]),
);
/** libvirt's word in a document, and in the list's flags, where they differ. */
const filterWords: Readonly<Record<string, string>> = {
  pci: 'pci_dev',
  usb_device: 'usb_dev',
  usb: 'usb_interface',
};

/** Devices of the node. */
export class LibvirtNodeDevices implements NodeDevices {
  readonly #daemon: Daemon;
  readonly #access: HostAccess;

  constructor(daemon: Daemon, access: HostAccess) {
    this.#daemon = daemon;
    this.#access = access;
  }

  async list(capability?: string): Promise<NodeDevice[]> {
    this.#access.allow('nodeDeviceList');
    const flags = capability === undefined ? 0 : (filters[filterWords[capability] ?? capability] ?? 0);
    const { devices } = await this.#daemon.call('CONNECT_LIST_ALL_NODE_DEVICES', { need_results: 1, flags });
    const rows = await this.#daemon.each(devices, async ({ name }) =>
      nodeDeviceRow(nodeDevice.read(await this.xml(name))),
    );
    return rows.filter((row) => capability === undefined || row.capabilities.includes(capability));
  }

  async xml(name: string): Promise<string> {
    return (await this.#daemon.call('NODE_DEVICE_GET_XML_DESC', { name, flags: 0 })).xml;
  }

  async create(xml: string): Promise<string> {
    this.#access.allow('nodeDeviceCreate');
    const { dev } = await this.#daemon.slowly('NODE_DEVICE_CREATE_XML', { xml_desc: xml, flags: 0 });
    return dev.name;
  }

  async destroy(name: string): Promise<void> {
    this.#access.allow('nodeDeviceDestroy');
    await this.#daemon.slowly('NODE_DEVICE_DESTROY', { name });
  }

  async detach(name: string, driver?: string): Promise<void> {
    this.#access.allow('nodeDeviceDetach');
    await this.#daemon.slowly('NODE_DEVICE_DETACH_FLAGS', { name, driverName: driver ?? null, flags: 0 });
  }

  async reattach(name: string): Promise<void> {
    this.#access.allow('nodeDeviceReattach');
    await this.#daemon.slowly('NODE_DEVICE_RE_ATTACH', { name });
  }

  async reset(name: string): Promise<void> {
    this.#access.allow('nodeDeviceReset');
    await this.#daemon.slowly('NODE_DEVICE_RESET', { name });
  }
}
