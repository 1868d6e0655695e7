import type { World, Seed } from './hypervisor.ts';
import { addMedia, Files } from './files.ts';
import { documentOf, type Guest } from './guest.ts';
import { hashText, macFrom, randomFrom, randomUuid } from './random.ts';
import {
  images,
  showcaseDevices,
  showcaseInterfaces,
  showcaseNetworks,
  showcasePools,
} from './showcase-host.ts';
import { showcaseSnapshots } from './showcase-snapshots.ts';

const gib = 1024 ** 3;
const hour = 3600;
const day = 86_400;

interface Exhibit extends Omit<Guest, 'uuid' | 'disks' | 'macs'> {
  /** GiB of its first disk, and of more. */
  sizes: readonly number[];
  fate?: Omit<Seed, 'uuid' | 'document'>;
}

const os = {
  debian: 'http://debian.org/debian/12',
  ubuntu: 'http://ubuntu.com/ubuntu/24.04',
  fedora: 'http://fedoraproject.org/fedora/40',
  alpine: 'http://alpinelinux.org/alpinelinux/3.20',
  windows11: 'http://microsoft.com/win/11',
  server2022: 'http://microsoft.com/win/2k22',
  freebsd: 'http://freebsd.org/freebsd/14.1',
  haiku: 'http://haiku-os.org/haiku/r1beta4',
} as const;

/** A dozen machines as a small office might have them, with the odd ones that a list must bear. */
const exhibits: readonly Exhibit[] = [
  {
    name: 'web-01',
    title: 'Web server, first of two',
    description: 'nginx behind proxy-01.\nDeploys run every evening at 22:00.',
    osId: os.debian,
    memory: 4,
    vcpus: 2,
    sizes: [40],
    fate: { state: 'running', autostart: true, uptime: 12 * day + 5 * hour },
  },
  {
    name: 'web-02',
    title: 'Web server, second of two',
    description: 'Same as web-01. Take it out of the proxy before updates.',
    osId: os.debian,
    memory: 4,
    vcpus: 2,
    sizes: [40],
    cdrom: null,
    fate: { state: 'shutoff', reason: 'shutdown', autostart: true },
  },
  {
    name: 'db-primary',
    title: 'PostgreSQL, primary',
    description: 'Backups go to the pool backup at 03:00.\nDo not move while a backup runs.',
    osId: os.ubuntu,
    memory: 16,
    vcpus: 8,
    sizes: [40, 500],
    fate: { state: 'running', autostart: true, uptime: 31 * day },
  },
  {
    name: 'build-runner',
    title: 'CI builds',
    osId: os.fedora,
    memory: 8,
    vcpus: 6,
    sizes: [120],
    networks: ['lab'],
    cdrom: '/srv/media/Fedora-Workstation-Live-x86_64-40.iso',
    fate: { state: 'running', uptime: 3 * hour },
  },
  {
    name: 'windows-11',
    title: 'Windows desktop',
    description: 'For the accounting program. Licence in the safe.',
    osId: os.windows11,
    memory: 8,
    vcpus: 4,
    sizes: [128],
    cdrom: '/srv/media/Win11_24H2_English_x64.iso',
    firmware: 'efi',
    password: 'showcase',
    fate: { state: 'paused', uptime: 2 * day },
  },
  {
    name: 'win-server-2022',
    title: 'Domain controller',
    osId: os.server2022,
    memory: 8,
    vcpus: 4,
    sizes: [80],
    firmware: 'efi',
    fate: { state: 'shutoff', reason: 'saved', managedSave: true },
  },
  {
    name: 'freebsd-router',
    title: 'Router and firewall',
    description: 'Two network cards: office and internet.',
    osId: os.freebsd,
    memory: 1,
    vcpus: 1,
    sizes: [8],
    graphics: 'none',
    networks: ['office', 'default'],
    fate: { state: 'running', autostart: true, uptime: 35 * day },
  },
  {
    name: 'mail',
    title: 'Mail server',
    description: 'Stopped by itself on Monday: look at its disk.',
    osId: os.debian,
    memory: 4,
    vcpus: 2,
    sizes: [60],
    fate: {
      state: 'crashed',
      reason: 'panicked',
      autostart: true,
      problem: {
        message: 'The guest stopped with a kernel panic',
        detail: 'Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(253,1)',
        hint: 'Start it and watch its screen, or attach its disk to another virtual machine',
        code: 'guest_died',
      },
    },
  },
  {
    name: 'alpine-throwaway',
    title: 'Trying something out',
    osId: os.alpine,
    memory: 0.5,
    vcpus: 1,
    sizes: [2],
    networks: ['lab'],
    agent: false,
    fate: { state: 'running', transient: true, uptime: 20 * 60 },
  },
  {
    name: 'haiku',
    osId: os.haiku,
    memory: 2,
    vcpus: 2,
    sizes: [16],
    graphics: 'spice',
    serial: false,
    agent: false,
    fate: { state: 'running', uptime: 9 * hour },
  },
  {
    name: '测试服务器-ü-東京',
    title: 'Имя на многих языках',
    description: '名称可以使用任何语言。',
    osId: os.ubuntu,
    memory: 2,
    vcpus: 2,
    sizes: [20],
    fate: { state: 'shutoff', reason: 'shutdown' },
  },
  {
    name: 'a-name-that-somebody-let-a-script-make-from-project-branch-commit-architecture-and-the-date-of-the-day-2025-01-15',
    osId: os.debian,
    memory: 1,
    vcpus: 1,
    sizes: [10],
    fate: { state: 'shutoff', reason: 'destroyed' },
  },
  {
    name: '<img src=x onerror=alert(1)>',
    title: '<b>Names are text</b>, never markup',
    description: '<script>alert(1)</script>',
    memory: 0.25,
    vcpus: 1,
    sizes: [1],
    fate: { state: 'shutoff', reason: 'unknown' },
  },
];

