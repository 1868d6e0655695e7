import type { OpenContext, SecretsQuestion } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import type { Behaviour } from './behaviour.ts';

/** What a made-up host over SSH asks while it is opened. */

export const madeUpUser = 'ada';
const host = 'made-up.example';
const again = 'Try again to be asked anew';

export async function askForKey({ ask, signal }: OpenContext): Promise<void> {
  const answer = await ask?.(
    {
      kind: 'host-key',
      who: `[${host}]:2222`,
      keyType: 'ED25519',
      fingerprint: 'SHA256:uNiV8mQ2TfYc4LrX0pAeHkZs9dWjVb6oR1tCGy5nq7E',
      again: false,
    },
    signal,
  );
  if (!answer) throw new GuestroomError('host_key', `The key of ${host} was not accepted`, { hint: again });
}

export const keyChanged = (): GuestroomError =>
  new GuestroomError('host_key', `The key of ${host} is another one than the one that is known`, {
    hint: 'Somebody else may be listening. Ask the owner of the host whether its key has changed; if so, take the old one out of this file',
    detail: '/home/ada/.ssh/known_hosts, line 12: ED25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
  });

const questions: Readonly<Record<string, Omit<SecretsQuestion, 'again'>>> = {
  passphrase: {
    kind: 'secrets',
    about: 'passphrase',
    who: '/home/ada/.ssh/id_ed25519',
    file: '/home/ada/.ssh/id_ed25519',
    prompts: [{ text: '', echo: false }],
  },
  password: {
    kind: 'secrets',
    about: 'password',
    who: `${madeUpUser}@${host}`,
    user: madeUpUser,
    prompts: [{ text: '', echo: false }],
  },
  prompts: {
    kind: 'secrets',
    about: 'prompts',
    who: `${madeUpUser}@${host}`,
    instruction: 'Two things are needed to come in.\nLost your token? Call the desk at 4711.',
    prompts: [
      { text: 'Number of your badge: ', echo: true },
      { text: 'The six digits that your token shows now: ', echo: false },
    ],
  },
};

/** Each of them up to three times. */
export async function askForSecrets(asks: Behaviour['asks'], { ask, signal }: OpenContext): Promise<void> {
  for (const [what, right] of asks) {
    const question = questions[what];
    if (!question) continue;
    for (let times = 0; ; times += 1) {
      const answer = times < 3 ? await ask?.({ ...question, again: times > 0 }, signal) : undefined;
      if (!answer) throw new GuestroomError('auth_failed', `${host} wants a login`, { hint: again });
      if (answer.secrets.join(':') === right.join(':')) break;
    }
  }
}
