import type { Spec, Word } from '../codec/spec.ts';
import type { PciAddress } from '../pci-address.ts';
import type { BandwidthLimits, Virtualport, Vlan } from '../switch-port-types.ts';

export type { PciAddress } from '../pci-address.ts';
export type * from '../switch-port-types.ts';

/** What a network document says, typed. A field that is missing is one that the document does not mention. */
export interface Network {
  name: string;
  /** Lower case with dashes. */
  uuid?: string;
  /** Title and description are known to libvirt 9.7 and later. */
  title?: string;
  description?: string;
  /** Interfaces that use it now; only in live documents. */
  connections?: number;
  /** Guests reach each other by IPv6 although the network has no address for that. */
  ipv6?: boolean;
  trustGuestRxFilters?: boolean;
  /** Missing: guests reach each other and the node, nothing beyond. */
  forward?: NetworkForward;
  bridge?: NetworkBridge;
  mtu?: number;
  /** Of the bridge. */
  mac?: string;
  /** The DNS domain of the guests. */
  domain?: { name: string; localOnly?: boolean };
  dns?: NetworkDns;
  vlan?: Vlan;
  bandwidth?: BandwidthLimits;
  virtualport?: Virtualport;
  /** Guests cannot reach each other. */
  isolated?: boolean;
  ips: NetworkIp[];
  routes: NetworkRoute[];
  portgroups: Portgroup[];
  /** Lines for dnsmasq's configuration, handed over as they are. */
  dnsmasqOptions: string[];
}

/** Input for building a document: the reading model with everything optional that may be left out. */
export type NetworkSpec = Spec<Network>;

export interface NetworkForward {
  mode: Word<'nat' | 'route' | 'open' | 'bridge' | 'passthrough' | 'private' | 'vepa' | 'hostdev'>;
  /** The only device of the node that traffic may leave by. */
  dev?: string;
  managed?: boolean;
  /** Devices of the node that guests get, one each or shared, by mode. */
  interfaces: { dev: string; connections?: number }[];
  /** Mode hostdev: virtual functions that guests get. */
  addresses: (PciAddress & { connections?: number })[];
  /** The physical function whose virtual functions guests get. */
  pf?: string;
  driver?: Word<'vfio' | 'kvm'>;
  nat?: Nat;
}

export interface Nat {
  ipv6?: boolean;
  /** Addresses that guests appear under. */
  address?: { start: string; end: string };
  /** Source ports that guests appear under. */
  port?: { start: number; end: number };
}

export interface NetworkBridge {
  /** Missing lets libvirt choose. */
  name?: string;
  /** firewalld's zone. */
  zone?: string;
  stp?: boolean;
  /** Seconds before a port forwards. */
  delay?: number;
  macTableManager?: Word<'kernel' | 'libvirt'>;
}

export interface NetworkDns {
  enable?: boolean;
  forwardPlainNames?: boolean;
  /** Where questions go: all, or those of one domain; without an address that domain is answered here only. */
  forwarders: { address?: string; domain?: string }[];
  txts: { name: string; value: string }[];
  srvs: NetworkSrv[];
  hosts: DnsHost[];
}

export interface NetworkSrv {
  service: string;
  protocol: Word<'tcp' | 'udp'>;
  domain?: string;
  target?: string;
  port?: number;
  priority?: number;
  weight?: number;
}

export interface DnsHost {
  ip: string;
  hostnames: string[];
}

/** One address of the node in the network, and what it serves there. */
export interface NetworkIp {
  address?: string;
  /** IPv4 only; the other way of saying the prefix. */
  netmask?: string;
  prefix?: number;
  /** Missing means ipv4. */
  family?: Word<'ipv4' | 'ipv6'>;
  /** Questions for names of these addresses are answered here only. */
  localPtr?: boolean;
  tftpRoot?: string;
  dhcp?: Dhcp;
}

export interface Dhcp {
  ranges: DhcpRange[];
  hosts: DhcpHost[];
  /** What a guest that boots by network loads, and from where. */
  bootp?: { file: string; server?: string };
}

export interface DhcpRange {
  start: string;
  end: string;
  /** Seconds; 0 never ends. */
  lease?: number;
}

/** An address kept for one guest. IPv4 knows it by MAC or name, IPv6 by DUID or name. */
export interface DhcpHost {
  mac?: string;
  /** DUID */
  id?: string;
  name?: string;
  ip?: string;
  /** Seconds; 0 never ends. */
  lease?: number;
}

export interface NetworkRoute {
  address: string;
  netmask?: string;
  prefix?: number;
  family?: Word<'ipv4' | 'ipv6'>;
  gateway: string;
  metric?: number;
}

/** Settings that a guest's interface asks for by name. */
export interface Portgroup {
  name: string;
  /** Taken by interfaces that name none. */
  default?: boolean;
  trustGuestRxFilters?: boolean;
  vlan?: Vlan;
  virtualport?: Virtualport;
  bandwidth?: BandwidthLimits;
}
