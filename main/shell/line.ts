import { type Command, type OptionSpec, Options, UsageError } from './command.ts';

/** Splits a line as virsh does: words by blanks, quotes and backslashes keep them together, `;` or a line end parts commands, # begins a comment. */
export function splitLine(line: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word = '';
  let inWord = false;
  let quote: string | undefined;
  const endWord = (): void => {
    if (inWord) words.push(word);
    word = '';
    inWord = false;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < line.length; at += 1) {
    const letter = line.charAt(at);
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else if (letter === '\\' && quote === '"' && at + 1 < line.length) word += line.charAt((at += 1));
      else word += letter;
    } else if (letter === '"' || letter === "'") {
      quote = letter;
      inWord = true;
    } else if (letter === '\\') {
      if (at + 1 === line.length) throw new UsageError('dangling \\');
      // a line end after it goes on with the next line
      if (line.charAt((at += 1)) === '\n') continue;
      word += line.charAt(at);
      inWord = true;
    } else if (letter === '#' && !inWord) {
      const end = line.indexOf('\n', at);
      if (end === -1) break;
      at = end - 1;
    } else if (letter === ';' || letter === '\n') {
      endCommand();
    } else if (/\s/.test(letter)) {
      endWord();
    } else {
      word += letter;
      inWord = true;
    }
  }
  if (quote !== undefined) throw new UsageError(`missing ${quote}`);
  endCommand();
  return commands;
}

/** The words after the command's name → its options. Throws UsageError with virsh's sentences. */
export function parseOptions(command: Command, words: readonly string[]): Options {
  const values = new Map<string, string | true | string[]>();
  const waiting = command.options.filter((option) => option.positional);
  const take = (option: OptionSpec, value: string): void => {
    if (option.kind === 'words') {
      const list = values.get(option.name);
      if (Array.isArray(list)) list.push(value);
      else values.set(option.name, [value]);
      return;
    }
    if (values.has(option.name)) throw new UsageError(`option --${option.name} already seen`);
    values.set(option.name, value);
  };
  let onlyData = false;
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (!onlyData && word === '--') {
      onlyData = true;
    } else if (!onlyData && word.startsWith('--')) {
      const [name = '', inline] = word.slice(2).split(/=(.*)/s);
      const option = command.options.find((candidate) => candidate.name === name);
      if (!option) throw new UsageError(`command '${command.name}' doesn't support option --${name}`);
      if (option.kind === 'flag') {
        if (inline !== undefined) throw new UsageError(`invalid '=' after option --${name}`);
        if (values.has(name)) throw new UsageError(`option --${name} already seen`);
        values.set(name, true);
        continue;
      }
      const value = inline ?? words[(at += 1)];
      if (value === undefined) throw new UsageError(`expected syntax: --${name} <string>`);
      take(option, value);
    } else {
      const option = waiting.find((candidate) => candidate.kind === 'words' || !values.has(candidate.name));
      if (!option) throw new UsageError(`unexpected data '${word}'`);
      take(option, word);
    }
  }
  for (const option of command.options) {
    if (option.required && !values.has(option.name)) {
      throw new UsageError(
        `command '${command.name}' requires ${option.kind === 'number' ? `--${option.name}` : `<${option.name}>`} option`,
      );
    }
  }
  return new Options(values);
}
