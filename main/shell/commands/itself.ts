import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { type Command, UsageError, flag } from '../command.ts';

/** What makes a POSIX shell read a word otherwise than it is written. */
const special = /[\r\t\n !"#$&'()*;<>?[\\\]^`{|}~]/;
const shellWord = (word: string): string =>
  word === '' || special.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};
const xmlText = (word: string): string => word.replace(/[&<>"']/g, (letter) => entities[letter] ?? letter);

const echo: Command = {
  name: 'echo',
  group: 'virsh',
  summary: 'echo arguments',
  description: 'Echo back arguments, possibly with quoting.',
  options: [
    flag('shell', 'escape for shell use'),
    flag('xml', 'escape for XML use'),
    flag('err', 'output to stderr'),
    { name: 'string', kind: 'words', positional: true, help: 'arguments to echo' },
  ],
  run(session, options) {
    options.exclusive('shell', 'xml');
    const written = options.flag('shell') ? shellWord : options.flag('xml') ? xmlText : String;
    const line = options.words('string').map(written).join(' ');
    // the line end is that of every command, which --quiet leaves out
    if (options.flag('err')) session.terminal.stderr.write(`error: ${line}\n`);
    else session.print(line);
    return Promise.resolve(undefined);
  },
};

const cd: Command = {
  name: 'cd',
  group: 'virsh',
  summary: 'change the current directory',
  description: 'Change the current directory.',
  options: [
    {
      name: 'dir',
      kind: 'text',
      positional: true,
      help: 'directory to switch to (default: home or else root)',
      complete: 'file',
    },
  ],
  async run(session, options) {
    if (!session.interactive) throw new UsageError('cd: command valid only in interactive mode');
    const dir = options.text('dir') ?? homedir();
    const folder = resolve(session.terminal.cwd, dir);
    if (!(await isFolder(folder, dir))) throw new UsageError(`cd: ${dir}: Not a directory`);
    session.terminal.cwd = folder;
    return undefined;
  },
};

async function isFolder(path: string, said: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(`cd: ${said}: No such file or directory`);
  }
}

const pwd: Command = {
  name: 'pwd',
  group: 'virsh',
  summary: 'print the current directory',
  description: 'Print the current directory.',
  options: [],
  run(session) {
    session.print(`${session.terminal.cwd}\n`);
    return Promise.resolve(undefined);
  },
};

/** A line ends at it before it is run. */
const leave = (name: string): Command => ({
  name,
  group: 'virsh',
  summary: 'quit this interactive terminal',
  options: [],
  run: () => Promise.resolve(undefined),
});

/** What the shell does for itself; `help` and `connect` are where the list of all commands is. */
export const shellCommands: readonly Command[] = [cd, echo, leave('exit'), pwd, leave('quit')];
