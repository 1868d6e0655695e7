import { decimal, percent } from '../i18n/formats.ts';

/** What a chart measures: it decides the top of the scale and the words on it. */
export type Measure = 'share' | 'bytes' | 'byteRate' | 'bitRate';

/** Top of the scale in the measure's own unit, with a unit for its labels. */
export interface Scale {
  max: number;
  /** Words for the five lines from 0 to max; empty where a number would only crowd. */
  labels: readonly string[];
}

const steps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** The next round number that is not smaller. */
export function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of steps) if (step * power >= value * (1 - 1e-9)) return step * power;
  return 10 * power;
}

function unitOf(max: number, base: number, units: readonly string[]): { size: number; unit: string } {
  let size = 1;
  let at = 0;
  while (at < units.length - 1 && max >= size * base) {
    size *= base;
    at += 1;
  }
  return { size, unit: units[at] ?? '' };
}

const digits = (value: number): number => {
  const rounded = Math.round(value * 100) / 100;
  if (Number.isInteger(rounded)) return 0;
  return Number.isInteger(Math.round(rounded * 1000) / 100) ? 1 : 2;
};
const short = (value: number): string => decimal(value, digits(value));

/** A scale for values up to `peak`; `full` is its end where one is known (all memory, all of a CPU). */
export function scaleFor(measure: Measure, peak: number, full?: number): Scale {
  if (measure === 'share') return { max: 1, labels: ['0', '25', '50', '75', percent(1)] };
  if (measure === 'bytes') {
    const max = full ?? roundUp(Math.max(peak, 1024 ** 2));
    const { size, unit } = unitOf(max, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']);
    const at = (n: number) => short((max / size / 4) * n);
    return { max, labels: ['0', at(1), at(2), at(3), `${at(4)} ${unit}`] };
  }
  const factor = measure === 'bitRate' ? 8 : 1;
  const units =
    measure === 'bitRate' ? ['b/s', 'kb/s', 'Mb/s', 'Gb/s', 'Tb/s'] : ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'];
  // a quiet line should not tremble over the whole height: the scale begins at 1 kB/s
  const top = roundUp(Math.max(peak * factor, 1000 * factor));
  const { size, unit } = unitOf(top, 1000, units);
  return {
    max: top / factor,
    labels: ['0', '', short(top / size / 2), '', `${short(top / size)} ${unit}`],
  };
}

/** Lowest and highest value, the mean and the newest one; undefined where nothing was measured. */
export interface Extent {
  min: number;
  max: number;
  mean: number;
}

export function extentOf(values: readonly (number | null)[]): Extent | undefined {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === null) continue;
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count += 1;
  }
  return count === 0 ? undefined : { min, max, mean: sum / count };
}

/** "2.9–3.2 GiB": two values that share a unit say it once. */
export function rangeText(low: string, high: string): string {
  if (low === high) return high;
  const cut = low.lastIndexOf(' ');
  const unit = low.slice(cut);
  return cut > 0 && high.endsWith(unit) ? `${low.slice(0, cut)}–${high}` : `${low}–${high}`;
}
