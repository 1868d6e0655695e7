import type { OpenContext, OpenStep } from '../api/driver.ts';
import { GuestroomError, type ErrorCode } from '../api/errors.ts';
import type { ConnectionUri } from '../api/uri.ts';
import { type Behaviour, behaviourOf, pause } from './behaviour.ts';
import { askForKey, askForSecrets, keyChanged, madeUpUser } from './questions.ts';

/** What each step of opening finds on a made-up host behind TLS. */
const found: Readonly<Partial<Record<OpenStep, string>>> = {
  resolve: '192.0.2.7',
  reach: 'port 16514',
  encrypt: 'TLS 1.3, AES-256-GCM',
  identify: 'made-up.example, until 2031-05-01',
  open: 'test 0.0.2',
};

/** How opening fails at a step, where the address asks for it. */
const failures: Readonly<Partial<Record<OpenStep, [ErrorCode, string, string]>>> = {
  resolve: ['unreachable', 'The host name is not known', 'Write the name as it is known in your network'],
  reach: [
    'unreachable',
    'Nothing listens at made-up.example:16514',
    'Start it on the host: sudo systemctl enable --now virtproxyd-tls.socket',
  ],
  encrypt: [
    'protocol',
    'What answers there does not speak TLS',
    'Check the port: 16514 is that of libvirt over TLS',
  ],
  identify: [
    'certificate',
    'The certificate of made-up.example has expired',
    'Ask the owner of the host for a new one; its name is CN=made-up.example',
  ],
  login: ['auth_failed', 'The login was refused', 'Check the name and the password'],
  open: [
    'denied',
    'This account may not use the hypervisor',
    'Join the group: sudo usermod -aG libvirt $USER, then log in anew',
  ],
};

/** As the address tells it, without opening anything. */
export function stepsOf(uri: ConnectionUri): readonly OpenStep[] {
  const { asks, login: wanted } = behaviourOf(uri, 0);
  const secrets = [...asks.keys()].some((what) => what !== 'host-key');
  const key: OpenStep[] = asks.has('host-key') ? ['identify'] : [];
  const login: OpenStep[] = wanted || secrets ? ['login'] : [];
  const all: OpenStep[] = uri.params.has('step') ? ['resolve', 'reach', 'encrypt', 'identify'] : key;
  return [...all, ...login, 'open'];
}

/** Goes through the steps that the address asks for; nothing without. */
export async function goThroughSteps(uri: ConnectionUri, context: OpenContext): Promise<void> {
  const behaviour = behaviourOf(uri, 0);
  for (const step of stepsOf(uri)) {
    if (behaviour.step !== undefined) await pause(behaviour.step, context.signal);
    if (behaviour.failures.has(`open:${step}`)) throw failure(step);
    if (step === 'identify' && behaviour.failures.has('open:host-key')) throw keyChanged();
    // first: without anybody who follows the steps there is a login all the same
    if (step === 'identify' && behaviour.asks.has('host-key')) await askForKey(context);
    const detail = step === 'login' ? await logIn(behaviour, uri, context) : found[step];
    if (step === 'login' || behaviour.step !== undefined) context.onStep?.(step, detail);
  }
}

function failure(step: OpenStep): GuestroomError {
  const [code, message, hint] = failures[step] ?? ['internal', `There is no failure at ${step}`, ''];
  return new GuestroomError(code, message, { hint, detail: `the address asks to fail at ${step}` });
}

/** Answers who has logged in. */
async function logIn(
  { asks, login: wanted }: Behaviour,
  uri: ConnectionUri,
  context: OpenContext,
): Promise<string> {
  await askForSecrets(asks, context);
  if (!wanted) return madeUpUser;
  const { ask, signal } = context;
  const who = `Test hypervisor (${uri.path.slice(1)})`;
  for (let again = false, times = 0; times < 3; times += 1) {
    const answer = await ask?.({ kind: 'credentials', who, again }, signal);
    if (!answer) {
      throw new GuestroomError('auth_failed', `${who} wants a login`, {
        hint: ask ? undefined : 'Connect where somebody can be asked',
      });
    }
    if (answer.user === wanted.user && answer.password === wanted.password) return answer.user;
    again = true;
  }
  throw new GuestroomError('auth_failed', 'The login was refused three times', {
    hint: 'Check the name and the password',
  });
}
