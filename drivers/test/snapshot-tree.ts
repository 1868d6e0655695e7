import { GuestroomError } from '../api/errors.ts';
import type { Snapshot } from '../api/model.ts';
import type { TestDocument } from './document.ts';
import type { StoredFile } from './files.ts';

/** A point that a made-up domain can be taken back to. */
export interface TakenSnapshot extends Omit<Snapshot, 'current' | 'parent'> {
  parent: string | undefined;
  /** Its disks and how each was kept, by target. */
  disks: readonly { name: string; snapshot: string; source?: string }[];
  /** The domain as it was; undefined where an old document does not tell. */
  document: TestDocument | undefined;
  /** Its disks' files as they were. */
  files: readonly StoredFile[];
}

/** The snapshots of one domain, oldest first. */
export class SnapshotTree {
  readonly #taken = new Map<string, TakenSnapshot>();
  #current: string | undefined;

  constructor(taken: readonly TakenSnapshot[] = [], current?: string) {
    for (const one of taken) this.#taken.set(one.name, one);
    this.#current = current;
  }

  get current(): string | undefined {
    return this.#current;
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }

  list(): Snapshot[] {
    return [...this.#taken.values()].map((one) => this.row(one));
  }

  row({ parent, document: _, disks: _disks, files: _files, ...rest }: TakenSnapshot): Snapshot {
    return { ...rest, ...(parent === undefined ? {} : { parent }), current: rest.name === this.#current };
  }

  get(name: string): TakenSnapshot {
    const found = this.#taken.get(name);
    if (found) return found;
    throw new GuestroomError('not_found', `No snapshot is called ${name}`, {
      hint: 'It may have been deleted by another program',
    });
  }

  /** The domain goes on from it. */
  add(taken: TakenSnapshot): void {
    if (this.has(taken.name))
      throw new GuestroomError('exists', `A snapshot is already called ${taken.name}`, {
        hint: 'Choose another name',
      });
    this.#taken.set(taken.name, taken);
    this.#current = taken.name;
  }

  goTo(name: string): void {
    this.get(name);
    this.#current = name;
  }

  /** What was made on it goes with it, or is made on its parent from now on. */
  remove(name: string, children: boolean): void {
    const { parent } = this.get(name);
    const gone = children ? this.#withChildren(name) : new Set([name]);
    for (const one of gone) this.#taken.delete(one);
    for (const [key, one] of this.#taken) if (one.parent === name) this.#taken.set(key, { ...one, parent });
    if (this.#current !== undefined && gone.has(this.#current)) this.#current = parent;
  }

  #withChildren(name: string): Set<string> {
    const found = new Set([name]);
    // a set's iteration meets what is added meanwhile
    for (const above of found)
      for (const one of this.#taken.values()) if (one.parent === above) found.add(one.name);
    return found;
  }
}
