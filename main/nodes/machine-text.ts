import type { Host, HostLoad } from '../../drivers/api/host.ts';

/** What systems tell of themselves, as text. */

/** The machine's architecture by libvirt's name. */
export function archName(name: string): string {
  const lower = name.toLowerCase();
  if (lower === 'amd64' || lower === 'x64') return 'x86_64';
  if (lower === 'arm64') return 'aarch64';
  if (/^i[3-6]86$|^x86$/.test(lower)) return 'i686';
  return /^armv[67]/.test(lower) ? 'armv7l' : lower;
}

/** The system by what `uname -s` says. */
export function osName(name: string): Host['os'] {
  const lower = name.toLowerCase();
  return lower === 'linux' || lower === 'darwin' || lower === 'freebsd' ? lower : 'other';
}

/** Load by /proc/stat and /proc/meminfo; undefined where they do not tell the memory. */
export function procLoad(stat: string, meminfo: string, ticksPerSecond: number): HostLoad | undefined {
  const [, user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, steal = 0] = stat
    .slice(0, stat.indexOf('\n'))
    .split(/\s+/)
    .map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  const memory = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1];
    return found === undefined ? undefined : Number(found) * 1024;
  };
  const memoryTotal = memory('MemTotal');
  const memoryAvailable = memory('MemAvailable');
  if (memoryTotal === undefined || memoryAvailable === undefined) return undefined;
  return {
    cpuBusySeconds: busy / ticksPerSecond,
    cpuTotalSeconds: (busy + idle + waiting) / ticksPerSecond,
    memoryTotal,
    memoryAvailable,
  };
}
