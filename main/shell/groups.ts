import type { Connection } from '../../drivers/api/driver.ts';
import type { ConnectionOperation, Group, GroupOperation } from '../../drivers/api/operations.ts';
import { refusedFor } from '../../drivers/api/refusals.ts';
import { attempt, type Session } from './session.ts';

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

/** A group of the connection. Throws the verdict's own reason where it has none. */
export async function groupOf<G extends Group>(
  session: Session,
  group: G,
): Promise<NonNullable<Connection[G]>> {
  const connection = await session.connection();
  const found = connection[group];
  if (found) return found;
  const verdict = connection.verdicts[speakers[group]];
  throw refusedFor(verdict.can === 'no' ? verdict.reason : 'driver_lacks');
}

/** Refuses with the verdict's own reason, before anything is asked of the hypervisor. */
export async function allowOn(session: Session, operation: ConnectionOperation): Promise<void> {
  const verdict = (await session.connection()).verdicts[operation];
  if (verdict.can === 'no') throw refusedFor(verdict.reason);
}

/** How a command changes what is in this group: with virsh's two sentences where it fails. */
export const changeIn =
  <G extends Group>(group: G) =>
  <T>(
    session: Session,
    operation: GroupOperation<G> & ConnectionOperation,
    failed: string,
    act: (members: NonNullable<Connection[G]>) => Promise<T>,
  ): Promise<T> =>
    attempt(failed, async () => {
      await allowOn(session, operation);
      return act(await groupOf(session, group));
    });
