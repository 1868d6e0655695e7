import { describe, expect, it } from 'vitest';
import { hostInterface } from '../../../drivers/xml/host-interface.ts';
import { network } from '../../../drivers/xml/network/tables.ts';
import { nodeDevice } from '../../../drivers/xml/node-device/node-device.ts';
import {
  hostInterfaceRow,
  networkRow,
  nodeDeviceRow,
  poolRow,
  secretRow,
  snapshotRow,
  volumeRow,
} from '../../../drivers/xml/rows.ts';
import { secret } from '../../../drivers/xml/secret.ts';
import { domainSnapshot } from '../../../drivers/xml/snapshot/snapshot.ts';
import { storagePool } from '../../../drivers/xml/storage/pool.ts';
import { storageVolume } from '../../../drivers/xml/storage/volume.ts';

describe('a row in a list, from a document as libvirt writes it', () => {
  it('a network that gives addresses away', () => {
    const xml = `<network connections='2'>
  <name>default</name>
  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>
  <forward mode='nat'><nat><port start='1024' end='65535'/></nat></forward>
  <bridge name='virbr0' stp='on' delay='0'/>
  <mac address='52:54:00:3e:1a:2b'/>
  <domain name='lab' localOnly='yes'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.122.2' end='192.168.122.254'><lease expiry='1' unit='hours'/></range></dhcp>
  </ip>
  <ip family='ipv6' address='fd00::1' prefix='64'/>
  <ip address='10.1.2.3'/>
</network>`;
    const read = network.read(xml);
    expect(networkRow(read)).toEqual({
      name: 'default',
      bridge: 'virbr0',
      forward: 'nat',
      domainName: 'lab',
      addresses: ['192.168.122.1/24', 'fd00::1/64', '10.1.2.3/8'],
      dhcp: true,
    });
    expect(read.ips[0]?.dhcp?.ranges[0]?.lease).toBe(3600);
    expect(networkRow(network.read('<network><name>a</name></network>'))).toEqual({
      name: 'a',
      forward: 'isolated',
      addresses: [],
      dhcp: false,
    });
  });

  it('a pool, and one that is named after its source', () => {
    const xml = `<pool type='dir'>
  <name>default-pool</name>
  <capacity unit='bytes'>107374182400</capacity>
  <allocation unit='bytes'>0</allocation>
  <available unit='GiB'>100</available>
  <source>
  </source>
  <target><path>/default-pool</path></target>
</pool>`;
    expect(poolRow(storagePool.read(xml))).toEqual({
      name: 'default-pool',
      type: 'dir',
      path: '/default-pool',
      capacity: 100 * 1024 ** 3,
      available: 100 * 1024 ** 3,
    });
    const group = storagePool.read("<pool type='logical'><source><name>vg0</name></source></pool>");
    expect(poolRow(group)).toMatchObject({ name: 'vg0', type: 'logical' });
  });

  it('volumes: a layer on another, and one that is larger than a number counts exactly', () => {
    const xml = `<volume type='file'>
  <name>a.qcow2</name>
  <key>/pool/a.qcow2</key>
  <capacity unit='bytes'>10737418240</capacity>
  <allocation unit='KiB'>196</allocation>
  <physical unit='bytes'>196624</physical>
  <target>
    <path>/pool/a.qcow2</path>
    <format type='qcow2'/>
    <permissions><mode>0600</mode><owner>0</owner><group>0</group></permissions>
    <timestamps><atime>1341933637.273190990</atime></timestamps>
  </target>
  <backingStore><path>/pool/base.raw</path><format type='raw'/></backingStore>
</volume>`;
    const read = storageVolume.read(xml);
    expect(volumeRow(read)).toEqual({
      path: '/pool/a.qcow2',
      name: 'a.qcow2',
      format: 'qcow2',
      capacity: 10 * 1024 ** 3,
      allocation: 196 * 1024,
      backing: '/pool/base.raw',
    });
    expect(read.target).toMatchObject({
      permissions: { mode: 0o600 },
      timestamps: { accessed: 1_341_933_637_273 },
    });
    const huge = storageVolume.read(
      '<volume><name>a</name><capacity>9223372036854775807</capacity></volume>',
    );
    expect(volumeRow(huge)).toMatchObject({ capacity: 2 ** 63, path: 'a', format: 'raw' });
    expect(() =>
      storageVolume.read('<volume><name>a</name><capacity unit="EiB">16</capacity></volume>'),
    ).toThrow(/16 EiB/);
  });

  it('snapshots: inside the images, beside them, both', () => {
    const row = (inside: string) =>
      snapshotRow(
        domainSnapshot.read(
          `<domainsnapshot><name>s</name><state>running</state><creationTime>1700000000</creationTime>${inside}<domain><uuid>6b9f2c1e-3d5a-4e0b-9c77-0123456789ab</uuid></domain></domainsnapshot>`,
        ),
      );
    expect(row("<memory snapshot='internal'/><disks><disk name='vda' snapshot='internal'/></disks>")).toEqual(
      {
        name: 's',
        state: 'running',
        created: 1_700_000_000_000,
        kind: 'internal',
        memory: true,
      },
    );
    const external = "<disk name='vdb' snapshot='external'><source file='/b.s'/></disk>";
    expect(row(`<memory snapshot='no'/><disks>${external}</disks>`)).toMatchObject({
      kind: 'external',
      memory: false,
    });
    expect(row(`<disks><disk name='vda' snapshot='internal'/>${external}</disks>`).kind).toBe('mixed');
  });

  it('devices of the node, with what a person calls them', () => {
    const card = nodeDevice.read(`<device>
  <name>pci_0000_03_00_0</name>
  <path>/sys/devices/pci0000:00/0000:00:1c.0/0000:03:00.0</path>
  <parent>pci_0000_00_1c_0</parent>
  <driver><name>igb</name></driver>
  <capability type='pci'>
    <class>0x020000</class>
    <domain>0</domain><bus>3</bus><slot>0</slot><function>0</function>
    <product id='0x10c9'>82576 Gigabit Network Connection</product>
    <vendor id='0x8086'>Intel Corporation</vendor>
    <capability type='virt_functions' maxCount='7'>
      <address domain='0x0000' bus='0x03' slot='0x10' function='0x0'/>
    </capability>
    <iommuGroup number='12'><address domain='0x0000' bus='0x03' slot='0x00' function='0x0'/></iommuGroup>
    <pci-express><link validity='cap' port='0' speed='2.5' width='4'/></pci-express>
  </capability>
</device>`);
    expect(nodeDeviceRow(card)).toEqual({
      name: 'pci_0000_03_00_0',
      parent: 'pci_0000_00_1c_0',
      driver: 'igb',
      capabilities: ['pci'],
      label: 'Intel Corporation 82576 Gigabit Network Connection',
      iommuGroup: 12,
    });
    expect(card.pci).toMatchObject({
      class: 0x020000,
      virtualFunctions: { maxCount: 7, addresses: [{ domain: 0, bus: 3, slot: 16, function: 0 }] },
    });
    const unknown = nodeDevice.read(
      "<device><name>x</name><capability type='ccwgroup'><a/></capability></device>",
    );
    expect(nodeDeviceRow(unknown)).toEqual({ name: 'x', capabilities: ['ccwgroup'] });
  });

  it('interfaces of the node, and secrets', () => {
    const eth = hostInterface.read(
      "<interface type='ethernet' name='eth1'><start mode='onboot'/><protocol family='ipv4'><ip address='192.168.0.5' prefix='24'/></protocol><mac address='aa:bb:cc:dd:ee:ff'/></interface>",
    );
    expect(hostInterfaceRow(eth)).toEqual({ name: 'eth1', mac: 'aa:bb:cc:dd:ee:ff', type: 'ethernet' });
    const tagged = "<interface type='vlan'><vlan tag='42'><interface name='eth0'/></vlan></interface>";
    expect(hostInterfaceRow(hostInterface.read(tagged)).name).toBe('eth0.42');
    const iscsi =
      "<secret ephemeral='no' private='yes'><usage type='iscsi'><target>t</target></usage></secret>";
    expect(secretRow(secret.read(iscsi))).toEqual({
      usage: 'iscsi',
      usageId: 't',
      private: true,
      ephemeral: false,
    });
  });
});
