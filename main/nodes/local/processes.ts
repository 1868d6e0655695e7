import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { Host, ProcessId, ProcessUsage } from '../../../drivers/api/host.ts';
import { isEnded, isPid, type KernelUnits, psUsage, statFields, usageOf } from '../process-table.ts';

type Exec = Host['exec'];

export interface Processes {
  /** undefined when there is no such process. A child of ours that has just ended still has its identity. */
  identify(pid: number): Promise<ProcessId | undefined>;
  alive: Host['alive'];
  signal: Host['signal'];
  usage: Host['usage'];
}

/** How one system tells about processes. */
interface ProcessTable {
  /** Opaque text of the time when it began; undefined when it is gone. `ended`: only its exit status is left. */
  started(pid: number): Promise<{ time: string; ended: boolean } | undefined>;
  usage(pids: readonly number[]): Promise<Map<number, ProcessUsage>>;
}

export function localProcesses(os: Host['os'], exec: Exec): Processes {
  const table = os === 'linux' ? procTable() : os === 'win32' ? powershellTable(exec) : psTable(exec);
  const alive = async (process: ProcessId): Promise<boolean> => {
    const now = isPid(process.pid) ? await table.started(process.pid) : undefined;
    return now !== undefined && !now.ended && now.time === process.started;
  };
  return {
    alive,
    async identify(pid) {
      const found = isPid(pid) ? await table.started(pid) : undefined;
      return found && { pid, started: found.time };
    },
    async signal(target, signal) {
      if (!(await alive(target))) return false;
      try {
        return process.kill(target.pid, signal);
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
        throw toGuestroomError(thrown);
      }
    },
    async usage(pids) {
      const wanted = pids.filter(isPid);
      return wanted.length === 0 ? new Map() : table.usage(wanted);
    },
  };
}

/** The line of a process; undefined when there is no such process. */
function readStat(pid: number): string[] | undefined {
  try {
    return statFields(readFileSync(`/proc/${String(pid)}/stat`, 'latin1'));
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw toGuestroomError(thrown);
  }
}

function procTable(): ProcessTable {
  let bootId: Promise<string> | undefined;
  let units: Promise<KernelUnits> | undefined;
  return {
    async started(pid) {
      // before anything else is awaited: a child of ours is not reaped until the event loop turns
      const fields = readStat(pid);
      if (!fields) return undefined;
      bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then((text) => text.trim());
      return { time: `${await bootId}:${fields[19] ?? ''}`, ended: isEnded(fields[0]) };
    },
    async usage(pids) {
      units ??= kernelUnits();
      const of = await units;
      const usage = new Map<number, ProcessUsage>();
      for (const [index, pid] of pids.entries()) {
        // reading /proc at once costs a tenth of doing it by the thread pool; other work gets its turn in between
        if (index % 64 === 63) await new Promise<void>((resolve) => setImmediate(resolve));
        const fields = readStat(pid);
        const used = fields && usageOf(fields, of);
        if (used) usage.set(pid, used);
      }
      return usage;
    },
  };
}

/** Clock tick and page size from the auxiliary vector that the kernel gave us (getauxval(3)). */
export async function kernelUnits(): Promise<KernelUnits> {
  const vector = await readFile('/proc/self/auxv');
  const word = ['arm', 'ia32', 'mips', 'mipsel'].includes(process.arch) ? 4 : 8;
  const little = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const read = (at: number): number => {
    if (word === 4) return little ? vector.readUInt32LE(at) : vector.readUInt32BE(at);
    return Number(little ? vector.readBigUInt64LE(at) : vector.readBigUInt64BE(at));
  };
  const values = new Map<number, number>();
  for (let at = 0; at + 2 * word <= vector.length; at += 2 * word) values.set(read(at), read(at + word));
  return { pageBytes: values.get(6) ?? 4096, ticksPerSecond: values.get(17) ?? 100 };
}

/** BSD and macOS. */
function psTable(exec: Exec): ProcessTable {
  return {
    async started(pid) {
      const { stdout } = await exec('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
      const [state = '', ...time] = stdout.trim().split(/\s+/);
      return state === '' ? undefined : { time: time.join(' '), ended: state.startsWith('Z') };
    },
    async usage(pids) {
      const { stdout } = await exec('ps', ['-o', 'pid=,rss=,time=', '-p', pids.join(',')]);
      return psUsage(stdout);
    },
  };
}

function powershellTable(exec: Exec): ProcessTable {
  const ask = async (script: string): Promise<string> => {
    const args = ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', script];
    const { stdout, stderr, status } = await exec('powershell.exe', args);
    if (status !== 0) {
      throw new GuestroomError('program_failed', 'PowerShell could not list processes', { detail: stderr });
    }
    return stdout;
  };
  const list = (pids: readonly number[], fields: string): string =>
    `Get-Process -Id ${pids.join(',')} -ErrorAction SilentlyContinue | ForEach-Object { "${fields}" }; exit 0`;
  return {
    async started(pid) {
      const time = (await ask(list([pid], '$($_.StartTime.ToFileTimeUtc())'))).trim();
      return time === '' ? undefined : { time, ended: false };
    },
    async usage(pids) {
      const text = await ask(list(pids, '$($_.Id) $($_.TotalProcessorTime.TotalSeconds) $($_.WorkingSet64)'));
      const usage = new Map<number, ProcessUsage>();
      for (const line of text.split('\n')) {
        const [pid, seconds, bytes] = line.trim().split(' ');
        if (pid === undefined || seconds === undefined || bytes === undefined) continue;
        usage.set(Number(pid), { cpuSeconds: Number(seconds), residentBytes: Number(bytes) });
      }
      return usage;
    },
  };
}
