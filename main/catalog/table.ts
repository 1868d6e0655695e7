import { anything, bsd, modernLinux, modernWindows, oldWindows, olderWindows, reactos } from './profiles.ts';
import { GiB, MiB } from './system.ts';
import type { MediaPattern, System } from './system.ts';

/** Day of the last look at the makers' own pages; a libosinfo database of a later day wins. */
export const tableDate = '2025-11-15';

const linuxSize = { memory: 2 * GiB, vcpus: 2, disk: 20 * GiB };
const desktopSize = { memory: 4 * GiB, vcpus: 2, disk: 25 * GiB };

/** A system without its number: rows below add name, number and days. */
type Common = Omit<System, 'id' | 'name' | 'released' | 'ended'>;

const linux: Common = {
  family: 'linux',
  devices: modernLinux,
  recommended: linuxSize,
  minimum: { memory: 512 * MiB, disk: 4 * GiB },
  firmware: 'bios',
  starts: ['bios', 'efi'],
  tpm: false,
  media: [],
};
const enterprise: Common = {
  ...linux,
  recommended: { ...linuxSize, memory: 4 * GiB },
  minimum: { memory: 1536 * MiB, disk: 10 * GiB },
};
const bsdSystem: Common = {
  ...linux,
  family: 'bsd',
  devices: bsd,
  recommended: { ...linuxSize, memory: 2 * GiB },
  minimum: { memory: 256 * MiB, disk: 4 * GiB },
};
const windows: Common = {
  family: 'winnt',
  vendor: 'Microsoft Corporation',
  devices: modernWindows,
  recommended: { memory: 8 * GiB, vcpus: 4, disk: 128 * GiB },
  minimum: { memory: 2 * GiB, disk: 32 * GiB },
  firmware: 'bios',
  starts: ['bios', 'efi'],
  tpm: false,
  media: [],
};
const server: Common = {
  ...windows,
  recommended: { memory: 4 * GiB, vcpus: 2, disk: 64 * GiB },
  minimum: { memory: 512 * MiB, disk: 32 * GiB },
};

const system = (
  common: Common,
  id: string,
  name: string,
  released?: string,
  ended?: string,
  media: readonly MediaPattern[] = [],
): System => ({ ...common, id, name, ...(released ? { released } : {}), ...(ended ? { ended } : {}), media });
const labels = (...patterns: RegExp[]): MediaPattern[] => patterns.map((label) => ({ label }));

/** Ids of the two rows that stand for what is not known. */
export const unknownId = 'http://libosinfo.org/unknown';
export const linuxId = 'http://libosinfo.org/linux/2024';

const debian: Common = { ...linux, vendor: 'Debian Project' };
const ubuntu: Common = {
  ...linux,
  vendor: 'Canonical Ltd',
  recommended: desktopSize,
  minimum: { memory: 1 * GiB, disk: 5 * GiB },
};
const fedora: Common = {
  ...linux,
  vendor: 'Fedora Project',
  recommended: { ...linuxSize, memory: 4 * GiB },
  minimum: { memory: 1 * GiB, disk: 15 * GiB },
};
const suse: Common = { ...enterprise, vendor: 'openSUSE', minimum: { memory: 1 * GiB, disk: 10 * GiB } };
const alpine: Common = {
  ...linux,
  vendor: 'Alpine Linux Development Team',
  recommended: { memory: 1 * GiB, vcpus: 1, disk: 8 * GiB },
  minimum: { memory: 128 * MiB, disk: 512 * MiB },
};
const nixos: Common = {
  ...linux,
  vendor: 'NixOS Foundation',
  recommended: { ...linuxSize, memory: 4 * GiB },
  minimum: { memory: 1 * GiB, disk: 8 * GiB },
};
const windows11: Common = {
  ...windows,
  minimum: { memory: 4 * GiB, disk: 64 * GiB, vcpus: 2 },
  firmware: 'efi-secure',
  starts: ['efi'],
  tpm: true,
};
const windowsXp: Common = {
  ...windows,
  devices: oldWindows,
  recommended: { memory: 1 * GiB, vcpus: 1, disk: 20 * GiB },
  minimum: { memory: 64 * MiB, disk: 2 * GiB },
  starts: ['bios'],
};

