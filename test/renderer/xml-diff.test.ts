import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffCount, diffHunks, diffLines } from '../../renderer/parts/XmlEditorDiff.ts';
import type { DiffLine } from '../../renderer/parts/XmlEditorDiff.ts';

const text = fc.array(fc.constantFrom('<a/>', '<b/>', '<c/>', '', '  <d/>'), { maxLength: 40 });
const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const side = (lines: readonly DiffLine[], without: DiffLine['kind']) =>
  lines.filter((line) => line.kind !== without).map((line) => line.text);

/** Length of the longest common subsequence, by the plain table: the yardstick for "fewest edits". */
function common(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const left of a) {
    const next = [0];
    b.forEach((right, at) => {
      next.push(left === right ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    });
    row = next;
  }
  return row.at(-1) ?? 0;
}

describe('comparing two documents', () => {
  it('shows every line of both documents, in order and numbered', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const lines = diffLines(join(a), join(b));
        expect(side(lines, 'added')).toEqual(a);
        expect(side(lines, 'removed')).toEqual(b);
        expect(lines.flatMap((line) => line.before ?? [])).toEqual(a.map((_, at) => at + 1));
        expect(lines.flatMap((line) => line.after ?? [])).toEqual(b.map((_, at) => at + 1));
      }),
    );
  });

  it('marks no more lines as changed than needed', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { added, removed } = diffCount(diffLines(join(a), join(b)));
        const kept = common(a, b);
        expect({ added, removed }).toEqual({ added: b.length - kept, removed: a.length - kept });
      }),
    );
  });

  it('sees no change in line endings or a final line break', () => {
    expect(diffCount(diffLines('<a>\r\n</a>\r\n', '<a>\n</a>'))).toEqual({ added: 0, removed: 0 });
  });

  it('leaves out unchanged lines, keeps three around a change, and loses none in the count', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 0, max: 4 }), (a, b, context) => {
        const lines = diffLines(join(a), join(b));
        const { hunks, rest } = diffHunks(lines, context);
        const shown = hunks.reduce((sum, hunk) => sum + hunk.skipped + hunk.lines.length, 0);
        expect(shown + rest).toBe(lines.length);
        const changed = lines.filter((line) => line.kind !== 'same');
        expect(hunks.flatMap((hunk) => hunk.lines).filter((line) => line.kind !== 'same')).toEqual(changed);
        for (const hunk of hunks) {
          const first = hunk.lines.findIndex((line) => line.kind !== 'same');
          const last = hunk.lines.findLastIndex((line) => line.kind !== 'same');
          expect(first).toBeLessThanOrEqual(context);
          expect(hunk.lines.length - 1 - last).toBeLessThanOrEqual(context);
        }
      }),
    );
  });

  it('shows a document with thousands of other lines as replaced instead of searching for ever', () => {
    const a = Array.from({ length: 4000 }, (_, at) => `<a n='${at}'/>`);
    const b = Array.from({ length: 4000 }, (_, at) => `<b n='${at}'/>`);
    const lines = diffLines(join(a), join(b));
    expect(diffCount(lines)).toEqual({ added: 4000, removed: 4000 });
    expect(side(lines, 'removed')).toEqual(b);
  });
});
