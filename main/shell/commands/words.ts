import type { DomainState, DomainSummary } from '../../../drivers/api/model.ts';
import { reasonWords } from '../../../drivers/api/states.ts';
import { isActive } from '../../../drivers/api/operations.ts';

/** virsh's words for a state. */
export const stateWords: Readonly<Record<DomainState, string>> = {
  running: 'running',
  blocked: 'idle',
  paused: 'paused',
  shutdown: 'in shutdown',
  shutoff: 'shut off',
  crashed: 'crashed',
  pmsuspended: 'pmsuspended',
};

const reasonAliases: Readonly<Record<string, string>> = {
  ioerror: 'I/O error',
  snapshot: 'from snapshot',
  wakeup: 'event wakeup',
  starting: 'starting up',
};

export function reasonWord(domain: DomainSummary): string {
  const word = domain.stateReason ?? 'unknown';
  const known = reasonAliases[word] ?? word;
  return reasonWords[domain.state].includes(known) ? known : 'unknown';
}

export const kib = (bytes: number): string => `${String(Math.floor(bytes / 1024))} KiB`;

/** Running first by id, then the others by name: virsh's order. */
export function inOrder(domains: readonly DomainSummary[]): DomainSummary[] {
  return domains.toSorted((a, b) => {
    const [activeA, activeB] = [isActive(a.state), isActive(b.state)];
    if (activeA !== activeB) return activeA ? -1 : 1;
    if (activeA) return (a.id ?? 0) - (b.id ?? 0);
    return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
  });
}

const scales: Readonly<Record<string, number>> = {
  '': 1024,
  b: 1,
  byte: 1,
  bytes: 1,
  k: 1024,
  kib: 1024,
  kb: 1000,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  mb: 1e6,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  gb: 1e9,
  t: 1024 ** 4,
  tib: 1024 ** 4,
  tb: 1e12,
};

/** virsh's scaled integer; without a suffix KiB. undefined when it is none. */
export function scaledBytes(text: string): number | undefined {
  const match = /^(\d+)\s*([a-z]*)$/i.exec(text.trim());
  const scale = match ? scales[(match[2] ?? '').toLowerCase()] : undefined;
  return match && scale !== undefined ? Number(match[1]) * scale : undefined;
}
