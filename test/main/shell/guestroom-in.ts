import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { runShell } from '../../../main/shell/index.ts';

export interface Answer {
  status: number;
  out: string;
  err: string;
}

/** Runs `guestroom …` as a program would be: its own folders below this one, no terminal. */
export async function guestroomIn(
  folder: string,
  argv: readonly string[],
  typed = '',
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const [out, err] = [collect(stdout), collect(stderr)];
  const stdin = new PassThrough();
  stdin.end(typed);
  const env = Object.fromEntries(
    ['DATA', 'CONFIG', 'STATE', 'CACHE', 'RUNTIME'].map((name) => [
      name === 'RUNTIME' ? 'XDG_RUNTIME_DIR' : `XDG_${name}_HOME`,
      join(folder, name),
    ]),
  );
  const status = await runShell(
    argv,
    { stdin, stdout, stderr, cwd: folder },
    { ...env, HOME: folder, PATH: process.env['PATH'] ?? '', ...more },
  );
  return { status, out: out(), err: err() };
}

function collect(stream: PassThrough): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text + ((stream.read() as string | null) ?? '');
}
