import { posix } from 'node:path';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { Host, HostFacts, HostLoad, HostPaths } from '../../../drivers/api/host.ts';
import { localPaths } from '../local/paths.ts';
import { archName, osName, procLoad } from '../machine-text.ts';
import type { KernelUnits } from '../process-table.ts';
import type { ControlShell } from './control-shell.ts';

/** What does not change while the connection lasts. */
export interface Machine {
  os: Host['os'];
  arch: string;
  hostname: string;
  paths: HostPaths;
  bootId: string;
  units: KernelUnits;
}

const folders = ['DATA', 'CONFIG', 'STATE', 'CACHE', 'RUNTIME'];
const variables = [
  'HOME',
  'GUESTROOM_HOME',
  ...folders.map((kind) => `GUESTROOM_${kind}_DIR`),
  'XDG_DATA_HOME',
  'XDG_CONFIG_HOME',
  'XDG_STATE_HOME',
  'XDG_CACHE_HOME',
  'XDG_RUNTIME_DIR',
];

const asking = [
  'echo "os=$(uname -s)"',
  'echo "arch=$(uname -m)"',
  'echo "hostname=$(uname -n)"',
  'uid=$(id -u); echo "uid=$uid"',
  '[ -d "/run/user/$uid" ] && [ -O "/run/user/$uid" ] && echo "owned=/run/user/$uid"',
  '[ -O /run ] && echo "owned=/run"',
  'echo "ticks=$(getconf CLK_TCK 2>/dev/null)"',
  'echo "page=$(getconf PAGESIZE 2>/dev/null)"',
  'echo "boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null)"',
  ...variables.map((name) => `echo "env ${name}=$${name}"`),
  'exit 0',
].join('\n');

/** Asks the host what it is. `root`: the folder that everything of ours is below, in place of the account's usual ones. */
export async function askMachine(control: ControlShell, where: string, root?: string): Promise<Machine> {
  const { output } = await control.ask(asking);
  const all = (name: string): string[] =>
    [...output.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
  const one = (name: string): string => Buffer.from(all(name)[0] ?? '', 'latin1').toString('utf8');
  const env = Object.fromEntries(
    variables.map((name) => [name, one(`env ${name}`)] as const).filter(([, value]) => value !== ''),
  );
  const home = env['HOME'];
  if (one('os') === '' || home === undefined) {
    throw new GuestroomError('unsupported', `${where} has no shell that Guestroom understands`, {
      hint: 'The account needs a home folder (HOME) and a POSIX shell (sh)',
      detail: output.slice(0, 500),
    });
  }
  const os = osName(one('os'));
  const owned = new Set(all('owned'));
  if (root !== undefined && !posix.isAbsolute(root))
    throw new GuestroomError('invalid_argument', `The folder “root” must begin with a slash: ${root}`);
  return {
    os,
    arch: archName(one('arch')),
    hostname: one('hostname'),
    paths: localPaths({
      os,
      env: root === undefined ? env : { GUESTROOM_HOME: root },
      home,
      uid: Number(one('uid')),
      owned: (folder) => owned.has(folder),
    }),
    bootId: one('boot'),
    units: { ticksPerSecond: Number(one('ticks')) || 100, pageBytes: Number(one('page')) || 4096 },
  };
}

export async function askLoad(control: ControlShell, { os, units }: Machine): Promise<HostLoad> {
  if (os === 'linux') {
    const { output } = await control.ask('head -n 1 /proc/stat; cat /proc/meminfo');
    const load = procLoad(output, output, units.ticksPerSecond);
    if (load) return load;
  }
  // no counters of the processors there: only what is free
  const { output } = await control.ask(
    'sysctl -n hw.memsize hw.physmem 2>/dev/null | head -n 1; sysctl -n vm.stats.vm.v_free_count 2>/dev/null || vm_stat 2>/dev/null | sed -n "s/^Pages free: *//p"',
  );
  const [total = 0, free = 0] = output.trim().split('\n').map(Number.parseFloat);
  return { memoryTotal: total, memoryAvailable: free * units.pageBytes };
}

/** Processors and memory. */
export async function askFacts(control: ControlShell, machine: Machine): Promise<HostFacts> {
  const { memoryTotal } = await askLoad(control, machine);
  if (machine.os !== 'linux') {
    const { output } = await control.ask(
      'sysctl -n hw.ncpu; sysctl -n machdep.cpu.brand_string 2>/dev/null || sysctl -n hw.model',
    );
    const [count, model] = output.trim().split('\n');
    return { cpus: Number(count) || 1, memory: memoryTotal, ...(model ? { cpuModel: model.trim() } : {}) };
  }
  const { output } = await control.ask(
    'cat /proc/cpuinfo; for cpu in /sys/devices/system/cpu/cpu[0-9]*; do cat "$cpu/topology/physical_package_id" "$cpu/topology/core_id" 2>/dev/null | { read -r socket; read -r core; echo "topology $socket $core"; }; done',
  );
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(output)?.[1]?.trim();
  const cpus = [...output.matchAll(/^processor\s*:/gm)].length;
  const model = value('model name');
  const mhz = Number(value('cpu MHz'));
  return {
    cpus: cpus || 1,
    memory: memoryTotal,
    ...(model ? { cpuModel: model } : {}),
    ...(mhz ? { cpuMhz: Math.round(mhz) } : {}),
    ...topologyOf(output),
  };
}

function topologyOf(output: string): Partial<HostFacts> {
  const sockets = new Set<string>();
  const cores = new Set<string>();
  let threads = 0;
  for (const [, socket = '', core = ''] of output.matchAll(/^topology (-?\d+) (-?\d+)$/gm)) {
    sockets.add(socket);
    cores.add(`${socket}/${core}`);
    threads += 1;
  }
  // uneven ones (some ARM boards) and containers that do not tell
  if (threads === 0 || threads % cores.size !== 0 || cores.size % sockets.size !== 0) return {};
  return {
    sockets: sockets.size,
    coresPerSocket: cores.size / sockets.size,
    threadsPerCore: threads / cores.size,
  };
}
