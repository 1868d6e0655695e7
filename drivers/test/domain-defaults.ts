import { randomBytes } from 'node:crypto';
import type { DomainDocument, DomainPatch } from '../xml/domain/edit.ts';
import type { Domain } from '../xml/domain/types.ts';

/** The bus of a disk by the letters of its target, as libvirt takes them. */
const buses: Readonly<Record<string, string>> = {
  fd: 'fdc',
  hd: 'ide',
  sd: 'scsi',
  vd: 'virtio',
  xvd: 'xen',
  ubd: 'uml',
};

/** A MAC address of QEMU's own range. */
export const randomMac = (): string =>
  `52:54:00:${randomBytes(3).toString('hex').match(/../g)?.join(':') ?? '00:00:00'}`;

/** What a guest's processor is where its document does not say: guests here are of two kinds. */
const archOn = (node: string): string => (node === 'x86_64' ? node : 'i686');

/** Fills in what libvirt's test driver fills in, as far as anything here looks at it: `node` is the host's architecture, `mac` makes addresses of cards. */
export function complete(document: DomainDocument, node: string, mac: () => string = randomMac): void {
  const domain = document.read();
  document.update(missing(domain, archOn(node)));
  const taken = new Set(domain.devices.interfaces.map((card) => card.target?.dev));
  for (const [index, card] of domain.devices.interfaces.entries()) {
    if (card.mac === undefined) document.change('interfaces', index, { mac: mac() });
    if (card.target?.dev !== undefined) continue;
    let number = 0;
    while (taken.has(`testnet${String(number)}`)) number += 1;
    const dev = `testnet${String(number)}`;
    taken.add(dev);
    document.change('interfaces', index, { target: { dev } });
  }
  completeDisks(document);
  completeTerminals(document, domain);
  completeScreens(document, domain);
}

function completeDisks(document: DomainDocument): void {
  for (const [index, { target, device, readonly }] of document.read().devices.disks.entries()) {
    const bus = buses[/^(?:fd|hd|sd|vd|xvd|ubd)/.exec(target.dev)?.[0] ?? ''];
    if (target.bus === undefined && bus !== undefined) document.change('disks', index, { target: { bus } });
    if (device === 'cdrom' && !readonly) document.change('disks', index, { readonly: true });
  }
  const { disks, controllers } = document.read().devices;
  const there = new Set(controllers.map(({ type, index }) => `${type} ${String(index)}`));
  for (const [index, { target, address }] of disks.entries()) {
    const place = placeOf(target.dev, target.bus);
    if (!place || address) continue;
    document.change('disks', index, { address: { type: 'drive', target: 0, ...place } });
    for (let number = 0; number <= place.controller; number += 1) {
      const type = target.bus ?? '';
      if (there.has(`${type} ${String(number)}`)) continue;
      there.add(`${type} ${String(number)}`);
      document.add('controllers', { type, index: number });
    }
  }
}

interface DrivePlace {
  controller: number;
  bus: number;
  unit: number;
}

/** Where a drive sits by the last letter of its target: sda is the first. */
function placeOf(target: string, bus = ''): DrivePlace | undefined {
  const number = (target.codePointAt(2) ?? 0) - 97;
  if (!/^[a-z]{3}$/.test(target)) return undefined;
  const along = (width: number, lines: number): DrivePlace => ({
    controller: Math.floor(number / (width * lines)),
    bus: Math.floor(number / width) % lines,
    unit: number % width,
  });
  switch (bus) {
    case 'ide':
      return along(2, 2);
    case 'fdc':
      return along(2, 1);
    case 'scsi':
      return along(7, 1);
    case 'sata':
      return along(6, 1);
    default:
      return undefined;
  }
}

function completeTerminals(document: DomainDocument, { os, devices }: Domain): void {
  const { serials, consoles, channels, controllers } = devices;
  for (const [index, { target }] of serials.entries())
    if (target?.port === undefined) document.change('serials', index, { target: { port: index } });
  const [serial] = serials;
  if (serial && consoles.length === 0 && os.type === 'hvm')
    document.add('consoles', { type: serial.type, target: { type: 'serial', port: 0 } });
  const virtio = channels.some(({ target }) => target?.type === 'virtio');
  if (virtio && !controllers.some(({ type }) => type === 'virtio-serial'))
    document.add('controllers', { type: 'virtio-serial', index: 0 });
}

function completeScreens(document: DomainDocument, { devices }: Domain): void {
  for (const [index, { type, port, autoport, listens, listen, socket }] of devices.graphics.entries()) {
    const own = listens.length > 0 || listen !== undefined || socket !== undefined;
    if (type !== 'vnc' || own) continue;
    const chosen = port === undefined || port === -1;
    document.change('graphics', index, {
      ...(chosen ? { port: -1 } : {}),
      autoport: autoport ?? chosen,
      listens: [{ type: 'address' }],
    });
  }
  if (devices.graphics.length > 0 && devices.videos.length === 0)
    document.add('videos', { model: { type: 'cirrus', vram: 16384, heads: 1, primary: true } });
}

function missing(
  { memory, currentMemory, os, devices, clock, onPoweroff, onReboot, onCrash, vcpu }: Domain,
  arch: string,
): DomainPatch {
  const bootable = [...devices.disks, ...devices.interfaces, ...devices.hostdevs, ...devices.redirdevs];
  const ordered = bootable.some((device) => device.bootOrder !== undefined);
  const machine = os.type === 'hvm';
  return {
    ...(currentMemory === undefined ? { currentMemory: memory } : {}),
    ...(vcpu.placement === undefined ? { vcpu: { count: vcpu.count, placement: 'static' } } : {}),
    os: {
      ...(os.arch === undefined ? { arch } : {}),
      ...(machine && os.boot.length === 0 && !ordered && os.kernel === undefined ? { boot: ['hd'] } : {}),
    },
    ...(clock === undefined ? { clock: { offset: 'utc' } } : {}),
    ...(onPoweroff === undefined ? { onPoweroff: 'destroy' } : {}),
    ...(onReboot === undefined ? { onReboot: 'restart' } : {}),
    ...(onCrash === undefined ? { onCrash: 'destroy' } : {}),
  };
}
