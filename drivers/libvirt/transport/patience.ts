import { GuestroomError } from '../../api/errors.ts';

/** How long a single wait may take, and who may end it. */
export interface Patience {
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

export const cancelled = (): GuestroomError => new GuestroomError('cancelled', 'Connecting was stopped');

export const noAnswer = (at: string, { timeout }: Patience, hint: string): GuestroomError =>
  new GuestroomError('timeout', `${at} does not answer within ${String(timeout / 1000)} seconds`, { hint });

/**
 * The work's own end, or `tooLate` after the time, or `cancelled`. The port to the machine cannot stop what it has begun:
 * what comes late goes to `discard`.
 */
export function bounded<Value>(
  work: Promise<Value>,
  patience: Patience,
  tooLate: () => GuestroomError,
  discard: (value: Value) => void,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    let over = false;
    const settle = (): void => {
      over = true;
      clearTimeout(timer);
      patience.signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      if (over) return;
      settle();
      reject(error);
    };
    const onAbort = (): void => fail(cancelled());
    const timer = setTimeout(() => fail(tooLate()), patience.timeout);
    patience.signal?.addEventListener('abort', onAbort, { once: true });
    if (patience.signal?.aborted === true) onAbort();
    work.then((value) => {
      if (over) return discard(value);
      settle();
      resolve(value);
    }, fail);
  });
}
