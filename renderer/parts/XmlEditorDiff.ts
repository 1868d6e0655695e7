/** One line of a comparison. Line numbers begin at 1; a line that one side lacks has no number there. */
export interface DiffLine {
  kind: 'same' | 'removed' | 'added';
  text: string;
  before?: number;
  after?: number;
}

/** Changed lines with a few unchanged ones around them; `skipped` unchanged lines come before it. */
export interface DiffHunk {
  skipped: number;
  lines: DiffLine[];
}

/** More single edits than this, and the differing middle is shown as replaced: the search costs their square. */
const maxEdits = 1500;

/** Lines of a text; a final line break makes no line of its own. */
function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Compares two texts line by line with the fewest edits (Myers' greedy search). */
export function diffLines(before: string, after: string): DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  )
    tail += 1;

  const out: DiffLine[] = [];
  let x = 0;
  let y = 0;
  const same = () => {
    out.push({ kind: 'same', text: a[x] ?? '', before: x + 1, after: y + 1 });
    x += 1;
    y += 1;
  };
  const removed = () => {
    out.push({ kind: 'removed', text: a[x] ?? '', before: x + 1 });
    x += 1;
  };
  const added = () => {
    out.push({ kind: 'added', text: b[y] ?? '', after: y + 1 });
    y += 1;
  };

  while (x < head) same();
  for (const step of edits(a.slice(head, a.length - tail), b.slice(head, b.length - tail))) {
    if (step === 'same') same();
    else if (step === 'removed') removed();
    else added();
  }
  while (x < a.length) same();
  return out;
}

/** The shortest way from `a` to `b`, one step a line. */
function edits(a: readonly string[], b: readonly string[]): DiffLine['kind'][] {
  const replaced = (): DiffLine['kind'][] => [
    ...a.map(() => 'removed' as const),
    ...b.map(() => 'added' as const),
  ];
  if (a.length === 0 || b.length === 0) return replaced();
  const limit = Math.min(a.length + b.length, maxEdits);
  // furthest[k + limit]: how far in `a` a path on diagonal k (x - y) has come
  const furthest = new Int32Array(2 * limit + 2);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= limit; d += 1) {
    trace.push(furthest.slice(limit - d, limit + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const left = furthest[k - 1 + limit] ?? 0;
      const right = furthest[k + 1 + limit] ?? 0;
      let x = k === -d || (k !== d && left < right) ? right : left + 1;
      let y = x - k;
      while (x < a.length && y < b.length && a[x] === b[y]) {
        x += 1;
        y += 1;
      }
      furthest[k + limit] = x;
      if (x >= a.length && y >= b.length) return walkBack(trace, a.length, b.length);
    }
  }
  return replaced();
}

/** Reads the path out of the states of the search, from its end to its beginning. */
function walkBack(trace: readonly Int32Array[], endX: number, endY: number): DiffLine['kind'][] {
  const steps: DiffLine['kind'][] = [];
  let x = endX;
  let y = endY;
  for (let d = trace.length - 1; d > 0; d -= 1) {
    // a state of round d covers the diagonals -d to d + 1
    const state = trace[d] ?? new Int32Array();
    const at = (k: number) => state[k + d] ?? 0;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromK = down ? k + 1 : k - 1;
    const fromX = at(fromK);
    const fromY = fromX - fromK;
    while (x > fromX && y > fromY) {
      steps.push('same');
      x -= 1;
      y -= 1;
    }
    steps.push(down ? 'added' : 'removed');
    x = fromX;
    y = fromY;
  }
  while (x > 0 && y > 0) {
    steps.push('same');
    x -= 1;
    y -= 1;
  }
  return steps.reverse();
}

/** The changed parts with up to `context` unchanged lines around each; the rest is left out and counted. */
export function diffHunks(lines: readonly DiffLine[], context = 3): { hunks: DiffHunk[]; rest: number } {
  const hunks: DiffHunk[] = [];
  let end = 0;
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at]?.kind === 'same') continue;
    const begin = Math.max(end, at - context);
    let last = at;
    for (let next = at + 1; next < lines.length && next <= last + 2 * context + 1; next += 1)
      if (lines[next]?.kind !== 'same') last = next;
    const stop = Math.min(lines.length, last + context + 1);
    hunks.push({ skipped: begin - end, lines: lines.slice(begin, stop) });
    end = stop;
    at = stop - 1;
  }
  return { hunks, rest: lines.length - end };
}

/** How many lines came and went. */
export function diffCount(lines: readonly DiffLine[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const line of lines) {
    if (line.kind === 'added') added += 1;
    else if (line.kind === 'removed') removed += 1;
  }
  return { added, removed };
}
