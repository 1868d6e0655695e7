import type { Address, Rom, VirtioDriver } from './address-types.ts';
import type { Word } from '../codec/spec.ts';
import type { BandwidthLimits, Virtualport, Vlan } from '../switch-port-types.ts';

export type * from '../switch-port-types.ts';

export interface Interface {
  type: Word<
    | 'network'
    | 'bridge'
    | 'user'
    | 'ethernet'
    | 'direct'
    | 'hostdev'
    | 'internal'
    | 'udp'
    | 'mcast'
    | 'server'
    | 'client'
    | 'vhostuser'
    | 'vdpa'
    | 'null'
  >;
  managed?: boolean;
  mac?: string;
  source?: InterfaceSource;
  /** Addresses that the guest gets. */
  ips: InterfaceIp[];
  model?: Word<
    'virtio' | 'e1000' | 'e1000e' | 'rtl8139' | 'ne2k_pci' | 'pcnet' | 'vmxnet3' | 'netfront' | 'igb'
  >;
  driver?: InterfaceDriver;
  /** The device on the node's side: a tap's name. */
  target?: { dev?: string; managed?: boolean };
  /** The name inside a container. */
  guest?: { dev?: string; actual?: string };
  script?: string;
  linkState?: Word<'up' | 'down'>;
  mtu?: number;
  bandwidth?: BandwidthLimits;
  virtualport?: Virtualport;
  vlan?: Vlan;
  filterref?: { filter: string; parameters: { name: string; value: string }[] };
  /** Ports of the node that lead to the guest (type user). */
  portForwards: PortForward[];
  backend?: InterfaceBackend;
  rom?: Rom;
  /** Guests on the bridge cannot reach each other. */
  isolated?: boolean;
  /** 1 is tried first. */
  bootOrder?: number;
  alias?: string;
  address?: Address;
}

/** Which fields are there follows the interface's type. */
export interface InterfaceSource {
  network?: string;
  portgroup?: string;
  portid?: string;
  bridge?: string;
  /** Device on the node: direct, vdpa, and user with backend passt. */
  dev?: string;
  /** direct: vepa, bridge, private, passthrough. vhostuser: server, client. */
  mode?: string;
  /** vhostuser: unix. */
  type?: string;
  path?: string;
  name?: string;
  /** udp, mcast, server, client. */
  address?: string;
  port?: number;
  /** udp: where packets come in. */
  local?: { address?: string; port?: number };
  /** hostdev: the device's own address. */
  pciAddress?: Address;
}

export interface InterfaceIp {
  address: string;
  family?: Word<'ipv4' | 'ipv6'>;
  prefix?: number;
  peer?: string;
}

export interface InterfaceDriver extends VirtioDriver {
  name?: Word<'vhost' | 'qemu' | 'vfio' | 'kvm' | 'xen'>;
  txmode?: Word<'iothread' | 'timer'>;
  ioeventfd?: boolean;
  eventIdx?: boolean;
  queues?: number;
  rxQueueSize?: number;
  txQueueSize?: number;
}

export interface InterfaceBackend {
  type?: Word<'default' | 'passt' | 'vhost'>;
  logFile?: string;
  tap?: string;
  vhost?: string;
}

export interface PortForward {
  proto: Word<'tcp' | 'udp'>;
  /** Address on the node to listen on; missing means all. */
  address?: string;
  dev?: string;
  ranges: PortRange[];
}

export interface PortRange {
  /** First port on the node. */
  start: number;
  /** Last port on the node; missing means one port. */
  end?: number;
  /** First port inside the guest; missing means the same. */
  to?: number;
  /** These ports are not forwarded. */
  exclude?: boolean;
}
