import { describe, expect, it } from 'vitest';
import { TerminalKeys } from '../../renderer/parts/TerminalKeys.ts';

const text = (words: string) => new TextEncoder().encode(words);
/** A serial line that tells what it was sent. */
function line() {
  const sent: Uint8Array[] = [];
  return {
    send: (keys: Uint8Array) => void sent.push(keys),
    said: () => sent.map((keys) => new TextDecoder().decode(keys)).join(''),
  };
}

describe('keys for a serial line', () => {
  it('that is on its way wait for it and arrive in order, before those that are typed later', () => {
    const keys = new TerminalKeys();
    const ours = line();
    keys.expect(true);
    for (const key of 'clear') keys.type(text(key));
    expect(ours.said()).toBe('');
    keys.attach(ours);
    keys.type(text('; ls\n'));
    expect(ours.said()).toBe('clear; ls\n');
  });

  it('go nowhere while there is no line, and never to the one that comes later', () => {
    const keys = new TerminalKeys();
    keys.type(text('reboot\n'));
    keys.expect(false);
    keys.type(text('reboot\n'));
    const ours = line();
    keys.expect(true);
    keys.attach(ours);
    expect(ours.said()).toBe('');
  });

  it('that waited are forgotten when the line does not come after all', () => {
    const keys = new TerminalKeys();
    keys.expect(true);
    keys.type(text('secret\n'));
    keys.expect(false);
    const ours = line();
    keys.expect(true);
    keys.attach(ours);
    expect(ours.said()).toBe('');
  });

  it('do not go to a line that another one takes the place of', () => {
    const keys = new TerminalKeys();
    const first = line();
    const second = line();
    keys.expect(true);
    keys.attach(first);
    keys.type(text('one'));
    keys.expect(true);
    keys.type(text('two'));
    keys.attach(second);
    expect([first.said(), second.said()]).toEqual(['one', 'two']);
  });
});
