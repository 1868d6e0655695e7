import { describe, expect, it } from 'vitest';
import { treeKey, treeTypeahead } from '../../../renderer/parts/tree.ts';
import type { TreeRow } from '../../../renderer/parts/tree.ts';

const row = (key: string, level: number, expanded?: boolean): TreeRow<string> => ({
  key,
  level,
  expanded,
  position: 1,
  siblings: 1,
  name: key,
  item: key,
});
const rows = [row('desk', 1, true), row('web-1', 2), row('web-2', 2), row('lab', 1, false)];

describe('a tree by keyboard', () => {
  it('walks with the arrows, Home and End and stops at the ends', () => {
    expect(treeKey(rows, 'desk', 'ArrowDown', 5)).toEqual({ kind: 'go', key: 'web-1' });
    expect(treeKey(rows, 'desk', 'ArrowUp', 5)).toEqual({ kind: 'go', key: 'desk' });
    expect(treeKey(rows, 'desk', 'End', 5)).toEqual({ kind: 'go', key: 'lab' });
    expect(treeKey(rows, 'lab', 'ArrowDown', 5)).toEqual({ kind: 'go', key: 'lab' });
    expect(treeKey(rows, undefined, 'ArrowUp', 5)).toEqual({ kind: 'go', key: 'desk' });
  });

  it('opens a branch with Right, then goes into it', () => {
    expect(treeKey(rows, 'lab', 'ArrowRight', 5)).toEqual({ kind: 'expand', key: 'lab' });
    expect(treeKey(rows, 'desk', 'ArrowRight', 5)).toEqual({ kind: 'go', key: 'web-1' });
    expect(treeKey(rows, 'web-1', 'ArrowRight', 5)).toBeUndefined();
  });

  it('closes a branch with Left, and goes to the parent from a leaf', () => {
    expect(treeKey(rows, 'desk', 'ArrowLeft', 5)).toEqual({ kind: 'collapse', key: 'desk' });
    expect(treeKey(rows, 'web-2', 'ArrowLeft', 5)).toEqual({ kind: 'go', key: 'desk' });
  });

  it('shows with Enter and Space', () => {
    expect(treeKey(rows, 'web-2', 'Enter', 5)).toEqual({ kind: 'open', key: 'web-2' });
    expect(treeKey(rows, 'web-2', ' ', 5)).toEqual({ kind: 'open', key: 'web-2' });
  });

  it('finds a row by its first letters, one after the other', () => {
    expect(treeTypeahead(rows, 'desk', 'w')).toBe('web-1');
    expect(treeTypeahead(rows, 'web-1', 'w')).toBe('web-2');
    expect(treeTypeahead(rows, 'web-2', 'w')).toBe('web-1');
    expect(treeTypeahead(rows, 'web-1', 'web-2')).toBe('web-2');
    expect(treeTypeahead(rows, 'web-1', 'x')).toBeUndefined();
  });
});
