// The suites of npm test: what each needs, and what a run's report adds up to.

import { stripVTControlCharacters } from 'node:util';

/** Debian packages by the program or file that shows they are there. The one list of what tests need. @type {Record<string, Record<string, string>>} */
export const debianPackages = {
  unit: {
    '/usr/bin/xmllint': 'libxml2-utils',
    '/usr/share/libvirt/schemas/domain.rng': 'libvirt0',
    '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
    '/usr/bin/qemu-img': 'qemu-utils',
  },
  browser: {
    '/usr/bin/chromium': 'chromium',
    // without it the Chinese pictures show boxes
    '/usr/share/fonts/truetype/wqy/wqy-microhei.ttc': 'fonts-wqy-microhei',
  },
  live: {
    '/usr/bin/chromium': 'chromium',
    '/usr/bin/qemu-system-x86_64': 'qemu-system-x86',
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
    '/usr/bin/certtool': 'gnutls-bin',
    '/usr/sbin/saslpasswd2': 'sasl2-bin',
    '/usr/share/doc/libsasl2-modules/copyright': 'libsasl2-modules',
  },
};

/** Packages that this suite needs and this machine lacks. @param {string} suite @param {(path: string) => boolean} exists */
export function missingPackages(suite, exists) {
  return Object.entries(debianPackages[suite] ?? {})
    .filter(([path]) => !exists(path))
    .map(([, name]) => name);
}

/** @typedef {{ passed: number, failed: number, skipped: number }} Count */

/**
 * What vitest's JSON report adds up to. A run that ended badly without a failed test (a file that could not be read, a
 * stray error) is one failure, and so is a run without any test.
 * @param {string | undefined} report
 * @param {number | null} status
 * @returns {Count}
 */
export function countReport(report, status) {
  if (report === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(report);
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: unknown[] }} */ file) =>
      file.status === 'failed' && file.assertionResults.length === 0,
  ).length;
  const failed = numFailedTests + broken;
  const empty = numPassedTests + failed === 0;
  return {
    passed: numPassedTests,
    failed: failed === 0 && (status !== 0 || empty) ? 1 : failed,
    skipped: numPendingTests + numTodoTests,
  };
}

/** Steps of npm run check, by their closing lines. @param {string} output @param {number | null} status @returns {Count} */
export function countSteps(output, status) {
  // a step's own colours may end on our line
  const plain = stripVTControlCharacters(output);
  const passed = plain.match(/^ok {5}/gm)?.length ?? 0;
  const failed = plain.match(/^FAILED /gm)?.length ?? 0;
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped: 0 };
}

/** The last line of npm test. @param {readonly Count[]} counts */
export function totalLine(counts) {
  const sum = (/** @type {keyof Count} */ key) => counts.reduce((total, count) => total + count[key], 0);
  const skipped = sum('skipped');
  return `${sum('passed')} passed, ${sum('failed')} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
