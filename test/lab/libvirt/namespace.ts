import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { readdir, rmdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** Suites and benches run from the project's folder. */
const script = resolve('test/lab/libvirt/keeper.sh');

export interface Views {
  /** Network cards, addresses and firewall of its own. */
  network?: boolean;
  /** Containers are to run in it. */
  lxc?: boolean;
  /** What the machine is called in it. */
  hostname?: string;
}

/** A view of the machine in which libvirt's folders are those of a lab. It ends with us, even when we are killed. */
export interface Namespace {
  /** Process id of the keeper, outside. */
  readonly keeper: number;
  /** Starts a program inside, in the foreground. */
  spawn(file: string, args: readonly string[], log: number): ChildProcess;
  /** Runs a program inside to its end; answers its output, rejects when it fails. */
  exec(file: string, ...args: string[]): Promise<string>;
  /** Ends every process inside, and with them the mounts, network cards, addresses and the folder: as when we are killed. */
  end(): Promise<void>;
}

/** Options of unshare for the views. */
const kinds = (views: Views): string[] => [
  ...['--mount', '--pid', '--uts', ...(views.network === true ? ['--net'] : [])],
  ...['--fork', '--mount-proc', '--propagation', 'private'],
];

/** Why namespaces cannot be made here; undefined where they can. */
export async function whyNoNamespaces(): Promise<string | undefined> {
  try {
    await run('unshare', [...kinds({ network: true }), 'mount', '-t', 'sysfs', 'sysfs', '/sys']);
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return `this system makes no namespaces: ${(stderr ?? message).trim().split('\n')[0] ?? ''}`;
  }
}

/** `folder` holds etc, sasl, lib, cache, log, run and cgroup. */
export async function openNamespace(folder: string, views: Views): Promise<Namespace> {
  const words = [
    ...(views.lxc === true ? ['lxc'] : []),
    ...(views.network === true ? ['network'] : []),
    ...(views.hostname === undefined ? [] : [`name=${views.hostname}`]),
  ];
  const outer = spawn('unshare', [...kinds(views), 'bash', script, folder, ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(outer, 'close');
  let said = '';
  outer.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ready = once(outer.stdout, 'data');
  await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`the lab's namespace could not be made: ${said.trim()}`);
    }),
  ]);
  const inner = childOf(outer.pid ?? 0);
  const enter = (file: string, args: readonly string[]): string[] => [
    ...[
      `--target=${String(inner)}`,
      '--mount',
      '--pid',
      '--uts',
      ...(views.network === true ? ['--net'] : []),
    ],
    ...['--', file, ...args],
  ];
  return {
    keeper: inner,
    spawn: (file, args, log) =>
      spawn('nsenter', enter(file, args), { stdio: ['ignore', log, log], cwd: '/' }),
    async exec(file, ...args) {
      const { stdout } = await run('nsenter', enter(file, args), { cwd: '/', maxBuffer: 64 * 1024 * 1024 });
      return stdout;
    },
    async end() {
      outer.stdin.end();
      await ended;
      if (views.lxc === true) await removeGroups(basename(folder));
    },
  };
}

/** The control groups that the keeper made, which outlive it. */
async function removeGroups(name: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  for (const controller of await readdir(root)) {
    const group = join(root, controller, name);
    if (!existsSync(group)) continue;
    const below = await readdir(group, { recursive: true, withFileTypes: true });
    const folders = below.filter((entry) => entry.isDirectory()).map((entry) => join(entry.path, entry.name));
    for (const folder of [...folders.sort().reverse(), group]) await removeGroup(folder);
  }
}

/** The kernel lets go of it a moment after its last process. */
async function removeGroup(folder: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || Date.now() > deadline) throw error;
      await new Promise((done) => setTimeout(done, 20));
    }
  }
}

/** The one child of a process that only waits for it (unshare, nsenter). */
export function childOf(pid: number): number {
  const child = Number(readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim());
  if (!(child > 0)) throw new Error(`process ${String(pid)} has no child`);
  return child;
}
