import fc from 'fast-check';
import type { Spec } from '../../../drivers/xml/codec/spec.ts';
import type { DhcpHost, NetworkSpec } from '../../../drivers/xml/network/types.ts';
import { sometimes, yes } from './spec-parts.ts';

export const mac = fc
  .uint8Array({ minLength: 5, maxLength: 5 })
  .map((bytes) => ['52', ...[...bytes].map((byte) => byte.toString(16).padStart(2, '0'))].join(':'));
const ipv4 = fc
  .tuple(fc.nat(255), fc.nat(255))
  .map(([third, fourth]) => `10.0.${String(third)}.${String(fourth)}`);
const ipv6 = fc.nat(0xffff).map((last) => `fd00:1::${last.toString(16)}`);
const anyIp = fc.oneof(ipv4, ipv6);
const dnsName = fc.constantFrom('example.org', 'a', 'lab-1.internal');
export const deviceName = fc.constantFrom('eth0', 'virbr7', 'enp1s0f0', 'br-lan.42');
const speed = fc.integer({ min: 1, max: 100_000 });
const rates = sometimes({ average: speed, peak: speed, burst: speed }, ['average']);
const bandwidth = sometimes({ inbound: rates, outbound: rates });
const vlan = fc.constantFrom(
  { tags: [{ id: 42 }] },
  { trunk: true, tags: [{ id: 1 }, { id: 4095, nativeMode: 'untagged' }] },
);
const virtualport = fc.constantFrom(
  { type: 'openvswitch' },
  { type: 'openvswitch', parameters: { interfaceid: '09b11c53-8b5c-4eeb-8f00-d84eaa0aaa4f' } },
  { type: '802.1Qbh', parameters: { profileid: 'finance' } },
  { type: '802.1Qbg', parameters: { managerid: '11', typeid: '1193047', typeidversion: '2' } },
);
const lease = fc.constantFrom(0, 120, 150, 3600, 86_400);
const pci = fc.record({
  domain: fc.constantFrom(0, 1),
  bus: fc.nat(255),
  slot: fc.nat(31),
  function: fc.nat(7),
});

const bridge = sometimes({
  name: deviceName,
  zone: fc.constantFrom('public', 'lab_1'),
  stp: yes,
  delay: fc.nat(30),
  macTableManager: fc.constantFrom('kernel', 'libvirt'),
});

const nat = sometimes({
  ipv6: yes,
  address: fc.record({ start: ipv4, end: ipv4 }),
  port: fc.record({ start: fc.integer({ min: 1, max: 65535 }), end: fc.integer({ min: 1, max: 65535 }) }),
});

const forward = fc.oneof(
  sometimes({ mode: fc.constant('nat'), dev: deviceName, nat }, ['mode']),
  sometimes({ mode: fc.constantFrom('route', 'open', 'bridge'), dev: deviceName }, ['mode']),
  sometimes(
    {
      mode: fc.constantFrom('bridge', 'private', 'vepa', 'passthrough'),
      interfaces: fc.array(fc.record({ dev: deviceName }), { maxLength: 3 }),
    },
    ['mode'],
  ),
  sometimes(
    {
      mode: fc.constant('hostdev'),
      managed: yes,
      driver: fc.constant('vfio'),
      addresses: fc.array(pci, { maxLength: 3 }),
    },
    ['mode'],
  ),
  sometimes({ mode: fc.constantFrom('hostdev', 'passthrough'), pf: deviceName }, ['mode']),
);

const dns = sometimes({
  enable: yes,
  forwardPlainNames: yes,
  forwarders: fc.array(sometimes({ address: anyIp, domain: dnsName }), { maxLength: 2 }),
  txts: fc.array(fc.record({ name: dnsName, value: fc.constantFrom('v=spf1 -all', 'a "b" <c> & d') }), {
    maxLength: 2,
  }),
  srvs: fc.array(
    sometimes(
      {
        service: fc.constantFrom('ldap', 'kerberos'),
        protocol: fc.constantFrom('tcp', 'udp'),
        domain: dnsName,
        target: dnsName,
        port: fc.nat(65535),
        priority: fc.nat(10),
        weight: fc.nat(10),
      },
      ['service', 'protocol'],
    ),
    { maxLength: 2 },
  ),
  hosts: fc.array(fc.record({ ip: anyIp, hostnames: fc.array(dnsName, { minLength: 1, maxLength: 3 }) }), {
    maxLength: 2,
  }),
});

const kept4 = sometimes({ mac, name: dnsName, ip: ipv4, lease }, ['mac', 'ip']);
const kept6 = sometimes(
  { id: fc.constant('00:03:00:01:52:54:00:aa:bb:cc'), name: dnsName, ip: ipv6, lease },
  ['name', 'ip'],
);
const dhcp = (address: fc.Arbitrary<string>, host: typeof kept4 | typeof kept6) =>
  sometimes({
    ranges: fc.array(sometimes({ start: address, end: address, lease }, ['start', 'end']), { maxLength: 2 }),
    hosts: fc.array<Spec<DhcpHost>>(host, { maxLength: 3 }),
    bootp: sometimes({ file: fc.constantFrom('/pxelinux.0', 'http://x/a?b&c'), server: dnsName }, ['file']),
  });

const ip = fc.oneof(
  sometimes(
    {
      address: ipv4,
      netmask: fc.constantFrom('255.255.255.0', '255.255.0.0'),
      family: fc.constant('ipv4'),
      localPtr: yes,
      tftpRoot: fc.constantFrom('/srv/tftp', '/srv/a & b'),
      dhcp: dhcp(ipv4, kept4),
    },
    ['address'],
  ),
  sometimes({ address: ipv4, prefix: fc.integer({ min: 8, max: 30 }) }, ['address', 'prefix']),
  sometimes(
    { address: ipv6, family: fc.constant('ipv6'), prefix: fc.constant(64), dhcp: dhcp(ipv6, kept6) },
    ['address', 'family', 'prefix'],
  ),
);

const route = fc.oneof(
  sometimes(
    { address: ipv4, prefix: fc.constant(24), gateway: ipv4, metric: fc.integer({ min: 1, max: 9 }) },
    ['address', 'prefix', 'gateway'],
  ),
  fc.record({ family: fc.constant('ipv6'), address: ipv6, prefix: fc.constant(64), gateway: ipv6 }),
);

/** Networks that libvirt's schema accepts, of every shape that we build. */
export const networkSpec: fc.Arbitrary<NetworkSpec> = sometimes(
  {
    name: fc.constantFrom('default', 'Büro & Labor', 'net-1'),
    uuid: fc.uuid(),
    ipv6: yes,
    trustGuestRxFilters: yes,
    forward,
    bridge,
    mtu: fc.integer({ min: 576, max: 9000 }),
    mac,
    domain: sometimes({ name: dnsName, localOnly: yes }, ['name']),
    dns,
    vlan,
    bandwidth,
    virtualport,
    isolated: yes,
    ips: fc.array(ip, { maxLength: 3 }),
    routes: fc.array(route, { maxLength: 2 }),
    portgroups: fc.uniqueArray(
      sometimes(
        {
          name: fc.constantFrom('sales', 'engineering', 'x'),
          default: yes,
          trustGuestRxFilters: yes,
          vlan,
          virtualport,
          bandwidth,
        },
        ['name'],
      ),
      { maxLength: 3, selector: ({ name }) => name },
    ),
    dnsmasqOptions: fc.array(fc.constantFrom('dhcp-option=42,10.0.0.1', 'no-hosts'), { maxLength: 2 }),
  },
  ['name'],
);
