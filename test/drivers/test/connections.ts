import { randomUUID } from 'node:crypto';
import type { Connection, OpenContext } from '../../../drivers/api/driver.ts';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { parseUri } from '../../../drivers/api/uri.ts';
import { driverFor } from '../../../drivers/index.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const context: OpenContext = { host: createLocalHost(), log, readOnly: false };

export const connect = (uri: string): Promise<Connection> => driverFor(uri).open(parseUri(uri), context);

/** A host that no other test shares. */
export const alone = (uri = 'test:///default'): Promise<Connection> =>
  connect(`${uri}${uri.includes('?') ? '&' : '?'}instance=${randomUUID()}`);

export async function domainNamed(connection: Connection, name: string): Promise<DomainSummary> {
  const found = (await connection.domains.list()).find((domain) => domain.name === name);
  if (!found) throw new Error(`no domain ${name}`);
  return found;
}
