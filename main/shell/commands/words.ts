import type { DomainState, DomainSummary } from '../../../drivers/api/model.ts';
import { reasonWords } from '../../../drivers/api/states.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import type { Apply } from '../../../drivers/api/domains.ts';
import { type Options, type OptionSpec, flag } from '../command.ts';

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

export const yesNo = (is: boolean): string => (is ? 'yes' : 'no');
export const kib = (bytes: number): string => `${String(Math.floor(bytes / 1024))} KiB`;

const lowered = (name: string): string => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
/** Up to here letters and their bytes have the same order. */
const beforeSurrogates = /^[\0-\ud7ff]*$/;

/** The order of virsh's lists: by bytes, where A to Z of either case are the same, and no other letters are. */
export function byName(a: string, b: string): number {
  const [lowerA, lowerB] = [lowered(a), lowered(b)];
  if (!beforeSurrogates.test(lowerA) || !beforeSurrogates.test(lowerB))
    return Buffer.from(lowerA).compare(Buffer.from(lowerB));
  return lowerA < lowerB ? -1 : lowerA > lowerB ? 1 : 0;
}

/** Running first by id, then the others by name: virsh's order. */
export function inOrder(domains: readonly DomainSummary[]): DomainSummary[] {
  return domains.toSorted((a, b) => {
    const [activeA, activeB] = [isActive(a.state), isActive(b.state)];
    if (activeA !== activeB) return activeA ? -1 : 1;
    return activeA ? (a.id ?? 0) - (b.id ?? 0) : byName(a.name, b.name);
  });
}

/** A row that has exactly one of two opposite properties passes, when one of them is asked for; all do where none or both are. */
export const either = (options: Options, one: string, other: string, is: boolean): boolean =>
  options.flag(one) === options.flag(other) || options.flag(one) === is;

/** What a change of a domain reaches. */
export const changeOptions: readonly OptionSpec[] = [
  flag('config', 'affect next boot'),
  flag('live', 'affect running domain'),
  flag('current', 'affect current domain'),
];
export const persistentOption = flag('persistent', 'make live change persistent');

/**
 * --persistent, --config, --live and --current together. `plain` is what a line without any of them means:
 * `current` is the running guest where there is one, else the document.
 */
export function applyOf(options: Options, { state }: DomainSummary, plain: 'live' | 'current'): Apply {
  options.exclusive('persistent', 'current');
  options.exclusive('current', 'live');
  options.exclusive('current', 'config');
  const active = isActive(state);
  const live = options.flag('live') || (options.flag('persistent') && active);
  const config = options.flag('config') || options.flag('persistent');
  if (live && config) return 'both';
  if (live) return 'live';
  if (config) return 'config';
  return options.flag('current') || plain === 'current' ? (active ? 'live' : 'config') : 'live';
}

/** libvirt's named values as virsh writes them. */
export const fieldText = (value: string | number | bigint | boolean): string =>
  typeof value === 'boolean'
    ? yesNo(value)
    : typeof value === 'number' && !Number.isInteger(value)
      ? value.toFixed(2)
      : String(value);
