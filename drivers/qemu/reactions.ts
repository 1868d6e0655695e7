import type { Logger } from '../api/driver.ts';
import { toGuestroomError } from '../api/errors.ts';
import type { RunningGuest } from './guest.ts';

/**
 * What the document wants done when its guest powers off, crashes or is rebooted by us, where QEMU only stops it and
 * waits. Called after every change of state; that of a guest that is found counts as one, for
 * an instance of the app may have ended in between.
 */
export function react(guest: RunningGuest, log: Logger): void {
  const work = reaction(guest);
  if (!work) return;
  work().catch((error: unknown) =>
    log.warn('A guest could not be handled as its document says', {
      domain: guest.facts.name,
      error: toGuestroomError(error).message,
    }),
  );
}

/** What QEMU is to do when the guest powers off: end, or stop and wait for us. */
export function shutdownAction({ domain }: RunningGuest): 'pause' | 'poweroff' {
  return domain.onPoweroff === 'restart' || domain.onPoweroff === 'preserve' ? 'pause' : 'poweroff';
}

function reaction(guest: RunningGuest): (() => Promise<void>) | undefined {
  const { onPoweroff, onCrash } = guest.domain;
  const restart = async (): Promise<void> => {
    await guest.execute('system_reset');
    await guest.execute('cont');
  };
  if (guest.state === 'shutdown') {
    return async () => {
      const rebooting = await guest.isRebooting();
      if (!rebooting && onPoweroff !== 'restart') return;
      if (rebooting) {
        await guest.setRebooting(false);
        await guest.execute('set-action', { shutdown: shutdownAction(guest) });
      }
      await restart();
    };
  }
  if (guest.reason === 'crashed' && (onCrash === 'restart' || onCrash === 'coredump-restart')) return restart;
  // QEMU itself gave up on the guest: nothing in it can go on
  if (guest.reason === 'internal error' && onCrash !== 'preserve') return () => guest.destroy('crashed');
  return undefined;
}
