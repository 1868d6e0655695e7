import { flag, required, value } from './codec/fields.ts';
import { count, integer, onOff, text, yesNo } from './codec/scalars.ts';
import type { Spec, Word } from './codec/spec.ts';
import { child, list, struct, type Part, type Struct } from './codec/structs.ts';
import { documentKind } from './kind.ts';

/** What the document of an interface of the node itself says. */
export interface HostInterface {
  type: Word<'ethernet' | 'bridge' | 'bond' | 'vlan'>;
  /** Missing only for a vlan, which is called after its device and tag. */
  name?: string;
  startMode?: Word<'onboot' | 'none' | 'hotplug'>;
  mac?: string;
  /** Speed in Mbit/s. */
  link?: { speed?: number; state?: Word<'up' | 'down' | 'unknown'> };
  mtu?: number;
  protocols: InterfaceProtocol[];
  bridge?: HostBridge;
  bond?: HostBond;
  vlan?: HostVlan;
}
export type HostInterfaceSpec = Spec<HostInterface>;

export interface InterfaceProtocol {
  family: Word<'ipv4' | 'ipv6'>;
  /** ipv6 */
  autoconf: boolean;
  dhcp?: { peerDns?: boolean };
  ips: { address: string; prefix?: number }[];
  gateway?: string;
}

export interface HostBridge {
  stp?: boolean;
  /** Seconds before a port forwards; may have a fraction. */
  delay?: string;
  interfaces: HostInterface[];
}

export interface HostBond {
  mode?: Word<
    'balance-rr' | 'active-backup' | 'balance-xor' | 'broadcast' | '802.3ad' | 'balance-tlb' | 'balance-alb'
  >;
  /** How links are watched: by their state (times in ms), or by asking an address. */
  miimon?: { freq: number; downDelay?: number; upDelay?: number; carrier?: Word<'ioctl' | 'netif'> };
  arpmon?: { interval: number; target: string; validate?: Word<'none' | 'active' | 'backup' | 'all'> };
  interfaces: HostInterface[];
}

export interface HostVlan {
  tag: number;
  /** The device below. */
  interface: string;
}

const protocol = struct<InterfaceProtocol>({
  family: required(value('@family', text), 'family'),
  autoconf: flag('autoconf'),
  dhcp: child('dhcp', struct<Part<InterfaceProtocol, 'dhcp'>>({ peerDns: value('@peerdns', yesNo) })),
  ips: list(
    'ip',
    struct<InterfaceProtocol['ips'][number]>({
      address: required(value('@address', text), 'address'),
      prefix: value('@prefix', integer(0, 128)),
    }),
  ),
  gateway: value('route@gateway', text),
});

const bridge = struct<HostBridge>({
  stp: value('@stp', onOff),
  delay: value('@delay', text),
  interfaces: list('interface', () => hostInterfaceModel),
});

const bond = struct<HostBond>({
  mode: value('@mode', text),
  miimon: child(
    'miimon',
    struct<Part<HostBond, 'miimon'>>({
      freq: required(value('@freq', count), 'freq'),
      downDelay: value('@downdelay', count),
      upDelay: value('@updelay', count),
      carrier: value('@carrier', text),
    }),
  ),
  arpmon: child(
    'arpmon',
    struct<Part<HostBond, 'arpmon'>>({
      interval: required(value('@interval', count), 'interval'),
      target: required(value('@target', text), 'target'),
      validate: value('@validate', text),
    }),
  ),
  interfaces: list('interface', () => hostInterfaceModel),
});

const vlan = struct<HostVlan>({
  tag: required(value('@tag', integer(0, 4095)), 'tag'),
  interface: required(value('interface@name', text), 'interface'),
});

const hostInterfaceModel: Struct<HostInterface> = struct<HostInterface>({
  type: required(value('@type', text), 'type'),
  name: value('@name', text),
  startMode: value('start@mode', text),
  mac: value('mac@address', text),
  link: child(
    'link',
    struct<Part<HostInterface, 'link'>>({ speed: value('@speed', count), state: value('@state', text) }),
  ),
  mtu: value('mtu@size', count),
  protocols: list('protocol', protocol),
  bridge: child('bridge', bridge),
  bond: child('bond', bond),
  vlan: child('vlan', vlan),
});

export const hostInterface = documentKind('interface', hostInterfaceModel);
