import type { Host } from '../api/host.ts';

const tailLength = 64 * 1024;
/** A log that has grown beyond this is put aside at the next start; one older is kept. */
const longest = 1024 * 1024;

/** The end of a log from `from` on; empty where there is none. */
export async function runLogTail(host: Host, file: string, from = 0): Promise<string> {
  const stat = await host.files.stat(file);
  if (!stat || stat.size <= from) return '';
  const length = Math.min(stat.size - from, tailLength);
  return Buffer.from(await host.files.readAt(file, stat.size - length, length)).toString('utf8');
}

/** Makes room for a new run; resolves with the offset at which it begins. */
export async function beginRun(host: Host, file: string): Promise<number> {
  await host.files.makeFolder(host.files.dirname(file));
  const stat = await host.files.stat(file);
  if (!stat) return 0;
  if (stat.size <= longest) return stat.size;
  await host.files.rename(file, `${file}.1`);
  return 0;
}

/** Removes everything that was logged for a guest. */
export async function removeLogs(host: Host, folder: string, uuid: string): Promise<void> {
  if (!(await host.files.stat(folder))) return;
  for (const { name } of await host.files.list(folder)) {
    if (name.startsWith(uuid)) await host.files.remove(host.files.join(folder, name));
  }
}
