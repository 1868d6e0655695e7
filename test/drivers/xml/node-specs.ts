import fc from 'fast-check';
import type { HostInterfaceSpec } from '../../../drivers/xml/host-interface.ts';
import type { NodeDeviceSpec } from '../../../drivers/xml/node-device/types.ts';
import type { NwFilter } from '../../../drivers/xml/nwfilter.ts';
import type { SecretSpec } from '../../../drivers/xml/secret.ts';
import { deviceName, mac } from './network-specs.ts';
import { sometimes, yes } from './spec-parts.ts';

const words = fc.constantFrom('ACME', 'a <b> & "c"', 'Größe');

/** Secrets that libvirt's schema accepts. */
export const secretSpec: fc.Arbitrary<SecretSpec> = sometimes({
  ephemeral: yes,
  private: yes,
  uuid: fc.uuid(),
  description: words,
  usage: fc.constantFrom(
    { type: 'volume', volume: '/images/a & b.luks' },
    { type: 'ceph', name: 'client.admin secret' },
    { type: 'iscsi', target: 'libvirtiscsi' },
    { type: 'tls', name: 'TLS_example' },
    { type: 'vtpm', name: 'vtpm_example' },
  ),
});

/** Filters that libvirt's schema accepts. */
export const nwFilterSpec: fc.Arbitrary<NwFilter> = sometimes(
  {
    name: fc.constantFrom('clean-traffic', 'no-arp'),
    chain: fc.constantFrom('root', 'arp-xyz'),
    priority: fc.integer({ min: -1000, max: 1000 }),
    uuid: fc.uuid(),
  },
  ['name'],
);

const startMode = fc.constantFrom('onboot', 'none', 'hotplug');
const link = sometimes({
  speed: fc.constantFrom(100, 1000),
  state: fc.constantFrom('up', 'down', 'unknown'),
});
const protocol4 = sometimes(
  {
    family: fc.constant('ipv4'),
    dhcp: fc.constantFrom({}, { peerDns: true }, { peerDns: false }),
    ips: fc.array(sometimes({ address: fc.constant('192.168.0.5'), prefix: fc.nat(32) }, ['address']), {
      maxLength: 2,
    }),
    gateway: fc.constant('192.168.0.1'),
  },
  ['family'],
);
const protocol6 = sometimes(
  {
    family: fc.constant('ipv6'),
    autoconf: yes,
    dhcp: fc.constant({}),
    ips: fc.array(sometimes({ address: fc.constant('2001:db8::5'), prefix: fc.nat(128) }, ['address']), {
      maxLength: 2,
    }),
    gateway: fc.constant('2001:db8::1'),
  },
  ['family'],
);
const outer = {
  startMode,
  mtu: fc.integer({ min: 576, max: 9000 }),
  protocols: fc.oneof(
    protocol4.map((one) => [one]),
    protocol6.map((one) => [one]),
    fc.tuple(protocol6, protocol4).map(([six, four]) => [six, four]),
  ),
};
const ethernet = { type: fc.constant('ethernet'), name: deviceName, mac, link };
const bareEthernet = sometimes(ethernet, ['type', 'name']);
const vlan = {
  type: fc.constant('vlan'),
  name: fc.constant('eth0.42'),
  vlan: fc.record({ tag: fc.nat(4095), interface: deviceName }),
};
const bond = {
  type: fc.constant('bond'),
  name: fc.constant('bond0'),
  bond: sometimes(
    {
      mode: fc.constantFrom('balance-rr', 'active-backup', '802.3ad'),
      interfaces: fc.array(bareEthernet, { minLength: 1, maxLength: 2 }),
      miimon: sometimes(
        { freq: fc.nat(200), downDelay: fc.nat(9), upDelay: fc.nat(9), carrier: fc.constant('netif') },
        ['freq'],
      ),
    },
    ['interfaces'],
  ),
};
const arpBond = fc.record({
  type: fc.constant('bond'),
  name: fc.constant('bond1'),
  bond: fc.record({
    arpmon: fc.constant({ interval: 100, target: '192.168.50.1', validate: 'active' }),
    interfaces: fc.array(bareEthernet, { minLength: 1, maxLength: 2 }),
  }),
});

