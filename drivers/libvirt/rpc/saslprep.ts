import { GuestroomError } from '../../api/errors.ts';

/* Tables of RFC 3454 (stringprep) as RFC 4013 uses them for user names and passwords. */

type Ranges = readonly (readonly [from: number, to: number])[];

const table = (...lines: readonly string[]): Ranges =>
  lines
    .join(' ')
    .split(' ')
    .map((range) => {
      const [from = '', to = from] = range.split('-');
      return [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const;
    });

const has = (ranges: Ranges, code: number): boolean =>
  ranges.some(([from, to]) => code >= from && code <= to);

/** C.1.2: other spaces, which become one. */
const spaces = table('A0 1680 2000-200B 202F 205F 3000');
/** B.1: what nobody sees, which is left out. */
const invisible = table('AD 34F 1806 180B-180D 200B-200D 2060 FE00-FE0F FEFF');
/** C.1.2, C.2 to C.9. */
const prohibited = table(
  'A0 1680 2000-200B 202F 205F 3000', // other spaces
  '0-1F 7F 80-9F 6DD 70F 180E 200C 200D 2028 2029 2060-2063 206A-206F FEFF FFF9-FFFC 1D173-1D17A', // control
  'E000-F8FF F0000-FFFFD 100000-10FFFD', // private use
  'FDD0-FDEF FFFE-FFFF 1FFFE-1FFFF 2FFFE-2FFFF 3FFFE-3FFFF 4FFFE-4FFFF 5FFFE-5FFFF 6FFFE-6FFFF 7FFFE-7FFFF',
  '8FFFE-8FFFF 9FFFE-9FFFF AFFFE-AFFFF BFFFE-BFFFF CFFFE-CFFFF DFFFE-DFFFF EFFFE-EFFFF FFFFE-FFFFF 10FFFE-10FFFF', // no characters
  'D800-DFFF', // halves of characters
  'FFFD 2FF0-2FFB', // for plain text, for descriptions
  '340 341 200E 200F 202A-202E 206A-206F', // direction, deprecated
  'E0001 E0020-E007F', // tags
);
/** D.1: written from right to left. */
const rightToLeft = table(
  '5BE 5C0 5C3 5D0-5EA 5F0-5F4 61B 61F 621-63A 640-64A 66D-66F 671-6D5 6DD 6E5-6E6 6FA-6FE 700-70D 710 712-72C',
  '780-7A5 7B1 200F FB1D FB1F-FB28 FB2A-FB36 FB38-FB3C FB3E FB40-FB41 FB43-FB44 FB46-FBB1 FBD3-FD3D FD50-FD8F',
  'FD92-FDC7 FDF0-FDFC FE70-FE74 FE76-FEFC',
);

/** The form in which a name or password is compared (RFC 4013). Throws `invalid_argument`; what was typed is not in the message. */
export function saslprep(text: string, what: 'user name' | 'password'): string {
  const mapped = [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      return has(spaces, code) ? ' ' : has(invisible, code) ? '' : character;
    })
    .join('')
    .normalize('NFKC');
  const codes = [...mapped].map((character) => character.codePointAt(0) ?? 0);
  if (codes.some((code) => has(prohibited, code))) {
    throw new GuestroomError('invalid_argument', `The ${what} has a character that cannot be used in one`, {
      hint: 'Control characters and characters for private use are not allowed',
    });
  }
  if (mixesDirections(mapped, codes)) {
    throw new GuestroomError(
      'invalid_argument',
      `The ${what} mixes characters written from the left and from the right`,
    );
  }
  return mapped;
}

/** Of a text with any character from the right, both ends must be such, and no letter may be from the left (D.2). */
function mixesDirections(text: string, codes: readonly number[]): boolean {
  const fromRight = codes.map((code) => has(rightToLeft, code));
  if (!fromRight.includes(true)) return false;
  if (!fromRight[0] || !fromRight.at(-1)) return true;
  return [...text].some((character, at) => !fromRight[at] && /\p{Letter}/u.test(character));
}
