import type { Connection } from '../../drivers/api/driver.ts';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { type ConnectionOperation, type Group, reasonText } from '../../drivers/api/operations.ts';
import type { Session } from './session.ts';

/** The operation whose verdict says why a connection lacks the group. */
const speakers = {
  domainDevices: 'attachDevice',
  snapshots: 'snapshotCreate',
  blockJobs: 'blockCopy',
  migration: 'migrate',
  agent: 'interfaceAddresses',
  pools: 'poolDefine',
  networks: 'networkDefine',
  interfaces: 'interfaceDefine',
  nodeDevices: 'nodeDeviceList',
  secrets: 'secretDefine',
} as const satisfies Record<Group, string>;

/** A group of the connection. Throws `unsupported` with the verdict's own reason where it has none. */
export async function groupOf<G extends Group>(
  session: Session,
  group: G,
): Promise<NonNullable<Connection[G]>> {
  const connection = await session.connection();
  const found = connection[group];
  if (found) return found;
  const verdict = connection.verdicts[speakers[group]];
  throw new GuestroomError('unsupported', reasonText[verdict.can === 'no' ? verdict.reason : 'driver_lacks']);
}

/** Refuses with the verdict's own reason, before anything is asked of the hypervisor. */
export async function allowOn(session: Session, operation: ConnectionOperation): Promise<void> {
  const verdict = (await session.connection()).verdicts[operation];
  if (verdict.can !== 'no') return;
  throw new GuestroomError(
    verdict.reason === 'read_only' ? 'read_only' : 'unsupported',
    reasonText[verdict.reason],
  );
}
