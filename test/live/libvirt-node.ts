import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection, Logger } from '../../drivers/api/driver.ts';
import type { Host, SocketAddress } from '../../drivers/api/host.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { libvirtDriver } from '../../drivers/libvirt/index.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import { guestImages } from '../lab/guest.ts';
import type { Libvirtd } from '../lab/libvirt/libvirtd.ts';

export const log: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** Sockets that the daemon made in its own view of the machine are elsewhere for us. */
export function hostOf(lab: Libvirtd): Host {
  const host = createLocalHost({});
  return Object.assign(Object.create(host) as Host, {
    connect: (address: SocketAddress) =>
      host.connect('unix' in address ? { unix: lab.outside(address.unix) } : address),
  });
}

/** `asked` false: only the socket makes it read-only. */
export function connect(
  lab: Libvirtd,
  { readOnly = false, asked = readOnly }: { readOnly?: boolean; asked?: boolean } = {},
): Promise<Connection> {
  return libvirtDriver.open(parseUri(lab.uri({ readOnly })), { host: hostOf(lab), readOnly: asked, log });
}

/** The group, which this connection has. */
export function has<T>(group: T | undefined): T {
  if (group === undefined) throw new Error('the connection lacks the group');
  return group;
}

/** A pool of the lab's own with the tiny system's disk as `tiny.qcow2`; answers its folder. */
export async function imagesPool(lab: Libvirtd, connection: Connection): Promise<string> {
  const images = await guestImages();
  const folder = join(lab.files, 'images');
  await has(connection.pools).create(
    `<pool type='dir'><name>images</name><target><path>${folder}</path></target></pool>`,
    { build: true },
  );
  await copyFile(images.qcow2, join(folder, 'tiny.qcow2'));
  await has(connection.pools).refresh('images');
  return folder;
}

export interface GuestParts {
  disk: string;
  /** More elements in `<devices>`. */
  devices?: string;
  graphics?: string;
}

/** The tiny system under emulation: a virtio disk, an empty drive, a serial line, VNC on a socket, the guest agent. */
export function tinyGuest(name: string, { disk, devices = '', graphics }: GuestParts): string {
  return `<domain type='qemu'>
  <name>${name}</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type><boot dev='hd'/></os>
  <features><acpi/><apic/></features>
  <cpu mode='custom'><model>qemu64</model></cpu>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>
    <serial type='pty'><target port='0'/></serial>
    <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
    ${graphics ?? "<graphics type='vnc'><listen type='socket'/></graphics>"}
    <video><model type='vga'/></video>
    ${devices}
  </devices>
</domain>`;
}
