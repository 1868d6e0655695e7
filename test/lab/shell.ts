import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { program } from './app.ts';
import type { Folders } from './folders.ts';

export interface ShellAnswer {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** The shell as a person runs it, over the same guests as the window: a second pair of eyes. */
export async function shell(folders: Folders, ...words: string[]): Promise<ShellAnswer> {
  const child = spawn(process.execPath, [program, '-c', 'qemu:///embed', ...words], {
    cwd: folders.files,
    env: { PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...folders.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  });
  const answer: ShellAnswer = { status: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (answer.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (answer.stderr += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { ...answer, status };
}

/** What a command says that must succeed. */
export async function said(folders: Folders, ...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await shell(folders, ...words);
  if (status !== 0) throw new Error(`guestroom ${words.join(' ')} ended with ${String(status)}:\n${stderr}`);
  return stdout;
}
