import type { Interfaces } from '../api/driver.ts';
import type { HostInterface } from '../api/model.ts';
import { hostInterface } from '../xml/host-interface.ts';
import { hostInterfaceRow } from '../xml/rows.ts';
import type { Daemon } from './daemon.ts';
import type { HostAccess } from './host-access.ts';
import { ConnectListAllInterfacesFlags, InterfaceXMLFlags } from './rpc/enums.gen.ts';
import type { Interface } from './rpc/procedures.gen.ts';

/** Network interfaces of the node, where its libvirt can configure them. */
export class LibvirtInterfaces implements Interfaces {
  readonly #daemon: Daemon;
  readonly #access: HostAccess;

  constructor(daemon: Daemon, access: HostAccess) {
    this.#daemon = daemon;
    this.#access = access;
  }

  async list(): Promise<HostInterface[]> {
    const list = async (flags: number): Promise<readonly Interface[]> =>
      (await this.#daemon.call('CONNECT_LIST_ALL_INTERFACES', { need_results: 1, flags })).ifaces;
    const [all, running] = await Promise.all([list(0), list(ConnectListAllInterfacesFlags.ACTIVE)]);
    const active = new Set(running.map(({ name }) => name));
    return this.#daemon.each(all, (iface) => this.#row(iface, active.has(iface.name)));
  }

  async xml(name: string, options: { inactive?: boolean } = {}): Promise<string> {
    return this.#xml(await this.#look(name), options.inactive ? InterfaceXMLFlags.INACTIVE : 0);
  }

  async define(xml: string): Promise<HostInterface> {
    this.#access.allow('interfaceDefine');
    const { iface } = await this.#daemon.slowly('INTERFACE_DEFINE_XML', { xml, flags: 0 });
    const { active } = await this.#daemon.call('INTERFACE_IS_ACTIVE', { iface });
    return this.#row(iface, active === 1);
  }

  async start(name: string): Promise<void> {
    this.#access.allow('interfaceStart');
    await this.#daemon.slowly('INTERFACE_CREATE', { iface: await this.#look(name), flags: 0 });
  }

  async destroy(name: string): Promise<void> {
    this.#access.allow('interfaceDestroy');
    await this.#daemon.slowly('INTERFACE_DESTROY', { iface: await this.#look(name), flags: 0 });
  }

  async undefine(name: string): Promise<void> {
    this.#access.allow('interfaceUndefine');
    await this.#daemon.slowly('INTERFACE_UNDEFINE', { iface: await this.#look(name) });
  }

  async #look(name: string): Promise<Interface> {
    return (await this.#daemon.call('INTERFACE_LOOKUP_BY_NAME', { name })).iface;
  }

  async #xml(iface: Interface, flags: number): Promise<string> {
    return (await this.#daemon.call('INTERFACE_GET_XML_DESC', { iface, flags })).xml;
  }

  async #row(iface: Interface, active: boolean): Promise<HostInterface> {
    const row = hostInterfaceRow(hostInterface.read(await this.#xml(iface, 0)));
    return { ...row, name: iface.name, ...(iface.mac === '' ? {} : { mac: iface.mac }), active };
  }
}
