/** Keys of a guest's screen: combinations that a browser never lets through, and text as key presses. */

/** A key by its X11 keysym and by its place on the keyboard (KeyboardEvent.code). */
export interface Key {
  keysym: number;
  code: string;
}

/** One character as it is typed; without `code` the keyboard has no key for it and only its keysym is sent. */
export interface KeyStroke {
  char: string;
  keysym: number;
  code?: string;
  shift: boolean;
}

const control: Key = { keysym: 0xffe3, code: 'ControlLeft' };
const alt: Key = { keysym: 0xffe9, code: 'AltLeft' };
export const shiftKey: Key = { keysym: 0xffe1, code: 'ShiftLeft' };
const windows: Key = { keysym: 0xffeb, code: 'MetaLeft' };
const functionKey = (n: number): Key => ({ keysym: 0xffbd + n, code: `F${n}` });

const letter = (char: string): Key => ({
  keysym: char.charCodeAt(0),
  code: `Key${char.toUpperCase()}`,
});

export interface KeyCombination {
  /** Its caps, as printed on a keyboard: the same in every language. */
  caps: string;
  keys: readonly Key[];
  /** Begins a new group in the menu. */
  group?: boolean;
}

/** What the send-key menu offers. */
export const combinations: readonly KeyCombination[] = [
  { caps: 'Ctrl+Alt+Del', keys: [control, alt, { keysym: 0xffff, code: 'Delete' }] },
  { caps: 'Ctrl+Alt+Backspace', keys: [control, alt, { keysym: 0xff08, code: 'Backspace' }] },
  ...Array.from({ length: 12 }, (_, at) => ({
    caps: `Ctrl+Alt+F${at + 1}`,
    keys: [control, alt, functionKey(at + 1)],
    ...(at === 0 ? { group: true } : {}),
  })),
  { caps: 'Print Screen', keys: [{ keysym: 0xff61, code: 'PrintScreen' }], group: true },
  {
    caps: 'Alt+SysRq+S',
    keys: [alt, { keysym: 0xff61, code: 'PrintScreen' }, letter('s')],
  },
  { caps: 'Windows', keys: [windows], group: true },
  { caps: 'Windows+L', keys: [windows, letter('l')] },
  { caps: 'Windows+R', keys: [windows, letter('r')] },
  { caps: 'Alt+Tab', keys: [alt, { keysym: 0xff09, code: 'Tab' }] },
  { caps: 'Alt+F4', keys: [alt, functionKey(4)] },
  { caps: 'Ctrl+Esc', keys: [control, { keysym: 0xff1b, code: 'Escape' }] },
];

/** The printable keys of a US keyboard: place, plain character, character with Shift. */
const places: readonly [string, string, string][] = [
  ['Backquote', '`', '~'],
  ['Digit1', '1', '!'],
  ['Digit2', '2', '@'],
  ['Digit3', '3', '#'],
  ['Digit4', '4', '$'],
  ['Digit5', '5', '%'],
  ['Digit6', '6', '^'],
  ['Digit7', '7', '&'],
  ['Digit8', '8', '*'],
  ['Digit9', '9', '('],
  ['Digit0', '0', ')'],
  ['Minus', '-', '_'],
  ['Equal', '=', '+'],
  ['BracketLeft', '[', '{'],
  ['BracketRight', ']', '}'],
  ['Backslash', '\\', '|'],
  ['Semicolon', ';', ':'],
  ['Quote', "'", '"'],
  ['Comma', ',', '<'],
  ['Period', '.', '>'],
  ['Slash', '/', '?'],
  ...Array.from('abcdefghijklmnopqrstuvwxyz', (char): [string, string, string] => [
    `Key${char.toUpperCase()}`,
    char,
    char.toUpperCase(),
  ]),
];
const typed = new Map<string, KeyStroke>([
  [' ', { char: ' ', keysym: 0x20, code: 'Space', shift: false }],
  ['\n', { char: '\n', keysym: 0xff0d, code: 'Enter', shift: false }],
  ['\t', { char: '\t', keysym: 0xff09, code: 'Tab', shift: false }],
  ...places.flatMap(([code, plain, shifted]): [string, KeyStroke][] => [
    [plain, { char: plain, keysym: plain.charCodeAt(0), code, shift: false }],
    [shifted, { char: shifted, keysym: shifted.charCodeAt(0), code, shift: true }],
  ]),
]);

/** The keysym of a character: Latin 1 is itself, the rest lies in the Unicode plane of keysyms. */
const keysymOf = (codePoint: number): number => (codePoint <= 0xff ? codePoint : 0x0100_0000 | codePoint);

/**
 * Text as key presses on a US keyboard; every line break is one Enter. Control characters have no key and are dropped.
 * `foreign` are the characters that a US keyboard lacks: they go as keysyms, which a guest's screen may not know.
 */
export function keystrokes(text: string): { strokes: KeyStroke[]; foreign: string[] } {
  const strokes: KeyStroke[] = [];
  const foreign = new Set<string>();
  for (const char of text.replace(/\r\n?/g, '\n')) {
    const known = typed.get(char);
    const codePoint = char.codePointAt(0) ?? 0;
    if (known) strokes.push(known);
    else if (codePoint >= 0xa0 && !(codePoint >= 0xd800 && codePoint <= 0xdfff)) {
      strokes.push({ char, keysym: keysymOf(codePoint), shift: false });
      foreign.add(char);
    }
  }
  return { strokes, foreign: [...foreign] };
}

/** Where keys go. */
export interface KeySink {
  /** `code` is empty where the keyboard has no such key. */
  key(keysym: number, code: string, down: boolean): void;
}

/** Presses all keys in order and lets them go in reverse. */
export function press(sink: KeySink, keys: readonly Key[]): void {
  for (const key of keys) sink.key(key.keysym, key.code, true);
  for (const key of keys.toReversed()) sink.key(key.keysym, key.code, false);
}

/** Key events that one stroke makes. */
export const eventsOf = (stroke: KeyStroke): number => (stroke.shift ? 4 : 2);

/** Key events sent before the other side must have taken them: far below what a screen's queue holds. */
const batch = 32;

export interface TypeOptions {
  /** Resolves when the other side has taken `events` key events and has room for more; rejects when it is gone. */
  taken: (events: number) => Promise<void>;
  signal?: AbortSignal;
  onprogress?: (typed: number) => void;
}

/**
 * Types strokes in small batches, each only when the one before was taken. No key stays down: a stroke is sent whole.
 * Answers how many were typed (fewer than all when it was stopped).
 */
export async function typeStrokes(
  sink: KeySink,
  strokes: readonly KeyStroke[],
  { taken, signal, onprogress }: TypeOptions,
): Promise<number> {
  let count = 0;
  while (count < strokes.length && !signal?.aborted) {
    let events = 0;
    while (count < strokes.length && events < batch) {
      const stroke = strokes[count];
      if (!stroke) break;
      const key: Key = { keysym: stroke.keysym, code: stroke.code ?? '' };
      press(sink, stroke.shift ? [shiftKey, key] : [key]);
      events += eventsOf(stroke);
      count += 1;
    }
    await taken(events);
    onprogress?.(count);
  }
  return count;
}
