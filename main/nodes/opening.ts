import type { Connection, Driver } from '../../drivers/api/driver.ts';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { DomainSummary, NodeInfo } from '../../drivers/api/model.ts';
import { type ConnectionUri, isSsh } from '../../drivers/api/uri.ts';
import type { Log } from '../log.ts';
import type { Login } from './login.ts';
import type { Reach, Reached } from './reach.ts';
import type { Steps } from './steps.ts';
import { unlessAborted } from './unless-aborted.ts';

export interface Opening {
  driver: Driver;
  uri: ConnectionUri;
  reach: Pick<Reach, 'to'>;
  readOnly: boolean;
  log: Log;
  signal: AbortSignal;
  steps: Steps;
  login: Login;
  /** The connection is there, its list is not asked for yet. */
  opened?: (connection: Connection) => void;
}

export interface Opened {
  connection: Connection;
  reached: Reached;
  info: NodeInfo;
  domains: DomainSummary[];
}

/** One attempt: opens the connection and asks for what is there. Rejects with what the person should read; nothing stays open then. */
export async function openConnection(opening: Opening): Promise<Opened> {
  const { driver, uri, readOnly, log, signal, steps, login } = opening;
  let connection: Connection | undefined;
  let reached: Reached | undefined;
  try {
    const { ask } = login;
    reached = await opening.reach.to(uri, { signal, ask, onStep: steps.done });
    const onStep = isSsh(uri) ? steps.onlyOpening : steps.done;
    const work = driver.open(uri, { host: reached.host, readOnly, log, signal, ask, onStep });
    connection = await unlessAborted(work, signal, {
      done: (late) => endConnection(late, log),
      failed: (error) => log.debug('An attempt that was given up has failed', { error }),
    });
    steps.passed('open');
    opening.opened?.(connection);
    const [info, domains] = await unlessAborted(
      Promise.all([connection.node(), connection.domains.list()]),
      signal,
    );
    steps.done('list', String(domains.length));
    login.accepted();
    return { connection, reached, info, domains };
  } catch (thrown) {
    if (connection) await endConnection(connection, log);
    reached?.end();
    const error = login.failed(toGuestroomError(thrown));
    if (!signal.aborted) steps.failed(error);
    throw error;
  }
}

/** ms that the end of a connection is waited for; a host that hangs must not keep the program from ending. */
const closeWait = 5000;

/** Never rejects. */
export async function endConnection(connection: Connection, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new GuestroomError('timeout', 'It did not close in time');
    timer = setTimeout(() => reject(error), closeWait);
  });
  try {
    await Promise.race([connection.close(), late]);
  } catch (thrown) {
    log.warn('The connection did not close cleanly', { error: thrown });
  } finally {
    clearTimeout(timer);
  }
}