/** Interfaces of the node that libvirt's schema accepts, of every type. */
export const hostInterfaceSpec: fc.Arbitrary<HostInterfaceSpec> = fc.oneof(
  sometimes({ ...outer, ...ethernet }, ['type', 'name']),
  sometimes({ ...outer, ...vlan }, ['type', 'vlan']),
  sometimes({ ...outer, ...bond }, ['type', 'name', 'bond']),
  arpBond,
  sometimes(
    {
      ...outer,
      type: fc.constant('bridge'),
      name: fc.constant('br0'),
      bridge: sometimes({
        stp: yes,
        delay: fc.constantFrom('0', '1.50'),
        interfaces: fc.array(
          fc.oneof<fc.Arbitrary<HostInterfaceSpec>[]>(
            bareEthernet,
            sometimes(vlan, ['type', 'vlan']),
            sometimes(bond, ['type', 'name', 'bond']),
          ),
          { maxLength: 3 },
        ),
      }),
    },
    ['type', 'name', 'bridge'],
  ),
);

const pciAddress = fc.record({
  domain: fc.nat(1),
  bus: fc.nat(255),
  slot: fc.nat(31),
  function: fc.nat(7),
});
const deviceId = sometimes({ id: fc.nat(0xffff), name: fc.constantFrom('82576 NIC', 'a & b') }, ['id']);
const mdevTypes = fc.record({
  types: fc.array(
    sometimes(
      {
        id: fc.constantFrom('nvidia-11', 'i915-GVTg_V5_4'),
        name: fc.constant('GRID M60-0B'),
        deviceApi: fc.constant('vfio-pci'),
        availableInstances: fc.nat(16),
      },
      ['id', 'deviceApi', 'availableInstances'],
    ),
    { minLength: 1, maxLength: 2 },
  ),
});
const wwn = fc.constantFrom('20000000c9831b4b', '10000000c9831b4b');
const ccw = fc.record({ cssid: fc.constantFrom(0, 0xfe), ssid: fc.nat(3), devno: fc.nat(0xffff) });
const size = fc.nat(2 ** 31 - 1);
const blocks = { logicalBlockSize: fc.constant(512), blocks: size };

const pci = sometimes(
  {
    class: fc.constantFrom(0x020000, 0x010802),
    domain: fc.nat(1),
    bus: fc.nat(255),
    slot: fc.nat(31),
    function: fc.nat(7),
    product: deviceId,
    vendor: deviceId,
    physicalFunction: sometimes({ address: pciAddress }),
    virtualFunctions: sometimes({ maxCount: fc.nat(63), addresses: fc.array(pciAddress, { maxLength: 3 }) }),
    bridge: yes,
    mdevTypes,
    vpd: fc.constant({ name: 'foobar' }),
    iommuGroup: fc.record({
      number: fc.nat(99),
      addresses: fc.array(pciAddress, { minLength: 1, maxLength: 3 }),
    }),
    numaNode: fc.integer({ min: -1, max: 3 }),
    express: fc.record({
      links: fc.array(
        sometimes(
          {
            validity: fc.constantFrom('cap', 'sta'),
            port: fc.nat(3),
            speed: fc.constantFrom('2.5', '8'),
            width: fc.constantFrom(1, 16),
          },
          ['validity', 'width'],
        ),
        { maxLength: 2 },
      ),
    }),
  },
  ['domain', 'bus', 'slot', 'function', 'product', 'vendor'],
);

const storage = {
  block: fc.constantFrom('/dev/sda', '/dev/sr0'),
  bus: fc.constantFrom('ata', 'usb'),
  driveType: fc.constantFrom('disk', 'cdrom'),
  model: words,
  vendor: words,
  serial: fc.constant('S2R6NX0H'),
  hotpluggable: yes,
};

