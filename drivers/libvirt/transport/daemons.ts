import type { Host } from '../../api/host.ts';
import type { UnixReach } from '../address.ts';

const folders: Readonly<Record<Host['os'], readonly string[]>> = {
  linux: ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin', '/run/current-system/sw/bin'],
  darwin: ['/opt/homebrew/sbin', '/usr/local/sbin', '/opt/local/sbin'],
  freebsd: ['/usr/local/sbin'],
  other: ['/usr/sbin', '/usr/local/sbin'],
  // libvirt has no daemon there
  win32: [],
};

/** Where the programs of daemons are looked for. */
export const daemonFolders = (host: Host): readonly string[] => folders[host.os];

/** Programs that serve a reach, the first choice first. */
export const daemonPrograms = (reach: Pick<UnixReach, 'mode' | 'daemon'>): string[] => [
  ...(reach.daemon === undefined || reach.mode === 'legacy' ? [] : [reach.daemon]),
  ...(reach.mode === 'direct' ? [] : ['libvirtd']),
];

/** Path of the first of these programs that is installed. */
export async function findDaemon(host: Host, names: readonly string[]): Promise<string | undefined> {
  for (const name of names) {
    for (const folder of daemonFolders(host)) {
      const path = host.files.join(folder, name);
      if ((await host.files.stat(path))?.kind === 'file' && (await host.files.access(path, 'execute')))
        return path;
    }
  }
  return undefined;
}

/** What a person calls the machine. */
export const machineName = (host: Host): string => (host.local ? 'this computer' : host.hostname);

const managers: readonly (readonly [path: string, install: (driver: string) => string])[] = [
  ['/usr/bin/apt-get', (driver) => `sudo apt-get install libvirt-daemon-system${debianExtra(driver)}`],
  [
    '/usr/bin/dnf',
    (driver) =>
      `sudo dnf install ${driver === 'qemu' ? 'libvirt-daemon-kvm' : `libvirt-daemon-${driver}`} libvirt-daemon-config-network`,
  ],
  ['/usr/bin/pacman', () => 'sudo pacman -S libvirt dnsmasq'],
  [
    '/usr/bin/zypper',
    (driver) => `sudo zypper install libvirt-daemon-${driver} libvirt-daemon-config-network`,
  ],
  ['/sbin/apk', (driver) => `sudo apk add libvirt-daemon libvirt-${driver}`],
];

/** Hypervisors that have a package of their own nearly everywhere. */
const packaged: ReadonlySet<string> = new Set(['qemu', 'lxc', 'xen', 'vbox']);

const debianExtra = (driver: string): string => (driver !== 'qemu' ? ` libvirt-daemon-driver-${driver}` : '');

/** The command that installs libvirt's daemon for a hypervisor with the usual package manager of the system. */
export async function installCommand(host: Host, driver: string): Promise<string> {
  if (host.os === 'darwin') return 'brew install libvirt';
  if (host.os === 'freebsd') return 'sudo pkg install libvirt';
  const known = packaged.has(driver) ? driver : 'qemu';
  for (const [path, install] of managers) if (await host.files.stat(path)) return install(known);
  return 'Install libvirt with the package manager of your system';
}

/** The command that starts an installed daemon, now and after a reboot where the system has a way for both. */
export async function startCommand(host: Host, daemon: string): Promise<string> {
  if (host.os === 'darwin') return 'brew services start libvirt';
  if (host.os === 'freebsd') return 'sudo service libvirtd onestart';
  if (await host.files.stat('/run/systemd/system')) {
    // a modular daemon opens these two for itself; nothing else starts them
    const siblings = daemon === 'libvirtd' ? '' : ' virtnetworkd.socket virtstoraged.socket';
    return `sudo systemctl enable --now ${daemon === 'libvirtd' ? daemon : `${daemon}.socket`}${siblings}`;
  }
  if (await host.files.stat('/sbin/rc-service')) return `sudo rc-service ${daemon} start`;
  if (await host.files.stat(`/etc/init.d/${daemon}`)) return `sudo service ${daemon} start`;
  return `sudo ${daemon} --daemon`;
}

/** The command that lets an account use the system's daemon. It is for the next login. */
export const joinCommand = (host: Host, account: string): string =>
  host.os === 'freebsd'
    ? `sudo pw groupmod libvirt -m ${account}`
    : `sudo usermod --append --groups libvirt ${account}`;
