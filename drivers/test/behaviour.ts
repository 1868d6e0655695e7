import { GuestroomError } from '../api/errors.ts';
import type { ConnectionUri } from '../api/uri.ts';

/**
 * How the made-up host behaves, from the URI's parameters:
 * - `fail=start:web-02,save:*` operations on domains (by name, * is any) that fail
 * - `delay=500` milliseconds that every change takes
 * - `pace=40` milliseconds per step of long work (save, restore, clone), of which there are 25
 */
export interface Behaviour {
  readonly failures: ReadonlySet<string>;
  readonly delay: number;
  readonly pace: number;
}

export const longWorkSteps = 25;

export function behaviourOf(uri: ConnectionUri, pace: number): Behaviour {
  return {
    failures: new Set((uri.params.get('fail') ?? '').split(',').filter((one) => one !== '')),
    delay: milliseconds(uri, 'delay', 0),
    pace: milliseconds(uri, 'pace', pace),
  };
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

/** Does this operation on this domain fail because the URI wants it? */
export const failsHere = (behaviour: Behaviour, operation: string, name: string): boolean =>
  behaviour.failures.has(`${operation}:${name}`) || behaviour.failures.has(`${operation}:*`);

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
