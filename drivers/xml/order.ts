import type { Element, Node } from '@xmldom/xmldom';
import { isElement } from './serialize.ts';

/**
 * The order in which libvirt writes the children of an element, by its path from the document's root; new children are
 * put at their place in it. A domain inside another document is ordered as one on its own.
 */
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
  'domain/os': [
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
  'domain/devices': [
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
  network: [
    'name',
    'uuid',
    'title',
    'description',
    'metadata',
    'forward',
    'bridge',
    'mtu',
    'mac',
    'domain',
    'dns',
    'vlan',
    'bandwidth',
    'port',
    'ip',
    'route',
    'virtualport',
    'portgroup',
    'options',
  ],
  'network/forward': ['driver', 'pf', 'interface', 'address', 'nat'],
  'network/dns': ['forwarder', 'txt', 'srv', 'host'],
  'network/ip': ['tftp', 'dhcp'],
  'network/ip/dhcp': ['range', 'host', 'bootp'],
  'network/portgroup': ['vlan', 'virtualport', 'bandwidth'],
  pool: [
    'name',
    'uuid',
    'capacity',
    'allocation',
    'available',
    'features',
    'source',
    'target',
    'refresh',
    'mount_opts',
    'config_opts',
  ],
  'pool/source': [
    'host',
    'device',
    'dir',
    'adapter',
    'name',
    'initiator',
    'format',
    'protocol',
    'auth',
    'vendor',
    'product',
  ],
  'pool/target': ['path', 'permissions'],
  volume: ['name', 'key', 'source', 'capacity', 'allocation', 'physical', 'target', 'backingStore'],
  'volume/target': [
    'path',
    'format',
    'permissions',
    'timestamps',
    'encryption',
    'compat',
    'clusterSize',
    'features',
    'nocow',
  ],
  'volume/backingStore': ['path', 'format', 'permissions', 'timestamps'],
  domainsnapshot: [
    'name',
    'description',
    'state',
    'parent',
    'creationTime',
    'memory',
    'disks',
    'domain',
    'inactiveDomain',
    'cookie',
    'active',
  ],
  'domainsnapshot/disks/disk': ['driver', 'source'],
  secret: ['uuid', 'description', 'usage'],
  device: ['name', 'path', 'devnode', 'parent', 'driver', 'capability'],
};

/** What every device ends with. */
const lastOfDevices: readonly string[] = ['alias', 'address'];

/** The rank of a child inside this parent; children of a device that nobody ordered come before alias and address. */
export function orderOf(parent: Element): (child: Element) => number {
  const steps = stepsTo(parent);
  const known = orders[steps.join('/')];
  if (known) {
    return (child) => {
      const rank = known.indexOf(child.localName ?? child.tagName);
      return rank < 0 ? known.length : rank;
    };
  }
  const [root = ''] = steps;
  if (root !== 'domain' && orders[root]) return () => 0;
  return (child) => lastOfDevices.indexOf(child.tagName) + 1;
}

/** Names from the root of the document, or from the domain inside it, down to the element. */
function stepsTo(element: Element): string[] {
  const steps: string[] = [];
  for (let at: Node | null = element; isElement(at); at = at.parentNode) {
    const { tagName } = at;
    if (tagName === 'domain' || tagName === 'inactiveDomain') return ['domain', ...steps];
    steps.unshift(tagName);
  }
  return steps;
}
