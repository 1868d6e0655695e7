import { StringDecoder } from 'node:string_decoder';
import type { Answer, Ask, Question } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Terminal } from './session.ts';
import { printable } from './table.ts';

const enter = new Set(['\r', '\n']);
const backspace = new Set(['\b', '\x7f']);
/** Ctrl+C and Ctrl+D. */
const leave = new Set(['\x03', '\x04']);
const clearLine = '\x15';

/** Asks for a login at the terminal, the password unseen. Without a terminal nobody can be asked, and it says so. */
export function askAtTerminal(terminal: Terminal): Ask {
  return async (question, signal) => {
    const { stdin } = terminal;
    if (!stdin.isTTY || !stdin.setRawMode) {
      throw new GuestroomError('auth_failed', `${question.who} asks for a login, and there is no terminal`, {
        hint: 'Run guestroom in a terminal, where it can ask for the name and the password',
      });
    }
    const release = takeKeys(terminal);
    try {
      return await login(terminal, question, signal);
    } finally {
      release();
    }
  };
}

async function login(
  terminal: Terminal,
  { who, realm, user, again }: Question,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  // on standard error: standard output may be a file
  const say = (text: string) => void terminal.stderr.write(text);
  if (again) say('The login was refused.\n');
  say(`${printable(who)} asks for a login${realm === undefined ? '' : ` (${printable(realm)})`}.\n`);
  say(user === undefined ? 'User name: ' : `User name [${printable(user)}]: `);
  const name = await readKeys(terminal, say, signal);
  if (name === undefined) return undefined;
  say('Password: ');
  const password = await readKeys(terminal, undefined, signal);
  return password === undefined ? undefined : { user: name === '' ? (user ?? '') : name, password };
}

/**
 * The keys belong to the question alone: the prompt's own editor listens to the same stream and would show a password
 * that is typed. The returned function gives them back.
 */
function takeKeys({ stdin }: Terminal): () => void {
  type Listener = (...args: unknown[]) => void;
  const others = stdin.listeners('data') as Listener[];
  const raw = stdin.isRaw ?? false;
  const paused = stdin.isPaused();
  for (const listener of others) stdin.off('data', listener);
  stdin.setRawMode?.(true);
  return () => {
    stdin.setRawMode?.(raw);
    for (const listener of others) stdin.on('data', listener);
    // a terminal that is read on keeps the program from ending
    if (paused || others.length === 0) stdin.pause();
    else stdin.resume();
  };
}

/** One line; undefined when the person leaves it. `echo` shows what is typed. */
function readKeys(
  { stdin, stderr }: Terminal,
  echo: ((text: string) => void) | undefined,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const decoder = new StringDecoder('utf8');
    let typed: string[] = [];
    const end = (line: string | undefined) => {
      stdin.pause();
      stdin.off('data', onKeys);
      stdin.off('end', onEnd);
      signal?.removeEventListener('abort', onEnd);
      stderr.write('\n');
      resolve(line);
    };
    const onEnd = () => end(undefined);
    const onKeys = (bytes: Buffer | string) => {
      const keys = [...(typeof bytes === 'string' ? bytes : decoder.write(bytes))];
      for (const [at, key] of keys.entries()) {
        if (enter.has(key) || leave.has(key)) {
          // what was typed or pasted behind the end of the line belongs to what is read next
          const rest = keys.slice(at + 1).join('');
          end(enter.has(key) ? typed.join('') : undefined);
          if (rest !== '') stdin.unshift(Buffer.from(rest));
          return;
        }
        if (backspace.has(key)) {
          if (typed.pop() !== undefined) echo?.('\b \b');
        } else if (key === clearLine) {
          echo?.('\b \b'.repeat(typed.length));
          typed = [];
        } else if (key >= ' ') {
          typed.push(key);
          echo?.(key);
        }
      }
    };
    stdin.on('data', onKeys);
    stdin.once('end', onEnd);
    signal?.addEventListener('abort', onEnd, { once: true });
    if (signal?.aborted || stdin.readableEnded) onEnd();
    else stdin.resume();
  });
}
