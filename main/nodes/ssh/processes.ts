import type { Host, ProcessId, ProcessUsage } from '../../../drivers/api/host.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { isEnded, isPid, procUsage, psUsage, statFields, type KernelUnits } from '../process-table.ts';
import type { ControlShell } from './control-shell.ts';

export interface Processes {
  /** A line of shell that tells about the process "$pid", and who that is by what it told. */
  looking: string;
  identity(pid: number, output: string): ProcessId | undefined;
  alive: Host['alive'];
  signal: Host['signal'];
  usage: Host['usage'];
}

interface Started {
  time: string;
  ended: boolean;
}

/** Processes of the host, asked for in its shell: by /proc on Linux, else by ps. */
export function sshProcesses(
  control: ControlShell,
  machine: { os: Host['os']; bootId: string; units: KernelUnits },
): Processes {
  const linux = machine.os === 'linux';

  const read = (output: string): Started | undefined => {
    if (linux) {
      const fields = statFields(output);
      return fields && { time: `${machine.bootId}:${fields[19] ?? ''}`, ended: isEnded(fields[0]) };
    }
    const [state = '', ...time] = output.trim().split(/\s+/);
    return state === '' ? undefined : { time: time.join(' '), ended: isEnded(state[0]) };
  };
  const looking = linux
    ? // no program: waiting for that one, dash would take away a child that has just ended
      '{ while IFS= read -r line; do printf "%s\\n" "$line"; done <"/proc/$pid/stat"; } 2>/dev/null'
    : 'ps -o stat=,lstart= -p "$pid"';
  const started = async (pid: number): Promise<Started | undefined> => {
    if (!isPid(pid)) return undefined;
    const { output } = await control.ask(`pid=$1; ${looking}`, [String(pid)]);
    return read(output);
  };

  const alive = async (process: ProcessId): Promise<boolean> => {
    const now = await started(process.pid);
    return now !== undefined && !now.ended && now.time === process.started;
  };

  return {
    alive,
    looking,
    identity(pid, output) {
      const found = read(output);
      return found && { pid, started: found.time };
    },
    async signal(target, signal) {
      if (!(await alive(target))) return false;
      const { status, output } = await control.ask('kill -s "$1" "$2"', [
        signal.slice(3),
        String(target.pid),
      ]);
      if (status === 0) return true;
      if (!(await alive(target))) return false;
      throw new GuestroomError('denied', `The process ${String(target.pid)} cannot be signalled`, {
        detail: output.trim(),
      });
    },
    async usage(pids): Promise<Map<number, ProcessUsage>> {
      const wanted = pids.filter(isPid).map(String);
      if (wanted.length === 0) return new Map();
      if (linux) {
        const script = 'for pid in "$@"; do cat "/proc/$pid/stat" 2>/dev/null; done';
        const { output } = await control.ask(script, wanted);
        return procUsage(output, machine.units);
      }
      const { output } = await control.ask('ps -o pid=,rss=,time= -p "$1"', [wanted.join(',')]);
      return psUsage(output);
    },
  };
}
