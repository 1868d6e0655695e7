import type {
  AnswerTo,
  Ask,
  CredentialsQuestion,
  HostKeyQuestion,
  Question,
  SecretsQuestion,
} from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { shownLine, shownLines } from '../question-rows.ts';
import { readKeys, takeKeys } from './keys.ts';
import type { Terminal } from './session.ts';

/** Asks at the terminal, secrets unseen. Without a terminal nobody can be asked, and it says so. */
export function askAtTerminal(terminal: Terminal): Ask {
  return async <Asked extends Question>(question: Asked, signal?: AbortSignal) => {
    const { stdin } = terminal;
    if (!stdin.isTTY || !stdin.setRawMode) throw nobodyThere(question);
    const release = takeKeys(terminal);
    try {
      // each answers its own kind
      return (await put(terminal, question, signal)) as AnswerTo<Asked> | undefined;
    } finally {
      release();
    }
  };
}

function put(terminal: Terminal, question: Question, signal: AbortSignal | undefined) {
  switch (question.kind) {
    case 'credentials':
      return login(terminal, question, signal);
    case 'secrets':
      return secrets(terminal, question, signal);
    case 'host-key':
      return hostKey(terminal, question, signal);
  }
}

function nobodyThere(question: Question): GuestroomError {
  const who = line(question.who);
  switch (question.kind) {
    case 'credentials':
      return new GuestroomError('auth_failed', `${who} asks for a login, and there is no terminal`, {
        hint: 'Run guestroom in a terminal, where it can ask for the name and the password',
      });
    case 'secrets':
      return new GuestroomError('auth_failed', `${wanted(question)} is needed, and there is no terminal`, {
        hint: 'Load the key into an SSH agent (ssh-add), use a key without a passphrase, or run guestroom in a terminal',
      });
    case 'host-key':
      return new GuestroomError('host_key', `The key of ${who} is not known, and there is no terminal`, {
        hint: 'Run guestroom in a terminal once to see and accept it, or add the key to ~/.ssh/known_hosts',
        detail: `${line(question.keyType)} ${line(question.fingerprint)}`,
      });
  }
}

const line = (text: string): string => shownLine(text, 300);

/** On standard error: standard output may be a file. */
const sayAt =
  ({ stderr }: Terminal) =>
  (text: string): void =>
    void stderr.write(text);

async function login(
  terminal: Terminal,
  { who, realm, user, again }: CredentialsQuestion,
  signal: AbortSignal | undefined,
): Promise<AnswerTo<CredentialsQuestion> | undefined> {
  const say = sayAt(terminal);
  if (again) say('The login was refused.\n');
  say(`${line(who)} asks for a login${realm === undefined ? '' : ` (${line(realm)})`}.\n`);
  say(user === undefined ? 'User name: ' : `User name [${line(user)}]: `);
  const name = await readKeys(terminal, say, signal);
  if (name === undefined) return undefined;
  say('Password: ');
  const password = await readKeys(terminal, undefined, signal);
  return password === undefined ? undefined : { user: name === '' ? (user ?? '') : name, password };
}

/** The password of ada@rack, the passphrase of /home/ada/.ssh/id_ed25519, an answer to rack. */
function wanted({ about, who, user, file }: SecretsQuestion): string {
  switch (about) {
    case 'password':
      return `The password of ${line(who.includes('@') || user === undefined ? who : `${user}@${who}`)}`;
    case 'passphrase':
      return `The passphrase of ${line(file ?? who)}`;
    case 'prompts':
      return `An answer to ${line(who)}`;
  }
}

/** Nothing is remembered: a terminal has no key store. */
async function secrets(
  terminal: Terminal,
  question: SecretsQuestion,
  signal: AbortSignal | undefined,
): Promise<AnswerTo<SecretsQuestion> | undefined> {
  const say = sayAt(terminal);
  const { about, instruction, prompts, again } = question;
  if (again) say(about === 'passphrase' ? 'The passphrase is not right.\n' : 'That was refused.\n');
  if (about === 'prompts') say(`${line(question.who)} asks:\n`);
  if (instruction !== undefined) say(`${shownLines(instruction, 500, 12)}\n`);
  const given: string[] = [];
  for (const { text, echo } of prompts) {
    const own = line(text).trim();
    say(own === '' ? `${wanted(question)}: ` : `${own.replace(/:$/, '')}: `);
    const secret = await readKeys(terminal, echo ? say : undefined, signal);
    if (secret === undefined) return undefined;
    given.push(secret);
  }
  return { secrets: given, remember: false };
}

const trusts: Readonly<Record<string, AnswerTo<HostKeyQuestion>['trust'] | 'no'>> = {
  yes: 'always',
  once: 'once',
  no: 'no',
};

async function hostKey(
  terminal: Terminal,
  { who, keyType, fingerprint }: HostKeyQuestion,
  signal: AbortSignal | undefined,
): Promise<AnswerTo<HostKeyQuestion> | undefined> {
  const say = sayAt(terminal);
  say(`The key of ${line(who)} is not known yet.\n`);
  say(`Its ${line(keyType)} key has the fingerprint ${line(fingerprint)}\n`);
  say('Compare it with what the owner of the host tells you.\n');
  say('Trust it (yes: from now on, once: this time, no)? ');
  for (;;) {
    const typed = await readKeys(terminal, say, signal);
    if (typed === undefined) return undefined;
    const word = typed.trim();
    // as OpenSSH: who has the fingerprint at hand pastes it, and a machine compares
    const trust = word === fingerprint ? 'always' : trusts[word.toLowerCase()];
    if (trust === 'no') return undefined;
    if (trust !== undefined) return { trust };
    say('Type yes, once or no, or the fingerprint itself: ');
  }
}
