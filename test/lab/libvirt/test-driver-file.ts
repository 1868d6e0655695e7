import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Libvirtd } from './libvirtd.ts';

export interface TestWorld {
  domains: number;
  /** Every which of them runs: 3 is each third, 0 is none. Default 2. */
  running?: number;
  /** MiB for each. Default 64. */
  memory?: number;
}

/**
 * A file for the test driver (`test:///path`): a node with N domains, one network and one pool. Names are guest-00001 and
 * so on, UUIDs are the same each time.
 */
export function testDriverFile({ domains, running = 2, memory = 64 }: TestWorld): string {
  const guests = Array.from({ length: domains }, (_, index) => guest(index + 1, memory, running));
  return `<node>
  <cpu><mhz>3000</mhz><model>x86_64</model><active>16</active><nodes>2</nodes><sockets>2</sockets><cores>4</cores><threads>1</threads></cpu>
  <memory>268435456</memory>
  <network><name>lab</name><uuid>${uuid(9, 1)}</uuid><forward mode='nat'/><bridge name='virbr7'/>
    <ip address='192.168.77.1' netmask='255.255.255.0'><dhcp><range start='192.168.77.2' end='192.168.77.254'/></dhcp></ip></network>
  <pool type='dir'><name>lab</name><uuid>${uuid(8, 1)}</uuid><capacity>1099511627776</capacity><allocation>0</allocation>
    <available>1099511627776</available><target><path>/lab-pool</path></target>
    <volume type='file'><name>one.qcow2</name><capacity unit='bytes'>10737418240</capacity><allocation unit='bytes'>1048576</allocation><target><format type='qcow2'/></target></volume></pool>
${guests.join('\n')}
</node>
`;
}

/** Puts it where the lab's daemon reads it; answers the URI that opens it there, for virsh and for us. */
export async function testWorldOn(lab: Libvirtd, name: string, world: TestWorld): Promise<string> {
  const file = join(lab.files, `${name}.xml`);
  await writeFile(file, testDriverFile(world));
  return lab.uri({ driver: 'test', path: file });
}

function guest(number: number, memory: number, running: number): string {
  const name = `guest-${String(number).padStart(5, '0')}`;
  const runs = running > 0 && number % running === 0;
  const state = runs ? '1' : '5';
  return `  <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><name>${name}</name><uuid>${uuid(1, number)}</uuid>
    <test:runstate>${state}</test:runstate>
    <memory unit='MiB'>${String(memory)}</memory><vcpu>${String((number % 4) + 1)}</vcpu>
    <os><type arch='x86_64'>hvm</type><boot dev='hd'/></os><features><acpi/></features>
    <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>
      <disk type='file' device='disk'><source file='/lab-pool/${name}.qcow2'/><target dev='vda' bus='virtio'/></disk>
      <interface type='network'><mac address='${mac(number)}'/><source network='lab'/><model type='virtio'/></interface>
      <console type='pty'/><graphics type='vnc' port='-1' autoport='yes'/><video><model type='vga'/></video></devices></domain>`;
}

const hex = (number: number, digits: number): string => number.toString(16).padStart(digits, '0');
const uuid = (kind: number, number: number): string => `${hex(kind, 8)}-1ab0-4000-8000-${hex(number, 12)}`;
const mac = (number: number): string =>
  `52:54:00:${hex(number >> 16, 2)}:${hex((number >> 8) & 0xff, 2)}:${hex(number & 0xff, 2)}`;
