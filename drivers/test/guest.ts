import { agentChannel, TestDocument, type Facts } from './document.ts';

/** A made-up guest in few words. */
export interface Guest {
  name: string;
  uuid: string;
  title?: string;
  description?: string;
  osId?: string;
  arch?: string;
  /** GiB of memory. */
  memory: number;
  vcpus: number;
  disks: readonly { path: string; format: string }[];
  /** A CD drive with this medium; null is an empty one, undefined none. */
  cdrom?: string | null;
  /** MAC addresses of its cards, and the networks that they are plugged into: `default` where none is said. */
  macs: readonly string[];
  networks?: readonly string[];
  graphics?: 'vnc' | 'spice' | 'none';
  password?: string;
  firmware?: 'efi';
  serial?: boolean;
  /** A channel for a guest agent; true where missing. */
  agent?: boolean;
}

const escape = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');

const diskTargets = ['vda', 'vdb', 'vdc', 'vdd'];

/** Its document: facts at once, the text when it is asked for. */
export function documentOf(guest: Guest): TestDocument {
  const bytes = guest.memory * 1024 ** 3;
  const graphics = guest.graphics ?? 'vnc';
  const cdrom =
    guest.cdrom === undefined ? [] : [{ target: 'sda', device: 'cdrom', path: guest.cdrom ?? undefined }];
  const facts: Facts = {
    name: guest.name,
    uuid: guest.uuid,
    title: guest.title,
    note: guest.description?.slice(0, 200),
    osId: guest.osId,
    type: 'test',
    arch: guest.arch ?? 'x86_64',
    vcpus: guest.vcpus,
    maxVcpus: guest.vcpus,
    memory: bytes,
    currentMemory: bytes,
    disks: [
      ...guest.disks.map((disk, index) => ({
        target: diskTargets[index] ?? `vd${String(index)}`,
        device: 'disk',
        path: disk.path,
      })),
      ...cdrom,
    ],
    cards: guest.macs.map((mac, index) => ({
      target: `vnet${String(index)}`,
      mac,
      source: guest.networks?.[index] ?? 'default',
    })),
    consoles: guest.serial === false ? [] : ['serial0'],
    graphics: graphics === 'none' ? [] : [{ type: graphics, password: guest.password }],
    agent: guest.agent !== false,
    onPoweroff: 'destroy',
    onReboot: 'restart',
  };
  return TestDocument.lazy(facts, () => write(guest, graphics));
}

function write(guest: Guest, graphics: string): string {
  const lines: string[] = [];
  const add = (indent: number, text: string) => lines.push(' '.repeat(indent) + text);
  add(0, `<domain type='test'>`);
  add(2, `<name>${escape(guest.name)}</name>`);
  add(2, `<uuid>${guest.uuid}</uuid>`);
  if (guest.title !== undefined) add(2, `<title>${escape(guest.title)}</title>`);
  if (guest.description !== undefined) add(2, `<description>${escape(guest.description)}</description>`);
  if (guest.osId !== undefined) {
    add(2, '<metadata>');
    add(4, `<libosinfo:libosinfo xmlns:libosinfo='http://libosinfo.org/xmlns/libvirt/domain/1.0'>`);
    add(6, `<libosinfo:os id='${escape(guest.osId)}'/>`);
    add(4, '</libosinfo:libosinfo>');
    add(2, '</metadata>');
  }
  const kib = String(Math.round(guest.memory * 1024 ** 2));
  add(2, `<memory unit='KiB'>${kib}</memory>`);
  add(2, `<currentMemory unit='KiB'>${kib}</currentMemory>`);
  add(2, `<vcpu placement='static'>${String(guest.vcpus)}</vcpu>`);
  add(2, guest.firmware ? `<os firmware='${guest.firmware}'>` : '<os>');
  add(4, `<type arch='${guest.arch ?? 'x86_64'}' machine='q35'>hvm</type>`);
  add(4, `<boot dev='hd'/>`);
  add(2, '</os>');
  add(2, '<features>');
  add(4, '<acpi/>');
  add(4, '<apic/>');
  add(2, '</features>');
  add(2, `<cpu mode='host-passthrough'/>`);
  add(2, `<clock offset='utc'/>`);
  add(2, '<on_poweroff>destroy</on_poweroff>');
  add(2, '<on_reboot>restart</on_reboot>');
  add(2, '<on_crash>destroy</on_crash>');
  add(2, '<devices>');
  guest.disks.forEach((disk, index) => {
    const block = disk.path.startsWith('/dev/');
    add(4, `<disk type='${block ? 'block' : 'file'}' device='disk'>`);
    add(6, `<driver name='qemu' type='${disk.format}' discard='unmap'/>`);
    add(6, `<source ${block ? 'dev' : 'file'}='${escape(disk.path)}'/>`);
    add(6, `<target dev='${diskTargets[index] ?? `vd${String(index)}`}' bus='virtio'/>`);
    add(4, '</disk>');
  });
  if (guest.cdrom !== undefined) {
    add(4, `<disk type='file' device='cdrom'>`);
    if (guest.cdrom !== null) add(6, `<source file='${escape(guest.cdrom)}'/>`);
    add(6, `<target dev='sda' bus='sata'/>`);
    add(6, '<readonly/>');
    add(4, '</disk>');
  }
  for (const [index, mac] of guest.macs.entries()) {
    add(4, `<interface type='network'>`);
    add(6, `<mac address='${mac}'/>`);
    add(6, `<source network='${escape(guest.networks?.[index] ?? 'default')}'/>`);
    add(6, `<model type='virtio'/>`);
    add(4, '</interface>');
  }
  if (guest.serial !== false) {
    add(4, `<serial type='pty'>`);
    add(6, `<target port='0'/>`);
    add(6, `<alias name='serial0'/>`);
    add(4, '</serial>');
    add(4, `<console type='pty'>`);
    add(6, `<target type='serial' port='0'/>`);
    add(6, `<alias name='console0'/>`);
    add(4, '</console>');
  }
  if (guest.agent !== false) {
    add(4, `<channel type='unix'>`);
    add(6, `<target type='virtio' name='${agentChannel}'/>`);
    add(4, '</channel>');
  }
  if (graphics !== 'none') {
    add(4, `<input type='tablet' bus='usb'/>`);
    const password = guest.password === undefined ? '' : ` passwd='${escape(guest.password)}'`;
    add(4, `<graphics type='${graphics}' port='-1' autoport='yes'${password}/>`);
    add(4, '<video>');
    add(6, `<model type='virtio'/>`);
    add(4, '</video>');
  }
  add(4, `<memballoon model='virtio'/>`);
  add(4, `<rng model='virtio'>`);
  add(6, `<backend model='random'>/dev/urandom</backend>`);
  add(4, '</rng>');
  add(2, '</devices>');
  add(0, '</domain>');
  return `${lines.join('\n')}\n`;
}
