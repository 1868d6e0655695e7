import { afterEach, describe, expect, it } from 'vitest';
import { table } from '../../../main/catalog/table.ts';
import { i18n } from '../../../renderer/i18n/index.svelte.ts';
import { systemTitle } from '../../../renderer/pages/create/system-words.ts';

afterEach(() => i18n.use('en'));

describe('what a system is called', () => {
  it('is in English what the catalog says', () => {
    for (const { id, name } of table) expect(systemTitle(id, name)).toBe(name);
  });

  it('is in Chinese another word only for those that are no product', async () => {
    await i18n.use('zh-CN');
    const other = table.filter(({ id, name }) => systemTitle(id, name) !== name);
    expect(other.map(({ name }) => name)).toEqual(['Generic Linux', 'Unknown system']);
    expect(other.map(({ id, name }) => systemTitle(id, name))).toEqual(['通用 Linux', '未知系统']);
  });
});
