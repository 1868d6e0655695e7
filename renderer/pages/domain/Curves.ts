import type { History, SamplePoint } from '../../../preload/rows.ts';

/** The measured columns of a history, without its time. */
export const measures = [
  'cpu',
  'memory',
  'memoryMax',
  'read',
  'write',
  'receive',
  'transmit',
] as const satisfies (keyof History)[];
export type MeasureName = (typeof measures)[number];

export const noHistory: History = {
  time: [],
  cpu: [],
  memory: [],
  memoryMax: [],
  read: [],
  write: [],
  receive: [],
  transmit: [],
};

/** Every column cut or changed the same way. */
function mapColumns(history: History, change: <T>(column: readonly T[]) => T[]): History {
  return {
    time: change(history.time),
    cpu: change(history.cpu),
    memory: change(history.memory),
    memoryMax: change(history.memoryMax),
    read: change(history.read),
    write: change(history.write),
    receive: change(history.receive),
    transmit: change(history.transmit),
  };
}

/**
 * The history with newer points behind it. Points that are not newer than its end are already there: a subscription
 * repeats the last ones. Older than `keep` milliseconds before the newest falls out.
 */
export function append(history: History, points: readonly SamplePoint[], keep: number): History {
  let last = history.time.at(-1) ?? -Infinity;
  const fresh = points.filter((point) => {
    if (point.time <= last) return false;
    last = point.time;
    return true;
  });
  if (fresh.length === 0) return history;
  const cut = firstFrom(history.time, last - keep);
  const next = mapColumns(history, (column) => column.slice(cut));
  for (const point of fresh) {
    next.time.push(point.time);
    for (const name of measures) next[name].push(point[name]);
  }
  return next;
}

/** Index of the first time that is not before `from`. */
export function firstFrom(time: readonly number[], from: number): number {
  let low = 0;
  let high = time.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The usual distance of two points: the middle one of all distances. */
export function interval(time: readonly number[]): number | undefined {
  const distances: number[] = [];
  for (let at = 1; at < time.length; at += 1) distances.push((time[at] ?? 0) - (time[at - 1] ?? 0));
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1];
}

/**
 * The part from `from` on, with one point of nulls in every hole: where nothing was measured for more than three
 * usual distances (the machine was off, the host away) the line stops instead of running across.
 */
export function windowOf(history: History, from: number): History {
  const begin = firstFrom(history.time, from);
  const part = mapColumns(history, (column) => column.slice(begin));
  const usual = interval(part.time);
  if (usual === undefined) return part;
  const holes: number[] = [];
  for (let at = 1; at < part.time.length; at += 1)
    if ((part.time[at] ?? 0) - (part.time[at - 1] ?? 0) > 3 * usual) holes.push(at);
  if (holes.length === 0) return part;
  for (const at of holes.toReversed()) {
    part.time.splice(at, 0, ((part.time[at - 1] ?? 0) + (part.time[at] ?? 0)) / 2);
    for (const name of measures) part[name].splice(at, 0, null);
  }
  return part;
}

/** The newest measured value. */
export function newest(values: readonly (number | null)[]): number | null {
  return values.at(-1) ?? null;
}
