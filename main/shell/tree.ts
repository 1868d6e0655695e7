import { printable } from './table.ts';

/**
 * virsh's drawing of a tree: names that hang under others by lines. Siblings keep the order of the list.
 * `parentOf` answers undefined for what hangs under nothing, or under what is not in the list.
 */
export function drawTree(names: readonly string[], parentOf: (name: string) => string | undefined): string {
  const known = new Set(names);
  const children = new Map<string, string[]>();
  const roots: string[] = [];
  for (const name of names) {
    const parent = parentOf(name);
    if (parent === undefined || !known.has(parent) || parent === name) roots.push(name);
    else children.set(parent, [...(children.get(parent) ?? []), name]);
  }
  return roots.map((root) => branch(root, { before: '', under: '', last: true }, children)).join('');
}

interface Place {
  /** What stands before its name, and before the lines below it. */
  before: string;
  under: string;
  /** None follows beside it. */
  last: boolean;
}

function branch(name: string, at: Place, children: ReadonlyMap<string, readonly string[]>): string {
  const { before, under, last } = at;
  const own = `${before}${printable(name)}\n`;
  const below = children.get(name) ?? [];
  if (below.length === 0) return last ? `${own}${under}\n` : own;
  const lines = below.map((child, index) => {
    const end = index === below.length - 1;
    return branch(
      child,
      { before: `${under}  +- `, under: `${under}  ${end ? ' ' : '|'} `, last: end },
      children,
    );
  });
  return `${own}${under}  |\n${lines.join('')}`;
}
