/** Documents of libvirt's test:///default; a CD drive, a serial line and a screen of the domain are ours. */
export const defaultDomain = `<domain type='test'>
  <name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='i686'>hvm</type>
    <boot dev='hd'/>
  </os>
  <clock offset='utc'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <source file='/guest/diskimage1'/>
      <target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>
    </disk>
    <disk type='file' device='cdrom'>
      <target dev='hda' bus='ide'/>
      <readonly/>
    </disk>
    <interface type='network'>
      <mac address='aa:bb:cc:dd:ee:ff'/>
      <source network='default'/>
      <target dev='testnet0'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x0'/>
    </interface>
    <serial type='pty'>
      <target port='0'/>
      <alias name='serial0'/>
    </serial>
    <graphics type='vnc' port='-1' autoport='yes'/>
    <video>
      <model type='vga'/>
    </video>
    <memballoon model='virtio'>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0'/>
    </memballoon>
  </devices>
</domain>
`;

export const defaultPool = `<pool type='dir'>
  <name>default-pool</name>
  <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>
  <target>
    <path>/default-pool</path>
  </target>
</pool>
`;

export const defaultNetwork = `<network>
  <name>default</name>
  <uuid>dd8fe884-6c02-601e-7551-cca97df1c5df</uuid>
  <forward mode='nat'/>
  <bridge name='virbr0' stp='on' delay='0'/>
  <ip address='192.168.122.1' netmask='255.255.255.0'>
    <dhcp>
      <range start='192.168.122.2' end='192.168.122.254'/>
    </dhcp>
  </ip>
</network>
`;

export const defaultInterface = `<interface type='ethernet' name='eth1'>
  <start mode='onboot'/>
  <mtu size='1492'/>
  <protocol family='ipv4'>
    <ip address='192.168.0.5' prefix='24'/>
    <route gateway='192.168.0.1'/>
  </protocol>
  <mac address='aa:bb:cc:dd:ee:ff'/>
</interface>
`;

const computer = `<device>
  <name>computer</name>
  <capability type='system'>
    <hardware>
      <vendor>Libvirt</vendor>
      <version>Test driver</version>
      <serial>123456</serial>
      <uuid>11111111-2222-3333-4444-555555555555</uuid>
    </hardware>
    <firmware>
      <vendor>Libvirt</vendor>
      <version>Test Driver</version>
      <release_date>01/22/2007</release_date>
    </firmware>
  </capability>
</device>
`;

/** A Fibre Channel card, or a virtual port of one. */
const card = (host: number, parent: string, id: number, names: readonly string[], ports?: number): string => {
  const [wwnn = '', wwpn = '', fabric = ''] = names;
  const operations =
    ports === undefined
      ? ''
      : `    <capability type='vport_ops'>
      <max_vports>127</max_vports>
      <vports>${String(ports)}</vports>
    </capability>
`;
  return `<device>
  <name>scsi_host${String(host)}</name>
  <parent>${parent}</parent>
  <capability type='scsi_host'>
    <host>${String(host)}</host>
    <unique_id>${String(id)}</unique_id>
    <capability type='fc_host'>
      <wwnn>${wwnn}</wwnn>
      <wwpn>${wwpn}</wwpn>
      <fabric_wwn>${fabric}</fabric_wwn>
    </capability>
${operations}  </capability>
</device>
`;
};

export const defaultDevices: readonly string[] = [
  computer,
  card(1, 'computer', 0, ['2000000012341234', '1000000012341234', '2000000043214321'], 1),
  card(2, 'computer', 1, ['2000000056785678', '1000000056785678', '2000000087658765'], 0),
  card(11, 'scsi_host1', 10, ['2000000034563456', '1000000034563456', '2000000043214321']),
];
