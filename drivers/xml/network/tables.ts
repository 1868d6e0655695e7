import { or, required, value, values } from '../codec/fields.ts';
import { seconds } from '../codec/durations.ts';
import { count, filled, integer, onOff, portNumber, text, uuid, yesNo } from '../codec/scalars.ts';
import { child, list, struct, type Part, type Struct } from '../codec/structs.ts';
import { documentKind } from '../kind.ts';
import { pciAddressFields } from '../pci-address.ts';
import { bandwidthLimits, virtualport, vlan } from '../switch-port.ts';
import type {
  Dhcp,
  DhcpHost,
  DhcpRange,
  DnsHost,
  Nat,
  Network,
  NetworkBridge,
  NetworkDns,
  NetworkForward,
  NetworkIp,
  NetworkRoute,
  NetworkSrv,
  Portgroup,
} from './types.ts';

const nat = struct<Nat>({
  ipv6: value('@ipv6', yesNo),
  address: child(
    'address',
    struct<Part<Nat, 'address'>>({
      start: required(value('@start', text), 'start'),
      end: required(value('@end', text), 'end'),
    }),
  ),
  port: child(
    'port',
    struct<Part<Nat, 'port'>>({
      start: required(value('@start', portNumber), 'start'),
      end: required(value('@end', portNumber), 'end'),
    }),
  ),
});

/** The schema wants the type said, libvirt knows but one. */
const forwardAddress: Struct<NetworkForward['addresses'][number]> = (() => {
  const inner = struct<NetworkForward['addresses'][number]>({
    ...pciAddressFields,
    connections: value('@connections', count),
  });
  return {
    ...inner,
    write(at, spec) {
      at.setAttribute('type', 'pci');
      inner.write(at, spec);
    },
  };
})();

export const forwardInterface = struct<NetworkForward['interfaces'][number]>({
  dev: required(value('@dev', text), 'dev'),
  connections: value('@connections', count),
});

const forward = struct<NetworkForward>({
  mode: or(value('@mode', text), 'nat'),
  dev: value('@dev', text),
  managed: value('@managed', yesNo),
  driver: value('driver@name', text),
  pf: value('pf@dev', text),
  interfaces: list('interface', forwardInterface),
  addresses: list('address', forwardAddress),
  nat: child('nat', nat),
});

const bridge = struct<NetworkBridge>({
  name: value('@name', text),
  zone: value('@zone', text),
  stp: value('@stp', onOff),
  delay: value('@delay', count),
  macTableManager: value('@macTableManager', text),
});

export const dnsSrv = struct<NetworkSrv>({
  service: required(value('@service', text), 'service'),
  protocol: required(value('@protocol', text), 'protocol'),
  domain: value('@domain', text),
  target: value('@target', text),
  port: value('@port', portNumber),
  priority: value('@priority', portNumber),
  weight: value('@weight', portNumber),
});

export const dnsTxt = struct<NetworkDns['txts'][number]>({
  name: required(value('@name', text), 'name'),
  value: required(value('@value', text), 'value'),
});

export const dnsHost = struct<DnsHost>({
  ip: required(value('@ip', text), 'ip'),
  hostnames: values('hostname', filled),
});

const dns = struct<NetworkDns>({
  enable: value('@enable', yesNo),
  forwardPlainNames: value('@forwardPlainNames', yesNo),
  forwarders: list(
    'forwarder',
    struct<NetworkDns['forwarders'][number]>({
      domain: value('@domain', text),
      address: value('@addr', text),
    }),
  ),
  txts: list('txt', dnsTxt),
  srvs: list('srv', dnsSrv),
  hosts: list('host', dnsHost),
});

export const dhcpRange = struct<DhcpRange>({
  start: required(value('@start', text), 'start'),
  end: required(value('@end', text), 'end'),
  lease: seconds('lease@expiry', 'minutes'),
});

export const dhcpHost = struct<DhcpHost>({
  mac: value('@mac', text),
  id: value('@id', text),
  name: value('@name', text),
  ip: value('@ip', text),
  lease: seconds('lease@expiry', 'minutes'),
});

const dhcp = struct<Dhcp>({
  ranges: list('range', dhcpRange),
  hosts: list('host', dhcpHost),
  bootp: child(
    'bootp',
    struct<Part<Dhcp, 'bootp'>>({
      file: required(value('@file', text), 'file'),
      server: value('@server', text),
    }),
  ),
});

const prefix = value('@prefix', integer(0, 128));

const ip = struct<NetworkIp>({
  family: value('@family', text),
  address: value('@address', text),
  netmask: value('@netmask', text),
  prefix,
  localPtr: value('@localPtr', yesNo),
  tftpRoot: value('tftp@root', text),
  dhcp: child('dhcp', dhcp),
});

const route = struct<NetworkRoute>({
  family: value('@family', text),
  address: required(value('@address', text), 'address'),
  netmask: value('@netmask', text),
  prefix,
  gateway: required(value('@gateway', text), 'gateway'),
  metric: value('@metric', count),
});

export const portgroup = struct<Portgroup>({
  name: required(value('@name', text), 'name'),
  default: value('@default', yesNo),
  trustGuestRxFilters: value('@trustGuestRxFilters', yesNo),
  vlan: child('vlan', vlan),
  virtualport: child('virtualport', virtualport),
  bandwidth: child('bandwidth', bandwidthLimits),
});

export const network = documentKind(
  'network',
  struct<Network>({
    connections: value('@connections', count),
    ipv6: value('@ipv6', yesNo),
    trustGuestRxFilters: value('@trustGuestRxFilters', yesNo),
    name: required(value('name', filled), 'name'),
    uuid: value('uuid', uuid),
    title: value('title', text),
    description: value('description', text),
    forward: child('forward', forward),
    bridge: child('bridge', bridge),
    mtu: value('mtu@size', integer(0, 65535)),
    mac: value('mac@address', text),
    domain: child(
      'domain',
      struct<Part<Network, 'domain'>>({
        name: required(value('@name', text), 'name'),
        localOnly: value('@localOnly', yesNo),
      }),
    ),
    dns: child('dns', dns),
    vlan: child('vlan', vlan),
    bandwidth: child('bandwidth', bandwidthLimits),
    isolated: value('port@isolated', yesNo),
    ips: list('ip', ip),
    routes: list('route', route),
    virtualport: child('virtualport', virtualport),
    portgroups: list('portgroup', portgroup),
    dnsmasqOptions: values('dnsmasq:options/dnsmasq:option@value', text),
  }),
);
