import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Folders } from './folders.ts';

/** Suites and benches run from the project's folder. */
export const program = resolve('dist/guestroom.js');

/** The browser host as a person runs it: `guestroom serve`, built, in a process of its own. */
export interface RunningApp {
  /** With the token that is good for one login. */
  url: string;
  origin: string;
  pid: number;
  output: () => string;
  /** As a power cut would: SIGKILL. */
  kill(): Promise<void>;
  /** As Ctrl+C does; resolves with the exit status. */
  stop(): Promise<number | null>;
}

export async function startApp(
  folders: Folders,
  options: { port?: number; env?: Record<string, string> } = {},
): Promise<RunningApp> {
  if (!existsSync(program)) throw new Error('dist/guestroom.js is missing: npm run build comes first');
  const child = spawn(process.execPath, [program, 'serve', '--port', String(options.port ?? 0)], {
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...folders.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const url = await new Promise<string>((found, failed) => {
    const timer = setTimeout(
      () => failed(new Error(`guestroom serve printed no address in 30 s:\n${output}`)),
      30_000,
    );
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output);
      if (match) {
        clearTimeout(timer);
        found(match[0]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', failed);
    child.once('exit', (status) => {
      clearTimeout(timer);
      failed(new Error(`guestroom serve ended with ${String(status)}:\n${output}`));
    });
  });
  return {
    url,
    origin: new URL(url).origin,
    pid: child.pid ?? 0,
    output: () => output,
    kill: async () => {
      await end(child, 'SIGKILL');
    },
    stop: () => end(child, 'SIGTERM'),
  };
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
  return child.exitCode;
}
