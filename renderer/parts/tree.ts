/** One visible row of a tree, already flattened: a branch that is closed has no rows after it. */
export interface TreeRow<Item> {
  key: string;
  /** 1 for the roots. */
  level: number;
  /** undefined: a leaf. */
  expanded?: boolean | undefined;
  /** Place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  /** What typing letters finds. */
  name: string;
  item: Item;
}

/** What a key does in a tree, by the ARIA tree pattern. */
export type TreeMove =
  | { kind: 'go'; key: string }
  | { kind: 'expand'; key: string }
  | { kind: 'collapse'; key: string }
  | { kind: 'open'; key: string };

/** undefined when the key means nothing here. */
export function treeKey<Item>(
  rows: readonly TreeRow<Item>[],
  active: string | undefined,
  key: string,
  page: number,
): TreeMove | undefined {
  const at = rows.findIndex((row) => row.key === active);
  const row = rows[at];
  const go = (to: number): TreeMove | undefined => {
    const target = rows[Math.max(0, Math.min(rows.length - 1, to))];
    return target && { kind: 'go', key: target.key };
  };
  switch (key) {
    case 'ArrowDown':
      return go(at + 1);
    case 'ArrowUp':
      return go(at < 0 ? 0 : at - 1);
    case 'PageDown':
      return go(at + page);
    case 'PageUp':
      return go(at - page);
    case 'Home':
      return go(0);
    case 'End':
      return go(rows.length - 1);
  }
  if (!row) return undefined;
  switch (key) {
    case 'Enter':
    case ' ':
      return { kind: 'open', key: row.key };
    case 'ArrowRight':
      if (row.expanded === undefined) return undefined;
      return row.expanded
        ? row.level < (rows[at + 1]?.level ?? 0)
          ? go(at + 1)
          : undefined
        : { kind: 'expand', key: row.key };
    case 'ArrowLeft': {
      if (row.expanded) return { kind: 'collapse', key: row.key };
      const parent = rows.slice(0, at).findLast((each) => each.level < row.level);
      return parent && { kind: 'go', key: parent.key };
    }
  }
  return undefined;
}

/** The next row, after the active one and around, whose name begins with the letters. */
export function treeTypeahead<Item>(
  rows: readonly TreeRow<Item>[],
  active: string | undefined,
  letters: string,
): string | undefined {
  const wanted = letters.toLowerCase();
  const at = rows.findIndex((row) => row.key === active);
  // one letter again and again walks on; more letters may stay where they are
  const begin = wanted.length === 1 ? at + 1 : Math.max(0, at);
  for (let step = 0; step < rows.length; step += 1) {
    const row = rows[(begin + step) % rows.length];
    if (row?.name.toLowerCase().startsWith(wanted)) return row.key;
  }
  return undefined;
}
