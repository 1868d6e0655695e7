import type { ProcessUsage } from '../../drivers/api/host.ts';

/** What systems tell of processes, as text. */

/** 0 and negative numbers mean process groups to kill(2), and 1 is nobody's guest. */
export const isPid = (pid: number): boolean => Number.isSafeInteger(pid) && pid > 1;

export interface KernelUnits {
  ticksPerSecond: number;
  pageBytes: number;
}

/** Fields of a line of /proc/<pid>/stat after the name, which may hold spaces and brackets. undefined when there is no such process. */
export function statFields(text: string): string[] | undefined {
  return text.trim() === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

/** The state of a process of which only its exit status is left. */
export const isEnded = (state: string | undefined): boolean => state === 'Z' || state === 'X';

/** One process by its fields of /proc/<pid>/stat; undefined when it has ended. */
export function usageOf(fields: readonly string[], units: KernelUnits): ProcessUsage | undefined {
  if (isEnded(fields[0])) return undefined;
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / units.ticksPerSecond,
    residentBytes: Number(fields[21]) * units.pageBytes,
  };
}

/** Lines of /proc/<pid>/stat, one for each process. A name may hold a line's end: a process that hides so is left out. */
export function procUsage(text: string, units: KernelUnits): Map<number, ProcessUsage> {
  const usage = new Map<number, ProcessUsage>();
  for (const line of text.split('\n')) {
    const pid = Number(/^(\d+) \(/.exec(line)?.[1]);
    const fields = statFields(line);
    const used = fields && usageOf(fields, units);
    if (isPid(pid) && used) usage.set(pid, used);
  }
  return usage;
}

/** `ps -o pid=,rss=,time=` */
export function psUsage(text: string): Map<number, ProcessUsage> {
  const usage = new Map<number, ProcessUsage>();
  for (const line of text.split('\n')) {
    const [pid, kibibytes, time] = line.trim().split(/\s+/);
    if (pid === undefined || kibibytes === undefined || time === undefined) continue;
    usage.set(Number(pid), { residentBytes: Number(kibibytes) * 1024, cpuSeconds: clockSeconds(time) });
  }
  return usage;
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` as ps prints it, in seconds. */
export function clockSeconds(text: string): number {
  const [, days = '0', clock = ''] = /^(?:(\d+)-)?([\d:.,]+)$/.exec(text) ?? [];
  return (
    clock.split(':').reduce((sum, part) => sum * 60 + Number(part.replace(',', '.')), 0) +
    Number(days) * 86_400
  );
}
