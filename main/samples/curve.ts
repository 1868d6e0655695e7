import type { DomainSample, NodeSample } from '../../drivers/api/model.ts';
import type { History, SamplePoint } from '../../preload/rows.ts';
import { Ring } from './ring.ts';

/** Fine points are kept for five minutes at the quickest pace, coarse ones for an hour. */
const finePoints = 100;
const coarseSeconds = 15;
const coarsePoints = 3600 / coarseSeconds;

/** What rates are made from: counters at one moment. null where the hypervisor does not tell. */
export interface Reading {
  /** ms since 1970 */
  time: number;
  cpuSeconds: number | null;
  /** CPU seconds that could have been used since boot; null: `vcpus` times the time gone by. */
  cpuTotalSeconds: number | null;
  vcpus: number;
  memory: number | null;
  memoryMax: number | null;
  read: number | null;
  write: number | null;
  receive: number | null;
  transmit: number | null;
}

export function domainReading(time: number, sample: DomainSample): Reading {
  return {
    time,
    cpuSeconds: sample.cpuSeconds ?? null,
    cpuTotalSeconds: null,
    vcpus: sample.vcpus,
    memory: sample.memoryUsed ?? sample.memoryResident ?? sample.memoryCurrent ?? null,
    memoryMax: sample.memoryMax,
    read: sample.readBytes ?? null,
    write: sample.writeBytes ?? null,
    receive: sample.receiveBytes ?? null,
    transmit: sample.transmitBytes ?? null,
  };
}

export function nodeReading(time: number, sample: NodeSample): Reading {
  return {
    time,
    cpuSeconds: sample.cpuBusySeconds ?? null,
    cpuTotalSeconds: sample.cpuTotalSeconds ?? null,
    vcpus: 1,
    memory: sample.memoryTotal - sample.memoryAvailable,
    memoryMax: sample.memoryTotal,
    read: null,
    write: null,
    receive: null,
    transmit: null,
  };
}

/** The last hour of one domain or node. */
export class Curve {
  #fine = new Ring(finePoints);
  #coarse = new Ring(coarsePoints);
  #previous: Reading | undefined;
  /** Where the coarse point that is being gathered began; its rates are exact means. */
  #anchor: Reading | undefined;

  /** Nothing of it is later than `time`. */
  endedBefore(time: number): boolean {
    return (this.#fine.newest ?? 0) <= time && (this.#previous?.time ?? 0) <= time;
  }

  /** Takes a reading; answers the new point, or undefined for the first, and for one that is not later. */
  add(reading: Reading): SamplePoint | undefined {
    const before = this.#previous;
    if (before && reading.time < before.time) this.#clear();
    else if (reading.time === before?.time) return undefined;
    this.#previous = reading;
    this.#anchor ??= reading;
    if (!before || reading.time < before.time) return undefined;
    const point = rates(before, reading);
    this.#fine.push(point);
    if (reading.time - this.#anchor.time >= coarseSeconds * 1000) {
      this.#coarse.push(rates(this.#anchor, reading));
      this.#anchor = reading;
    }
    return point;
  }

  /** The clock was set back: what was kept lies in a future that comes again. */
  #clear(): void {
    this.#fine = new Ring(finePoints);
    this.#coarse = new Ring(coarsePoints);
    this.pause();
  }

  /** It was off, or not looked at: rates begin anew. */
  pause(): void {
    this.#previous = undefined;
    this.#anchor = undefined;
  }

  /** The newest fine points, oldest first. */
  last(count: number): SamplePoint[] {
    const points: SamplePoint[] = [];
    for (let index = Math.max(0, this.#fine.length - count); index < this.#fine.length; index += 1) {
      const point = this.#fine.at(index);
      if (point) points.push(point);
    }
    return points;
  }

  /** What lies after `from`: coarse points as far as fine ones do not reach, thinned to at most `points`. */
  history(from: number, points: number): History {
    const fine = this.#fine.after(from);
    const first = fine[0]?.time ?? Infinity;
    const coarse = this.#coarse.after(from).filter(({ time }) => time < first);
    return columnsOf(thin([...coarse, ...fine], points));
  }
}

function rates(before: Reading, now: Reading): SamplePoint {
  const seconds = (now.time - before.time) / 1000;
  // a counter that went back began anew: there is no rate across that
  const grown = (a: number | null, b: number | null): number | null =>
    a === null || b === null || b < a ? null : b - a;
  const rate = (a: number | null, b: number | null): number | null => {
    const difference = grown(a, b);
    return difference === null ? null : difference / seconds;
  };
  const busy = grown(before.cpuSeconds, now.cpuSeconds);
  const possible =
    now.cpuTotalSeconds === null
      ? seconds * Math.max(1, now.vcpus)
      : grown(before.cpuTotalSeconds, now.cpuTotalSeconds);
  return {
    time: now.time,
    cpu: busy === null || !possible ? null : Math.min(1, busy / possible),
    memory: now.memory,
    memoryMax: now.memoryMax,
    read: rate(before.read, now.read),
    write: rate(before.write, now.write),
    receive: rate(before.receive, now.receive),
    transmit: rate(before.transmit, now.transmit),
  };
}

const fields = ['cpu', 'memory', 'memoryMax', 'read', 'write', 'receive', 'transmit'] as const;

/** Means of equal groups, so that no more than `count` are left. What is null counts neither way. */
function thin(points: readonly SamplePoint[], count: number): SamplePoint[] {
  if (points.length <= count) return [...points];
  const size = points.length / count;
  return Array.from({ length: count }, (_, index) => {
    const group = points.slice(Math.floor(index * size), Math.floor((index + 1) * size));
    const mean = { time: group.at(-1)?.time ?? 0 } as SamplePoint;
    for (const field of fields) {
      const known = group.flatMap((point) => point[field] ?? []);
      mean[field] = known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
    }
    return mean;
  });
}

function columnsOf(points: readonly SamplePoint[]): History {
  const column = (field: (typeof fields)[number]): (number | null)[] => points.map((point) => point[field]);
  return {
    time: points.map(({ time }) => time),
    cpu: column('cpu'),
    memory: column('memory'),
    memoryMax: column('memoryMax'),
    read: column('read'),
    write: column('write'),
    receive: column('receive'),
    transmit: column('transmit'),
  };
}
