import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTerminal } from '../../renderer/parts/Terminal.ts';

const written = vi.fn();
const read = vi.fn(() => Promise.resolve('what the person copied'));
const opened = vi.fn(() => null);
let place: HTMLElement;
let answers: string;
let view: ReturnType<typeof openTerminal>['view'];

beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({
    matches: false,
    addListener() {},
    removeListener() {},
    addEventListener() {},
    removeEventListener() {},
  }));
  vi.stubGlobal('open', opened);
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      disconnect() {}
      unobserve() {}
    },
  );
  Object.defineProperty(navigator, 'clipboard', {
    configurable: true,
    value: { writeText: written, readText: read, write: written, read },
  });
  place = document.createElement('div');
  document.body.append(place);
  document.title = 'Guestroom';
  answers = '';
  ({ view } = openTerminal(place, {}));
  view.onData((text) => (answers += text));
});
afterEach(() => {
  view.dispose();
  place.remove();
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const guestWrites = (text: string): Promise<void> => new Promise((done) => view.write(text, done));
const shown = (): string => view.buffer.active.getLine(0)?.translateToString(true) ?? '';

describe('what a guest writes to its serial terminal', () => {
  it.each([
    ['c', 'ZXZpbA=='],
    ['p', 'ZXZpbA=='],
    ['c', '?'],
  ])('neither fills nor reads the clipboard (OSC 52 %s %s)', async (which, data) => {
    await guestWrites(`\x1b]52;${which};${data}\x07after`);
    expect(shown()).toBe('after');
    expect(written).not.toHaveBeenCalled();
    expect(read).not.toHaveBeenCalled();
    expect(answers).toBe('');
  });

  it.each(['https://evil.example/', 'javascript:alert(1)', 'file:///etc/passwd'])(
    'opens nothing, also when its link is clicked: %s',
    async (address) => {
      await guestWrites(`\x1b]8;;${address}\x07click me\x1b]8;;\x07`);
      expect(shown()).toBe('click me');
      const event = new MouseEvent('click');
      const range = { start: { x: 1, y: 1 }, end: { x: 8, y: 1 } };
      view.options.linkHandler?.activate(event, address, range);
      expect(view.options.linkHandler?.allowNonHttpProtocols).toBe(false);
      expect(opened).not.toHaveBeenCalled();
      expect(place.querySelector('a')).toBeNull();
    },
  );

  it('changes no title, and is not told one that it has set', async () => {
    await guestWrites('\x1b]0;evil\x07\x1b]2;; rm -rf ~\r\x07\x1b[21t\x1b[20t\x1b[22;0t\x1b[23;0t');
    expect(document.title).toBe('Guestroom');
    expect(answers).toBe('');
  });

  it('moves and sizes nothing, and is not told where the window is', async () => {
    const before = [view.cols, view.rows];
    await guestWrites('\x1b[8;500;500t\x1b[3;0;0t\x1b[2t\x1b[13t\x1b[14t\x1b[15t\x1b[19t\x1b[?3h');
    expect([view.cols, view.rows]).toEqual(before);
    expect(answers).toBe('');
  });

  it('never comes back as if it had been typed', async () => {
    const planted = 'rm -rf ~';
    for (const ask of [
      `\x1bP$q${planted}\r\x1b\\`,
      `\x1bP+q${planted}\r\x1b\\`,
      `\x1b]4;1;${planted}\r\x07`,
      `\x1b]10;${planted};?\r\x07`,
      `\x1b]50;?${planted}\r\x07`,
      `\x1b]1337;File=inline=1:${planted}\x07`,
      `\x05${planted}`,
      '\x1b[c\x1b[>c\x1b[5n\x1b[6n\x1b[?15n\x1b[?25n',
    ]) {
      await guestWrites(ask);
    }
    expect(answers).not.toContain('rm');
    expect(answers).not.toMatch(/[\r\n]/);
    // the reports that are left are the ones that programs on every terminal ask for
    expect(answers).toContain('\x1b[0n');
  });

  it('is text: markup makes no elements', async () => {
    await guestWrites('<img src=x onerror=alert(1)><script>alert(1)</script>');
    expect(place.querySelector('img, script')).toBeNull();
    expect(shown()).toContain('<img src=x');
  });

  it('that never ends inside a sequence holds a bounded rest, and the terminal goes on', async () => {
    for (let times = 0; times < 3; times += 1) await guestWrites(`\x1b]0;${'x'.repeat(1_000_000)}`);
    await guestWrites('\x1b\\\x1bcback');
    expect(shown()).toBe('back');
  });
});
