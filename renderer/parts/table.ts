import type { Snippet } from 'svelte';

export interface Column<Row> {
  id: string;
  /** Head of the column, with the unit. */
  label: string;
  /** Tooltip of the head. */
  title?: string | undefined;
  /** A CSS grid track: 96px, minmax(160px, 1fr). */
  width: string;
  align?: 'right' | 'center' | undefined;
  /** Makes the column sortable. */
  compare?: ((a: Row, b: Row) => number) | undefined;
  /** The first click sorts from high to low. */
  highFirst?: boolean | undefined;
  /** Left out while the table is narrower than this many pixels. */
  needs?: number | undefined;
  /** Cannot be hidden. */
  always?: boolean | undefined;
  /** Columns after it that this row's cell covers too. */
  covers?: ((row: Row) => readonly string[] | undefined) | undefined;
  cell: Snippet<[Row]>;
}

export interface Sort {
  id: string;
  descending: boolean;
}

/** What is chosen, where the keyboard is, and where a range with Shift begins. Keys of rows. */
export interface Choice {
  selected: ReadonlySet<string>;
  active: string | undefined;
  anchor: string | undefined;
}

export const noChoice: Choice = { selected: new Set(), active: undefined, anchor: undefined };

/** Sorted copy; equal rows keep their order in both directions. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const compare = columns.find((column) => column.id === sort?.id)?.compare;
  if (!sort || !compare) return rows;
  return rows.toSorted(sort.descending ? (a, b) => compare(b, a) : compare);
}

/** The columns to draw at this width. */
export function visibleColumns<Row>(
  columns: readonly Column<Row>[],
  hidden: readonly string[],
  width: number,
): Column<Row>[] {
  return columns.filter(
    (column) =>
      column.always || (!hidden.includes(column.id) && (width === 0 || width >= (column.needs ?? 0))),
  );
}

/** Cells of one row with the number of columns that each takes. */
export function cellsOf<Row>(
  columns: readonly Column<Row>[],
  row: Row,
): { column: Column<Row>; span: number; at: number }[] {
  const cells: { column: Column<Row>; span: number; at: number }[] = [];
  for (let at = 0; at < columns.length;) {
    const column = columns[at];
    if (!column) break;
    const covered = column.covers?.(row) ?? [];
    let span = 1;
    while (covered.includes(columns[at + span]?.id ?? '')) span += 1;
    cells.push({ column, span, at });
    at += span;
  }
  return cells;
}

/** The choice after a click on a row. */
export function clicked(
  choice: Choice,
  keys: readonly string[],
  key: string,
  how: { ctrl: boolean; shift: boolean },
): Choice {
  if (how.shift) return { ...range(choice, keys, key, how.ctrl), active: key };
  if (how.ctrl) return toggled(choice, key);
  return { selected: new Set([key]), active: key, anchor: key };
}

/** The row in or out of the selection; the rest stays. */
export function toggled(choice: Choice, key: string): Choice {
  const selected = new Set(choice.selected);
  if (!selected.delete(key)) selected.add(key);
  return { selected, active: key, anchor: key };
}

function range(choice: Choice, keys: readonly string[], key: string, add: boolean): Choice {
  const anchor =
    choice.anchor !== undefined && keys.includes(choice.anchor) ? choice.anchor : (keys[0] ?? key);
  const [from, to] = [keys.indexOf(anchor), keys.indexOf(key)].toSorted((a, b) => a - b);
  const selected = new Set(add ? choice.selected : []);
  for (const each of keys.slice(from, (to ?? 0) + 1)) selected.add(each);
  return { selected, active: key, anchor };
}

/** The choice after a key; undefined when the key means nothing here. `page`: rows on one screen. */
export function keyed(
  choice: Choice,
  keys: readonly string[],
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>,
  page: number,
): Choice | undefined {
  const ctrl = event.ctrlKey || event.metaKey;
  const last = keys.length - 1;
  const at = choice.active === undefined ? -1 : keys.indexOf(choice.active);
  const moves: Record<string, number> = {
    ArrowDown: Math.min(last, at + 1),
    ArrowUp: at < 0 ? 0 : Math.max(0, at - 1),
    PageDown: Math.min(last, at + page),
    PageUp: Math.max(0, at - page),
    Home: 0,
    End: last,
  };
  const to = moves[event.key];
  if (to !== undefined) {
    const key = keys[to];
    if (key === undefined) return choice;
    if (ctrl && !event.shiftKey) return { ...choice, active: key };
    return clicked(choice, keys, key, { ctrl, shift: event.shiftKey });
  }
  if (event.key === ' ') {
    const key = keys[at];
    if (key === undefined) return choice;
    return event.shiftKey ? clicked(choice, keys, key, { ctrl, shift: true }) : toggled(choice, key);
  }
  if (ctrl && event.key.toLowerCase() === 'a')
    return { ...choice, selected: new Set(keys), anchor: keys[0], active: choice.active ?? keys[0] };
  if (event.key === 'Escape' && choice.selected.size > 0) return { ...choice, selected: new Set() };
  return undefined;
}
