import { untrack } from 'svelte';
import type { SampleBatch, SamplePoint } from '../../preload/rows.ts';
import type { Client } from '../client/index.ts';
import { follow } from './feed.ts';

/** What is looked at: a virtual machine, or with uuid null the host itself. */
export interface SampleTarget {
  node: string;
  uuid: string | null;
}
const keyOf = (target: SampleTarget): string => `${target.node}/${target.uuid ?? ''}`;

/** The newest points of one curve, oldest first. */
export class Curve {
  points: readonly SamplePoint[] = $state.raw([]);
  /** Grows when what was known lies in a future that comes again. */
  begun = $state(0);

  // getters, not deriveds: a curve outlives the row that asked for it first
  get latest(): SamplePoint | undefined {
    return this.points.at(-1);
  }

  get cpu(): readonly (number | null)[] {
    return this.points.map((point) => point.cpu);
  }

  add(points: readonly SamplePoint[]): void {
    let after = this.points.at(-1)?.time ?? -Infinity;
    // main repeats its newest points, never older ones alone: the clock was set back
    if ((points.at(-1)?.time ?? Infinity) < after) {
      this.points = [];
      this.begun += 1;
      after = -Infinity;
    }
    const fresh = points.filter((point) => point.time > after);
    if (fresh.length > 0) this.points = [...this.points, ...fresh].slice(-kept);
  }
}

const kept = 24;
/** Scrolling changes the visible rows many times a second; main is asked once it calms down. */
const settle = 150;
/** The contract's limit for one subscription. */
const limit = 500;

/** Live figures, only for what is on the screen. */
export class Samples {
  #client: Client;
  #curves = new Map<string, Curve>();
  #shown = new Map<string, readonly SampleTarget[]>();
  #asked = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: AbortController | undefined;

  #onerror: (thrown: unknown) => void;

  constructor(client: Client, onerror: (thrown: unknown) => void) {
    this.#client = client;
    this.#onerror = onerror;
  }

  /** The curve of a target; it fills while somebody shows the target. */
  of(target: SampleTarget): Curve {
    const key = keyOf(target);
    let curve = this.#curves.get(key);
    if (!curve) this.#curves.set(key, (curve = new Curve()));
    return curve;
  }

  /** The newest point as it is at this moment, without following it: for ordering rows. */
  peek(target: SampleTarget): SamplePoint | undefined {
    const curve = this.#curves.get(keyOf(target));
    return curve && untrack(() => curve.latest);
  }

  /** Says what one part of the window shows now, in place of what it showed before. Empty: nothing any more. */
  show(part: string, targets: readonly SampleTarget[]): void {
    if (targets.length === 0) this.#shown.delete(part);
    else this.#shown.set(part, targets);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#subscribe();
    }, settle);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#running?.abort();
    this.#running = undefined;
    this.#asked = '';
  }

  take(batch: SampleBatch): void {
    for (const { node, uuid, points } of batch) this.of({ node, uuid }).add(points);
  }

  #subscribe(): void {
    const targets = new Map<string, SampleTarget>();
    for (const list of this.#shown.values())
      for (const target of list) if (targets.size < limit) targets.set(keyOf(target), target);
    const asked = [...targets.keys()].toSorted().join(' ');
    if (asked === this.#asked) return;
    this.#asked = asked;
    const before = this.#running;
    const running = new AbortController();
    this.#running = running;
    before?.abort();
    // what nobody looks at any more is forgotten once it is much
    if (this.#curves.size > 4 * limit)
      for (const key of this.#curves.keys()) if (!targets.has(key)) this.#curves.delete(key);
    if (targets.size === 0) return;
    const wanted = [...targets.values()];
    follow(
      this.#client,
      (signal) => this.#client.rpc.samples.watch({ targets: wanted }, { signal }),
      (batch) => this.take(batch),
      running.signal,
    ).catch((thrown: unknown) => {
      if (!running.signal.aborted) this.#onerror(thrown);
    });
  }
}
