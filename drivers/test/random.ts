/** Pseudo-random numbers that are the same for the same seed on every machine. */
export type Random = () => number;

/** A 32-bit number from any text (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return scramble(hash >>> 0);
}

/** A 32-bit number in which every bit depends on every bit of the input. */
export function scramble(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Numbers from 0 (with) to 1 (without). */
export function randomFrom(seed: number): Random {
  let counter = seed >>> 0;
  return () => {
    counter = (counter + 0x9e3779b9) >>> 0;
    return scramble(counter) / 0x1_0000_0000;
  };
}

/** A version 4 UUID made of these numbers. */
export function randomUuid(random: Random): string {
  const word = () => Math.floor(random() * 0x1_0000_0000);
  const hex = [word(), word(), word(), word()].map((part) => part.toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[Math.floor(random() * 4)] ?? '8';
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A MAC address of QEMU's own range. */
export const macFrom = (random: Random): string =>
  `52:54:00:${Array.from({ length: 3 }, () =>
    Math.floor(random() * 256)
      .toString(16)
      .padStart(2, '0'),
  ).join(':')}`;
