/** A word for a POSIX shell, whatever is in it. Throws for a NUL, which no argument can hold. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('A NUL cannot stand in an argument');
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command line for the account's login shell, whichever that is: it only has to start `sh` with quoted words.
 * The script finds the arguments in "$@".
 */
export const shellCommand = (script: string, args: readonly string[]): string =>
  ['exec sh -c', quote(script), 'guestroom', ...args.map(quote)].join(' ');
