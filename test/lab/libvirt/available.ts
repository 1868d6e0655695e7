import { existsSync } from 'node:fs';
import { debianPackages } from '../../../build/packages.mjs';
import { whyNoNamespaces } from './namespace.ts';

/** What a lab cannot do without, by the file that the packages of the live suite put there. */
const needed = [
  '/usr/sbin/libvirtd',
  '/usr/bin/virt-qemu-run',
  '/usr/lib/libvirt/libvirt_lxc',
  '/etc/sasl2/libvirt.conf',
  '/usr/share/libvirt/networks/default.xml',
  '/usr/bin/virsh',
  '/usr/sbin/dnsmasq',
  '/bin/ip',
  '/usr/bin/nsenter',
  '/usr/bin/systemd-socket-activate',
  '/usr/bin/qemu-system-x86_64',
  '/usr/bin/certtool',
  '/usr/sbin/saslpasswd2',
  '/usr/share/doc/libsasl2-modules/copyright',
];

/** Why no libvirtd of our own can run here, in one line; undefined where it can. */
export async function whyNoLibvirtd(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'libvirtd with a namespace of its own runs on Linux only';
  if (process.getuid?.() !== 0) return 'a system libvirtd of our own needs root';
  const packages: Readonly<Record<string, string>> = debianPackages['live'] ?? {};
  const lacking = needed.filter((path) => !existsSync(path)).map((path) => packages[path] ?? path);
  if (lacking.length > 0) return `not installed are ${lacking.join(' ')}`;
  return whyNoNamespaces();
}

/** For a suite's head: says on the console why it is left out. */
export async function libvirtdOrWhyNot(suite: string): Promise<string | undefined> {
  const why = await whyNoLibvirtd();
  if (why !== undefined) console.log(`${suite} with a real libvirtd is left out: ${why}`);
  return why;
}
