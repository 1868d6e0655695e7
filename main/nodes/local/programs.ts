import {
  type ChildProcess,
  spawn as spawnChild,
  type SpawnOptions as ChildOptions,
} from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ExitStatus, Host } from '../../../drivers/api/host.ts';
import { cancelled, collect } from '../program-output.ts';
import type { Environment } from './paths.ts';
import type { Processes } from './processes.ts';

export type Programs = Pick<Host, 'exec' | 'spawn' | 'launch'>;

export function localPrograms(env: Environment, identify: Processes['identify']): Programs {
  const merged = (extra: Readonly<Record<string, string>> | undefined): NodeJS.ProcessEnv => ({
    ...env,
    ...extra,
  });

  const start = async (
    file: string,
    args: readonly string[],
    options: ChildOptions,
  ): Promise<ChildProcess> => {
    try {
      const child = spawnChild(file, args, { ...options, shell: false, windowsHide: true });
      if (child.pid === undefined) {
        const [error] = (await once(child, 'error')) as [Error];
        throw error;
      }
      return child;
    } catch (thrown) {
      throw await startError(file, options.cwd?.toString(), thrown);
    }
  };

  const piped = async (
    file: string,
    args: readonly string[],
    cwd: string | undefined,
    env: NodeJS.ProcessEnv,
  ): Promise<Piped> => {
    const child = await start(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    if (isPiped(child)) return child;
    throw new GuestroomError('internal', `${file} has no streams`);
  };

  return {
    async exec(file, args, options = {}) {
      if (options.signal?.aborted) throw cancelled(file);
      // messages that are read by a program come in one language
      const child = await piped(file, args, options.cwd, merged({ LC_ALL: 'C', ...options.env }));
      const { stdin, stdout, stderr } = child;
      const program = {
        stdin,
        stdout,
        stderr,
        exited: new Promise((resolve) => void child.once('exit', resolve)),
        closed: closed(child),
        kill: (signal: NodeJS.Signals) => void child.kill(signal),
      };
      return collect(program, file, options);
    },

    async spawn(file, args, options = {}) {
      const child = await piped(file, args, options.cwd, merged(options.env));
      const { stdin, stdout, stderr, pid } = child;
      return {
        pid,
        stdin,
        stdout,
        stderr,
        ended: closed(child),
        kill: (signal = 'SIGTERM') => void child.kill(signal),
      };
    },

    async launch(file, args, options) {
      await mkdir(dirname(options.log), { recursive: true, mode: 0o700 });
      const log = await open(options.log, 'a', 0o600);
      try {
        const child = await start(file, args, {
          cwd: options.cwd ?? (process.platform === 'win32' ? undefined : '/'),
          env: merged(options.env),
          // its own session: neither our end nor a closed terminal reaches it
          detached: true,
          stdio: ['ignore', log.fd, log.fd],
        });
        child.unref();
        const { ended } = options;
        if (ended) child.once('exit', (status, signal) => ended({ status, signal }));
        const { pid } = child;
        if (pid === undefined) throw new GuestroomError('internal', `${file} has no process id`);
        const id = await identify(pid);
        if (id) return id;
        throw new GuestroomError('program_failed', `${file} ended at once`, {
          hint: `What it wrote is in ${options.log}`,
        });
      } catch (thrown) {
        throw toGuestroomError(thrown);
      } finally {
        await log.close();
      }
    },
  };
}

type Piped = ChildProcess & { stdin: Writable; stdout: Readable; stderr: Readable; pid: number };

const isPiped = (child: ChildProcess): child is Piped =>
  child.stdin !== null && child.stdout !== null && child.stderr !== null && child.pid !== undefined;

/** Resolves once it has ended and its streams are closed. */
const closed = (child: ChildProcess): Promise<ExitStatus> =>
  new Promise((resolve) => child.once('close', (status, signal) => resolve({ status, signal })));

async function startError(file: string, cwd: string | undefined, thrown: unknown): Promise<GuestroomError> {
  const code = (thrown as NodeJS.ErrnoException).code;
  if (code !== 'ENOENT' && code !== 'ENOTDIR') return toGuestroomError(thrown);
  if (cwd !== undefined && !(await isFolder(cwd))) {
    return new GuestroomError('not_found', `No such folder: ${cwd}`, { cause: thrown });
  }
  return new GuestroomError('program_missing', `The program ${file} is not installed`, {
    hint: `Install the package that has ${file}, or add its folder to PATH`,
    cause: thrown,
  });
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (thrown) {
    if (toGuestroomError(thrown).code === 'not_found') return false;
    throw toGuestroomError(thrown);
  }
}
