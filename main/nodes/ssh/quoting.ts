/** A word for a POSIX shell, whatever is in it. Throws for a NUL, which no argument can hold. */
export function quote(word: string): string {
  if (word.includes('\0')) throw new RangeError('A NUL cannot stand in an argument');
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * A command line for the account's login shell, whichever that is: it only has to start `sh` with words in single
 * quotes. In those, csh knows no new line and no `!`, and fish takes backslashes before quotes and backslashes for its own, so
 * that printf makes what is in them. The script finds the arguments in "$@".
 */
export function shellCommand(script: string, args: readonly string[]): string {
  const whole = `set -- ${args.map(quote).join(' ')}\n${script}`;
  return `exec sh -c 'eval "$(printf %b "$1")"' guestroom '${escaped(whole)}'`;
}

/** Everything but what no shell and no printf takes for its own as its bytes, in octal. */
const escaped = (text: string): string =>
  text.replaceAll(/[^\w @%+=:,./$"(){}[\];|&<>*#-]+/gu, (some) =>
    [...Buffer.from(some)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join(''),
  );
