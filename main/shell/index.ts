import { driverFor } from '../../drivers/index.ts';
import type { Logger } from '../../drivers/api/driver.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { createLocalHost } from '../nodes/local-host.ts';
import { Reach } from '../nodes/reach.ts';
import { askAtTerminal } from './ask.ts';
import { ownVersion } from './commands/host.ts';
import { UsageError } from './command.ts';
import { splitLine } from './line.ts';
import { setRawOutput } from './raw-output.ts';
import { runCommand } from './run.ts';
import { type Opened, Session, type Terminal } from './session.ts';

interface Flags {
  uri: string;
  debug: boolean;
  escape: string;
  quiet: boolean;
  readOnly: boolean;
  timing: boolean;
  words: string[];
}

/** `guestroom …`: virsh's commands over our drivers. Answers the exit status. */
export async function runShell(
  argv: readonly string[],
  terminal: Terminal = ownTerminal(),
  env = process.env,
): Promise<number> {
  let flags: Flags;
  try {
    const parsed = parseFlags(argv, env);
    if ('answer' in parsed) {
      terminal.stdout.write(parsed.answer === 'help' ? await helpText(parsed.about) : `${ownVersion()}\n`);
      return 0;
    }
    flags = parsed;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.stderr.write(`error: ${error.message}\n`);
    return 1;
  }
  const host = createLocalHost({ env });
  const log = logTo(terminal, flags.debug);
  const reach = new Reach({ host, log });
  const open = async (text: string): Promise<Opened> => {
    const uri = parseUri(text);
    const driver = driverFor(uri);
    const ask = askAtTerminal(terminal);
    const stop = new AbortController();
    const reached = await reach.to(uri, { signal: stop.signal, ask });
    try {
      const connection = await driver.open(uri, { host: reached.host, readOnly: flags.readOnly, log, ask });
      return { host: reached.host, connection, end: reached.end };
    } catch (error) {
      reached.end();
      throw error;
    }
  };
  const session = new Session({
    terminal,
    uri: flags.uri,
    quiet: flags.quiet,
    escape: flags.escape,
    log,
    open,
  });
  try {
    return await run(session, flags, host.files.join(host.paths.state, 'shell-history'));
  } finally {
    await session.close();
  }
}

async function run(session: Session, flags: Flags, historyFile: string): Promise<number> {
  if (flags.words.length === 0) {
    const { runPrompt, trimHistory } = await import('./prompt.ts');
    await trimHistory(historyFile);
    return runPrompt(session, { historyFile, timing: flags.timing, readOnly: flags.readOnly });
  }
  // one word that holds blanks is a command string, several words are one command
  let lines: string[][];
  try {
    lines = flags.words.length === 1 ? splitLine(flags.words[0] ?? '') : [flags.words];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    session.terminal.stderr.write(`error: ${error.message}\n`);
    return 1;
  }
  let status = 0;
  for (const words of lines) {
    status = await runCommand(session, words, flags.timing);
    if (status !== 0) break;
  }
  return status;
}

/** What a line asks for in place of a connection. */
type Question = { answer: 'version' } | { answer: 'help'; about: string | undefined };

function parseFlags(argv: readonly string[], env: NodeJS.ProcessEnv): Flags | Question {
  const flags: Flags = {
    uri: env['GUESTROOM_DEFAULT_URI'] ?? env['LIBVIRT_DEFAULT_URI'] ?? 'qemu:///embed',
    debug: false,
    escape: '^]',
    quiet: false,
    readOnly: false,
    timing: false,
    words: [],
  };
  for (let at = 0; at < argv.length; at += 1) {
    const [word = '', inline] = (argv[at] ?? '').startsWith('--')
      ? (argv[at] ?? '').split(/=(.*)/s)
      : [argv[at]];
    const value = (): string => {
      const next = inline ?? argv[(at += 1)];
      if (next === undefined) throw new UsageError(`option '${word}' requires an argument`);
      return next;
    };
    if (word === '-c' || word === '--connect') flags.uri = value();
    else if (word === '-e' || word === '--escape') flags.escape = escapeSequence(value());
    else if (word === '-d' || word === '--debug') flags.debug = true;
    else if (word === '-q' || word === '--quiet') flags.quiet = true;
    else if (word === '-r' || word === '--readonly') flags.readOnly = true;
    else if (word === '-t' || word === '--timing') flags.timing = true;
    else if (word === '-v' || word === '--version') return { answer: 'version' };
    else if (word === '-h' || word === '--help') return { answer: 'help', about: argv[at + 1] };
    else if (word.startsWith('-') && word !== '-') {
      throw new UsageError(`unsupported option '${word}'. See --help.`);
    } else {
      flags.words = argv.slice(at);
      break;
    }
  }
  return flags;
}

/** Of one command, or of all. */
async function helpText(about: string | undefined): Promise<string> {
  const [{ helpOn, helpOnAll, usage }, { commands }] = await Promise.all([
    import('./help.ts'),
    import('./commands.ts'),
  ]);
  const command = commands.find(({ name }) => name === about);
  return command ? helpOn(command) : `${usage}\n${helpOnAll(commands)}`;
}

function escapeSequence(text: string): string {
  if (!/^\^[A-Za-z[\]\\^_]$/.test(text)) throw new UsageError(`Invalid string '${text}' for escape sequence`);
  return `^${text.charAt(1).toUpperCase()}`;
}

function logTo(terminal: Terminal, debug: boolean): Logger {
  const say = (level: string) => (message: string, facts?: Readonly<Record<string, unknown>>) => {
    if (debug || level === 'warning')
      terminal.stderr.write(`${level}: ${message}${facts ? ` ${JSON.stringify(facts)}` : ''}\n`);
  };
  return { debug: say('debug'), info: say('info'), warn: say('warning') };
}

/** The status of a program that SIGPIPE ended, which Node never gets. */
const pipeClosed = 141;

function ownTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  // `… | head` has seen enough
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(pipeClosed);
  });
  // Windows has no stty
  const output = process.platform === 'win32' ? {} : { setRawOutput };
  return { stdin, stdout, stderr, cwd: process.cwd(), ...output };
}
