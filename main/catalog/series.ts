import type { Disc } from './disc.ts';

/** A system as its disc tells: also releases that no table has yet. */
export interface Recognised {
  readonly id: string;
  /** Name for an id that no table has. */
  readonly name: string;
  /** A release whose needs are the nearest, where the table lacks this one. */
  readonly like: string;
  readonly arch?: string;
}

interface Series {
  readonly label: RegExp;
  readonly make: (match: RegExpExecArray, disc: Disc) => Recognised;
}

const archNames: Readonly<Record<string, string>> = {
  amd64: 'x86_64',
  x86_64: 'x86_64',
  x64: 'x86_64',
  '64bit': 'x86_64',
  i386: 'i686',
  i486: 'i686',
  i586: 'i686',
  i686: 'i686',
  x86: 'i686',
  arm64: 'aarch64',
  aarch64: 'aarch64',
  a64: 'aarch64',
  armhf: 'armv7l',
  armv7: 'armv7l',
  armhfp: 'armv7l',
  riscv64: 'riscv64',
  ppc64le: 'ppc64le',
  ppc64el: 'ppc64le',
  s390x: 's390x',
  loong64: 'loongarch64',
};

/** libvirt's name of an architecture that a label mentions. */
export function archInLabel(label: string): string | undefined {
  if (/x86_64/i.test(label)) return 'x86_64';
  for (const word of label.toLowerCase().split(/[^a-z0-9]+/)) {
    const arch = archNames[word.replace(/free?v?$/, '')];
    if (arch) return arch;
  }
  return undefined;
}

const numbered =
  (prefix: string, name: string, like: string) =>
  (match: RegExpExecArray): Recognised => ({
    id: `${prefix}/${match[1] ?? ''}`,
    name: `${name} ${match[1] ?? ''}`,
    like,
  });

