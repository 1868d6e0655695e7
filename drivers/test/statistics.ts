import type { DomainSample } from '../api/model.ts';
import { scramble } from './random.ts';

/**
 * Statistics that look like a working guest's and need no memory: every counter is a function of seed and run time alone.
 * A counter is a straight line plus smooth noise whose slope never exceeds the line's, so that it only grows.
 */

const periods = [5, 23, 101, 640] as const;
/** How much of the line's slope each period's noise may take; together below 1. */
const weights = [0.22, 0.28, 0.26, 0.18] as const;
/** The steepest slope of `smooth` over one period. */
const steepest = 1.5;

const unit = (seed: number, index: number): number =>
  scramble(seed ^ Math.imul(index | 0, 0x9e3779b1)) / 2 ** 32;

/** Smooth noise between 0 and 1 through one random value per period. */
function smooth(seed: number, position: number): number {
  const cell = Math.floor(position);
  const f = position - cell;
  const from = unit(seed, cell);
  const to = unit(seed, cell + 1);
  return from + (to - from) * f * f * (3 - 2 * f);
}

/** What a counter with this mean rate has reached after `seconds`. Grows with every second, from 0. */
export function counter(seed: number, rate: number, seconds: number): number {
  let value = seconds;
  for (let octave = 0; octave < periods.length; octave += 1) {
    const period = periods[octave] ?? 1;
    const own = scramble(seed + octave);
    const swing = ((weights[octave] ?? 0) * period) / steepest;
    value += swing * (smooth(own, seconds / period) - unit(own, 0));
  }
  return value <= 0 ? 0 : value * rate;
}

/** What statistics need to know of a guest. */
export interface Load {
  uuid: string;
  seed: number;
  vcpus: number;
  /** Bytes. */
  memoryMax: number;
  memoryCurrent: number;
  /** Seconds that it has run, without pauses. */
  seconds: number;
  disks: readonly string[];
  interfaces: readonly string[];
}

/** Part of its CPUs that a guest uses on average: most idle, few busy. */
const busyness = (seed: number): number => 0.015 + 0.6 * unit(seed, 11) ** 4;

export const cpuSeconds = (load: Pick<Load, 'seed' | 'vcpus' | 'seconds'>): number =>
  // slope reaches at most 1.94 times the mean, so that no guest uses more than its CPUs
  counter(load.seed, Math.min(busyness(load.seed), 0.5) * load.vcpus, load.seconds);

export function sample(load: Load): DomainSample {
  const { seed, seconds } = load;
  const drive = 1 + busyness(seed) * 8;
  const used = 0.18 + 0.45 * unit(seed, 12) + 0.12 * smooth(scramble(seed + 91), seconds / 47);
  const disks = load.disks.map((target, index) => ({
    target,
    readBytes: Math.floor(counter(seed + 100 + index, 90_000 * drive * unit(seed, 20 + index), seconds)),
    writeBytes: Math.floor(counter(seed + 200 + index, 60_000 * drive * unit(seed, 40 + index), seconds)),
  }));
  const interfaces = load.interfaces.map((target, index) => ({
    target,
    receiveBytes: Math.floor(counter(seed + 300 + index, 40_000 * drive * unit(seed, 60 + index), seconds)),
    transmitBytes: Math.floor(counter(seed + 400 + index, 25_000 * drive * unit(seed, 80 + index), seconds)),
  }));
  const sum = <T>(rows: readonly T[], of: (row: T) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  const readBytes = sum(disks, (disk) => disk.readBytes);
  const writeBytes = sum(disks, (disk) => disk.writeBytes);
  return {
    uuid: load.uuid,
    cpuSeconds: cpuSeconds(load),
    vcpus: load.vcpus,
    memoryMax: load.memoryMax,
    memoryCurrent: load.memoryCurrent,
    memoryUsed: Math.floor(load.memoryCurrent * used),
    memoryResident: Math.floor(load.memoryCurrent * Math.min(1, used + 0.2)),
    readBytes,
    writeBytes,
    readOps: Math.floor(readBytes / 16_384),
    writeOps: Math.floor(writeBytes / 8_192),
    receiveBytes: sum(interfaces, (one) => one.receiveBytes),
    transmitBytes: sum(interfaces, (one) => one.transmitBytes),
    disks,
    interfaces,
  };
}
