import type { WorkContext } from '../api/domains.ts';
import type { VolumeSource } from '../api/storage.ts';
import { GuestroomError } from '../api/errors.ts';
import type { ConnectionUri } from '../api/uri.ts';

/**
 * How the made-up host behaves, from the URI's parameters:
 * - `fail=start:web-02,save:*,networkStart:default` operations that fail on what has this name; * is any
 *   `open:reach` opening at that step
 * - `delay=500` milliseconds that every change takes
 * - `pace=40` milliseconds per step of long work (save, restore, clone, upload), of which there are 25
 * - `login=ada:lovelace` opening asks for this login, three times at most
 * - `ask=host-key,passphrase:lovelace,password:lovelace,prompts:4711:998877` opening asks what a host over SSH does, and takes
 *   these answers; `fail=open:host-key` its key is another one than before
 * - `step=300` opening goes through all steps of a host behind TLS, each of which takes so many milliseconds
 */
export interface Behaviour {
  readonly failures: ReadonlySet<string>;
  readonly delay: number;
  readonly pace: number;
  readonly login: { user: string; password: string } | undefined;
  /** What opening asks besides, with the answers that are right. */
  readonly asks: ReadonlyMap<string, readonly string[]>;
  /** undefined: opening has no steps. */
  readonly step: number | undefined;
}

const longWorkSteps = 25;

export function behaviourOf(uri: ConnectionUri, pace: number): Behaviour {
  return {
    failures: new Set((uri.params.get('fail') ?? '').split(',').filter((one) => one !== '')),
    delay: milliseconds(uri, 'delay', 0),
    pace: milliseconds(uri, 'pace', pace),
    login: loginOf(uri),
    asks: asksOf(uri),
    step: uri.params.has('step') ? milliseconds(uri, 'step', 0) : undefined,
  };
}

function loginOf(uri: ConnectionUri): Behaviour['login'] {
  const text = uri.params.get('login');
  if (text === undefined) return undefined;
  const [user = '', password = ''] = text.split(/:(.*)/s);
  return { user, password };
}

function asksOf(uri: ConnectionUri): Behaviour['asks'] {
  const asks = (uri.params.get('ask') ?? '').split(',').filter((one) => one !== '');
  return new Map(
    asks.map((one) => {
      const [what = '', ...answers] = one.split(':');
      return [what, answers];
    }),
  );
}

function milliseconds(uri: ConnectionUri, name: string, otherwise: number): number {
  const text = uri.params.get(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (text !== '' && value >= 0 && value <= 600_000) return value;
  throw new GuestroomError('invalid_argument', `${name}=${text} is not a number of milliseconds`, {
    hint: 'Use 0 to 600000',
  });
}

/** The delay, and the failure, that the URI wants for this operation on what is called `name`. */
export async function trouble(
  { delay, failures }: Behaviour,
  operation: string,
  name: string,
  signal?: AbortSignal,
): Promise<void> {
  if (delay > 0) await pause(delay, signal);
  if (failures.has(`${operation}:${name}`) || failures.has(`${operation}:*`))
    throw new GuestroomError('program_failed', `The made-up host refuses to ${operation} ${name}`, {
      hint: 'The connection’s address asks for this failure',
    });
}

/** Work that takes its time, tells how far it is and can be cancelled. */
export async function longWork({ pace }: Behaviour, { signal, onProgress }: WorkContext): Promise<void> {
  for (let step = 1; step <= longWorkSteps; step += 1) {
    await pause(pace, signal);
    onProgress?.(step / longWorkSteps);
  }
}

/** The pieces of a transfer, which takes as long as other work does. */
export async function* slowly(
  from: VolumeSource,
  length: number,
  { pace }: Behaviour,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ data: Uint8Array } | { hole: number }> {
  let done = 0;
  let step = 1;
  for await (const piece of from) {
    yield piece;
    done += 'data' in piece ? piece.data.length : piece.hole;
    for (; step <= (done / length) * longWorkSteps; step += 1) if (pace > 0) await pause(pace, signal);
  }
}

/** Waits; rejects with `cancelled` at once when the signal aborts. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clearTimeout(timer);
      reject(new GuestroomError('cancelled', 'Cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stopped);
      resolve();
    }, milliseconds);
    if (signal?.aborted) stopped();
    else signal?.addEventListener('abort', stopped, { once: true });
  });
}