/** Makers whose discs carry the release in the label, so that next year's release is recognised too. */
const series: readonly Series[] = [
  {
    label: /^Debian (?:GNU\/Linux )?(\d+)\.\d/i,
    make: numbered('http://debian.org/debian', 'Debian', 'http://debian.org/debian/13'),
  },
  {
    label: /^d-live (\d+)\./i,
    make: numbered('http://debian.org/debian', 'Debian', 'http://debian.org/debian/13'),
  },
  {
    label: /^Debian (?:testing|sid|unstable)|^d-live (?:testing|sid)/i,
    make: () => ({
      id: 'http://debian.org/debian/testing',
      name: 'Debian testing',
      like: 'http://debian.org/debian/13',
    }),
  },
  {
    label: /^(?:[KLX]ubuntu|Ubuntu)(?:[- ][A-Za-z]+)* (\d\d\.\d\d)/i,
    make: numbered('http://ubuntu.com/ubuntu', 'Ubuntu', 'http://ubuntu.com/ubuntu/24.04'),
  },
  {
    label: /^Fedora-(?:[A-Za-z]+-)+(?:(?:x86_64|aarch64|ppc64le|s390x)-)?(\d\d)(?:-|$)/i,
    make: numbered('http://fedoraproject.org/fedora', 'Fedora Linux', 'http://fedoraproject.org/fedora/43'),
  },
  {
    label: /^RHEL-(\d+)-(\d+)-/i,
    make: ([, major = '', minor = '']) => ({
      id: `http://redhat.com/rhel/${major}.${minor}`,
      name: `Red Hat Enterprise Linux ${major}.${minor}`,
      like: `http://redhat.com/rhel/${major}-unknown`,
    }),
  },
  {
    label: /^CentOS-Stream-(\d+)/i,
    make: numbered('http://centos.org/centos-stream', 'CentOS Stream', 'http://centos.org/centos-stream/10'),
  },
  {
    label: /^AlmaLinux-(\d+)/i,
    make: numbered('http://almalinux.org/almalinux', 'AlmaLinux', 'http://almalinux.org/almalinux/10'),
  },
  {
    label: /^Rocky-(\d+)/i,
    make: numbered('http://rockylinux.org/rocky', 'Rocky Linux', 'http://rockylinux.org/rocky/10'),
  },
  {
    label: /^(?:openSUSE-)?Leap[-_](\d\d\.\d)/i,
    make: numbered('http://opensuse.org/opensuse', 'openSUSE Leap', 'http://opensuse.org/opensuse/16.0'),
  },
  { label: /Tumbleweed/i, make: rolling('http://opensuse.org/opensuse/tumbleweed', 'openSUSE Tumbleweed') },
  { label: /^ARCH_\d{6}$/i, make: rolling('http://archlinux.org/archlinux/rolling', 'Arch Linux') },
  {
    label: /^alpine-[a-z]+[ -]v?(\d+\.\d+)/i,
    make: numbered(
      'http://alpinelinux.org/alpinelinux',
      'Alpine Linux',
      'http://alpinelinux.org/alpinelinux/3.22',
    ),
  },
  {
    label: /^nixos-(?:[a-z]+\d*-)*(\d\d\.\d\d)/i,
    make: numbered('http://nixos.org/nixos', 'NixOS', 'http://nixos.org/nixos/25.05'),
  },
  {
    label: /^Linux Mint (\d+)/i,
    make: numbered('http://linuxmint.com/linuxmint', 'Linux Mint', 'http://linuxmint.com/linuxmint/22'),
  },
  { label: /^Gentoo /i, make: rolling('http://gentoo.org/gentoo/rolling', 'Gentoo') },
  { label: /^Kali /i, make: rolling('http://kali.org/kali/rolling', 'Kali Linux') },
  {
    label: /^(\d+)_(\d+)_(?:RELEASE|RC\d|BETA\d|STABLE)/i,
    make: ([, major = '', minor = '']) => ({
      id: `http://freebsd.org/freebsd/${major}.${minor}`,
      name: `FreeBSD ${major}.${minor}`,
      like: 'http://freebsd.org/freebsd/14.3',
    }),
  },
  {
    label: /^OpenBSD[/ ]\S*\s+(\d+\.\d)/i,
    make: numbered('http://openbsd.org/openbsd', 'OpenBSD', 'http://openbsd.org/openbsd/7.8'),
  },
  {
    label: /^NetBSD[-_ ]?(\d+\.\d)/i,
    make: numbered('http://netbsd.org/netbsd', 'NetBSD', 'http://netbsd.org/netbsd/10.1'),
  },
  // Consumer discs of Windows 10 and 11, and all Windows Servers since 2016, share their labels: the day they were made tells
  {
    label: /^C[A-Z]{2,5}_(?:X64|A64|X86)FREE?V?_[A-Z]{2}-[A-Z]{2}_DV\d$|^ESD-ISO$/i,
    make: (_match, disc) => windowsOf((disc.created ?? '9') >= '2021-09' ? '11' : '10'),
  },
  { label: /^Win(?:dows)?[ _]?(1[01])\b/i, make: ([, version = '']) => windowsOf(version) },
  {
    label: /^SSS_X64FREE?V?_[A-Z]{2}-[A-Z]{2}_DV\d$/i,
    make: (_match, disc) => serverOf(disc.created ?? '9'),
  },
];

function rolling(id: string, name: string): Series['make'] {
  return () => ({ id, name, like: id });
}

function windowsOf(version: string): Recognised {
  const id = `http://microsoft.com/win/${version}`;
  return { id, name: `Windows ${version}`, like: id };
}

function serverOf(made: string): Recognised {
  const [short, year] =
    made < '2018-09'
      ? ['2k16', '2016']
      : made < '2021-07'
        ? ['2k19', '2019']
        : made < '2024-04'
          ? ['2k22', '2022']
          : ['2k25', '2025'];
  const id = `http://microsoft.com/win/${short}`;
  return { id, name: `Windows Server ${year}`, like: id };
}

/** The system on this disc by the label that its maker gives, or undefined. */
export function recogniseLabel(disc: Disc): Recognised | undefined {
  for (const { label, make } of series) {
    const match = label.exec(disc.label);
    if (!match) continue;
    const arch = archInLabel(disc.label);
    return { ...make(match, disc), ...(arch ? { arch } : {}) };
  }
  return undefined;
}
