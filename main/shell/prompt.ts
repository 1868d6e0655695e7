import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CompleterResult, createInterface } from 'node:readline';
import { commands, findCommand } from './commands.ts';
import { completions, optionAt } from './completions.ts';
import { splitLine } from './line.ts';
import { runLine } from './run.ts';
import type { Session } from './session.ts';

const historySize = 500;

/** The prompt: virsh's, with history kept in `historyFile` and Tab for commands, options, virtual machines. Ends at quit or Ctrl+D, as virsh with status 0. */
export async function runPrompt(
  session: Session,
  options: { historyFile: string; timing: boolean },
): Promise<number> {
  const { stdin, stdout } = session.terminal;
  const terminal = stdin.isTTY === true && stdout.isTTY === true;
  session.say(
    "Welcome to guestroom, the virtualization interactive terminal.\n\nType:  'help' for help with commands\n       'quit' to quit\n\n",
  );
  const lines = createInterface({
    input: stdin,
    output: stdout,
    terminal,
    historySize,
    history: terminal ? await readHistory(options.historyFile) : [],
    completer: (line: string, done: (error: Error | null, result: CompleterResult) => void) => {
      complete(session, line).then(
        (result) => done(null, result),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), [[], line]),
      );
    },
  });
  const ask = (): void => {
    lines.setPrompt(session.readOnly ? 'guestroom > ' : 'guestroom # ');
    lines.prompt();
  };
  session.interactive = true;
  try {
    ask();
    for await (const line of lines) {
      if (terminal && line.trim() !== '') await remember(options.historyFile, line);
      // as a terminal would: what is answered begins on a line of its own
      if (!terminal) session.print(`${line}\n`);
      // the command has the terminal to itself (a console in raw mode, say)
      lines.pause();
      const { left } = await runLine(session, () => splitLine(line), options.timing);
      lines.resume();
      if (left) return 0;
      ask();
    }
    session.print('\n');
    return 0;
  } finally {
    lines.close();
  }
}

async function readHistory(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split('\n').filter(Boolean).slice(-historySize).reverse();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function remember(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await appendFile(file, `${line.replaceAll('\n', ' ')}\n`, { mode: 0o600 });
}

/** Keeps the file from growing for ever; called once at the start of a prompt's life. */
export async function trimHistory(file: string): Promise<void> {
  const lines = await readHistory(file);
  if (lines.length >= historySize)
    await writeFile(file, `${lines.toReversed().join('\n')}\n`, { mode: 0o600 });
}

/** Words that could stand at the end of the line. */
export async function complete(session: Session, line: string): Promise<[string[], string]> {
  const current = /[^\s;]*$/.exec(line)?.[0] ?? '';
  const before =
    line
      .slice(0, line.length - current.length)
      .split(';')
      .at(-1) ?? '';
  const [name, ...rest] = before.trim().split(/\s+/).filter(Boolean);
  if (name === undefined)
    return [
      candidates(
        commands.map((command) => command.name),
        current,
      ),
      current,
    ];
  const command = findCommand(name);
  if (!command) return [[], current];
  if (current.startsWith('--')) {
    return [
      candidates(
        command.options.map((option) => `--${option.name}`),
        current,
      ),
      current,
    ];
  }
  const position = { command, words: rest };
  return [await completions(session, position, optionAt(position), current), current];
}

const candidates = (words: string[], start: string): string[] =>
  words.filter((word) => word.startsWith(start)).map((word) => `${word} `);
