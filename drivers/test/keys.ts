/** The text that an X11 keysym types, Backspace as \b and Enter as \n; undefined for keys that type nothing. */
export function keyText(keysym: number): string | undefined {
  if (keysym === 0xff0d || keysym === 0xff8d) return '\n';
  if (keysym === 0xff08) return '\b';
  if (keysym === 0xff09) return ' ';
  // the number pad
  if (keysym >= 0xffaa && keysym <= 0xffb9) return String.fromCharCode(keysym - 0xff80);
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff))
    return String.fromCharCode(keysym);
  // Unicode keysyms
  if (keysym >= 0x0100_0100 && keysym <= 0x0110_ffff) return String.fromCodePoint(keysym - 0x0100_0000);
  return undefined;
}

const rows: readonly [number, string, string][] = [
  [2, '1234567890-=', '!@#$%^&*()_+'],
  [16, 'qwertyuiop[]', 'QWERTYUIOP{}'],
  [30, "asdfghjkl;'`", 'ASDFGHJKL:"~'],
  [43, '\\zxcvbnm,./', '|ZXCVBNM<>?'],
];
const shifts: ReadonlySet<number> = new Set([42, 54]);
const silencers: ReadonlySet<number> = new Set([29, 97, 56, 100, 125, 126]);

/** The text that Linux input event codes type on a US keyboard, pressed together. With Ctrl, Alt or Super they type nothing. */
export function keycodesText(keycodes: readonly number[]): string {
  if (keycodes.some((code) => silencers.has(code))) return '';
  const shifted = keycodes.some((code) => shifts.has(code));
  return keycodes
    .map((code) => {
      if (code === 28 || code === 96) return '\n';
      if (code === 14) return '\b';
      if (code === 57) return ' ';
      for (const [first, plain, upper] of rows)
        if (code >= first && code < first + plain.length) return (shifted ? upper : plain)[code - first];
      return '';
    })
    .join('');
}
