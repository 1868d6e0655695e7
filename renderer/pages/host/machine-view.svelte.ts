import type { DomainSummary } from '../../../drivers/api/model.ts';
import { markOf } from '../../parts/marks.ts';
import { noChoice } from '../../parts/table.ts';
import type { Choice, Sort } from '../../parts/table.ts';

export const stateFilters = ['all', 'running', 'paused', 'off', 'saved', 'error'] as const;
export type StateFilter = (typeof stateFilters)[number];

/** How one host's table is looked at. It stays when the tab is left and come back to. */
export class MachineView {
  section: 'machines' | 'overview' = $state('machines');
  text = $state('');
  state: StateFilter = $state('all');
  sort: Sort | undefined = $state.raw({ id: 'name', descending: false });
  choice: Choice = $state.raw(noChoice);

  get filtered(): boolean {
    return this.text.trim() !== '' || this.state !== 'all';
  }

  clear(): void {
    this.text = '';
    this.state = 'all';
  }

  /** The rows that fit. Without a filter the very same list. */
  apply(rows: readonly DomainSummary[]): readonly DomainSummary[] {
    if (!this.filtered) return rows;
    const text = this.text.trim().toLowerCase();
    const state = this.state;
    return rows.filter(
      (row) =>
        (text === '' ||
          row.name.toLowerCase().includes(text) ||
          row.title?.toLowerCase().includes(text) === true ||
          row.note?.toLowerCase().includes(text) === true ||
          row.uuid.startsWith(text)) &&
        (state === 'all' || markOf(row) === state || (state === 'running' && markOf(row) === 'working')),
    );
  }
}

const views = new Map<string, MachineView>();

export function machineView(node: string): MachineView {
  let view = views.get(node);
  if (!view) views.set(node, (view = new MachineView()));
  return view;
}
