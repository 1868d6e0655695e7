import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quote, shellCommand } from '../../../../main/nodes/ssh/quoting.ts';

/** Each shell by a program and the words before its command line; those that are not installed are left out. */
const asked: [string, ...string[]][] = [
  ['sh', '-c'],
  ['bash', '-c'],
  ['dash', '-c'],
  ['busybox', 'sh', '-c'],
  ['ksh', '-c'],
  ['mksh', '-c'],
  ['zsh', '-c'],
];
/** As login shells they only have to start sh. */
const others: [string, ...string[]][] = [
  ['fish', '-c'],
  ['tcsh', '-c'],
  ['csh', '-c'],
];
const isThere = ([file, ...words]: readonly string[]): boolean =>
  spawnSync(file ?? '', [...words, 'exit 0']).status === 0;
const posix = asked.filter(isThere);
const login = [...posix, ...others.filter(isThere)];

const said = ([file = '', ...words]: readonly string[], line: string): string[] =>
  execFileSync(file, [...words, line], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

const nasty = [
  '',
  ' ',
  "'",
  '"',
  '$HOME',
  '`id`',
  '$(id)',
  '\\',
  '\\\\',
  "\\'",
  '!',
  '!!',
  '-n',
  '--',
  '*',
  '~',
  '#x',
  '\n',
];
const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0')),
  fc
    .array(fc.constantFrom(...nasty, 'a', '%s', '\t', '\r', '\u0007', 'é', '漢', '😀', '\\0101', '\\c'))
    .map((all) => all.join('')),
);
const words = fc.array(word, { minLength: 1, maxLength: 6 });

describe('words for a shell', () => {
  it.each(posix)('come back from %s as they were', (...shell) => {
    fc.assert(
      fc.property(words, (given) => {
        expect(said(shell, `printf '%s\\0' ${given.map(quote).join(' ')}`)).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  it.each(login)('are a script’s arguments when the login shell is %s', (...shell) => {
    fc.assert(
      fc.property(words, (given) => {
        expect(said(shell, shellCommand(`printf '%s\\0' "$@"`, given))).toEqual(given);
      }),
      { numRuns: 60 },
    );
  });

  it('leave a script as it is written, whatever the login shell takes for its own', () => {
    const script = [
      "if ! false; then printf '%s\\0' 'it'\\''s'; fi",
      'case $1 in a*) printf "%s\\0" "$1!" ;; esac',
      "printf '%s\\0' \"$#\" '100%' \\\\ # the end",
    ].join('\n');
    for (const shell of login)
      expect(said(shell, shellCommand(script, ['a b', '']))).toEqual(["it's", 'a b!', '2', '100%', '\\']);
  });

  it('cannot hold a NUL, which is told before anything is run', () => {
    expect(() => quote('a\0b')).toThrow(RangeError);
    expect(() => shellCommand('true', ['a\0b'])).toThrow(RangeError);
  });
});
