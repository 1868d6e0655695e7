import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Libvirtd } from '../lab/libvirt/libvirtd.ts';

const run = promisify(execFile);

/** Of the machines and networks in both worlds. */
export const uuids = {
  runs: '11111111-2222-4333-8444-555555555601',
  paused: '11111111-2222-4333-8444-555555555602',
  off: '11111111-2222-4333-8444-555555555603',
  saved: '11111111-2222-4333-8444-555555555604',
  passing: '11111111-2222-4333-8444-555555555605',
  Zebra: '11111111-2222-4333-8444-555555555606',
  lan: '22222222-2222-4333-8444-555555555601',
  quiet: '22222222-2222-4333-8444-555555555602',
  images: '33333333-2222-4333-8444-555555555601',
  sleeping: '33333333-2222-4333-8444-555555555602',
} as const;

/** Names that a list must order and measure, and that mean something else, too. */
export const odd = {
  number: '42',
  named: uuids.Zebra,
  umlaut: 'Über',
  accent: 'él😀',
  wide: '测试虚拟机',
} as const;

type Guest = 'runs' | 'paused' | 'off' | 'saved' | 'passing' | 'Zebra';

const words: Partial<Record<Guest, string>> = {
  runs: '<title>The one that runs</title><description>Its notes,\nin two lines</description>',
  off: '<title>Größe &amp; 测试</title>',
};

const network = (name: 'lan' | 'quiet', number: number): string =>
  `<network><name>${name}</name><uuid>${uuids[name]}</uuid>${number === 7 ? "<forward mode='nat'/>" : ''}
    <bridge name='virbr${String(number)}'/><ip address='192.168.${String(number)}.1' netmask='255.255.255.0'>
    <dhcp><range start='192.168.${String(number)}.100' end='192.168.${String(number)}.200'/></dhcp></ip></network>`;

const oddGuests = (type: string, os: string, more: string): string[] =>
  Object.values(odd).map(
    (name, index) =>
      `<domain type='${type}'><name>${name}</name><uuid>44444444-2222-4333-8444-55555555560${String(index)}</uuid><title>${name}</title><memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type arch='${os}'>hvm</type></os><devices/>${more}</domain>`,
  );

const testGuest = (name: Guest, test: string): string =>
  `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
    <name>${name}</name><uuid>${uuids[name]}</uuid>${words[name] ?? ''}
    <memory unit='KiB'>524288</memory><currentMemory unit='KiB'>262144</currentMemory><vcpu>3</vcpu>
    <os><type arch='i686'>hvm</type></os>
    <devices><disk type='file' device='disk'><source file='/images/${name}.img'/><target dev='vda' bus='virtio'/></disk>
      <interface type='network'><mac address='52:54:00:00:00:0${uuids[name].slice(-1)}'/><source network='lan'/><model type='virtio'/></interface>
      <graphics type='vnc' port='5901' autoport='no' passwd='secret'/></devices>${test}
  </domain>`;

/** A file for the test hypervisor: machines in every state, two networks, two pools. */
export const testWorld = `<node>
  <cpu><mhz>2600</mhz><model>x86_64</model><active>8</active><nodes>1</nodes><sockets>2</sockets><cores>2</cores><threads>2</threads></cpu>
  <memory>16777216</memory>
  ${testGuest('runs', '')}
  ${testGuest('paused', '<test:runstate>3</test:runstate>')}
  ${testGuest('off', '<test:runstate>5</test:runstate>')}
  ${testGuest('Zebra', '<test:runstate>5</test:runstate>')}
  ${testGuest('saved', '<test:runstate>5</test:runstate><test:hasmanagedsave>1</test:hasmanagedsave>')}
  ${testGuest('passing', '<test:transient>1</test:transient>')}
  ${oddGuests('test', 'i686', '<test:runstate>5</test:runstate>').join('\n').replaceAll('<domain ', "<domain xmlns:test='http://libvirt.org/schemas/domain/test/1.0' ")}
  ${network('lan', 7)}
  ${network('quiet', 8)}
  <interface type='ethernet' name='eth7'><mac address='aa:bb:cc:00:00:07'/></interface>
  <pool type='dir'><name>images</name><uuid>${uuids.images}</uuid><capacity>107374182400</capacity><allocation>1099511</allocation><available>107373082889</available><target><path>/images</path></target>
    <volume><name>one.img</name><capacity>1073741824</capacity><allocation>4096</allocation><target><path>/images/one.img</path><format type='raw'/></target></volume>
    <volume><name>Two.qcow2</name><capacity>10737418240</capacity><allocation>200704</allocation><target><path>/images/Two.qcow2</path><format type='qcow2'/></target></volume>
  </pool>
  <pool type='dir'><name>sleeping</name><uuid>${uuids.sleeping}</uuid><target><path>/sleeping</path></target></pool>
</node>
`;

