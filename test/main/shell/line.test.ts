import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Command, UsageError, domainOption, flag } from '../../../main/shell/command.ts';
import { parseOptions, splitLine } from '../../../main/shell/line.ts';

const command: Command = {
  name: 'start',
  group: 'domain',
  summary: 'start a domain',
  options: [
    domainOption,
    { name: 'file', kind: 'text', positional: true, help: 'a file' },
    flag('paused', 'leave it paused'),
    { name: 'keycode', kind: 'words', help: 'keys' },
  ],
  run: () => Promise.resolve(undefined),
};

describe('a line at the prompt', () => {
  it('is split at blanks, with quotes and backslashes keeping words together', () => {
    expect(splitLine(`define "my file.xml" 'it is' a\\ b`)).toEqual([
      ['define', 'my file.xml', 'it is', 'a b'],
    ]);
  });

  it('may hold several commands, and a comment at its end', () => {
    expect(splitLine('list; uri ;; # the rest is for people ; quit')).toEqual([['list'], ['uri']]);
  });

  it('keeps an empty word that was quoted', () => {
    expect(splitLine(`desc vm ''`)).toEqual([['desc', 'vm', '']]);
  });

  it('says so when a quote is never closed', () => {
    expect(() => splitLine('define "half')).toThrow(new UsageError('missing "'));
    expect(() => splitLine('define half\\')).toThrow(new UsageError('dangling \\'));
  });

  it('goes on with the next line after a backslash', () => {
    expect(splitLine('list \\\n --all\nuri')).toEqual([['list', '--all'], ['uri']]);
  });

  it('gives any words back that were quoted into it', () => {
    const quote = (word: string): string => `"${word.replace(/["\\]/g, (letter) => `\\${letter}`)}"`;
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), (words) => {
        expect(splitLine(words.map(quote).join(' '))).toEqual([words]);
      }),
    );
  });
});

describe('the options of a command', () => {
  it('may be given by place or by name', () => {
    for (const words of [
      ['web', 'x.xml'],
      ['--domain', 'web', '--file=x.xml'],
      ['--file', 'x.xml', 'web'],
    ]) {
      const options = parseOptions(command, words);
      expect([options.text('domain'), options.text('file')]).toEqual(['web', 'x.xml']);
    }
  });

  it('may come after -- when they begin with dashes', () => {
    expect(parseOptions(command, ['--', '--paused']).text('domain')).toBe('--paused');
  });

  it('collect what may be said several times', () => {
    expect(
      parseOptions(command, ['vm', '--keycode', 'KEY_A', '--keycode', 'KEY_B']).words('keycode'),
    ).toEqual(['KEY_A', 'KEY_B']);
  });

  it.each([
    [[], "command 'start' requires <domain> option"],
    [['vm', '--bogus'], "command 'start' doesn't support option --bogus"],
    [['vm', 'x', 'more'], "unexpected data 'more'"],
    [['vm', '--file'], 'expected syntax: --file <string>'],
    [['vm', '--paused=yes'], "invalid '=' after option --paused"],
    [['--domain', 'a', '--domain', 'b'], 'option --domain already seen'],
    [['vm', '--paused', '--paused'], 'option --paused already seen'],
  ])('are refused in virsh’s words: %j', (words, message) => {
    expect(() => parseOptions(command, words)).toThrow(new UsageError(message));
  });
});
