import type { BenchRow } from '../../build/bench-table.mjs';

/** One figure, beside the peer's of the same run where the peer is here. */
export interface Row {
  metric: string;
  unit: string;
  ours: number;
  /** What people use today. */
  peer?: { name: string; value: number };
  /** The least that the thing could cost at all. */
  floor?: { name: string; value: number };
  /** What is promised: at most (or at least, where more is better) this many times the peer or floor, or this value itself. */
  budget?: { of: 'peer' | 'floor' | 'value'; limit: number };
  better: 'less' | 'more';
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** undefined where the budget cannot be held against anything in this run. */
export function isMet(row: Row): boolean | undefined {
  if (!row.budget) return undefined;
  const { of, limit } = row.budget;
  const base = of === 'value' ? 1 : row[of]?.value;
  if (base === undefined) return undefined;
  return row.better === 'less' ? row.ours <= limit * base : row.ours >= limit * base;
}

/** The row as the bench's table takes it. */
export function judged(row: Row): BenchRow {
  const { metric, unit, ours, peer, floor, budget } = row;
  const met = isMet(row);
  const bound = row.better === 'less' ? '≤' : '≥';
  const against = [peer && `peer ${peer.name}`, floor && `floor ${floor.name}`].filter(Boolean).join(', ');
  return {
    metric: against === '' ? metric : `${metric}; ${against}`,
    unit,
    ours,
    ...(peer ? { peer: peer.value } : {}),
    ...(floor ? { floor: floor.value } : {}),
    ...(budget
      ? { budget: `${bound} ${String(budget.limit)}${budget.of === 'value' ? ` ${unit}` : `× ${budget.of}`}` }
      : {}),
    ...(met === undefined ? {} : { met }),
  };
}
