import {
  type ChildProcess,
  spawn as spawnChild,
  type SpawnOptions as ChildOptions,
} from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ExecOptions, ExecResult, Host } from '../../../drivers/api/host.ts';
import { lineSplitter } from '../line-splitter.ts';
import {
  cancelled,
  defaultMaxOutput,
  defaultTimeout,
  gather,
  graceMilliseconds,
  late,
  wroteTooMuch,
} from '../program-output.ts';
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

  return {
    async exec(file, args, options = {}) {
      if (options.signal?.aborted) throw cancelled(file);
      const child = await start(file, args, {
        cwd: options.cwd,
        // messages that are read by a program come in one language
        env: merged({ LC_ALL: 'C', ...options.env }),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      return collect(child, file, options);
    },

    async spawn(file, args, options = {}) {
      const child = await start(file, args, {
        cwd: options.cwd,
        env: merged(options.env),
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      const { stdin, stdout, stderr, pid } = child;
      if (!stdin || !stdout || !stderr || pid === undefined) {
        throw new GuestroomError('internal', `${file} has no streams`);
      }
      const ended = new Promise<{ status: number | null; signal: string | null }>((resolve) => {
        child.once('close', (status, signal) => resolve({ status, signal }));
      });
      return {
        pid,
        stdin,
        stdout,
        stderr,
        ended,
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

function collect(child: ChildProcess, file: string, options: ExecOptions): Promise<ExecResult> {
  const limit = options.maxOutput ?? defaultMaxOutput;
  const timeout = options.timeout ?? defaultTimeout;
  return new Promise((resolve, reject) => {
    let failure: GuestroomError | undefined;
    let killTimer: NodeJS.Timeout | undefined;
    const stop = (error: GuestroomError): void => {
      if (failure) return;
      failure = error;
      child.kill('SIGTERM');
      killTimer = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
    };
    const timer = timeout > 0 ? setTimeout(() => stop(late(file, timeout)), timeout) : undefined;
    const onAbort = (): void => stop(cancelled(file));
    options.signal?.addEventListener('abort', onAbort, { once: true });

    const tooLarge = (): void => stop(wroteTooMuch(file, limit));
    const lines = options.onLine && lineSplitter(options.onLine);
    const stdout = gather(child.stdout, limit, tooLarge, lines?.push);
    const stderr = gather(child.stderr, limit, tooLarge);

    const settled = (): void => {
      clearTimeout(timer);
      clearTimeout(killTimer);
      options.signal?.removeEventListener('abort', onAbort);
    };
    // a stopped program is gone with its exit; its own children may still hold the pipes
    child.once('exit', () => {
      if (!failure) return;
      settled();
      child.stdout?.destroy();
      child.stderr?.destroy();
      reject(failure);
    });
    child.once('close', (status, signal) => {
      settled();
      if (failure) return reject(failure);
      lines?.end();
      resolve({ status, signal, stdout: stdout(), stderr: stderr() });
    });
    child.stdin?.on('error', (error: NodeJS.ErrnoException) => {
      // a program may end without reading all of its input; its exit status tells whether that was a failure
      if (error.code !== 'EPIPE' && error.code !== 'EOF') stop(toGuestroomError(error));
    });
    child.stdin?.end(options.input ?? '');
    if (options.signal?.aborted) onAbort();
  });
}

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
