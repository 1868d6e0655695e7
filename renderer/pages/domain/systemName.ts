const words: Readonly<Record<string, string>> = {
  ubuntu: 'Ubuntu',
  debian: 'Debian',
  fedora: 'Fedora',
  centos: 'CentOS',
  rhel: 'Red Hat Enterprise Linux',
  rocky: 'Rocky Linux',
  almalinux: 'AlmaLinux',
  opensuse: 'openSUSE',
  sles: 'SUSE Linux Enterprise',
  alpinelinux: 'Alpine Linux',
  archlinux: 'Arch Linux',
  freebsd: 'FreeBSD',
  openbsd: 'OpenBSD',
  netbsd: 'NetBSD',
  win: 'Windows',
  reactos: 'ReactOS',
};

/** Versions that people know by another name. */
export const versions: Readonly<Record<string, string>> = {
  '2k8r2': 'Server 2008 R2',
  '2k12': 'Server 2012',
  '2k12r2': 'Server 2012 R2',
  '2k16': 'Server 2016',
  '2k19': 'Server 2019',
  '2k22': 'Server 2022',
  '2k25': 'Server 2025',
};

/** A system's name for people from its libosinfo id: http://debian.org/debian/13 is Debian 13. */
export function systemName(id: string): string {
  const [family = id, ...rest] = id.replace(/^https?:\/\/[^/]+\//, '').split('/');
  const version = rest.map((part) => versions[part] ?? part).join(' ');
  return [words[family.toLowerCase()] ?? family.charAt(0).toUpperCase() + family.slice(1), version]
    .filter((part) => part !== '')
    .join(' ');
}
