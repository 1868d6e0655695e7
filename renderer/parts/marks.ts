import type { DomainState, DomainSummary } from '../../drivers/api/model.ts';

/** A state's shape on a 12 × 12 grid: filled, stroked, and what is cut out of the filled part. */
interface Glyph {
  solid?: string;
  stroke?: string;
  cut?: string;
  dash?: string;
}

const ring = (r: number) => `M${6 - r} 6a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;

export const marks = {
  running: { solid: ring(4) },
  paused: { solid: 'M2.5 2h2.5v8H2.5zM7 2h2.5v8H7z' },
  saved: { stroke: ring(3.5), solid: 'M2.5 6h7a3.5 3.5 0 0 1-7 0z' },
  off: { stroke: ring(3.5) },
  error: { solid: 'M6 .5 11.5 6 6 11.5.5 6z', cut: 'M6 3.5v2.75M6 8.25h.01' },
  moving: { stroke: 'M1.5 6h8.5M6.75 2.75 10 6 6.75 9.25' },
  working: { stroke: ring(4), dash: '2.2 2' },
  offline: { stroke: `${ring(4)}M3.4 8.6l5.2-5.2` },
  waiting: { stroke: `${ring(4.5)}M6 3.75v2.5M6 8.25h.01` },
  warning: { stroke: 'M6 1.25 11.25 10.5H.75zM6 4.75v2.5M6 8.75h.01' },
  done: { stroke: 'M2 6.5l2.75 2.75L10 3.5' },
  ahead: { stroke: 'M3.5 6h.01M6 6h.01M8.5 6h.01' },
} as const satisfies Record<string, Glyph>;
export type MarkName = keyof typeof marks;

/** The colour class of each shape. */
export const markTone: Record<MarkName, string> = {
  running: 'running',
  paused: 'paused',
  saved: 'saved',
  off: 'off',
  error: 'error',
  moving: 'busy',
  working: 'busy',
  offline: 'error',
  waiting: 'paused',
  warning: 'paused',
  done: 'running',
  ahead: 'off',
};

const shapes: Record<DomainState, MarkName> = {
  running: 'running',
  blocked: 'running',
  paused: 'paused',
  shutdown: 'working',
  shutoff: 'off',
  crashed: 'error',
  pmsuspended: 'paused',
};

/** The shape for a virtual machine: what went wrong with it and a saved state come before its plain state. */
export function markOf(domain: DomainSummary): MarkName {
  if (domain.problem && domain.state !== 'running') return 'error';
  if (domain.state === 'shutoff' && domain.hasManagedSave) return 'saved';
  return shapes[domain.state];
}
