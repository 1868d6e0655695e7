import type { WorkContext } from '../api/driver.ts';
import { GuestroomError } from '../api/errors.ts';
import { failure, type Daemon } from './daemon.ts';
import { domainOf } from './identity.ts';

/** ms between two looks at how far a job is: libvirt tells it to those who ask. */
const glance = 500;

/**
 * Work that libvirt does as the domain's job: `signal` aborts it there, `onProgress` is told how far it is.
 * Rejects with `cancelled` once an aborted job has ended.
 */
export async function withJob<T>(
  daemon: Daemon,
  uuid: string,
  context: WorkContext,
  work: () => Promise<T>,
): Promise<T> {
  const { signal, onProgress } = context;
  if (signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled');
  const dom = domainOf(uuid);
  let over = false;
  let looking: NodeJS.Timeout | undefined;
  let aborting: NodeJS.Timeout | undefined;
  const look = (): void => {
    looking = setTimeout(() => {
      daemon
        .call('DOMAIN_GET_JOB_INFO', { dom }, { domain: uuid })
        .then(({ dataTotal, dataProcessed }) => {
          if (over || dataTotal === 0n) return;
          onProgress?.(Math.min(1, Number(dataProcessed) / Number(dataTotal)));
        })
        .catch((error: unknown) =>
          daemon.log.debug('How far a job is could not be asked', { error: failure(error).message }),
        )
        .finally(() => {
          if (!over) look();
        });
    }, glance);
  };
  const abort = (): void => {
    daemon.call('DOMAIN_ABORT_JOB', { dom }, { domain: uuid }).catch((error: unknown) => {
      const { code, message } = failure(error);
      daemon.log.debug('A job could not be aborted', { error: message });
      // the daemon may not have begun it yet, and tells nobody when it does
      if (code === 'wrong_state' && !over) aborting = setTimeout(abort, glance);
    });
  };
  signal?.addEventListener('abort', abort, { once: true });
  if (onProgress) look();
  try {
    return await work();
  } catch (error) {
    if (signal?.aborted) throw new GuestroomError('cancelled', 'Cancelled', { cause: error });
    throw error;
  } finally {
    over = true;
    clearTimeout(looking);
    clearTimeout(aborting);
    signal?.removeEventListener('abort', abort);
  }
}
