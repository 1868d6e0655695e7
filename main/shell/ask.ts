import type { Answer, Ask, Question } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { readKeys, takeKeys } from './keys.ts';
import type { Terminal } from './session.ts';
import { printable } from './table.ts';

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
