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

/** A system's name for people from its libosinfo id: http://debian.org/debian/13 is Debian 13. */
export function systemName(id: string): string {
  const [family = id, ...rest] = id.replace(/^https?:\/\/[^/]+\//, '').split('/');
  const version = rest.join(' ');
  return [words[family.toLowerCase()] ?? family.charAt(0).toUpperCase() + family.slice(1), version]
    .filter((part) => part !== '')
    .join(' ');
}