const kinds: fc.Arbitrary<Omit<NodeDeviceSpec, 'name'>>[] = [
  fc.record({
    system: sometimes(
      {
        product: words,
        hardware: sometimes({ vendor: words, version: words, serial: words, uuid: fc.uuid() }, ['uuid']),
        firmware: sometimes({ vendor: words, version: words, releaseDate: fc.constant('04/01/2014') }),
      },
      ['hardware'],
    ),
  }),
  fc.record({ pci }),
  fc.record({
    usbDevice: fc.record({ bus: fc.nat(9), device: fc.nat(99), product: deviceId, vendor: deviceId }),
  }),
  fc.record({
    usb: sometimes(
      {
        number: fc.nat(9),
        class: fc.nat(255),
        subclass: fc.nat(255),
        protocol: fc.nat(9),
        description: words,
      },
      ['number', 'class', 'subclass', 'protocol'],
    ),
  }),
  fc.record({
    net: sometimes(
      {
        interface: deviceName,
        address: mac,
        link,
        features: fc.array(fc.constantFrom('rx', 'tso', 'txvlan'), { maxLength: 3 }),
        ethernet: yes,
        wireless: yes,
      },
      ['interface'],
    ),
  }),
  fc.record({
    scsiHost: sometimes(
      {
        host: fc.nat(99),
        uniqueId: fc.nat(9),
        fcHost: sometimes({ wwnn: wwn, wwpn: wwn, fabricWwn: wwn }, ['wwnn', 'wwpn']),
        vports: fc.record({ max: fc.nat(255), used: fc.nat(9) }),
      },
      ['host'],
    ),
  }),
  fc.record({
    scsiTarget: sometimes(
      {
        target: fc.constant('target0:0:0'),
        fcRemotePort: fc.record({ rport: fc.constant('rport-1'), wwpn: wwn }),
      },
      ['target'],
    ),
  }),
  fc.record({
    scsi: sometimes(
      { host: fc.nat(9), bus: fc.nat(9), target: fc.nat(9), lun: size, type: fc.constant('disk') },
      ['host', 'bus', 'target', 'lun'],
    ),
  }),
  fc.constant({ scsiGeneric: { char: '/dev/sg0' } }),
  fc.record({ storage: sometimes({ ...storage, size }, ['block', 'size']) }),
  fc.record({
    storage: sometimes({ ...storage, size, ...blocks }, ['block', 'size', 'logicalBlockSize', 'blocks']),
  }),
  fc.record({
    storage: sometimes(
      {
        ...storage,
        removable: fc.record({ available: yes, size, label: words, ...blocks }),
      },
      ['block', 'removable'],
    ),
  }),
  fc.record({ drm: fc.record({ type: fc.constantFrom('primary', 'control', 'render') }) }),
  fc.record({
    mdev: sometimes(
      {
        type: fc.constant('vfio_ccw-io'),
        uuid: fc.uuid(),
        parentAddress: fc.constant('0000:00:02.0'),
        iommuGroup: fc.record({ number: fc.nat(99) }),
        attributes: fc.array(
          fc.record({ name: fc.constant('assign_adapter'), value: fc.constantFrom('5', 'a&b') }),
          {
            maxLength: 2,
          },
        ),
      },
      ['type'],
    ),
  }),
  fc.record({ ccw }),
  fc.record({
    css: fc
      .record({ own: ccw, rest: sometimes({ channel: ccw, mdevTypes }) })
      .map(({ own, rest }) => ({ ...own, ...rest })),
  }),
  fc.constant({ vdpa: { chardev: '/dev/vhost-vdpa-0' } }),
  fc.record({ apCard: fc.record({ adapter: fc.nat(255) }) }),
  fc.record({ apQueue: fc.record({ adapter: fc.nat(255), domain: fc.nat(0xffff) }) }),
  fc.record({ apMatrix: sometimes({ mdevTypes }) }),
];

const head = sometimes(
  {
    name: fc.constantFrom('pci_0000_00_1f_2', 'computer'),
    path: fc.constant('/sys/devices/pci0000:00/0000:00:1f.2'),
    devnodes: fc.constantFrom(
      [{ type: 'dev', path: '/dev/dri/card0' }],
      [
        { type: 'dev', path: '/dev/sda' },
        { type: 'link', path: '/dev/disk/by-id/a' },
      ],
    ),
    parent: fc.constantFrom('computer', 'pci_0000_00_02_0'),
    driver: fc.constantFrom('vfio-pci', 'igb'),
  },
  ['name'],
);

/** Devices of the node that libvirt's schema accepts, of every type. */
export const nodeDeviceSpec: fc.Arbitrary<NodeDeviceSpec> = fc.oneof(
  fc.record({ head, kind: fc.oneof(...kinds) }).map(({ head: common, kind }) => ({ ...common, ...kind })),
  fc.record({
    name: fc.constant('vhba'),
    parentWwnn: wwn,
    parentWwpn: wwn,
    scsiHost: fc.constant({ host: 12, fcHost: { wwnn: '20000000c9831b4b', wwpn: '10000000c9831b4b' } }),
  }),
);
