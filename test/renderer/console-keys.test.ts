import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combinations, eventsOf, keystrokes, press, typeStrokes } from '../../renderer/parts/ScreenKeys.ts';

/** A guest with a US keyboard: reads back what the key events type. */
class Typist {
  down = new Set<string>();
  text = '';
  events = 0;
  #layout = new Map<string, string>();

  constructor() {
    const digits = [')', '!', '@', '#', '$', '%', '^', '&', '*', '('];
    digits.forEach((shifted, n) => this.#layout.set(`Digit${n}`, `${n}${shifted}`));
    for (const char of 'abcdefghijklmnopqrstuvwxyz')
      this.#layout.set(`Key${char.toUpperCase()}`, `${char}${char.toUpperCase()}`);
    for (const [code, pair] of Object.entries({
      Backquote: '`~',
      Minus: '-_',
      Equal: '=+',
      BracketLeft: '[{',
      BracketRight: ']}',
      Backslash: '\\|',
      Semicolon: ';:',
      Quote: `'"`,
      Comma: ',<',
      Period: '.>',
      Slash: '/?',
      Space: '  ',
      Enter: '\n\n',
      Tab: '\t\t',
    }))
      this.#layout.set(code, pair);
  }

  key(keysym: number, code: string, down: boolean): void {
    this.events += 1;
    const name = code || `keysym ${keysym}`;
    expect(this.down.has(name)).toBe(!down);
    if (!down) {
      this.down.delete(name);
      return;
    }
    this.down.add(name);
    if (code === 'ShiftLeft') return;
    const pair = this.#layout.get(code);
    if (pair) this.text += pair[this.down.has('ShiftLeft') ? 1 : 0] ?? '';
    else this.text += String.fromCodePoint(keysym >= 0x0100_0000 ? keysym - 0x0100_0000 : keysym);
  }
}

const taken = () => Promise.resolve();

describe('paste as keystrokes', () => {
  it('types every printable ASCII character, line breaks and tabs as they are', async () => {
    const printable = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 95 }, (_, n) => String.fromCharCode(32 + n)), '\n', '\t'),
    });
    await fc.assert(
      fc.asyncProperty(printable, async (text) => {
        const guest = new Typist();
        const { strokes, foreign } = keystrokes(text);
        expect(foreign).toEqual([]);
        expect(await typeStrokes(guest, strokes, { taken })).toBe(text.length);
        expect(guest.text).toBe(text);
        expect([...guest.down]).toEqual([]);
      }),
    );
  });

  it('makes one Enter of every kind of line break', () => {
    expect(keystrokes('a\r\nb\rc\n').strokes.map((stroke) => stroke.code)).toEqual([
      'KeyA',
      'Enter',
      'KeyB',
      'Enter',
      'KeyC',
      'Enter',
    ]);
  });

  it('names the characters that a US keyboard lacks and sends them as keysyms', () => {
    const { strokes, foreign } = keystrokes('é中a中');
    expect(foreign).toEqual(['é', '中']);
    expect(strokes.map(({ keysym }) => keysym)).toEqual([0xe9, 0x0100_4e2d, 0x61, 0x0100_4e2d]);
    expect(strokes.map(({ code }) => code)).toEqual([undefined, undefined, 'KeyA', undefined]);
  });

  it('drops control characters, so that no escape sequence reaches the guest', () => {
    expect(
      keystrokes('\u001b[2Ja\u0000\u0007')
        .strokes.map(({ char }) => char)
        .join(''),
    ).toBe('[2Ja');
  });

  it('sends the next batch only when the guest has taken the one before', async () => {
    const guest = new Typist();
    const { strokes } = keystrokes('Aa'.repeat(100));
    const asked: number[] = [];
    let sent = 0;
    await typeStrokes(guest, strokes, {
      taken: (events) => {
        expect(guest.events - sent).toBe(events);
        sent = guest.events;
        asked.push(events);
        return Promise.resolve();
      },
    });
    expect(asked.reduce((sum, events) => sum + events, 0)).toBe(
      strokes.reduce((sum, s) => sum + eventsOf(s), 0),
    );
    expect(Math.max(...asked)).toBeLessThanOrEqual(36);
  });

  it('stops when asked to, with no key held down', async () => {
    const guest = new Typist();
    const stop = new AbortController();
    const { strokes } = keystrokes('A'.repeat(500));
    const count = await typeStrokes(guest, strokes, {
      taken,
      signal: stop.signal,
      onprogress: (typed) => {
        if (typed >= 100) stop.abort();
      },
    });
    expect(count).toBeGreaterThanOrEqual(100);
    expect(count).toBeLessThan(500);
    expect([...guest.down]).toEqual([]);
  });
});

describe('send keys', () => {
  it('presses every combination in order and lets all its keys go', () => {
    for (const { keys } of combinations) {
      const order: string[] = [];
      press({ key: (_, code, down) => order.push(`${down ? '+' : '-'}${code}`) }, keys);
      expect(order).toEqual([
        ...keys.map(({ code }) => `+${code}`),
        ...keys.toReversed().map(({ code }) => `-${code}`),
      ]);
    }
  });

  it('offers Ctrl+Alt+Del and the twelve consoles, each name once', () => {
    const names = combinations.map(({ caps }) => caps);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('Ctrl+Alt+Del');
    const f7 = combinations.find(({ caps }) => caps === 'Ctrl+Alt+F7');
    expect(f7?.keys.map(({ keysym }) => keysym)).toEqual([0xffe3, 0xffe9, 0xffc4]);
  });
});
