import type { DomainSummary } from '../../drivers/api/model.ts';

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
const plain = /^[a-z0-9._-]*$/;
const digits = /\d/;

/** Names as people order them: web-2 before web-10. */
export function compareNames(a: string, b: string): number {
  // plain names without digits order by code units as the collator would, far more quickly
  if (plain.test(a) && plain.test(b) && !digits.test(a) && !digits.test(b)) return a < b ? -1 : a > b ? 1 : 0;
  return collator.compare(a, b);
}

const byName = (a: DomainSummary, b: DomainSummary): number =>
  compareNames(a.name, b.name) || (a.uuid < b.uuid ? -1 : 1);

/** The virtual machines of one host, always in the order of their names. A change makes a new list, never a changed row. */
export class NodeDomains {
  rows: readonly DomainSummary[] = $state.raw([]);
  #index = new Map<string, DomainSummary>();

  /** Follows changes where it is read in a component or `$derived`. */
  get(uuid: string): DomainSummary | undefined {
    void this.rows;
    return this.#index.get(uuid);
  }

  /** Puts rows in, or in place of those with the same UUID, and takes others out: one new list for all of it. */
  apply(changed: readonly DomainSummary[], removed: ReadonlySet<string>): void {
    const swapped = new Map<DomainSummary, DomainSummary>();
    const added: DomainSummary[] = [];
    const gone = new Set<DomainSummary>();
    for (const uuid of removed) {
      const row = this.#index.get(uuid);
      if (row) gone.add(row);
      this.#index.delete(uuid);
    }
    for (const row of changed) {
      const before = this.#index.get(row.uuid);
      this.#index.set(row.uuid, row);
      if (before?.name === row.name) swapped.set(before, row);
      else {
        if (before) gone.add(before);
        added.push(row);
      }
    }
    if (swapped.size + added.length + gone.size === 0) return;
    const kept: DomainSummary[] = [];
    for (const row of this.rows) if (!gone.has(row)) kept.push(swapped.get(row) ?? row);
    this.rows = added.length === 0 ? kept : merge(kept, added.toSorted(byName));
  }

  clear(): void {
    this.#index.clear();
    this.rows = [];
  }
}

/** Two lists in order as one. */
function merge(a: readonly DomainSummary[], b: readonly DomainSummary[]): DomainSummary[] {
  const out: DomainSummary[] = [];
  let i = 0;
  for (const row of b) {
    for (let left = a[i]; left !== undefined && byName(left, row) <= 0; left = a[i]) {
      out.push(left);
      i += 1;
    }
    out.push(row);
  }
  return out.concat(a.slice(i));
}
