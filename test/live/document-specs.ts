import { buildDomain } from '../../drivers/xml/domain/build.ts';
import type { NetworkSpec } from '../../drivers/xml/network/types.ts';
import type { StoragePoolSpec } from '../../drivers/xml/storage/pool.ts';

/** Networks that libvirt takes on any machine. */
export const networks: NetworkSpec[] = [
  {
    name: 'office',
    forward: { mode: 'nat', nat: { port: { start: 1024, end: 65535 } } },
    bridge: { name: 'virbr77', stp: true, delay: 0 },
    mtu: 1400,
    mac: '52:54:00:11:22:33',
    domain: { name: 'office.lan', localOnly: true },
    dns: {
      forwardPlainNames: false,
      forwarders: [{ address: '9.9.9.9' }, { domain: 'corp.example', address: '10.1.0.1' }],
      txts: [{ name: 'note', value: 'a "b" <c> & d' }],
      srvs: [{ service: 'ldap', protocol: 'tcp', domain: 'office.lan', target: 'files', port: 389 }],
      hosts: [{ ip: '192.168.77.2', hostnames: ['files', 'files.office.lan'] }],
    },
    ips: [
      {
        address: '192.168.77.1',
        netmask: '255.255.255.0',
        dhcp: {
          ranges: [{ start: '192.168.77.100', end: '192.168.77.200', lease: 3600 }],
          hosts: [
            { mac: '52:54:00:00:00:01', name: 'printer', ip: '192.168.77.20', lease: 0 },
            { mac: '52:54:00:00:00:02', ip: '192.168.77.21' },
          ],
          bootp: { file: 'pxelinux.0' },
        },
      },
      { family: 'ipv6', address: 'fd00:77::1', prefix: 64 },
    ],
    routes: [{ address: '192.168.222.0', prefix: 24, gateway: '192.168.77.2' }],
    portgroups: [{ name: 'staff', default: true, bandwidth: { inbound: { average: 1000 } } }],
    dnsmasqOptions: ['no-hosts'],
  },
  { name: 'alone', bridge: { name: 'virbr78' }, isolated: true, ips: [{ address: '10.78.0.1', prefix: 24 }] },
  {
    name: 'slow',
    forward: { mode: 'route', dev: 'eth0' },
    bandwidth: { inbound: { average: 1000, peak: 5000, burst: 5120 }, outbound: { average: 128 } },
    ips: [{ address: '10.79.0.1', prefix: 24 }],
  },
  { name: 'given', forward: { mode: 'bridge' }, bridge: { name: 'br0' } },
  {
    name: 'tagged',
    forward: { mode: 'bridge' },
    bridge: { name: 'ovsbr0' },
    virtualport: { type: 'openvswitch' },
    portgroups: [
      { name: 'trunk', vlan: { trunk: true, tags: [{ id: 1 }, { id: 42, nativeMode: 'untagged' }] } },
    ],
  },
];

const host = { hosts: [{ name: 'server.example' }] };
/** Pools of the types that can be defined without what they stand on. */
export const pools: StoragePoolSpec[] = [
  {
    type: 'fs',
    name: 'p-fs',
    source: { devices: [{ path: '/dev/vdz1' }], format: 'ext4' },
    target: { path: '/p1' },
  },
  {
    type: 'netfs',
    name: 'p-netfs',
    source: { ...host, dir: '/exports', format: 'nfs', protocolVersion: '4' },
    target: { path: '/p2', permissions: { mode: 0o750, owner: 0, group: 0 } },
    mountOptions: ['nodev'],
  },
  { type: 'logical', name: 'vg0', source: { name: 'vg0', format: 'lvm2', devices: [{ path: '/dev/vdz2' }] } },
  {
    type: 'disk',
    name: 'p-disk',
    source: { devices: [{ path: '/dev/vdz' }], format: 'gpt' },
    target: { path: '/dev' },
  },
  {
    type: 'iscsi',
    name: 'p-iscsi',
    source: {
      ...host,
      devices: [{ path: 'iqn.2013-06.com.example:pool' }],
      initiator: 'iqn.2013-06.com.example:us',
      auth: { type: 'chap', username: 'me', secretUsage: 'it' },
    },
    target: { path: '/dev/disk/by-path' },
  },
  {
    type: 'scsi',
    name: 'p-scsi',
    source: { adapter: { type: 'scsi_host', name: 'host0' } },
    target: { path: '/dev/disk/by-path' },
  },
  { type: 'mpath', name: 'p-mpath', target: { path: '/dev/mapper' } },
  {
    type: 'rbd',
    name: 'p-rbd',
    source: {
      name: 'rbd',
      hosts: [{ name: 'mon1', port: 6789 }, { name: 'mon2' }],
      auth: { type: 'ceph', username: 'admin', secretUuid: '2ec115d7-3a88-3ceb-bc12-0ac909a6fd87' },
    },
    refreshAllocation: 'capacity',
  },
];

/** A guest that is never started. */
export const guestDocument = (name: string, image: string): string =>
  buildDomain({
    type: 'qemu',
    name,
    memory: 32 * 1024 ** 2,
    vcpu: { count: 1 },
    os: { type: 'hvm', arch: 'x86_64', machine: 'q35' },
    devices: {
      disks: [
        {
          type: 'file',
          device: 'disk',
          driver: { name: 'qemu', type: 'qcow2' },
          source: { file: image },
          target: { dev: 'vda', bus: 'virtio' },
        },
        { type: 'file', device: 'cdrom', target: { dev: 'sda', bus: 'sata' }, readonly: true },
      ],
      graphics: [
        { type: 'vnc', port: -1, autoport: true, listens: [{ type: 'address', address: '127.0.0.1' }] },
      ],
      serials: [{ type: 'pty' }],
      channels: [{ type: 'unix', target: { type: 'virtio', name: 'org.qemu.guest_agent.0' } }],
    },
  });
