import { GuestroomError } from '../../drivers/api/errors.ts';

/**
 * The work's result, or an abort at once: a driver that does not listen to the signal must not keep the person waiting.
 * `late` gets a result that nobody waits for any more.
 */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  late?: { done(value: T): Promise<void>; failed(error: unknown): void },
): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(new GuestroomError('cancelled', 'Cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (thrown) {
    if (signal.aborted && late) void work.then(late.done, late.failed);
    throw thrown;
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
