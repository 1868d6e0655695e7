// The rows of npm run bench as a table.

/**
 * @typedef {object} BenchRow
 * @property {string} metric what was measured
 * @property {string} unit
 * @property {number} ours median
 * @property {number} [peer] the same by the program people use today
 * @property {number} [floor] the same by the barest means
 * @property {string} [budget] as it stands in the list of budgets
 * @property {boolean} [met]
 */

/** Three digits that count. @param {number | undefined} value */
function short(value) {
  if (value === undefined) return '–';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** @param {readonly BenchRow[]} rows */
export function formatRows(rows) {
  const lines = [
    ['metric', 'ours', 'peer', 'floor', 'ours/peer', 'budget', 'met'],
    ...rows.map(({ metric, unit, ours, peer, floor, budget, met }) => [
      `${metric} (${unit})`,
      short(ours),
      short(peer),
      short(floor),
      peer === undefined ? '–' : short(ours / peer),
      budget ?? '–',
      met === undefined ? '–' : met ? 'yes' : 'NO',
    ]),
  ];
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? [];
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
