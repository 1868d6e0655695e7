import type { Volume } from '../../../drivers/api/model.ts';
import { connectionOperations, domainOperations, yes } from '../../../drivers/api/operations.ts';
import type { Verdicts } from '../../../drivers/api/operations.ts';
import { Catalog } from '../../../main/catalog/catalog.ts';
import { GiB } from '../../../main/catalog/system.ts';
import type { Facts, FileFacts } from '../../../main/provision/facts.ts';
import type { Choices, Media } from '../../../preload/create.ts';

export const uuid = '0f5ff6a3-6b6f-4b3e-9d3a-0d2a3c1f7b11';
export const mac = '52:54:00:12:34:56';

const verdicts = Object.fromEntries(
  [...Object.keys(domainOperations), ...connectionOperations].map((operation) => [operation, yes]),
) as Verdicts;

/** A host with KVM and room, as an embedded driver of QEMU sees it. */
export function facts(change: Partial<Facts> = {}): Facts {
  return {
    host: 'lab-01',
    driver: 'qemu',
    reach: 'embedded',
    reachesInside: true,
    readOnly: false,
    verdicts,
    node: {
      hostname: 'lab-01',
      os: 'linux',
      arch: 'x86_64',
      cpus: 8,
      memory: 32 * GiB,
      hypervisor: 'QEMU',
      accelerators: ['kvm', 'tcg'],
    },
    memoryAvailable: 24 * GiB,
    guests: [
      {
        osType: 'hvm',
        arch: 'x86_64',
        machines: ['q35', 'pc', 'pc-q35-9.2'],
        maxCpus: new Map([
          ['q35', 288],
          ['pc', 255],
        ]),
        types: ['qemu', 'kvm'],
      },
      { osType: 'hvm', arch: 'i686', machines: ['q35', 'pc'], maxCpus: new Map(), types: ['qemu', 'kvm'] },
      { osType: 'hvm', arch: 'aarch64', machines: ['virt'], maxCpus: new Map(), types: ['qemu'] },
    ],
    firmware: new Map([
      ['x86_64', { efi: true, secure: true, tpm: true }],
      ['aarch64', { efi: true, secure: false, tpm: true }],
    ]),
    names: new Set(['web-03', 'web-04', 'debian-13']),
    pools: [
      {
        name: 'default',
        type: 'dir',
        path: '/srv/images',
        capacity: 500 * GiB,
        available: 300 * GiB,
        active: true,
      },
      { name: 'old', type: 'dir', path: '/mnt/old', capacity: GiB, available: GiB, active: false },
    ],
    networks: undefined,
    volumes: new Map([['default', new Set(['web-05.qcow2'])]]),
    files: new Map(),
    owners: new Map(),
    takenPorts: new Set(),
    catalog: new Catalog(),
    fresh: { uuid, mac },
    ...change,
  };
}

export function file(path: string, media: Media): [string, FileFacts] {
  const volume: Volume = {
    path,
    name: path,
    format: media.format ?? 'raw',
    capacity: media.capacity ?? media.size,
    allocation: media.size,
  };
  return [path, { state: 'ok', volume, media }];
}

export const disc = '/srv/iso/debian-13.iso';
export const disk = '/srv/images/base.vmdk';

export const discFile = (change: Partial<Media> = {}): [string, FileFacts] =>
  file(disc, {
    kind: 'iso',
    format: 'iso',
    size: 784e6,
    label: 'Debian 13.2.0 amd64 n',
    system: 'http://debian.org/debian/13',
    boots: ['bios', 'efi'],
    arch: 'x86_64',
    ...change,
  });

export const diskFile = (change: Partial<Media> = {}): [string, FileFacts] =>
  file(disk, { kind: 'disk', format: 'vmdk', size: 2 * GiB, capacity: 10 * GiB, ...change });

/** Facts with these files on the host. */
export const withFiles = (...files: [string, FileFacts][]): Partial<Facts> => ({ files: new Map(files) });

export const fromDisc = (change: Partial<Choices> = {}): Choices => ({
  source: { kind: 'iso', path: disc },
  ...change,
});
