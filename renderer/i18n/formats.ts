import { i18n } from './index.svelte.ts';

const numbers = new Map<string, Intl.NumberFormat>();

/** A number with a fixed count of digits after the point, in the current language. */
export function decimal(value: number, digits = 0): string {
  const key = `${i18n.language}:${digits}`;
  let format = numbers.get(key);
  if (!format) {
    format = new Intl.NumberFormat(i18n.language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    numbers.set(key, format);
  }
  return format.format(value);
}

const binary = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;
const metric = ['B/s', 'kB/s', 'MB/s', 'GB/s', 'TB/s'] as const;
const bits = ['b/s', 'kb/s', 'Mb/s', 'Gb/s', 'Tb/s'] as const;

function scaled(value: number, base: number, units: readonly string[]): string {
  let at = 0;
  let rest = value;
  while (at < units.length - 1 && rest >= base - 0.05) {
    rest /= base;
    at += 1;
  }
  const whole = at === 0 || rest >= 99.95 || Math.abs(rest - Math.round(rest)) < 0.05;
  return `${decimal(rest, whole ? 0 : 1)} ${units[at] ?? ''}`;
}

/** Bytes in binary units: 18.2 GiB, 512 MiB. */
export const bytes = (value: number): string => scaled(value, 1024, binary);

/** Bytes per second: 12.4 MB/s. */
export const rate = (bytesPerSecond: number): string => scaled(bytesPerSecond, 1000, metric);

/** Bytes per second shown as bits, as networks are measured: 84 Mb/s. */
export const bitRate = (bytesPerSecond: number): string => scaled(bytesPerSecond * 8, 1000, bits);

/** Bytes as a number of GiB without the unit, for a column that has the unit in its head. */
export const gibibytes = (value: number): string => {
  const gib = value / 1024 ** 3;
  return decimal(gib, Number.isInteger(gib) || gib >= 100 ? 0 : 1);
};

/** 0 to 1 as a percentage: 38 %. */
export const percent = (share: number): string => `${decimal(Math.round(share * 100))} %`;

const parts = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** Seconds as at most two units: 12d 4h, 3m 20s, in the language's short form. */
export function duration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const out: string[] = [];
  for (const [size, unit] of parts) {
    const count = Math.floor(rest / size);
    if (count === 0 && !(unit === 'second' && out.length === 0)) {
      if (out.length > 0) break;
      continue;
    }
    rest -= count * size;
    out.push(
      new Intl.NumberFormat(i18n.language, { style: 'unit', unit, unitDisplay: 'short' }).format(count),
    );
    if (out.length === 2) break;
  }
  return out.join(' ');
}

/** How long a short step took (ms): 38 ms, 1.2 s, 21 s. */
export function elapsed(milliseconds: number): string {
  if (milliseconds < 1) return '< 1 ms';
  if (milliseconds < 1000) return `${decimal(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds >= 60) return duration(seconds);
  return `${decimal(seconds, seconds < 10 && !Number.isInteger(seconds) ? 1 : 0)} s`;
}

/** How long ago, in words: 2 minutes ago. Both in ms since 1970. */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, (now - then) / 1000);
  const format = new Intl.RelativeTimeFormat(i18n.language, { numeric: 'auto', style: 'short' });
  for (const [size, unit] of parts)
    if (seconds >= size) return format.format(-Math.floor(seconds / size), unit);
  return format.format(0, 'second');
}

/** Date and time of a moment (ms since 1970). */
export const dateTime = (time: number): string =>
  new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium', timeStyle: 'short' }).format(time);

/** Time of day. */
export const timeOfDay = (time: number): string =>
  new Intl.DateTimeFormat(i18n.language, { timeStyle: 'medium' }).format(time);
