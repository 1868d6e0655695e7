import type { Snapshot } from '../api/model.ts';

type Placed = Pick<Snapshot, 'name' | 'parent' | 'created'>;

/**
 * Oldest first, and none before the one that it was taken from: libvirt lists them in no order, and tells their time in
 * whole seconds.
 */
export function inOrderOfTaking<T extends Placed>(snapshots: readonly T[]): T[] {
  const parents = new Map(snapshots.map(({ name, parent }) => [name, parent]));
  const depths = new Map(snapshots.map(({ name }) => [name, depthOf(name, parents)]));
  const depth = ({ name }: Placed): number => depths.get(name) ?? 0;
  return snapshots.toSorted(
    (a, b) => a.created - b.created || depth(a) - depth(b) || (a.name < b.name ? -1 : 1),
  );
}

/** Snapshots between it and the first; a daemon that tells a circle is not followed round it. */
function depthOf(name: string, parents: ReadonlyMap<string, string | undefined>): number {
  let depth = 0;
  for (let at = parents.get(name); at !== undefined && depth < parents.size; at = parents.get(at)) depth += 1;
  return depth;
}
