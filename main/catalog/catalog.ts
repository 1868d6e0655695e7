import type { GuestSystem } from '../../preload/create.ts';
import type { Disc } from './disc.ts';
import { recogniseLabel } from './series.ts';
import type { MediaPattern, System } from './system.ts';
import { linuxId, table, tableDate, unknownId } from './table.ts';

/** A database of systems that is newer or older than our table. */
export interface SystemSource {
  /** YYYY-MM-DD */
  readonly date: string;
  readonly systems: readonly System[];
}

export interface DiscMatch {
  readonly system: System;
  readonly arch: string | undefined;
}

/** All systems that are known here: our table and, where it is installed, libosinfo's database. The newer of the two wins per system. */
export class Catalog {
  readonly #systems = new Map<string, System>();
  readonly #own: ReadonlyMap<string, System>;

  constructor(extra?: SystemSource) {
    this.#own = new Map(table.map((system) => [system.id, system]));
    const newer = extra !== undefined && extra.date > tableDate;
    for (const system of table) this.#systems.set(system.id, system);
    for (const system of extra?.systems ?? []) {
      const own = this.#own.get(system.id);
      if (own && !newer) continue;
      // its patterns are finer than ours either way; ours know more labels of new releases
      this.#systems.set(system.id, own ? { ...system, media: [...system.media, ...own.media] } : system);
    }
  }

  /** The system with this id; a release that nobody knows yet takes after its newest known relative. */
  find(id: string): System {
    const known = this.#systems.get(id);
    if (known) return known;
    const relative = this.#newestOf(id.slice(0, id.lastIndexOf('/') + 1));
    if (!relative) return { ...this.unknown, id };
    return withoutDates({ ...relative, id, name: nameLike(relative, id.slice(id.lastIndexOf('/') + 1)) });
  }

  has(id: string): boolean {
    return this.#systems.has(id);
  }

  get unknown(): System {
    return this.#require(unknownId);
  }

  get linux(): System {
    return this.#require(linuxId);
  }

  /** What is on this disc, by its descriptors. */
  recognise(disc: Disc): DiscMatch | undefined {
    const byLabel = recogniseLabel(disc);
    if (byLabel) {
      const known = this.#systems.get(byLabel.id);
      const like = known ?? this.#systems.get(byLabel.like) ?? this.linux;
      const system = known ?? withoutDates({ ...like, id: byLabel.id, name: byLabel.name });
      this.#systems.set(system.id, system);
      return { system, arch: byLabel.arch };
    }
    for (const system of this.#systems.values()) {
      const pattern = system.media.find((media) => matches(media, disc));
      if (pattern) return { system, arch: pattern.arch };
    }
    return undefined;
  }

  /** Rows for a list: by name, newest release first. `today` is YYYY-MM-DD. */
  rows(today: string): GuestSystem[] {
    return [...this.#systems.values()]
      .sort((a, b) => compareNames(a, b))
      .map((system) => ({
        id: system.id,
        name: system.name,
        family: system.family,
        ...(system.vendor === undefined ? {} : { vendor: system.vendor }),
        ...(system.released === undefined ? {} : { released: system.released }),
        ended: system.ended !== undefined && system.ended < today,
        memory: system.recommended.memory,
        vcpus: system.recommended.vcpus,
        disk: system.recommended.disk,
      }));
  }

  #newestOf(prefix: string): System | undefined {
    let newest: System | undefined;
    for (const system of this.#systems.values()) {
      if (!system.id.startsWith(prefix) || prefix.length < 10) continue;
      if (!newest || (system.released ?? '') > (newest.released ?? '')) newest = system;
    }
    return newest;
  }

  #require(id: string): System {
    const system = this.#own.get(id);
    if (!system) throw new Error(`The table of systems lacks ${id}`);
    return system;
  }
}

function matches(pattern: MediaPattern, disc: Disc): boolean {
  const pairs: [RegExp | undefined, string][] = [
    [pattern.label, disc.label],
    [pattern.systemId, disc.systemId],
    [pattern.publisherId, disc.publisherId],
    [pattern.applicationId, disc.applicationId],
  ];
  return pairs.some(([wanted]) => wanted) && pairs.every(([wanted, found]) => !wanted || wanted.test(found));
}

function withoutDates({ released: _released, ended: _ended, ...system }: System): System {
  return system;
}

function nameLike(relative: System, version: string): string {
  const base = relative.name.replace(/ \d.*$/, '');
  return `${base} ${version}`;
}

const last = new Set([linuxId, unknownId]);
function compareNames(a: System, b: System): number {
  if (last.has(a.id) !== last.has(b.id)) return last.has(a.id) ? 1 : -1;
  const base = (system: System): string => system.name.replace(/ \d.*$/, '');
  return (
    base(a).localeCompare(base(b), 'en') ||
    (b.released ?? '9').localeCompare(a.released ?? '9') ||
    b.name.localeCompare(a.name, 'en', { numeric: true })
  );
}
