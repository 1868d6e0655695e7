import { toGuestroomError } from '../../drivers/api/errors.ts';
import type { StatsSnapshot } from '../../drivers/api/model.ts';
import type { History, SampleBatch, SamplePoint } from '../../preload/rows.ts';
import { Feed } from '../feed.ts';
import type { Log } from '../log.ts';
import { Curve, domainReading, nodeReading } from './curve.ts';

export interface SampleTarget {
  node: string;
  /** null is the node itself. */
  uuid: string | null;
}

export interface SamplerOptions {
  log: Log;
  /** Whether a window is open at all: without one nothing is asked. */
  attended(): boolean;
  /** ms between passes while somebody looks at the node's curves. Default 3000. */
  watched?: number;
  /** ms between passes otherwise. Default 15,000. */
  unwatched?: number;
}

type Stats = () => Promise<StatsSnapshot>;

interface Sampled {
  stats: Stats;
  curves: Map<string, Curve>;
  timer: NodeJS.Timeout | undefined;
  /** When the last pass began (performance.now). */
  began: number;
  busy: boolean;
  failed: boolean;
}

interface Reader {
  keys: ReadonlySet<string>;
  nodes: ReadonlySet<string>;
  pending: Map<string, { target: SampleTarget; points: SamplePoint[] }>;
  wake(): void;
  end(): void;
}

const keyOf = (node: string, uuid: string | null): string => `${node}/${uuid ?? ''}`;
/** Older points that a new reader gets, and the most that wait for a slow one. */
const shownPoints = 20;
const hour = 3_600_000;

/** Asks each connected node for the statistics of all its domains in one call, and keeps the last hour. */
export class Sampler {
  readonly #options: SamplerOptions;
  readonly #nodes = new Map<string, Sampled>();
  readonly #readers = new Set<Reader>();
  /** Curves of nodes that are not connected now. */
  readonly #kept = new Map<string, Map<string, Curve>>();

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** The node is connected: its statistics are asked for from now on. */
  add(node: string, stats: Stats): void {
    this.remove(node, true);
    const curves = this.#kept.get(node) ?? new Map<string, Curve>();
    for (const curve of curves.values()) curve.pause();
    this.#nodes.set(node, { stats, curves, timer: undefined, began: -Infinity, busy: false, failed: false });
    this.#plan(node);
  }

  /** `keep`: it may come back, its curves stay. */
  remove(node: string, keep: boolean): void {
    const sampled = this.#nodes.get(node);
    if (sampled) {
      clearTimeout(sampled.timer);
      this.#nodes.delete(node);
      this.#kept.set(node, sampled.curves);
    }
    if (!keep) this.#kept.delete(node);
  }

  /** A window came or went. */
  attendance(): void {
    for (const node of this.#nodes.keys()) this.#plan(node);
  }

  watch(targets: readonly SampleTarget[], signal?: AbortSignal): Feed<SampleBatch> {
    const pending: Reader['pending'] = new Map();
    for (const target of targets) {
      const points = this.#curve(target)?.last(shownPoints) ?? [];
      if (points.length > 0) pending.set(keyOf(target.node, target.uuid), { target, points });
    }
    const feed = new Feed<SampleBatch>({
      signal,
      drain: () => {
        if (pending.size === 0) return undefined;
        const batch = [...pending.values()].map(({ target, points }) => ({ ...target, points }));
        pending.clear();
        return batch;
      },
      ended: () => {
        this.#readers.delete(reader);
        for (const node of reader.nodes) this.#plan(node);
      },
    });
    const reader: Reader = {
      keys: new Set(targets.map(({ node, uuid }) => keyOf(node, uuid))),
      nodes: new Set(targets.map(({ node }) => node)),
      pending,
      wake: feed.wake,
      end: feed.end,
    };
    this.#readers.add(reader);
    for (const node of reader.nodes) this.#plan(node);
    return feed;
  }

  history(target: SampleTarget, seconds: number, points: number): History {
    const curve = this.#curve(target) ?? new Curve();
    return curve.history(Date.now() - seconds * 1000, points);
  }

  close(): void {
    for (const node of [...this.#nodes.keys()]) this.remove(node, false);
    for (const reader of [...this.#readers]) reader.end();
  }

  #curve({ node, uuid }: SampleTarget): Curve | undefined {
    return (this.#nodes.get(node)?.curves ?? this.#kept.get(node))?.get(uuid ?? '');
  }

  /** Sets the time of the next pass: never two at once, and sooner when somebody begins to look. */
  #plan(node: string): void {
    const sampled = this.#nodes.get(node);
    if (!sampled || sampled.busy) return;
    clearTimeout(sampled.timer);
    if (!this.#options.attended()) return;
    const looked = [...this.#readers].some(({ nodes }) => nodes.has(node));
    const interval = looked ? (this.#options.watched ?? 3000) : (this.#options.unwatched ?? 15_000);
    const wait = Math.max(0, sampled.began + interval - performance.now());
    sampled.timer = setTimeout(() => void this.#pass(node, sampled), wait);
  }

  async #pass(node: string, sampled: Sampled): Promise<void> {
    sampled.busy = true;
    sampled.began = performance.now();
    try {
      this.#take(node, sampled, await sampled.stats());
      sampled.failed = false;
    } catch (thrown) {
      // a lost connection is told by the node itself; here a gap in the curve is all there is to see
      if (!sampled.failed) this.#options.log.warn('No statistics', { node, error: toGuestroomError(thrown) });
      sampled.failed = true;
    } finally {
      sampled.busy = false;
      if (this.#nodes.get(node) === sampled) this.#plan(node);
    }
  }

  #take(node: string, { curves }: Sampled, snapshot: StatsSnapshot): void {
    const readings = snapshot.domains.map(
      (sample) => [sample.uuid, domainReading(snapshot.time, sample)] as const,
    );
    const all = snapshot.node
      ? [...readings, ['', nodeReading(snapshot.time, snapshot.node)] as const]
      : readings;
    const told = new Set<Reader>();
    for (const [uuid, reading] of all) {
      let curve = curves.get(uuid);
      if (!curve) {
        curve = new Curve();
        curves.set(uuid, curve);
      }
      const point = curve.add(reading);
      if (!point) continue;
      const target: SampleTarget = { node, uuid: uuid === '' ? null : uuid };
      const key = keyOf(node, target.uuid);
      for (const reader of this.#readers) {
        if (!reader.keys.has(key)) continue;
        const points = [...(reader.pending.get(key)?.points ?? []), point].slice(-shownPoints);
        reader.pending.set(key, { target, points });
        told.add(reader);
      }
    }
    const present = new Set(all.map(([uuid]) => uuid));
    for (const [uuid, curve] of curves) {
      if (present.has(uuid)) continue;
      curve.pause();
      if (curve.endedBefore(snapshot.time - hour)) curves.delete(uuid);
    }
    for (const reader of told) reader.wake();
  }
}
