import { readdir, readFile } from 'node:fs/promises';
import { cpus, freemem, machine, platform, totalmem } from 'node:os';
import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { Host, HostFacts, HostLoad } from '../../../drivers/api/host.ts';
import { archName, procLoad } from '../machine-text.ts';
import { kernelUnits } from './processes.ts';

/** Facts about this computer itself. */

export function localOs(): Host['os'] {
  const name = platform();
  return name === 'linux' || name === 'darwin' || name === 'win32' || name === 'freebsd' ? name : 'other';
}

/** The machine's architecture by libvirt's name. */
export const localArch = (name: string = machine()): string => archName(name);

export async function localLoad(os: Host['os']): Promise<HostLoad> {
  if (os !== 'linux') {
    let busy = 0;
    let total = 0;
    for (const { times } of cpus()) {
      const all = times.user + times.nice + times.sys + times.irq + times.idle;
      total += all;
      busy += all - times.idle;
    }
    return {
      cpuBusySeconds: busy / 1000,
      cpuTotalSeconds: total / 1000,
      memoryTotal: totalmem(),
      memoryAvailable: freemem(),
    };
  }
  const [stat, meminfo, { ticksPerSecond }] = await Promise.all([
    readFile('/proc/stat', 'utf8'),
    readFile('/proc/meminfo', 'utf8'),
    kernelUnits(),
  ]);
  return procLoad(stat, meminfo, ticksPerSecond) ?? { memoryTotal: totalmem(), memoryAvailable: freemem() };
}

export async function localFacts(os: Host['os']): Promise<HostFacts> {
  const list = cpus();
  const first = list[0];
  return {
    cpus: list.length,
    memory: totalmem(),
    ...(first?.model ? { cpuModel: first.model.trim() } : {}),
    ...(first?.speed ? { cpuMhz: first.speed } : {}),
    ...(os === 'linux' ? await linuxTopology() : {}),
  };
}

type Topology = Pick<HostFacts, 'sockets' | 'coresPerSocket' | 'threadsPerCore'>;

/** Sockets, cores and threads from sysfs; nothing where they are uneven or not told (containers, some ARM boards). */
async function linuxTopology(): Promise<Topology> {
  const root = '/sys/devices/system/cpu';
  const packages = new Set<string>();
  const cores = new Set<string>();
  let threads = 0;
  try {
    for (const name of await readdir(root)) {
      if (!/^cpu\d+$/.test(name)) continue;
      const topology = `${root}/${name}/topology`;
      const [socket, core] = await Promise.all([
        readFile(`${topology}/physical_package_id`, 'utf8'),
        readFile(`${topology}/core_id`, 'utf8'),
      ]);
      packages.add(socket);
      cores.add(`${socket}/${core}`);
      threads += 1;
    }
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'not_found' || error.code === 'denied') return {};
    throw error;
  }
  if (threads === 0 || threads % cores.size !== 0 || cores.size % packages.size !== 0) return {};
  return {
    sockets: packages.size,
    coresPerSocket: cores.size / packages.size,
    threadsPerCore: threads / cores.size,
  };
}
