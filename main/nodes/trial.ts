import { randomUUID } from 'node:crypto';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import { isActive } from '../../drivers/api/operations.ts';
import type { TrialRow } from '../../preload/attempts.ts';
import { Feed } from '../feed.ts';
import { Login } from './login.ts';
import type { Logins } from './logins.ts';
import { endConnection, type Opening, openConnection } from './opening.ts';
import { Steps } from './steps.ts';

export interface TrialParts extends Pick<Opening, 'driver' | 'uri' | 'reach' | 'readOnly' | 'log'> {
  /** As it would be saved. */
  text: string;
  logins: Logins;
}

/**
 * Tries a connection and closes it again. The feed gives the row each time that it has changed and ends with the last
 * one; whoever leaves it stops the attempt.
 */
export function tryConnection(parts: TrialParts, left?: AbortSignal): Feed<TrialRow> {
  const stop = new AbortController();
  const { signal } = stop;
  let row: TrialRow = { id: randomUUID(), state: 'running', steps: [] };
  let told: TrialRow | undefined;
  const feed = new Feed<TrialRow>({
    signal: left,
    drain: () => {
      if (told === row) {
        if (row.state !== 'running') feed.end();
        return undefined;
      }
      told = row;
      if (row.state !== 'running') feed.more();
      return row;
    },
    ended: () => stop.abort(),
  });
  const change = (next: Partial<TrialRow>): void => {
    row = { ...row, ...next };
    feed.wake();
  };
  const steps = new Steps(parts.driver, parts.uri, () => change({ steps: steps.rows }));
  row = { ...row, steps: steps.rows };
  void attempt(parts, row.id, steps, signal).then(change);
  return feed;
}

/** The end of the row; never rejects. */
async function attempt(
  { logins, text, ...opening }: TrialParts,
  trial: string,
  steps: Steps,
  signal: AbortSignal,
): Promise<Pick<TrialRow, 'state' | 'found' | 'error'>> {
  const asked = { uri: text, asking: { trial }, lasting: false, waiting: steps.waiting } as const;
  const login = new Login(logins, { ...asked, signal });
  try {
    const { connection, reached, info, domains } = await openConnection({ ...opening, signal, steps, login });
    await endConnection(connection, opening.log);
    reached.end();
    const { hostname, hypervisor, hypervisorVersion, libvirtVersion } = info;
    return {
      state: 'done',
      found: {
        hostname,
        hypervisor,
        ...(hypervisorVersion === undefined ? {} : { hypervisorVersion }),
        ...(libvirtVersion === undefined ? {} : { libvirtVersion }),
        machines: domains.length,
        running: domains.filter(({ state }) => isActive(state)).length,
        readOnly: connection.readOnly,
      },
    };
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (error.code === 'internal') opening.log.error('A connection could not be tried', { error: thrown });
    return { state: 'failed', error: error.toData() };
  }
}
