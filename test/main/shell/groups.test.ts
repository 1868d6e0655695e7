import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { guestroomIn } from './guestroom-in.ts';

const secret = '55555555-2222-4333-8444-555555555601';
const files: Readonly<Record<string, string>> = {
  'world.xml': `<node>
  <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
    <name>web</name><uuid>6695eb01-f6a4-8304-79aa-97f2502e1930</uuid><memory>1048576</memory><vcpu>2</vcpu><os><type arch='x86_64'>hvm</type></os>
    <devices><disk type='file' device='disk'><source file='/images/web.qcow2'/><target dev='vda' bus='virtio'/></disk>
      <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>
      <interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/><model type='virtio'/></interface></devices>
  </domain>
  <network><name>lan</name><uuid>22222222-2222-4333-8444-555555555601</uuid><bridge name='virbr7'/><ip address='192.168.7.1' netmask='255.255.255.0'><dhcp><range start='192.168.7.100' end='192.168.7.200'/></dhcp></ip></network>
  <interface type='ethernet' name='eth7'><mac address='aa:bb:cc:00:00:07'/></interface>
  <pool type='dir'><name>images</name><capacity>107374182400</capacity><allocation>0</allocation><available>107374182400</available><target><path>/images</path></target>
    <volume><name>one.img</name><capacity>1073741824</capacity><allocation>4096</allocation><target><path>/images/one.img</path><format type='raw'/></target></volume></pool>
  <device><name>pci_0000_00_1f_0</name><parent>computer</parent><capability type='pci'><domain>0</domain><bus>0</bus><slot>31</slot><function>0</function></capability></device>
</node>`,
  'network.xml': "<network><name>More</name><ip address='192.168.9.1' netmask='255.255.255.0'/></network>",
  'interface.xml': "<interface type='ethernet' name='eth8'><mac address='aa:bb:cc:00:00:08'/></interface>",
  'disk.xml':
    "<disk type='file' device='disk'><source file='/images/one.img'/><target dev='vdb' bus='virtio'/></disk>",
  'secret.xml': `<secret ephemeral='no' private='no'><uuid>${secret}</uuid><usage type='volume'><volume>/images/web.qcow2</volume></usage></secret>`,
  'secret.value': 'hello',
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-shell-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface Line {
  does: string;
  /** Commands with semicolons between them, run with --quiet. */
  line: string;
  out?: string;
  err?: string;
  /** 1 where there is an error, unless virsh's is otherwise. */
  status?: number;
}

const disks = (...rows: string[]): string => rows.map((row) => ` ${row}\n`).join('');

const table: Readonly<Record<string, readonly Line[]>> = {
  networks: [
    {
      does: 'are defined, started, listed by name, stopped and removed',
      line: 'net-define network.xml; net-list --all --name; net-start More; net-list; net-destroy More; net-list --all; net-undefine More; net-list --all --name',
      out:
        'lan\nMore\n' +
        disks('lan    active   no   yes', 'More   active   no   yes') +
        disks('lan    active     no   yes', 'More   inactive   no   yes') +
        'lan\n',
    },
    {
      does: 'take another host to serve, which their document then has',
      line: `net-update lan add ip-dhcp-host "<host mac='52:54:00:00:00:02' ip='192.168.7.5'/>" --live --config; net-info lan`,
      out: 'Name:           lan\nUUID:           22222222-2222-4333-8444-555555555601\nActive:         yes\nPersistent:     yes\nAutostart:      no\nBridge:         virbr7\n',
    },
    {
      does: 'that run are not started again',
      line: 'net-start lan',
      err: 'error: Failed to start network lan\nerror: The network lan is active\nhint: Stop it first\n',
    },
    {
      does: 'that are not there are not found',
      line: 'net-info nobody',
      err: "error: failed to get network 'nobody'\nerror: Network not found: no network with matching name 'nobody'\n",
    },
  ],
  pools: [
    {
      does: 'are defined, built, started, listed with their sizes, stopped and removed',
      line: 'pool-define-as Aa dir --target /aa; pool-build Aa; pool-start Aa; pool-list --details; pool-destroy Aa; pool-list --all; pool-undefine Aa; pool-list --all',
      out:
        disks(
          'Aa       running   no   yes   100.00 GiB   0.00 B     100.00 GiB',
          'images   running   no   yes   100.00 GiB   4.00 KiB   100.00 GiB',
        ) + disks('Aa       inactive   no', 'images   active     no', 'images   active   no'),
    },
    {
      does: 'that are in use are not deleted',
      line: 'pool-delete images',
      err: 'error: Failed to delete pool images\nerror: The storage pool images is active\nhint: Stop it first\n',
    },
  ],
  volumes: [
    {
      does: 'are made, made larger, copied, wiped and deleted',
      line: 'vol-create-as images two.qcow2 2G --format qcow2; vol-resize two.qcow2 4G images; vol-clone two.qcow2 Three.qcow2 images; vol-wipe Three.qcow2 images; vol-info two.qcow2 images --bytes; vol-list images; vol-delete Three.qcow2 images; vol-list images',
      out:
        'Name:           two.qcow2\nType:           file\nCapacity:       4294967296 bytes\nAllocation:     196624 bytes\n' +
        disks(
          ...[
            'one.img       /images/one.img',
            'Three.qcow2   /images/Three.qcow2',
            'two.qcow2     /images/two.qcow2',
          ],
          ...['one.img     /images/one.img', 'two.qcow2   /images/two.qcow2'],
        ),
    },
    {
      does: 'of a pool that is off are not listed',
      line: 'pool-destroy images; vol-list images',
      err: 'error: Failed to list volumes\nerror: The storage pool images is not active\nhint: Start it first\n',
    },
    {
      does: 'that are not there are not found, in a pool and without one',
      line: 'vol-pool /images/nobody',
      err: "error: failed to get vol '/images/nobody'\nerror: Storage volume not found: no storage vol with matching path '/images/nobody'\n",
    },
  ],
  snapshots: [
    {
      does: 'are taken, listed, gone back to and deleted',
      line: 'snapshot-create-as web one; snapshot-create-as web two; snapshot-list web --name; snapshot-parent web two; snapshot-current web --name; snapshot-revert web one; snapshot-current web --name; snapshot-delete web one --children; snapshot-list web --name',
      out: 'one\ntwo\nonetwoone',
    },
    {
      does: 'that are not there are not gone back to',
      line: 'snapshot-revert web nobody',
      err: "error: Domain snapshot not found: no domain snapshot with matching name 'nobody'\n",
    },
  ],
  devices: [
    {
      does: 'are attached and detached, and a drive takes a medium',
      line: 'attach-device web disk.xml; domblklist web; detach-disk web vdb; change-media web hdc /images/one.img; domblklist web; attach-interface web network lan --mac 52:54:00:00:00:09; domiflist web; detach-interface web network --mac 52:54:00:00:00:09',
      out:
        disks('vda   /images/web.qcow2', 'hdc   -', 'vdb   /images/one.img') +
        'Successfully updated media.' +
        disks('vda   /images/web.qcow2', 'hdc   /images/one.img') +
        disks(
          'testnet0   network   lan   virtio   52:54:00:00:00:01',
          '-          network   lan   -        52:54:00:00:00:09',
        ),
    },
    {
      does: 'that are not there are not detached',
      line: 'detach-disk web vdz',
      err: 'error: No disk found whose source path or target is vdz\n',
    },
    {
      does: 'that are empty have nothing to eject',
      line: 'change-media web hdc --eject',
      err: "error: The disk device 'hdc' doesn't have media\n",
    },
  ],
  secrets: [
    {
      does: 'are defined, filled from a file, listed and removed',
      line: `secret-define secret.xml; secret-set-value ${secret} --file secret.value --plain; secret-list; secret-undefine ${secret}; secret-list`,
      out: ` ${secret}   volume /images/web.qcow2\n`,
    },
    {
      does: 'come with a warning from a line that others can read',
      line: `secret-define secret.xml; secret-set-value ${secret} --base64 aGVsbG8=`,
      err: 'error: Passing secret value as command-line argument is insecure!\n',
      status: 0,
    },
    {
      does: 'that are not there are not found',
      line: `secret-dumpxml ${secret}`,
      err: `error: failed to get secret '${secret}'\nerror: Secret not found: no secret with matching uuid '${secret}'\n`,
    },
  ],
  'devices of the host': [
    {
      does: 'are listed by what they are, and shown',
      line: 'nodedev-list --cap pci; nodedev-dumpxml pci_0000_00_1f_0',
      out: "pci_0000_00_1f_0\n<device><name>pci_0000_00_1f_0</name><parent>computer</parent><capability type='pci'><domain>0</domain><bus>0</bus><slot>31</slot><function>0</function></capability></device>\n",
    },
    {
      does: 'that are not there are not shown',
      line: 'nodedev-dumpxml nobody',
      err: "error: Could not find matching device 'nobody'\nerror: The host has no device nobody\n",
    },
  ],
  'interfaces of the host': [
    {
      does: 'are defined, started, listed by name, stopped and removed',
      line: 'iface-define interface.xml; iface-list --all; iface-start eth8; iface-list; iface-mac eth8; iface-destroy eth8; iface-undefine eth8; iface-list --all',
      out:
        disks('eth7   active     aa:bb:cc:00:00:07', 'eth8   inactive   aa:bb:cc:00:00:08') +
        disks('eth7   active   aa:bb:cc:00:00:07', 'eth8   active   aa:bb:cc:00:00:08') +
        'aa:bb:cc:00:00:08\n' +
        disks('eth7   active   aa:bb:cc:00:00:07'),
    },
    {
      does: 'that are not there are not started',
      line: 'iface-start nobody',
      err: "error: failed to get interface 'nobody'\nerror: Interface not found: no interface with matching name 'nobody'\n",
    },
  ],
  'words for a machine': [
    {
      does: 'are turned into each other',
      line: 'domid web; domname 1; domuuid web',
      out: '1\nweb\n6695eb01-f6a4-8304-79aa-97f2502e1930\n',
    },
    {
      does: 'are not turned into themselves',
      line: 'domname web',
      err: "error: failed to get domain 'web'\n",
    },
    {
      does: 'do not bring forms of a document that only a libvirt makes',
      line: 'dumpxml --migratable web',
      err: 'error: This hypervisor cannot do it\n',
    },
  ],
};

describe.each(Object.entries(table))('%s', (_, lines) => {
  it.each(lines)('$does', async ({ line, out = '', err = '', status = err === '' ? 0 : 1 }) => {
    const answer = await guestroomIn(folder, ['-q', '-c', `test://${join(folder, 'world.xml')}`, line]);
    expect(answer).toEqual({ out, err, status });
  });
});
