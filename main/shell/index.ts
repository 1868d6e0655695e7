import { appendFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Writable } from 'node:stream';
import { driverFor } from '../../drivers/index.ts';
import type { Logger } from '../../drivers/api/driver.ts';
import type { Host } from '../../drivers/api/host.ts';
import { parseUri } from '../../drivers/api/uri.ts';
import { createLocalHost } from '../nodes/local-host.ts';
import { Reach } from '../nodes/reach.ts';
import { askAtTerminal } from './ask.ts';
import { readClientConf } from './client-conf.ts';
import { ownVersion } from './commands/host.ts';
import { UsageError } from './command.ts';
import { type Flags, parseFlags } from './flags.ts';
import { splitLine } from './line.ts';
import { setRawOutput } from './raw-output.ts';
import { runLine } from './run.ts';
import { type Opened, Session, type Terminal } from './session.ts';

/** `guestroom …`: virsh's commands over our drivers. Answers the exit status. */
export async function runShell(
  argv: readonly string[],
  terminal: Terminal = ownTerminal(),
  env = process.env,
): Promise<number> {
  let flags: Flags;
  try {
    const parsed = parseFlags(argv);
    if ('answer' in parsed) {
      terminal.stdout.write(
        parsed.answer === 'help' ? await helpText(parsed.about) : versionText(parsed.long),
      );
      return 0;
    }
    flags = parsed;
    if (flags.logFile !== undefined) terminal = loggedTo(resolve(terminal.cwd, flags.logFile), terminal);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.stderr.write(`error: ${error.message}\n`);
    return 1;
  }
  const host = createLocalHost({ env });
  const log = logTo(terminal, flags.debug);
  const reach = new Reach({ host, log });
  const { seconds, count } = flags.keepalive;
  const keepalive = {
    ...(seconds === undefined ? {} : { interval: seconds * 1000 }),
    ...(count === undefined ? {} : { count }),
  };
  const open = async (text: string, readOnly: boolean): Promise<Opened> => {
    const uri = parseUri(await uriOf(text, env, host));
    const driver = driverFor(uri);
    const ask = askAtTerminal(terminal);
    const stop = new AbortController();
    const reached = await reach.to(uri, { signal: stop.signal, ask });
    try {
      const connection = await driver.open(uri, { host: reached.host, readOnly, log, ask, keepalive });
      return { host: reached.host, connection, end: reached.end };
    } catch (error) {
      reached.end();
      throw error;
    }
  };
  const session = new Session({
    terminal,
    uri: flags.uri ?? '',
    quiet: flags.quiet,
    escape: flags.escape,
    readOnly: flags.readOnly,
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
    return runPrompt(session, { historyFile, timing: flags.timing });
  }
  // as virsh: a variable that was never set is a mistake
  if (flags.words.length === 1 && flags.words[0] === '') return 1;
  // one word that holds blanks is a command string, several words are one command
  const lines = (): string[][] =>
    flags.words.length === 1 ? splitLine(flags.words[0] ?? '') : [flags.words];
  return (await runLine(session, lines, flags.timing)).status;
}

/** The address of a word: its own, that of an alias, or where there is none that of the environment. */
async function uriOf(word: string, env: NodeJS.ProcessEnv, host: Host): Promise<string> {
  const said = [
    word,
    env['GUESTROOM_DEFAULT_URI'],
    env['VIRSH_DEFAULT_CONNECT_URI'],
    env['LIBVIRT_DEFAULT_URI'],
  ].find(Boolean);
  if (said?.includes(':')) return said;
  const { uriDefault, uriAliases } = await readClientConf(host, env);
  const uri = said ?? uriDefault ?? 'qemu:///embed';
  return uriAliases.get(uri) ?? uri;
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

const versionText = (long: boolean): string =>
  long ? `Guestroom ${ownVersion()}, with virsh's commands\n` : `${ownVersion()}\n`;

/** As the terminal, with all that goes to standard error also in the file. */
function loggedTo(file: string, terminal: Terminal): Terminal {
  try {
    appendFileSync(file, '');
  } catch (error) {
    throw new UsageError(`failed to open the log file. check the log file path (${messageOf(error)})`);
  }
  const stderr = new Writable({
    write(chunk: Buffer, _, done) {
      appendFileSync(file, chunk);
      terminal.stderr.write(chunk, done);
    },
  });
  return { ...terminal, stderr: Object.assign(stderr, { isTTY: terminal.stderr.isTTY === true }) };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

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
