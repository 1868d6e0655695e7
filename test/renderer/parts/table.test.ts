import '../layout.ts';
import { render, screen, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import Table from '../../../renderer/parts/Table.svelte';
import {
  cellsOf,
  clicked,
  keyed,
  noChoice,
  sortRows,
  visibleColumns,
} from '../../../renderer/parts/table.ts';
import type { Choice, Column } from '../../../renderer/parts/table.ts';

interface Row {
  id: string;
  name: string;
  size: number;
}
const cell = (text: (row: Row) => string) =>
  createRawSnippet<[Row]>((row) => ({
    render: () => '<span></span>',
    setup: (element) => {
      element.textContent = text(row());
    },
  }));
const columns: Column<Row>[] = [
  {
    id: 'name',
    label: 'Name',
    width: '1fr',
    always: true,
    compare: (a, b) => a.name.localeCompare(b.name),
    cell: cell((row) => row.name),
  },
  {
    id: 'size',
    label: 'Size',
    width: '80px',
    needs: 600,
    highFirst: true,
    compare: (a, b) => a.size - b.size,
    cell: cell((row) => String(row.size)),
  },
];
const rows: Row[] = ['b', 'a', 'd', 'c'].map((name, at) => ({ id: name, name, size: at }));
const keys = ['a', 'b', 'c', 'd', 'e'];
const press = (key: string, how: { ctrl?: boolean; shift?: boolean } = {}) => ({
  key,
  ctrlKey: how.ctrl ?? false,
  metaKey: false,
  shiftKey: how.shift ?? false,
});
const chosen = (choice: Choice | undefined) => [...(choice?.selected ?? [])].toSorted().join('');

describe('choosing rows by keyboard', () => {
  it('moves and chooses with the arrow keys and stops at both ends', () => {
    let choice = keyed(noChoice, keys, press('ArrowDown'), 3);
    expect(chosen(choice)).toBe('a');
    choice = keyed(choice ?? noChoice, keys, press('End'), 3);
    choice = keyed(choice ?? noChoice, keys, press('ArrowDown'), 3);
    expect(choice?.active).toBe('e');
    choice = keyed(choice ?? noChoice, keys, press('PageUp'), 3);
    expect(choice?.active).toBe('b');
  });

  it('extends a range with Shift and shrinks it again', () => {
    let choice = clicked(noChoice, keys, 'b', { ctrl: false, shift: false });
    choice = keyed(choice, keys, press('ArrowDown', { shift: true }), 3) ?? noChoice;
    choice = keyed(choice, keys, press('ArrowDown', { shift: true }), 3) ?? noChoice;
    expect(chosen(choice)).toBe('bcd');
    choice = keyed(choice, keys, press('ArrowUp', { shift: true }), 3) ?? noChoice;
    expect(chosen(choice)).toBe('bc');
  });

  it('moves without choosing with Ctrl and toggles with Space', () => {
    let choice = clicked(noChoice, keys, 'a', { ctrl: false, shift: false });
    choice = keyed(choice, keys, press('ArrowDown', { ctrl: true }), 3) ?? noChoice;
    choice = keyed(choice, keys, press('ArrowDown', { ctrl: true }), 3) ?? noChoice;
    expect(chosen(choice)).toBe('a');
    choice = keyed(choice, keys, press(' '), 3) ?? noChoice;
    expect(chosen(choice)).toBe('ac');
    expect(chosen(keyed(choice, keys, press(' '), 3))).toBe('a');
  });

  it('chooses all with Ctrl+A and nothing with Escape', () => {
    const all = keyed(noChoice, keys, press('a', { ctrl: true }), 3);
    expect(chosen(all)).toBe('abcde');
    expect(chosen(keyed(all ?? noChoice, keys, press('Escape'), 3))).toBe('');
    expect(keyed(noChoice, keys, press('Escape'), 3)).toBeUndefined();
  });
});

describe('columns', () => {
  it('sorts both ways and keeps equal rows in their order', () => {
    expect(sortRows(rows, columns, { id: 'name', descending: false }).map((row) => row.id)).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
    expect(sortRows(rows, columns, { id: 'size', descending: true }).map((row) => row.id)).toEqual([
      'c',
      'd',
      'a',
      'b',
    ]);
    const equal = [...columns, { id: 'same', label: '', width: '', compare: () => 0, cell: cell(() => '') }];
    expect(sortRows(rows, equal, { id: 'same', descending: true })).toEqual(rows);
  });

  it('leaves out what the person hid and what does not fit the width', () => {
    expect(visibleColumns(columns, [], 800)).toHaveLength(2);
    expect(visibleColumns(columns, [], 400).map((column) => column.id)).toEqual(['name']);
    expect(visibleColumns(columns, ['name', 'size'], 800).map((column) => column.id)).toEqual(['name']);
  });

  it('lets one cell cover those after it, as far as they are shown', () => {
    const wide = [{ ...(columns[0] as Column<Row>), covers: () => ['size'] }, columns[1] as Column<Row>];
    expect(cellsOf(wide, rows[0] as Row).map((each) => each.span)).toEqual([2]);
    expect(cellsOf(wide.slice(0, 1), rows[0] as Row).map((each) => each.span)).toEqual([1]);
  });
});

describe('the table', () => {
  const show = (props: Partial<Record<'onopen' | 'onmenu', (arg: never) => void>> = {}) =>
    render(Table, {
      label: 'Things',
      rows,
      columns,
      key: (row: Row) => row.id,
      name: (row: Row) => row.name,
      sort: { id: 'name', descending: false },
      ...props,
    });

  it('is a grid whose active row is named to a screen reader', async () => {
    show();
    const user = userEvent.setup();
    await user.tab();
    const grid = screen.getByRole('grid', { name: 'Things' });
    grid.focus();
    await user.keyboard('{ArrowDown}');
    const active = document.getElementById(grid.getAttribute('aria-activedescendant') ?? '');
    expect(active).toHaveProperty('textContent', expect.stringContaining('b'));
    expect(active?.getAttribute('aria-selected')).toBe('true');
    expect(grid.getAttribute('aria-rowcount')).toBe('5');
  });

  it('opens with Enter and with a double click', async () => {
    const onopen = vi.fn();
    show({ onopen });
    const user = userEvent.setup();
    screen.getByRole('grid').focus();
    await user.keyboard('{End}{Enter}');
    expect(onopen.mock.lastCall?.[0]).toMatchObject({ id: 'd' });
    await user.dblClick(screen.getByText('a'));
    expect(onopen.mock.lastCall?.[0]).toMatchObject({ id: 'a' });
  });

  it('sorts by a click on the head, and turns around by another', async () => {
    show();
    const user = userEvent.setup();
    const order = () =>
      screen
        .getAllByRole('row')
        .slice(1)
        .map((row) => row.getAttribute('data-key'));
    expect(order()).toEqual(['a', 'b', 'c', 'd']);
    await user.click(screen.getByRole('button', { name: 'Name' }));
    expect(order()).toEqual(['d', 'c', 'b', 'a']);
    expect(screen.getAllByRole('columnheader')[1]?.getAttribute('aria-sort')).toBe('descending');
  });

  it('chooses what a checkbox is ticked for, and all with the one in the head', async () => {
    show();
    const user = userEvent.setup();
    await user.click(screen.getByRole('checkbox', { name: 'Select b' }));
    await user.click(screen.getByRole('checkbox', { name: 'Select d' }));
    const picked = () =>
      screen.getAllByRole('row').filter((row) => row.getAttribute('aria-selected') === 'true');
    expect(picked()).toHaveLength(2);
    await user.click(screen.getByRole('checkbox', { name: 'Select all' }));
    expect(picked()).toHaveLength(4);
  });

  it('asks for the menu of the row under the pointer and chooses it', async () => {
    const onmenu = vi.fn();
    show({ onmenu });
    const user = userEvent.setup();
    await user.pointer({ keys: '[MouseRight]', target: screen.getByText('c') });
    await vi.waitFor(() => expect(onmenu).toHaveBeenCalledOnce());
    const row = screen.getAllByRole('row').find((each) => within(each).queryByText('c'));
    expect(row?.getAttribute('aria-selected')).toBe('true');
  });

  it('draws only what is near the visible part of ten thousand rows', () => {
    const many = Array.from({ length: 10_000 }, (_, at) => ({ id: `r${at}`, name: `row ${at}`, size: at }));
    render(Table, {
      label: 'Many',
      rows: many,
      columns,
      key: (row: Row) => row.id,
      name: (row: Row) => row.name,
    });
    expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('10001');
    expect(screen.getAllByRole('row').length).toBeLessThan(60);
  });
});
