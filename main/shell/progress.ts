import type { WorkContext } from '../../drivers/api/domains.ts';
import type { Session } from './session.ts';

/** virsh's line about how far something is, written over itself: `Block Copy: [ 50 %]` */
export const progressText = (label: string, done: number): string =>
  `${label}: [${String(Math.floor(Math.max(0, Math.min(1, done)) * 100)).padStart(3)} %]`;

export interface Progress {
  tell(done: number): void;
  /** Ends the line, where one was written. */
  end(): void;
}

/**
 * On standard error: a progress in a file helps nobody, so `always` is for those who asked for it. They get a message
 * after it that ends the line itself, as in virsh.
 */
export function progressOf(session: Session, label: string, always = false): Progress {
  const { stderr } = session.terminal;
  let last = '';
  return {
    tell(done) {
      const text = progressText(label, done);
      if (text === last || !(always || stderr.isTTY)) return;
      last = text;
      stderr.write(`\r${text}`);
    },
    end() {
      if (last !== '' && !always) stderr.write('\n');
    },
  };
}

/** Long work that Ctrl+C calls back, told on the terminal as it goes. */
export async function longWork<T>(
  session: Session,
  label: string,
  work: (context: WorkContext & { signal: AbortSignal }) => Promise<T>,
  options: { always?: boolean; signal?: AbortSignal } = {},
): Promise<T> {
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  const progress = progressOf(session, label, options.always);
  process.once('SIGINT', interrupt);
  try {
    const signal = options.signal ? AbortSignal.any([stop.signal, options.signal]) : stop.signal;
    const result = await work({ signal, onProgress: (done) => progress.tell(done) });
    // what was too quick to be seen on its way is done all the same
    if (options.always) progress.tell(1);
    return result;
  } finally {
    process.off('SIGINT', interrupt);
    progress.end();
  }
}
