import type { ITheme } from '@xterm/xterm';

/** The sixteen colours of a terminal on a light ground and on a dark one: each at least 4.5:1, black and white apart. */
const light = {
  black: '#1a1e23',
  red: '#b3261e',
  green: '#17703b',
  yellow: '#7d5200',
  blue: '#1f62bd',
  magenta: '#8b3a9e',
  cyan: '#0b6b78',
  white: '#5a636d',
  brightBlack: '#5a636d',
  brightRed: '#c4362d',
  brightGreen: '#1c7a42',
  brightYellow: '#8a5a00',
  brightBlue: '#2a6cc8',
  brightMagenta: '#9a48ad',
  brightCyan: '#127583',
  brightWhite: '#24282d',
} as const satisfies ITheme;
const dark = {
  black: '#383e45',
  red: '#f0837b',
  green: '#55bd7d',
  yellow: '#dba544',
  blue: '#74abf3',
  magenta: '#cf97df',
  cyan: '#5bbccb',
  white: '#ccd2d8',
  brightBlack: '#8d96a0',
  brightRed: '#ff9d95',
  brightGreen: '#77d79b',
  brightYellow: '#f0bf66',
  brightBlue: '#9bc4fa',
  brightMagenta: '#e0b1ee',
  brightCyan: '#80d5e2',
  brightWhite: '#ffffff',
} as const satisfies ITheme;

/** Red, green and blue, 0 to 255, of what a browser answers for a colour. */
function channels(colour: string): [number, number, number] {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return [r, g, b];
}

/** The window's own colours as a terminal's; `resolve` answers what a token comes to in the theme that is shown. */
export function terminalTheme(resolve: (token: string) => string): ITheme {
  const background = resolve('--surface-1');
  const [r, g, b] = channels(background);
  const isDark = r * 0.3 + g * 0.59 + b * 0.11 < 128;
  return {
    ...(isDark ? dark : light),
    background,
    foreground: resolve('--text'),
    cursor: resolve('--accent'),
    cursorAccent: background,
    selectionBackground: resolve('--fill-selected'),
    selectionInactiveBackground: resolve('--fill-selected-idle'),
  };
}
