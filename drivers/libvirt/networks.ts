import type { NetworkChange, Networks } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { DhcpLease, Network } from '../api/model.ts';
import { network as networkDocument } from '../xml/network/tables.ts';
import { affects } from './affect.ts';
import { networkRow } from '../xml/rows.ts';
import type { Daemon } from './daemon.ts';
import { uuidText } from './identity.ts';
import type { HostAccess } from './host-access.ts';
import {
  ConnectListAllNetworksFlags as List,
  DrvFeature,
  NetworkUpdateCommand,
  NetworkUpdateSection,
  NetworkXMLFlags,
} from './rpc/enums.gen.ts';
import type { Network as NetworkRef } from './rpc/procedures.gen.ts';

const seconds = 1000;

const commands = {
  modify: NetworkUpdateCommand.MODIFY,
  delete: NetworkUpdateCommand.DELETE,
  'add-last': NetworkUpdateCommand.ADD_LAST,
  'add-first': NetworkUpdateCommand.ADD_FIRST,
} as const;
const sections = {
  bridge: NetworkUpdateSection.BRIDGE,
  domain: NetworkUpdateSection.DOMAIN,
  ip: NetworkUpdateSection.IP,
  'ip-dhcp-host': NetworkUpdateSection.IP_DHCP_HOST,
  'ip-dhcp-range': NetworkUpdateSection.IP_DHCP_RANGE,
  forward: NetworkUpdateSection.FORWARD,
  'forward-interface': NetworkUpdateSection.FORWARD_INTERFACE,
  'forward-pf': NetworkUpdateSection.FORWARD_PF,
  portgroup: NetworkUpdateSection.PORTGROUP,
  'dns-host': NetworkUpdateSection.DNS_HOST,
  'dns-txt': NetworkUpdateSection.DNS_TXT,
  'dns-srv': NetworkUpdateSection.DNS_SRV,
} as const;

interface Kept {
  active: boolean;
  persistent: boolean;
  autostart: boolean;
}

/** Virtual networks of a daemon. */
export class LibvirtNetworks implements Networks {
  readonly #daemon: Daemon;
  readonly #access: HostAccess;

  constructor(daemon: Daemon, access: HostAccess) {
    this.#daemon = daemon;
    this.#access = access;
  }

  async list(): Promise<Network[]> {
    const list = async (flags: number): Promise<readonly NetworkRef[]> =>
      (await this.#daemon.call('CONNECT_LIST_ALL_NETWORKS', { need_results: 1, flags })).nets;
    const names = async (flags: number) => new Set((await list(flags)).map(({ name }) => name));
    const [nets, active, persistent, autostart] = await Promise.all([
      list(0),
      names(List.ACTIVE),
      names(List.PERSISTENT),
      names(List.AUTOSTART),
    ]);
    return this.#daemon.each(nets, (net) =>
      this.#row(net, {
        active: active.has(net.name),
        persistent: persistent.has(net.name),
        autostart: autostart.has(net.name),
      }),
    );
  }

  /** Rejects with `not_found`. */
  async one(name: string): Promise<Network> {
    const net = await this.#look(name);
    const [active, persistent, autostart] = await Promise.all([
      this.#daemon.call('NETWORK_IS_ACTIVE', { net }),
      this.#daemon.call('NETWORK_IS_PERSISTENT', { net }),
      // of a transient one it is refused
      this.#daemon.call('NETWORK_GET_AUTOSTART', { net }).catch((error: unknown) => {
        if (error instanceof GuestroomError && error.code !== 'lost') return { autostart: 0 };
        throw error;
      }),
    ]);
    return this.#row(net, {
      active: active.active === 1,
      persistent: persistent.persistent === 1,
      autostart: autostart.autostart === 1,
    });
  }

  async xml(name: string, options: { inactive?: boolean } = {}): Promise<string> {
    return this.#xml(await this.#look(name), options.inactive ? NetworkXMLFlags.INACTIVE : 0);
  }

  async define(xml: string): Promise<Network> {
    this.#access.allow('networkDefine');
    const { net } = await this.#daemon.call('NETWORK_DEFINE_XML', { xml });
    return this.one(net.name);
  }

  async create(xml: string): Promise<Network> {
    this.#access.allow('networkCreate');
    const { net } = await this.#daemon.slowly('NETWORK_CREATE_XML', { xml });
    return this.one(net.name);
  }

  async start(name: string): Promise<void> {
    this.#access.allow('networkStart');
    await this.#daemon.slowly('NETWORK_CREATE', { net: await this.#look(name) });
  }

  async destroy(name: string): Promise<void> {
    this.#access.allow('networkDestroy');
    await this.#daemon.slowly('NETWORK_DESTROY', { net: await this.#look(name) });
  }

  async undefine(name: string): Promise<void> {
    this.#access.allow('networkUndefine');
    await this.#daemon.slowly('NETWORK_UNDEFINE', { net: await this.#look(name) });
  }

  async setAutostart(name: string, autostart: boolean): Promise<void> {
    this.#access.allow('networkSetAutostart');
    const net = await this.#look(name);
    await this.#daemon.call('NETWORK_SET_AUTOSTART', { net, autostart: autostart ? 1 : 0 });
    this.#access.tell({ kind: 'network', network: await this.one(name) });
  }

  async update(name: string, change: NetworkChange): Promise<void> {
    this.#access.allow('networkUpdate');
    const net = await this.#look(name);
    const command = commands[change.command];
    const section = sections[change.section];
    // daemons before 0.10.2 or so, and old bugs kept for them, take these two the other way round
    const inOrder = this.#daemon.links.main.features.has(DrvFeature.NETWORK_UPDATE_HAS_CORRECT_ORDER);
    await this.#daemon.slowly('NETWORK_UPDATE', {
      net,
      command: inOrder ? command : section,
      section: inOrder ? section : command,
      parentIndex: change.parentIndex ?? -1,
      xml: change.xml,
      flags: affects[change.apply],
    });
    this.#access.tell({ kind: 'network', network: await this.one(name) });
  }

  async leases(name: string, mac?: string): Promise<DhcpLease[]> {
    this.#access.allow('networkLeases');
    const net = await this.#look(name);
    const args = { net, mac: mac ?? null, need_results: 1, flags: 0 };
    const { leases } = await this.#daemon.call('NETWORK_GET_DHCP_LEASES', args);
    return leases.map(({ mac: address, ipaddr, prefix, hostname, clientid, expirytime }) => ({
      mac: address ?? '',
      address: ipaddr,
      prefix,
      ...(hostname === null ? {} : { hostname }),
      ...(clientid === null ? {} : { clientId: clientid }),
      ...(expirytime > 0n ? { expires: Number(expirytime) * seconds } : {}),
    }));
  }

  async #look(name: string): Promise<NetworkRef> {
    return (await this.#daemon.call('NETWORK_LOOKUP_BY_NAME', { name })).net;
  }

  async #xml(net: NetworkRef, flags: number): Promise<string> {
    return (await this.#daemon.call('NETWORK_GET_XML_DESC', { net, flags })).xml;
  }

  async #row(net: NetworkRef, kept: Kept): Promise<Network> {
    const row = networkRow(networkDocument.read(await this.#xml(net, 0)));
    return { ...row, name: net.name, uuid: uuidText(net.uuid), ...kept };
  }
}
