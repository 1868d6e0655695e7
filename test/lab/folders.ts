import { existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A person's folders of their own, so that a suite meets nobody else's machines. Short, since socket paths are limited. */
export interface Folders {
  root: string;
  /** For files of the test itself: images, ISOs. */
  files: string;
  env: Record<string, string>;
}

export async function makeFolders(): Promise<Folders> {
  const root = mkdtempSync(join(tmpdir(), 'gr-'));
  const env = {
    HOME: join(root, 'home'),
    XDG_DATA_HOME: join(root, 'data'),
    XDG_CONFIG_HOME: join(root, 'config'),
    XDG_STATE_HOME: join(root, 'state'),
    XDG_CACHE_HOME: join(root, 'cache'),
    XDG_RUNTIME_DIR: join(root, 'run'),
  };
  const files = join(root, 'files');
  for (const folder of [...Object.values(env), files]) await mkdir(folder, { mode: 0o700, recursive: true });
  return { root, files, env };
}

/** Ends every process that was started for these folders (guests outlive the app by design) and removes them. */
export async function removeFolders(folders: Folders): Promise<void> {
  const deadline = Date.now() + 10_000;
  let left = processesOf(folders);
  while (left.length > 0) {
    if (Date.now() > deadline) throw new Error(`processes of ${folders.root} do not end: ${left.join(' ')}`);
    for (const pid of left) endProcess(pid);
    await new Promise((done) => setTimeout(done, 50));
    left = processesOf(folders);
  }
  await rm(folders.root, { recursive: true, force: true });
}

/** Ids of the processes whose command line names the folder. It is ours alone, so they are, too. */
export function processesOf(folders: Folders, program?: string): number[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      const words = commandLine(name);
      return (
        words.some((word) => word.includes(`${folders.root}/`)) &&
        (program === undefined || (words[0] ?? '').includes(program))
      );
    })
    .map(Number);
}

function commandLine(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch (error) {
    // it has ended since the folder was listed
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
