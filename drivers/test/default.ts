import type { Host } from '../api/host.ts';
import { TestDocument } from './document.ts';
import type { World } from './hypervisor.ts';
import { addMedia, Files } from './files.ts';

const kib = 1024;
const gib = 1024 ** 3;

/** libvirt's test:///default: one running domain, a default network and pool. A serial line and a screen are ours. */
const defaultDomain = `<domain type='test'>
  <name>test</name>
  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>
  <memory unit='KiB'>8388608</memory>
  <currentMemory unit='KiB'>2097152</currentMemory>
  <vcpu>2</vcpu>
  <os>
    <type arch='i686'>hvm</type>
  </os>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/default-pool/test.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <target dev='hda' bus='ide'/>
      <readonly/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:6b:3c:58'/>
      <source network='default'/>
    </interface>
    <serial type='pty'>
      <target port='0'/>
      <alias name='serial0'/>
    </serial>
    <graphics type='vnc' port='-1' autoport='yes'/>
    <video>
      <model type='vga'/>
    </video>
    <memballoon model='virtio'/>
  </devices>
</domain>
`;

/** The host that libvirt's test driver pretends to be. */
export const defaultNode = (host: Host): World['node'] => ({
  hostname: host.hostname,
  os: 'test',
  arch: 'i686',
  cpus: 16,
  cpuMhz: 1400,
  sockets: 2,
  coresPerSocket: 2,
  threadsPerCore: 2,
  memory: 3_145_728 * kib,
  hypervisor: 'test',
  hypervisorVersion: '0.0.2',
});

const defaultPool = `<pool type='dir'>
  <name>default-pool</name>
  <uuid>dfe224cb-28fb-8dd0-c4b2-64eb3f0f4566</uuid>
  <target>
    <path>/default-pool</path>
  </target>
</pool>
`;

export function defaultWorld(host: Host): World {
  const files = new Files('/home/guest');
  files.addText('/home/guest/Documents/notes.txt', 'Nothing on this host is real.\n');
  addMedia(files, '/home/guest/Downloads');
  files.addImage('/default-pool/test.qcow2', 'qcow2', 8 * gib, gib);
  return {
    node: defaultNode(host),
    files,
    pools: [{ xml: defaultPool }],
    machines: [
      {
        uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f',
        document: TestDocument.parse(defaultDomain),
        state: 'running',
      },
    ],
  };
}
