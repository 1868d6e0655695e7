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
  for (const [index, { target, device, readonly }] of domain.devices.disks.entries()) {
    const bus = buses[/^(?:fd|hd|sd|vd|xvd|ubd)/.exec(target.dev)?.[0] ?? ''];
    if (target.bus === undefined && bus !== undefined) document.change('disks', index, { target: { bus } });
    if (device === 'cdrom' && !readonly) document.change('disks', index, { readonly: true });
  }
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
