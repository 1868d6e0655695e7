import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ExitStatus, Host, ProcessId } from '../../../drivers/api/host.ts';
import type { ControlShell } from './control-shell.ts';
import type { Processes } from './processes.ts';

/** ms between two looks at a process whose end is told by nobody. */
const pace = 1000;

/** Starts programs that go on when the connection ends. */
export function launcher(
  control: ControlShell,
  { looking, identity, alive }: Pick<Processes, 'looking' | 'identity' | 'alive'>,
): Host['launch'] {
  /** Of one whose end nobody tells any more. */
  const seeEnd = async (id: ProcessId, ended: (end: ExitStatus) => void): Promise<void> => {
    for (let lost = 0; lost < 2;) {
      await new Promise((resolve) => setTimeout(resolve, pace).unref());
      try {
        if (!(await alive(id))) return ended({ status: null, signal: null });
        lost = 0;
      } catch (thrown) {
        // another shell may have ended, too; twice it is the connection, whose end is told by itself
        lost = toGuestroomError(thrown).code === 'lost' ? lost + 1 : 0;
      }
    }
  };

  return async (file, args, { ended, log, cwd = '/', env }) => {
    const { word, told } = control.event();
    const words = [word, log, cwd, file, ...withEnvironment(file, args, env)];
    const { status, output } = await control.ask(launching(looking), words);
    const [, pid, seen = ''] = /^started (\d+)\n([\s\S]*)$/m.exec(output) ?? [];
    if (pid === undefined) {
      control.forget(word);
      if (status === 127) throw missing(file);
      throw new GuestroomError('program_failed', `${file} could not be started`, { detail: output.trim() });
    }
    const id = identity(Number(pid), seen);
    void told.then((rest) => {
      if (rest !== undefined) ended?.(endOf(Number(rest)));
      else if (id && ended) void seeEnd(id, ended);
    });
    if (id) return id;
    throw new GuestroomError('program_failed', `${file} ended at once`, {
      hint: `What it wrote is in ${log}`,
    });
  };
}

/**
 * "$1" the word that tells of the end, "$2" the log, "$3" the folder, "$4" the program to look for; the rest is run, in a
 * session of its own, so that it goes on when the connection ends. It is looked at before anybody has waited for it: what
 * has ended at once can still be told then.
 */
const launching = (looking: string): string =>
  [
    'word=$1 log=$2 folder=$3 program=$4; shift 4',
    'command -v -- "$program" >/dev/null 2>&1 || exit 127',
    'mkdir -p -- "$(dirname -- "$log")" && : >>"$log" && cd "$folder" || exit 1',
    'if command -v setsid >/dev/null 2>&1; then own=setsid; else own=nohup; fi',
    // whoever waits for its end says at once which process it is, and must not keep this question open
    'seen=$(',
    '  {',
    '    "$own" "$@" </dev/null >>"$log" 2>&1 3>&- &',
    '    pid=$!',
    '    printf "started %s\\n" "$pid"',
    `    ${looking}`,
    '    exec >/dev/null 2>&1',
    '    wait "$pid"',
    '    printf "%s %s\\n" "$word" "$?" >&3',
    '  } &',
    ')',
    'printf "%s\\n" "$seen"',
  ].join('\n');

/** A status over 128 is how a shell tells of a signal. */
function endOf(status: number): ExitStatus {
  const signal = status > 128 ? signalNames[status - 128] : undefined;
  return signal === undefined ? { status, signal: null } : { status: null, signal };
}

const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};

export function withEnvironment(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): string[] {
  const set = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return set.length === 0 ? [file, ...args] : ['env', ...set, file, ...args];
}

export const missing = (file: string): GuestroomError =>
  new GuestroomError('program_missing', `The program ${file} is not installed on the host`, {
    hint: `Install the package that has ${file} there, or add its folder to PATH`,
  });
