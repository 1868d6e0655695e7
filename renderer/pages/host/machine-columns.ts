import type { DomainSummary } from '../../../drivers/api/model.ts';
import { compareNames } from '../../state/node-domains.svelte.ts';
import { markOf } from '../../parts/marks.ts';
import type { MarkName } from '../../parts/marks.ts';
import { versions } from '../domain/systemName.ts';

export const columnIds = [
  'state',
  'name',
  'cpu',
  'memory',
  'disk',
  'net',
  'vcpus',
  'system',
  'auto',
] as const;
export type ColumnId = (typeof columnIds)[number];

/** States in the order of what deserves a look first. */
const rank: Record<MarkName, number> = {
  error: 0,
  waiting: 1,
  warning: 2,
  working: 3,
  moving: 4,
  running: 5,
  paused: 6,
  saved: 7,
  off: 8,
  offline: 9,
  done: 10,
  ahead: 11,
};

export const byName = (a: DomainSummary, b: DomainSummary): number => compareNames(a.name, b.name);
export const byState = (a: DomainSummary, b: DomainSummary): number => rank[markOf(a)] - rank[markOf(b)];
export const bySystem = (a: DomainSummary, b: DomainSummary): number =>
  compareNames(systemName(a.osId) ?? '\uffff', systemName(b.osId) ?? '\uffff');

/** Figures that change every second order the rows as they were when the column was chosen. */
export const byFigure =
  (figure: (row: DomainSummary) => number | null | undefined) =>
  (a: DomainSummary, b: DomainSummary): number =>
    (figure(a) ?? -1) - (figure(b) ?? -1);

const names: Readonly<Record<string, string>> = {
  debian: 'Debian',
  ubuntu: 'Ubuntu',
  fedora: 'Fedora',
  centos: 'CentOS',
  'centos-stream': 'CentOS Stream',
  rhel: 'RHEL',
  alma: 'AlmaLinux',
  almalinux: 'AlmaLinux',
  rocky: 'Rocky Linux',
  opensuse: 'openSUSE',
  suse: 'SUSE',
  sles: 'SLES',
  alpinelinux: 'Alpine',
  archlinux: 'Arch Linux',
  gentoo: 'Gentoo',
  nixos: 'NixOS',
  freebsd: 'FreeBSD',
  openbsd: 'OpenBSD',
  netbsd: 'NetBSD',
  win: 'Windows',
  linux: 'Linux',
  android: 'Android',
  macosx: 'macOS',
  reactos: 'ReactOS',
  haiku: 'Haiku',
  freedos: 'FreeDOS',
};

/** A name for a libosinfo id: http://debian.org/debian/13 is Debian 13. undefined for what is not one. */
export function systemName(id: string | undefined): string | undefined {
  if (id === undefined) return undefined;
  const [product, version] = id.replace(/^https?:\/\/[^/]*\//, '').split('/');
  if (product === undefined || product === '') return undefined;
  const name = names[product] ?? product.charAt(0).toUpperCase() + product.slice(1);
  if (version === undefined || version === '' || version === 'unknown') return name;
  return `${name} ${versions[version] ?? version}`;
}