const qemuGuest = (name: Guest, folder: string): string => `<domain type='qemu'>
  <name>${name}</name><uuid>${uuids[name]}</uuid>${words[name] ?? ''}
  <memory unit='MiB'>64</memory><currentMemory unit='MiB'>48</currentMemory><vcpu current='1'>2</vcpu><iothreads>1</iothreads>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${folder}/${name}.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
    <interface type='network'><mac address='52:54:00:00:00:0${uuids[name].slice(-1)}'/><source network='lan'/><model type='virtio'/></interface>
    <serial type='pty'/><graphics type='vnc' listen='127.0.0.1' port='-1' autoport='yes' passwd='secret'/>
    <video><model type='vga'/></video><memballoon model='virtio'/>
  </devices></domain>`;

/** The same on QEMU, under emulation; answers the folder of the pool `images`. */
export async function qemuWorld(lab: Libvirtd): Promise<string> {
  const [images, sleeping] = [join(lab.files, 'images'), join(lab.files, 'sleeping')];
  await mkdir(images);
  await mkdir(sleeping);
  const file = async (name: string, text: string): Promise<string> => {
    const path = join(lab.files, name);
    await writeFile(path, text);
    return path;
  };
  const qcow2 = (name: string, ...more: string[]) =>
    run('qemu-img', ['create', '-q', '-f', 'qcow2', ...more, join(images, name), '64M']);
  await lab.virsh('net-define', await file('lan.xml', network('lan', 7)));
  await lab.virsh('net-define', await file('quiet.xml', network('quiet', 8)));
  await lab.virsh('net-start', 'lan');
  await lab.virsh('net-autostart', 'lan');
  await qcow2('base.qcow2');
  for (const name of ['runs', 'off', 'saved', 'passing', 'paused', 'Zebra'] as const) {
    await (name === 'passing'
      ? qcow2('passing.qcow2', '-b', join(images, 'base.qcow2'), '-F', 'qcow2')
      : qcow2(`${name}.qcow2`));
    const path = await file(`${name}.xml`, qemuGuest(name, images));
    if (name === 'passing') await lab.virsh('create', path);
    else await lab.virsh('define', path);
    if (name === 'saved' || name === 'runs' || name === 'paused') await lab.virsh('start', name);
  }
  for (const [index, xml] of oddGuests('qemu', 'x86_64', '').entries())
    await lab.virsh('define', await file(`odd-${String(index)}.xml`, xml));
  await lab.virsh('managedsave', 'saved');
  await lab.virsh('suspend', 'paused');
  await lab.virsh('autostart', 'off');
  for (const [name, parent] of [['first'], ['second'], ['third', 'first']] as const) {
    if (parent !== undefined) await lab.virsh('snapshot-revert', 'off', parent);
    await lab.virsh('snapshot-create-as', 'off', name, '--description', 'words');
  }
  for (const [name, path] of [
    ['images', images],
    ['sleeping', sleeping],
  ] as const) {
    await lab.virsh(
      'pool-define',
      await file(
        `${name}-pool.xml`,
        `<pool type='dir'><name>${name}</name><uuid>${uuids[name]}</uuid><target><path>${path}</path></target></pool>`,
      ),
    );
  }
  await run('qemu-img', ['create', '-q', '-f', 'raw', join(images, 'one.img'), '5M']);
  await lab.virsh('pool-start', 'images');
  return images;
}
