import { readFileSync, readdirSync } from 'node:fs';

/** Proportional set size of one process, in bytes. */
export function memoryOf(pid: number): number {
  const kib = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}

/** Seconds that a process has run on a processor so far. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
  // the name before may hold anything
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  // the kernel tells hundredths of a second, whatever its own clock is
  return ((user ?? 0) + (system ?? 0)) / 100;
}

/** A process and all that it started, and those started; only those whose command line has the word, where one is given. */
export function treeOf(root: number, word = ''): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    const parent = ifThere(() => /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const belongs = (pid: number): boolean => {
    for (let at: number | undefined = pid; at !== undefined && at > 1; at = parents.get(at))
      if (at === root) return true;
    return false;
  };
  return [...parents.keys()].filter(
    (pid) =>
      belongs(pid) &&
      (ifThere(() => readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')) ?? '').includes(word),
  );
}

/** undefined for a process that has ended since it was listed. */
function ifThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

export const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);