/** `test:///showcase`: for a first look around, and for pictures. */
export function showcaseWorld(): World {
  const files = new Files('/home/guest');
  files.addText('/home/guest/Documents/notes.txt', 'Nothing on this host is real.\n');
  addMedia(files, '/home/guest/Downloads');
  addMedia(files, '/srv/media');
  files.addImage('/dev/nvme0n1', 'raw', 1000 * gib, 1000 * gib);
  for (const name of ['scratch', 'builds']) files.addImage(`/dev/fast/${name}`, 'raw', 100 * gib, 100 * gib);
  return {
    node: {
      hostname: 'showcase',
      os: 'Debian GNU/Linux 12',
      arch: 'x86_64',
      cpuModel: 'Made-up processor, 16 cores',
      cpus: 32,
      cpuMhz: 3400,
      sockets: 1,
      coresPerSocket: 16,
      threadsPerCore: 2,
      memory: 128 * gib,
      hypervisor: 'test',
      hypervisorVersion: '0.0.2',
    },
    files,
    pools: showcasePools,
    networks: showcaseNetworks,
    interfaces: showcaseInterfaces,
    devices: showcaseDevices,
    machines: exhibits.map((exhibit) => plant(exhibit, files)),
  };
}

function plant({ sizes, fate, ...guest }: Exhibit, files: Files): Seed {
  const random = randomFrom(hashText(guest.name));
  const uuid = randomUuid(random);
  const file = guest.name.replace(/[^\p{L}\p{N}.-]+/gu, '_').slice(0, 60);
  const disks = sizes.map((size, index) => {
    const path = `${images}/${file}${index === 0 ? '' : `-${String(index + 1)}`}.qcow2`;
    files.addImage(path, 'qcow2', size * gib, Math.floor(size * gib * (0.2 + 0.5 * random())));
    return { path, format: 'qcow2' };
  });
  const macs = (guest.networks ?? ['default']).map(() => macFrom(random));
  const document = documentOf({ ...guest, uuid, disks, macs });
  const snapshots = showcaseSnapshots(guest.name, document);
  return { uuid, document, ...(snapshots ? { snapshots } : {}), ...fate };
}
