import type { Connection } from '../../drivers/api/driver.ts';
import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { Pool } from '../../drivers/api/model.ts';
import type { Verdicts } from '../../drivers/api/operations.ts';
import { storagePool } from '../../drivers/xml/storage/pool.ts';
import type { Facts, NewPool } from './facts.ts';
import { pathIn } from './names.ts';

/** libvirt's usual name and folders, which other programs look for, too. */
const usual = 'default';
const systemFolder = '/var/lib/libvirt/images';
const sessionFolder = '.local/share/libvirt/images';
const folders = new Set(['dir', 'fs', 'netfs']);

/** undefined where a pool is ready, or where nothing can be done about it. `home`: of the account on the host. */
export function newPoolFor(
  pools: readonly Pool[],
  verdicts: Verdicts,
  reach: Facts['reach'],
  home: string | undefined,
): NewPool | undefined {
  const can = (...operations: (keyof Verdicts)[]): boolean =>
    operations.every((operation) => verdicts[operation].can !== 'no');
  if ((reach !== 'system' && reach !== 'session') || pools.some(({ active }) => active)) return undefined;
  if (!can('poolStart')) return undefined;
  const off = pools.filter(({ type, path }) => folders.has(type) && path !== undefined);
  const known = off.find(({ name }) => name === usual) ?? off[0];
  if (known?.path !== undefined) return { kind: 'poolStart', name: known.name, folder: known.path };
  if (!can('poolDefine', 'poolBuild') || pools.some(({ name }) => name === usual)) return undefined;
  if (reach === 'system') return { kind: 'poolMake', name: usual, folder: systemFolder };
  return home === undefined
    ? undefined
    : { kind: 'poolMake', name: usual, folder: pathIn(home, sessionFolder) };
}

/** Names of the files that lie in the folder of a pool that is to come; none where it cannot be looked into. */
export async function filesIn({ volumes }: Connection, folder: string): Promise<string[]> {
  try {
    return (await volumes.browse(folder)).entries.map(({ name }) => name);
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    if (['not_found', 'unsupported', 'denied', 'invalid_argument'].includes(error.code)) return [];
    throw error;
  }
}

/** Makes or starts it, also where somebody else did a part of that meanwhile. `made` hears how each part is undone. */
export async function preparePool(
  { pools }: Connection,
  { name, folder }: NewPool,
  made: (what: string, remove: () => Promise<void>) => void,
): Promise<void> {
  if (!pools) return;
  let row = (await pools.list()).find((pool) => pool.name === name);
  if (!row) {
    row = await pools.define(storagePool.build({ type: 'dir', name, target: { path: folder } }));
    made(`the storage pool ${name}`, () => pools.undefine(name));
    await pools.build(name);
    await pools.setAutostart(name, true);
  }
  if (row.active) return;
  await pools.start(name);
  made(`the running storage pool ${name}`, () => pools.destroy(name));
}
