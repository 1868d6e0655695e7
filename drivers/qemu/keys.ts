import { GuestroomError } from '../api/errors.ts';

/** Linux input event codes (input-event-codes.h) → QEMU's names (QKeyCode in its QAPI schema). */
const names: ReadonlyMap<number, string> = new Map([
  [1, 'esc'],
  ...['1', '2', '3', '4', '5', '6', '7', '8', '9', '0', 'minus', 'equal', 'backspace', 'tab'].map(at(2)),
  ...['q', 'w', 'e', 'r', 't', 'y', 'u', 'i', 'o', 'p', 'bracket_left', 'bracket_right', 'ret', 'ctrl'].map(
    at(16),
  ),
  ...['a', 's', 'd', 'f', 'g', 'h', 'j', 'k', 'l', 'semicolon', 'apostrophe', 'grave_accent', 'shift'].map(
    at(30),
  ),
  ...['backslash', 'z', 'x', 'c', 'v', 'b', 'n', 'm', 'comma', 'dot', 'slash', 'shift_r'].map(at(43)),
  ...['kp_multiply', 'alt', 'spc', 'caps_lock'].map(at(55)),
  ...['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8', 'f9', 'f10', 'num_lock', 'scroll_lock'].map(at(59)),
  ...['kp_7', 'kp_8', 'kp_9', 'kp_subtract', 'kp_4', 'kp_5', 'kp_6', 'kp_add'].map(at(71)),
  ...['kp_1', 'kp_2', 'kp_3', 'kp_0', 'kp_decimal'].map(at(79)),
  [86, 'less'],
  [87, 'f11'],
  [88, 'f12'],
  [89, 'ro'],
  [92, 'henkan'],
  [93, 'katakanahiragana'],
  [94, 'muhenkan'],
  [95, 'kp_comma'],
  ...['kp_enter', 'ctrl_r', 'kp_divide', 'sysrq', 'alt_r', 'lf'].map(at(96)),
  ...['home', 'up', 'pgup', 'left', 'right', 'end', 'down', 'pgdn', 'insert', 'delete'].map(at(102)),
  ...['audiomute', 'volumedown', 'volumeup', 'power', 'kp_equals'].flatMap((name, index) => [
    [113 + index, name] as [number, string],
  ]),
  [119, 'pause'],
  [121, 'kp_comma'],
  [122, 'lang1'],
  [123, 'lang2'],
  [124, 'yen'],
  [125, 'meta_l'],
  [126, 'meta_r'],
  [127, 'compose'],
  [128, 'stop'],
  [129, 'again'],
  [130, 'props'],
  [131, 'undo'],
  [132, 'front'],
  [133, 'copy'],
  [134, 'open'],
  [135, 'paste'],
  [136, 'find'],
  [137, 'cut'],
  [138, 'help'],
  [139, 'menu'],
  [140, 'calculator'],
  [142, 'sleep'],
  [143, 'wake'],
  [155, 'mail'],
  [156, 'ac_bookmarks'],
  [157, 'computer'],
  [158, 'ac_back'],
  [159, 'ac_forward'],
  [163, 'audionext'],
  [164, 'audioplay'],
  [165, 'audioprev'],
  [166, 'audiostop'],
  [172, 'ac_home'],
  [173, 'ac_refresh'],
]);

function at(start: number): (name: string, index: number) => [number, string] {
  return (name, index) => [start + index, name];
}

/** Throws `invalid_argument` for a key that QEMU has no name for. */
export function qcodeOf(keycode: number): string {
  const name = names.get(keycode);
  if (name !== undefined) return name;
  throw new GuestroomError('invalid_argument', `There is no key with the code ${String(keycode)}`, {
    hint: 'Use Linux input event codes, as 28 for Enter',
  });
}
