import { UsageError } from './command.ts';

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** virsh's sizes for people: 3.34 MiB */
export function prettySize(bytes: number): string {
  let power = 0;
  while (bytes >= 1024 ** (power + 1) && power < units.length - 1) power += 1;
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power] ?? ''}`;
}

const powers: Readonly<Record<string, number>> = { k: 1, m: 2, g: 3, t: 4, p: 5, e: 6 };

/** virsh's scaled integers: 512, 10k, 10KiB, 10KB, 10G. Without a suffix `scale` bytes each. undefined where it is none. */
export function scaledBytes(text: string, scale = 1): number | undefined {
  const match = /^(\d+)(?:(b|bytes?)|([kmgtpe])(|i?b))?$/i.exec(text);
  if (!match) return undefined;
  const [, digits = '', bytes, power, rest = ''] = match;
  const unit =
    power === undefined
      ? bytes === undefined
        ? scale
        : 1
      : (rest.toLowerCase() === 'b' ? 1000 : 1024) ** (powers[power.toLowerCase()] ?? 0);
  const size = Number(digits) * unit;
  return Number.isSafeInteger(size) ? size : undefined;
}

/** The size that a command's option says. */
export function sizeOption(text: string, name: string, scale = 1): number {
  const bytes = scaledBytes(text, scale);
  if (bytes === undefined)
    throw new UsageError(`Scaled numeric value '${text}' for <${name}> option is malformed or out of range`);
  return bytes;
}
