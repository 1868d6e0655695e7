/** Columns that a terminal gives a text: East Asian wide letters take two, combining marks none. */
export function textWidth(text: string): number {
  // nearly all names are so
  if (/^[ -~]*$/.test(text)) return text.length;
  let width = 0;
  for (const letter of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(letter)) continue;
    width += wide(letter.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return width;
}

function wide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** \p{Cc}, said by what is none of it: those two ranges are made into a machine at once. */
const controls = /[^ -~\u00a0-\uffff]/g;

/** Text that came from a document or host, safe for a terminal: control characters show as escapes. */
export const printable = (text: string): string =>
  text.replace(controls, (letter) => `\\x${letter.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** A table as virsh draws it: a blank before each row, three between columns, a rule under the head, which `headless` leaves out. */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  headless = false,
): string {
  const clean = rows.map((row) => row.map(printable));
  const measured = headless ? clean : [head, ...clean];
  const widths = head.map((_, column) =>
    measured.reduce((most, row) => Math.max(most, textWidth(row[column] ?? '')), 0),
  );
  const line = (cells: readonly string[]): string =>
    ` ${cells
      .map((cell, column) =>
        column === head.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell) + 3),
      )
      .join('')}\n`;
  const body = clean.map(line).join('');
  if (headless) return body;
  const rule = '-'.repeat(widths.reduce((sum, width) => sum + width + 3, 0));
  return `${line(head)}${rule}\n${body}`;
}

/** Facts as virsh lists them: a name with a colon, the value from the sixteenth column on. */
export const formatFacts = (facts: readonly (readonly [name: string, value: string])[]): string =>
  facts.map(([name, value]) => `${`${name}:`.padEnd(15)} ${printable(value)}\n`).join('');
