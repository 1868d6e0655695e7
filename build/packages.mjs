// Debian packages for suites and benches.
import { spawnSync } from 'node:child_process';
import { findProgram } from './setup.mjs';

/** A libvirtd of our own with guests, networks and logins. @type {Record<string, string>} */
const libvirtd = {
  '/usr/sbin/libvirtd': 'libvirt-daemon',
  '/usr/bin/virt-qemu-run': 'libvirt-daemon-driver-qemu',
  '/usr/lib/libvirt/libvirt_lxc': 'libvirt-daemon-driver-lxc',
  '/etc/sasl2/libvirt.conf': 'libvirt-daemon-system',
  '/usr/share/libvirt/networks/default.xml': 'libvirt-daemon-config-network',
  '/usr/bin/virsh': 'libvirt-clients',
  '/usr/sbin/dnsmasq': 'dnsmasq-base',
  '/bin/ip': 'iproute2',
  '/usr/bin/nsenter': 'util-linux',
  '/usr/bin/systemd-socket-activate': 'systemd',
  '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
  '/usr/bin/certtool': 'gnutls-bin',
  '/usr/sbin/saslpasswd2': 'sasl2-bin',
  '/usr/share/doc/libsasl2-modules/copyright': 'libsasl2-modules',
};

/** Debian packages by the program or file that shows they are there. The one list of what tests and benches need. @type {Record<string, Record<string, string>>} */
export const debianPackages = {
  libvirtd,
  unit: {
    '/usr/bin/xmllint': 'libxml2-utils',
    '/usr/share/libvirt/schemas/domain.rng': 'libvirt0',
    '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
    '/usr/bin/qemu-img': 'qemu-utils',
    '/usr/bin/ssh-keygen': 'openssh-client',
  },
  browser: {
    '/usr/bin/chromium': 'chromium',
    // without it the Chinese pictures show boxes
    '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc': 'fonts-wqy-microhei',
  },
  // what our figures are held against, and what runs it
  bench: {
    ...libvirtd,
    '/usr/bin/chromium': 'chromium',
    '/usr/bin/websockify': 'websockify',
    '/usr/lib/python3/dist-packages/libvirt.py': 'python3-libvirt',
    '/usr/bin/virt-manager': 'virt-manager',
    '/usr/bin/Xvfb': 'xvfb',
    '/usr/bin/dbus-run-session': 'dbus-daemon',
    '/usr/bin/openssl': 'openssl',
    '/usr/sbin/sshd': 'openssh-server',
    '/usr/bin/ssh': 'openssh-client',
    '/bin/nc': 'netcat-openbsd',
  },
  live: {
    ...libvirtd,
    '/usr/bin/chromium': 'chromium',
    '/usr/bin/qemu-img': 'qemu-utils',
    '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
    '/usr/bin/swtpm': 'swtpm',
    '/usr/bin/swtpm_setup': 'swtpm-tools',
    '/bin/busybox': 'busybox-static',
    '/usr/bin/cpio': 'cpio',
    '/sbin/depmod': 'kmod',
    '/usr/bin/mcopy': 'mtools',
    '/usr/sbin/mkfs.vfat': 'dosfstools',
    '/usr/bin/syslinux': 'syslinux',
    '/usr/lib/syslinux/modules/bios/ldlinux.c32': 'syslinux-common',
    '/usr/lib/ISOLINUX/isolinux.bin': 'isolinux',
    '/usr/bin/xorriso': 'xorriso',
    '/usr/lib/grub/x86_64-efi/moddep.lst': 'grub-efi-amd64-bin',
    '/usr/bin/grub-mkstandalone': 'grub-common',
    '/usr/sbin/mkfs.ext4': 'e2fsprogs',
    '/usr/sbin/sfdisk': 'fdisk',
    '/usr/bin/strings': 'binutils',
    '/usr/bin/openssl': 'openssl',
    '/usr/sbin/sshd': 'openssh-server',
    '/usr/bin/ssh': 'openssh-client',
    '/bin/nc': 'netcat-openbsd',
    '/sbin/tc': 'iproute2',
  },
};

/** Packages that this suite needs and this machine lacks. @param {string} suite @param {(path: string) => boolean} exists */
export function missingPackages(suite, exists) {
  return Object.entries(debianPackages[suite] ?? {})
    .filter(([path]) => !exists(path))
    .map(([, name]) => name);
}

/** Installs what is lacking where that is possible; answers whether this machine could. @param {string[]} packages */
export function installPackages(packages) {
  const mayInstall = process.getuid?.() === 0 && findProgram('apt-get') !== undefined;
  if (packages.length === 0 || !mayInstall) return mayInstall;
  console.log(`Installing Debian packages: ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {string[]} args */
  const apt = (args) =>
    spawnSync('apt-get', args, { stdio: ['ignore', 'inherit', 'inherit'], env }).status === 0;
  apt(['update', '-q']);
  apt(['install', '-q', '--yes', '--no-install-recommends', ...packages]);
  return true;
}
