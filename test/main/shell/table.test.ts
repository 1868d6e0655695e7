import { describe, expect, it } from 'vitest';
import { formatTable, printable, textWidth } from '../../../main/shell/table.ts';

describe('a table in the terminal', () => {
  it('has the shape of virsh list', () => {
    expect(
      formatTable(
        ['Id', 'Name', 'State'],
        [
          ['1', 'test', 'running'],
          ['-', 'old', 'shut off'],
        ],
      ),
    ).toBe(
      [
        ' Id   Name   State',
        '-----------------------',
        ' 1    test   running',
        ' -    old    shut off',
        '',
      ].join('\n'),
    );
  });

  it('keeps its rule when there are no rows', () => {
    expect(formatTable(['Id', 'Name', 'State'], [])).toBe(' Id   Name   State\n--------------------\n');
  });

  it('is only rows when quiet', () => {
    expect(formatTable(['Id', 'Name'], [['1', 'a']], true)).toBe(' 1   a\n');
  });

  it('lines up names in Chinese, whose letters are two columns wide', () => {
    expect(textWidth('测试机')).toBe(6);
    const [, , first, second] = formatTable(
      ['Name', 'State'],
      [
        ['测试机', 'a'],
        ['abcdef', 'b'],
      ],
    ).split('\n');
    expect(textWidth(first ?? '')).toBe(textWidth(second ?? ''));
  });

  it('lets no control character of a name reach the terminal', () => {
    expect(printable('evil\u001b[2Jname\r\n')).toBe('evil\\x1b[2Jname\\x0d\\x0a');
  });
});
