import type { Element } from '@xmldom/xmldom';

/** The order in which libvirt writes the children of an element; new children are put at their place in it. */
const orders: Readonly<Record<string, readonly string[]>> = {
  domain: [
    'name',
    'uuid',
    'genid',
    'title',
    'description',
    'metadata',
    'maxMemory',
    'memory',
    'currentMemory',
    'blkiotune',
    'memtune',
    'memoryBacking',
    'vcpu',
    'vcpus',
    'iothreads',
    'iothreadids',
    'defaultiothread',
    'cputune',
    'numatune',
    'resource',
    'bootloader',
    'bootloader_args',
    'sysinfo',
    'os',
    'idmap',
    'features',
    'cpu',
    'clock',
    'on_poweroff',
    'on_reboot',
    'on_crash',
    'on_lockfailure',
    'pm',
    'perf',
    'devices',
    'seclabel',
    'keywrap',
    'launchSecurity',
    'commandline',
  ],
  os: [
    'type',
    'firmware',
    'init',
    'initarg',
    'initenv',
    'initdir',
    'inituser',
    'initgroup',
    'loader',
    'nvram',
    'kernel',
    'initrd',
    'cmdline',
    'dtb',
    'acpi',
    'boot',
    'bootmenu',
    'smbios',
    'bios',
  ],
  devices: [
    'emulator',
    'disk',
    'controller',
    'lease',
    'filesystem',
    'interface',
    'smartcard',
    'serial',
    'parallel',
    'console',
    'channel',
    'input',
    'tpm',
    'graphics',
    'sound',
    'audio',
    'video',
    'hostdev',
    'redirdev',
    'redirfilter',
    'hub',
    'watchdog',
    'memballoon',
    'rng',
    'nvram',
    'panic',
    'shmem',
    'memory',
    'iommu',
    'vsock',
    'crypto',
  ],
};

/** What every device ends with. */
const lastOfDevices: readonly string[] = ['alias', 'address'];

/** The rank of a child inside this parent; children that nobody ordered come before alias and address. */
export function orderOf(parent: Element): (child: Element) => number {
  // other documents have elements of the same names with orders of their own
  const inDomain = parent.tagName === 'domain' || parent.parentNode?.nodeName === 'domain';
  const known = inDomain ? orders[parent.tagName] : undefined;
  if (known) {
    return (child) => {
      const rank = known.indexOf(child.localName ?? child.tagName);
      return rank < 0 ? known.length : rank;
    };
  }
  return (child) => lastOfDevices.indexOf(child.tagName) + 1;
}