/** Systems that people install today, newest first within each maker. */
export const table: readonly System[] = [
  system(debian, 'http://debian.org/debian/13', 'Debian 13 (trixie)', '2025-08-09', '2030-06-30'),
  system(debian, 'http://debian.org/debian/12', 'Debian 12 (bookworm)', '2023-06-10', '2028-06-30'),
  system(debian, 'http://debian.org/debian/11', 'Debian 11 (bullseye)', '2021-08-14', '2026-08-31'),
  system(debian, 'http://debian.org/debian/10', 'Debian 10 (buster)', '2019-07-06', '2024-06-30'),
  system(debian, 'http://debian.org/debian/testing', 'Debian testing'),
  system(ubuntu, 'http://ubuntu.com/ubuntu/25.10', 'Ubuntu 25.10', '2025-10-09', '2026-07-31'),
  system(ubuntu, 'http://ubuntu.com/ubuntu/25.04', 'Ubuntu 25.04', '2025-04-17', '2026-01-31'),
  system(ubuntu, 'http://ubuntu.com/ubuntu/24.04', 'Ubuntu 24.04 LTS', '2024-04-25', '2029-05-31'),
  system(ubuntu, 'http://ubuntu.com/ubuntu/22.04', 'Ubuntu 22.04 LTS', '2022-04-21', '2027-06-01'),
  system(ubuntu, 'http://ubuntu.com/ubuntu/20.04', 'Ubuntu 20.04 LTS', '2020-04-23', '2025-05-31'),
  system(fedora, 'http://fedoraproject.org/fedora/43', 'Fedora Linux 43', '2025-10-28'),
  system(fedora, 'http://fedoraproject.org/fedora/42', 'Fedora Linux 42', '2025-04-15'),
  system(fedora, 'http://fedoraproject.org/fedora/41', 'Fedora Linux 41', '2024-10-29'),
  system(enterprise, 'http://redhat.com/rhel/10-unknown', 'Red Hat Enterprise Linux 10', '2025-05-20'),
  system(enterprise, 'http://redhat.com/rhel/9-unknown', 'Red Hat Enterprise Linux 9', '2022-05-18'),
  system(enterprise, 'http://redhat.com/rhel/8-unknown', 'Red Hat Enterprise Linux 8', '2019-05-07'),
  system(enterprise, 'http://centos.org/centos-stream/10', 'CentOS Stream 10', '2024-12-12'),
  system(enterprise, 'http://centos.org/centos-stream/9', 'CentOS Stream 9', '2021-12-03', '2027-05-31'),
  system(enterprise, 'http://almalinux.org/almalinux/10', 'AlmaLinux 10', '2025-05-27'),
  system(enterprise, 'http://almalinux.org/almalinux/9', 'AlmaLinux 9', '2022-05-26'),
  system(enterprise, 'http://almalinux.org/almalinux/8', 'AlmaLinux 8', '2021-03-30'),
  system(enterprise, 'http://rockylinux.org/rocky/10', 'Rocky Linux 10', '2025-06-11'),
  system(enterprise, 'http://rockylinux.org/rocky/9', 'Rocky Linux 9', '2022-07-14'),
  system(enterprise, 'http://rockylinux.org/rocky/8', 'Rocky Linux 8', '2021-06-21'),
  system(suse, 'http://opensuse.org/opensuse/16.0', 'openSUSE Leap 16.0', '2025-10-01'),
  system(suse, 'http://opensuse.org/opensuse/15.6', 'openSUSE Leap 15.6', '2024-06-12', '2026-04-30'),
  system(suse, 'http://opensuse.org/opensuse/tumbleweed', 'openSUSE Tumbleweed'),
  system({ ...linux, vendor: 'Arch Linux' }, 'http://archlinux.org/archlinux/rolling', 'Arch Linux'),
  system(alpine, 'http://alpinelinux.org/alpinelinux/3.22', 'Alpine Linux 3.22', '2025-05-30', '2027-05-01'),
  system(alpine, 'http://alpinelinux.org/alpinelinux/3.21', 'Alpine Linux 3.21', '2024-12-05', '2026-11-01'),
  system(alpine, 'http://alpinelinux.org/alpinelinux/3.20', 'Alpine Linux 3.20', '2024-05-22', '2026-04-01'),
  system(nixos, 'http://nixos.org/nixos/25.05', 'NixOS 25.05', '2025-05-23', '2025-12-31'),
  system(nixos, 'http://nixos.org/nixos/24.11', 'NixOS 24.11', '2024-11-30', '2025-06-30'),
  system(
    { ...linux, vendor: 'Linux Mint', recommended: desktopSize },
    'http://linuxmint.com/linuxmint/22',
    'Linux Mint 22',
    '2024-07-25',
    '2029-04-30',
  ),
  system({ ...linux, vendor: 'Gentoo Foundation' }, 'http://gentoo.org/gentoo/rolling', 'Gentoo'),
  system(
    { ...linux, vendor: 'Kali', recommended: desktopSize },
    'http://kali.org/kali/rolling',
    'Kali Linux',
  ),
  system(bsdSystem, 'http://freebsd.org/freebsd/14.3', 'FreeBSD 14.3', '2025-06-10', '2026-06-30'),
  system(bsdSystem, 'http://freebsd.org/freebsd/13.5', 'FreeBSD 13.5', '2025-03-11', '2026-04-30'),
  system(bsdSystem, 'http://openbsd.org/openbsd/7.8', 'OpenBSD 7.8', '2025-10-22'),
  system(bsdSystem, 'http://openbsd.org/openbsd/7.7', 'OpenBSD 7.7', '2025-04-28'),
  system(bsdSystem, 'http://netbsd.org/netbsd/10.1', 'NetBSD 10.1', '2024-12-16'),
  system(windows11, 'http://microsoft.com/win/11', 'Windows 11', '2021-10-05'),
  system(windows, 'http://microsoft.com/win/10', 'Windows 10', '2015-07-29', '2025-10-14'),
  system(server, 'http://microsoft.com/win/2k25', 'Windows Server 2025', '2024-11-01'),
  system(server, 'http://microsoft.com/win/2k22', 'Windows Server 2022', '2021-08-18'),
  system(server, 'http://microsoft.com/win/2k19', 'Windows Server 2019', '2018-11-13'),
  system(server, 'http://microsoft.com/win/2k16', 'Windows Server 2016', '2016-10-15'),
  system(
    { ...windows, devices: olderWindows, recommended: { memory: 4 * GiB, vcpus: 2, disk: 64 * GiB } },
    'http://microsoft.com/win/8.1',
    'Windows 8.1',
    '2013-10-17',
    '2023-01-10',
    labels(/^(IR\d_|J_)(CCSN?A|CCCOMA|CENN?A|CPRN?A|SSS)_(X64|X86)FREV?_[A-Z]{2}-[A-Z]{2}_DV\d$/i),
  ),
  system(
    { ...windows, devices: olderWindows, recommended: { memory: 4 * GiB, vcpus: 2, disk: 40 * GiB } },
    'http://microsoft.com/win/7',
    'Windows 7',
    '2009-10-22',
    '2020-01-14',
    labels(/^(GRM|GSP1RM)C[A-Z]*(XFRE|XCHK|FRE|VOL)[A-Z]*_[A-Z]{2}_DVD$/i),
  ),
  system(windowsXp, 'http://microsoft.com/win/xp', 'Windows XP', '2001-10-25', '2014-04-08', [
    { label: /^(GRTM|WX|XRM|VRM|VX2|GR1S?)[A-Z0-9]*(FPP|OEM|VOL|PXF?RER?)_[A-Z]{2}$/i },
  ]),
  system(
    {
      ...windowsXp,
      vendor: 'ReactOS Project',
      devices: reactos,
      recommended: { memory: 512 * MiB, vcpus: 1, disk: 10 * GiB },
    },
    'http://reactos.org/reactos/0.4',
    'ReactOS 0.4',
    '2016-02-16',
    undefined,
    [{ label: /^REACTOS/i }, { publisherId: /REACTOS/i }],
  ),
  system({ ...linux, media: [] }, linuxId, 'Generic Linux'),
  system(
    {
      ...linux,
      family: 'unknown',
      devices: anything,
      recommended: { memory: 1 * GiB, vcpus: 1, disk: 20 * GiB },
      minimum: {},
    },
    unknownId,
    'Unknown system',
  ),
];
