import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type {
  DomainSummary,
  HostInterface,
  Network,
  Pool,
  Secret,
  Snapshot,
  Volume,
} from '../../drivers/api/model.ts';
import { UsageError } from './command.ts';
import { groupOf } from './groups.ts';
import { Attempt, type Session, attempt } from './session.ts';

const uuidPattern = /^[\da-f]{8}(-?[\da-f]{4}){3}-?[\da-f]{12}$/i;
const bare = (uuid: string): string => uuid.replaceAll('-', '').toLowerCase();

/** What a word can be: a command that turns one into the other takes only the one. */
export type Naming = 'uuid' | 'name' | 'either';

/** By UUID, else by name, as virsh looks for what has both. */
function named<T extends { name: string; uuid?: string | undefined }>(
  all: readonly T[],
  word: string,
  by: Naming,
): T | undefined {
  const uuid = uuidPattern.test(word) && by !== 'name' ? bare(word) : undefined;
  return (
    (uuid === undefined
      ? undefined
      : all.find((each) => each.uuid !== undefined && bare(each.uuid) === uuid)) ??
    (by === 'uuid' ? undefined : all.find(({ name }) => name === word))
  );
}

const missing = (what: string, message: string): Attempt =>
  new Attempt(what, new GuestroomError('not_found', message));

export async function findNetwork(session: Session, word: string, by: Naming = 'either'): Promise<Network> {
  const what = `failed to get network '${word}'`;
  const networks = await attempt(what, async () => (await groupOf(session, 'networks')).list());
  const found = named(networks, word, by);
  if (!found && by === 'uuid') throw new UsageError(what);
  if (!found) throw missing(what, `Network not found: no network with matching name '${word}'`);
  return found;
}

/** Pools also of drivers that have no other dealings with them. */
export async function listPools(session: Session): Promise<Pool[]> {
  const { pools, volumes } = await session.connection();
  return pools ? pools.list() : volumes.pools();
}

export async function findPool(session: Session, word: string, by: Naming = 'either'): Promise<Pool> {
  const what = `failed to get pool '${word}'`;
  const found = named(await attempt(what, () => listPools(session)), word, by);
  if (!found && by === 'uuid') throw new UsageError(what);
  if (!found) throw missing(what, `Storage pool not found: no storage pool with matching name '${word}'`);
  return found;
}

export interface FoundVolume extends Volume {
  pool: string;
}

/** In this pool by name or path; without a pool by path (`poolless`: of a command that takes none). libvirt's keys are paths, but for network pools. */
export async function findVolume(
  session: Session,
  word: string,
  pool?: string,
  options: { poolless?: boolean } = {},
): Promise<FoundVolume> {
  const advice = pool === undefined && options.poolless !== true ? ', specifying --pool might help' : '';
  const what = `failed to get vol '${word}'${advice}`;
  if (pool === undefined) return volumeAt(session, word, what);
  const { name, active } = await findPool(session, pool);
  if (!active) throw new UsageError(`pool '${pool}' is not active`);
  const volumes = await attempt(what, async () => (await session.connection()).volumes.list(name));
  const found = volumes.find((volume) => volume.name === word) ?? volumes.find(({ path }) => path === word);
  if (found) return { ...found, pool: name };
  await volumeAt(session, word, what);
  throw new UsageError(`Requested volume '${word}' is not in pool '${pool}'`);
}

/** The volume of this path in whatever pool. */
async function volumeAt(session: Session, path: string, what: string): Promise<FoundVolume> {
  const { volumes } = await session.connection();
  try {
    const found = await volumes.lookup(path);
    if (found.pool !== undefined) return { ...found, pool: found.pool };
  } catch (error) {
    // a word that is no path is looked up in vain, too
    const { code } = toGuestroomError(error);
    if (code !== 'not_found' && code !== 'invalid_argument') throw new Attempt(what, error);
  }
  throw missing(what, `Storage volume not found: no storage vol with matching path '${path}'`);
}

/** Secrets have no names. */
export async function findSecret(session: Session, word: string): Promise<Secret> {
  const what = `failed to get secret '${word}'`;
  if (!uuidPattern.test(word))
    throw new Attempt(
      what,
      new GuestroomError('invalid_argument', 'uuidstr in virSecretLookupByUUIDString must be a valid UUID'),
    );
  const secrets = await attempt(what, async () => (await groupOf(session, 'secrets')).list());
  const found = secrets.find(({ uuid }) => bare(uuid) === bare(word));
  if (!found) throw missing(what, `Secret not found: no secret with matching uuid '${word}'`);
  return found;
}

/** By name, else by MAC address. */
export async function findInterface(session: Session, word: string): Promise<HostInterface> {
  const what = `failed to get interface '${word}'`;
  const interfaces = await attempt(what, async () => (await groupOf(session, 'interfaces')).list());
  const mac = word.toLowerCase();
  const found =
    interfaces.find(({ name }) => name === word) ??
    interfaces.find((each) => each.mac !== undefined && each.mac.toLowerCase() === mac);
  if (!found) throw missing(what, `Interface not found: no interface with matching name '${word}'`);
  return found;
}

export async function listSnapshots(session: Session, domain: DomainSummary): Promise<Snapshot[]> {
  return (await groupOf(session, 'snapshots')).list(domain.uuid);
}

export async function findSnapshot(session: Session, domain: DomainSummary, name: string): Promise<Snapshot> {
  const found = (await listSnapshots(session, domain)).find((snapshot) => snapshot.name === name);
  if (!found)
    throw new GuestroomError(
      'not_found',
      `Domain snapshot not found: no domain snapshot with matching name '${name}'`,
    );
  return found;
}
