import type { DhcpLease, HostInterface, Network } from './model.ts';

/** Virtual networks of the node, by name. Documents are libvirt's `<network>`. */
export interface Networks {
  list(): Promise<Network[]>;
  xml(name: string, options?: { inactive?: boolean }): Promise<string>;
  define(xml: string): Promise<Network>;
  /** Starts a transient network. */
  create(xml: string): Promise<Network>;
  start(name: string): Promise<void>;
  /** Guests on it lose their link. */
  destroy(name: string): Promise<void>;
  undefine(name: string): Promise<void>;
  setAutostart(name: string, autostart: boolean): Promise<void>;
  /** Changes one element in place; guests stay connected. */
  update(name: string, change: NetworkChange): Promise<void>;
  leases(name: string, mac?: string): Promise<DhcpLease[]>;
}

/** libvirt's virNetworkUpdateCommand and virNetworkUpdateSection, by name. */
export interface NetworkChange {
  command: 'modify' | 'delete' | 'add-last' | 'add-first';
  section:
    | 'bridge'
    | 'domain'
    | 'ip'
    | 'ip-dhcp-host'
    | 'ip-dhcp-range'
    | 'forward'
    | 'forward-interface'
    | 'forward-pf'
    | 'portgroup'
    | 'dns-host'
    | 'dns-txt'
    | 'dns-srv';
  /** The element. */
  xml: string;
  /** Which `<ip>` it belongs to, counted from 0; the one that fits where missing. */
  parentIndex?: number;
  apply: 'live' | 'config' | 'both';
}

/** Network interfaces of the node itself. Documents are libvirt's `<interface>`. */
export interface Interfaces {
  list(): Promise<HostInterface[]>;
  xml(name: string, options?: { inactive?: boolean }): Promise<string>;
  define(xml: string): Promise<HostInterface>;
  start(name: string): Promise<void>;
  destroy(name: string): Promise<void>;
  undefine(name: string): Promise<void>;
}
