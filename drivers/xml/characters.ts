/** What XML 1.0 allows as characters and names. */

/** Anything that XML 1.0 cannot hold, lone halves of surrogate pairs among it. */
export const forbiddenCharacter = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** The same without pairs of surrogates in view: many times faster. */
const forbiddenUnit = /[^\t\n\r\u0020-\uFFFD]/;

/** Whether there is a forbidden character anywhere; `forbiddenCharacter` tells where. */
export const hasForbidden = (text: string): boolean =>
  forbiddenUnit.test(text) || !(text as WellFormed).isWellFormed();

/** Newer than our `lib`, but in every Node and Chromium that we run on. */
type WellFormed = string & { isWellFormed(): boolean };

/** XML 1.0's NameStartChar without the colon, and what NameChar has besides. */
const nameStartRanges = [
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
  [0xc0, 0xd6],
  [0xd8, 0xf6],
  [0xf8, 0x2ff],
  [0x370, 0x37d],
  [0x37f, 0x1fff],
  [0x200c, 0x200d],
  [0x2070, 0x218f],
  [0x2c00, 0x2fef],
  [0x3001, 0xd7ff],
  [0xf900, 0xfdcf],
  [0xfdf0, 0xfffd],
  [0x10000, 0xeffff],
] as const;
const nameRestRanges = [
  [0x2d, 0x2e],
  [0x30, 0x39],
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x203f, 0x2040],
] as const;
const ranges = (list: readonly (readonly [number, number])[]): string =>
  list.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join('');
const nameStart = ranges(nameStartRanges);
/** A name without a colon, as the source of a regular expression with the flag u. */
export const ncName = `[${nameStart}][${nameStart}${ranges(nameRestRanges)}]*`;

/** The character that `#65` or `#x41` stands for; undefined where there is none. */
export function numbered(body: string): string | undefined {
  const match = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(body);
  if (!match) return undefined;
  const code = match[1] === undefined ? Number(match[2]) : Number.parseInt(match[1], 16);
  if (code > 0x10ffff) return undefined;
  const text = String.fromCodePoint(code);
  return forbiddenCharacter.test(text) ? undefined : text;
}
