import type { GuestInfo } from '../api/model.ts';
import type { Machine } from './machine.ts';

interface System {
  id: string;
  name: string;
  /** Of the version in libosinfo's id. */
  kernel: string;
  mounts: readonly { mountpoint: string; type: string; share: number }[];
}

const unixMounts = [
  { mountpoint: '/', type: 'ext4', share: 0.95 },
  { mountpoint: '/boot', type: 'ext4', share: 0.05 },
] as const;

const linux = (id: string, name: string, kernel: string): System => ({
  id,
  name,
  kernel,
  mounts: unixMounts,
});

/** By the part of libosinfo's id that names the system. */
const systems: Readonly<Record<string, System>> = {
  debian: linux('debian', 'Debian GNU/Linux', '6.1.0-28-amd64'),
  ubuntu: linux('ubuntu', 'Ubuntu', '6.8.0-51-generic'),
  fedora: linux('fedora', 'Fedora Linux', '6.8.5-301.fc40.x86_64'),
  rocky: linux('rocky', 'Rocky Linux', '5.14.0-503.el9.x86_64'),
  alpinelinux: linux('alpine', 'Alpine Linux', '6.6.58-0-virt'),
  freebsd: {
    id: 'freebsd',
    name: 'FreeBSD',
    kernel: 'FreeBSD 14.1-RELEASE',
    mounts: [
      { mountpoint: '/', type: 'ufs', share: 0.95 },
      { mountpoint: '/boot/efi', type: 'msdosfs', share: 0.05 },
    ],
  },
  win: {
    id: 'mswindows',
    name: 'Microsoft Windows',
    kernel: '26100',
    mounts: [
      { mountpoint: 'C:\\', type: 'NTFS', share: 0.95 },
      { mountpoint: 'System Reserved', type: 'NTFS', share: 0.05 },
    ],
  },
};
const unknown = linux('linux', 'Linux', '6.1.0');

/** The system inside a made-up guest, as its document names it. */
export function systemOf(machine: Machine): System & { version: string | undefined } {
  const [, name = '', version] = /([^/]+)\/([^/]+)$/.exec(machine.document.facts.osId ?? '') ?? [];
  return { ...(systems[name] ?? unknown), version };
}

/** What its agent tells. `sizeOf` answers the bytes of a disk's image. */
export function guestInfoOf(machine: Machine, sizeOf: (path: string) => number | undefined): GuestInfo {
  const { id, name, version, kernel, mounts } = systemOf(machine);
  const disk = machine.document.facts.disks.find(({ device }) => device === 'disk');
  const size = disk?.path === undefined ? undefined : sizeOf(disk.path);
  const { startedAt } = machine;
  return {
    hostname: machine.name,
    os: { id, name, kernel, ...(version === undefined ? {} : { version }) },
    timezone: 'Europe/Berlin',
    users: [{ name: 'admin', ...(startedAt === undefined ? {} : { since: Math.round(startedAt) + 60_000 }) }],
    filesystems:
      disk === undefined
        ? []
        : mounts.map(({ mountpoint, type, share }) => {
            const total = size === undefined ? undefined : Math.floor(size * share);
            const used =
              total === undefined ? undefined : Math.floor(total * (0.2 + (machine.seed % 60) / 100));
            return {
              mountpoint,
              type,
              ...(total === undefined ? {} : { total }),
              ...(used === undefined ? {} : { used }),
              targets: [disk.target],
            };
          }),
  };
}
