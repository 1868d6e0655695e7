import { hostInterface } from '../xml/host-interface.ts';
import { nodeDevice, type NodeDeviceSpec } from '../xml/node-device/node-device.ts';
import type { ObjectSeed } from './named-objects.ts';
import { poolXml, type PoolSeed } from './storage.ts';
import { networkXml } from './virtual-networks.ts';

const gib = 1024 ** 3;

export const images = '/var/lib/libvirt/images';

export const showcasePools: readonly PoolSeed[] = [
  { xml: poolXml('default', images), capacity: 2000 * gib, autostart: true },
  { xml: poolXml('media', '/srv/media'), capacity: 200 * gib, autostart: true },
  {
    xml: poolXml('backup', '/srv/backup', 'netfs', {
      hosts: [{ name: 'nas.example.org' }],
      dir: '/export/backup',
      format: 'nfs',
    }),
    capacity: 8000 * gib,
    active: false,
  },
  {
    xml: poolXml('fast', '/dev/fast', 'logical', {
      devices: [{ path: '/dev/nvme1n1' }],
      name: 'fast',
      format: 'lvm2',
    }),
    capacity: 1000 * gib,
    autostart: true,
  },
];

/** The network that every libvirt is installed with. */
const natNetwork = networkXml({
  name: 'default',
  forward: { mode: 'nat', nat: { port: { start: 1024, end: 65535 } } },
  bridge: { name: 'virbr0', stp: true, delay: 0 },
  mac: '52:54:00:0a:cd:21',
  ips: [
    {
      address: '192.168.122.1',
      netmask: '255.255.255.0',
      dhcp: { ranges: [{ start: '192.168.122.2', end: '192.168.122.254' }] },
    },
  ],
});

export const showcaseNetworks: readonly ObjectSeed[] = [
  { xml: natNetwork, autostart: true },
  {
    xml: networkXml({ name: 'office', forward: { mode: 'bridge' }, bridge: { name: 'br0' } }),
    autostart: true,
  },
  {
    xml: networkXml({
      name: 'lab',
      bridge: { name: 'virbr1', stp: true, delay: 0 },
      domain: { name: 'lab.example.org', localOnly: true },
      dns: { hosts: [{ ip: '10.20.0.5', hostnames: ['mirror.lab.example.org'] }] },
      ips: [
        {
          address: '10.20.0.1',
          prefix: 24,
          dhcp: {
            ranges: [{ start: '10.20.0.100', end: '10.20.0.199' }],
            hosts: [{ mac: '52:54:00:20:00:05', name: 'mirror', ip: '10.20.0.5' }],
          },
        },
        { family: 'ipv6', address: 'fd00:20::1', prefix: 64 },
      ],
    }),
  },
  {
    xml: networkXml({
      name: 'branch',
      forward: { mode: 'route', dev: 'enp6s0' },
      bridge: { name: 'virbr2', stp: true, delay: 0 },
      ips: [{ address: '10.30.0.1', prefix: 24 }],
    }),
    active: false,
  },
];

export const showcaseInterfaces: readonly string[] = [
  hostInterface.build({
    type: 'bridge',
    name: 'br0',
    startMode: 'onboot',
    protocols: [{ family: 'ipv4', ips: [{ address: '192.0.2.10', prefix: 24 }], gateway: '192.0.2.1' }],
    bridge: {
      stp: false,
      interfaces: [{ type: 'ethernet', name: 'enp5s0', mac: '3c:7c:3f:10:20:30' }],
    },
  }),
  hostInterface.build({
    type: 'ethernet',
    name: 'enp6s0',
    startMode: 'onboot',
    mac: '3c:7c:3f:10:20:31',
    protocols: [{ family: 'ipv4', dhcp: {} }],
  }),
  hostInterface.build({
    type: 'vlan',
    name: 'enp6s0.20',
    startMode: 'onboot',
    vlan: { tag: 20, interface: 'enp6s0' },
  }),
];

const devices: readonly NodeDeviceSpec[] = [
  {
    name: 'computer',
    system: {
      product: 'Showcase',
      hardware: { vendor: 'Made-up machines', version: '1', uuid: '4a1b7c2e-92d0-4c5b-8a77-0d8f3e6b1c01' },
      firmware: { vendor: 'Made-up firmware', version: '2.4', releaseDate: '01/15/2025' },
    },
  },
  {
    name: 'pci_0000_01_00_0',
    parent: 'computer',
    driver: 'nvidia',
    pci: {
      class: 0x030000,
      domain: 0,
      bus: 1,
      slot: 0,
      function: 0,
      product: { id: 0x25b6, name: 'GA107GL [A2 / A16]' },
      vendor: { id: 0x10de, name: 'NVIDIA Corporation' },
      mdevTypes: {
        types: [
          { id: 'nvidia-742', name: 'NVIDIA A2-4Q', deviceApi: 'vfio-pci', availableInstances: 4 },
          { id: 'nvidia-744', name: 'NVIDIA A2-8Q', deviceApi: 'vfio-pci', availableInstances: 2 },
        ],
      },
      iommuGroup: { number: 14, addresses: [{ domain: 0, bus: 1, slot: 0, function: 0 }] },
    },
  },
  {
    name: 'pci_0000_05_00_0',
    parent: 'computer',
    driver: 'igb',
    pci: {
      class: 0x020000,
      domain: 0,
      bus: 5,
      slot: 0,
      function: 0,
      product: { id: 0x1533, name: 'I210 Gigabit Network Connection' },
      vendor: { id: 0x8086, name: 'Intel Corporation' },
      iommuGroup: { number: 21, addresses: [{ domain: 0, bus: 5, slot: 0, function: 0 }] },
    },
  },
  {
    name: 'net_enp5s0_3c_7c_3f_10_20_30',
    parent: 'pci_0000_05_00_0',
    net: {
      interface: 'enp5s0',
      address: '3c:7c:3f:10:20:30',
      link: { speed: 1000, state: 'up' },
      ethernet: true,
    },
  },
  {
    name: 'pci_0000_02_00_0',
    parent: 'computer',
    driver: 'nvme',
    pci: {
      class: 0x010802,
      domain: 0,
      bus: 2,
      slot: 0,
      function: 0,
      product: { id: 0xa80a, name: 'NVMe SSD Controller PM9A1' },
      vendor: { id: 0x144d, name: 'Samsung Electronics Co Ltd' },
      iommuGroup: { number: 16, addresses: [{ domain: 0, bus: 2, slot: 0, function: 0 }] },
    },
  },
  {
    name: 'block_nvme0n1',
    parent: 'pci_0000_02_00_0',
    storage: {
      block: '/dev/nvme0n1',
      driveType: 'disk',
      model: 'PM9A1',
      vendor: 'Samsung',
      size: 1000 * gib,
      logicalBlockSize: 512,
      blocks: 2000 * 1024 ** 2,
    },
  },
  {
    name: 'usb_1_2',
    parent: 'computer',
    driver: 'usb',
    usbDevice: {
      bus: 1,
      device: 4,
      product: { id: 0x5583, name: 'Ultra Fit' },
      vendor: { id: 0x0781, name: 'SanDisk Corp.' },
    },
  },
  {
    name: 'usb_1_3',
    parent: 'computer',
    driver: 'usb',
    usbDevice: {
      bus: 1,
      device: 5,
      product: { id: 0x0407, name: 'Yubikey 4/5 OTP+U2F+CCID' },
      vendor: { id: 0x1050, name: 'Yubico.com' },
    },
  },
];

export const showcaseDevices: readonly string[] = devices.map((device) => nodeDevice.build(device));
