import { afterEach, describe, expect, it } from 'vitest';
import { errorCodes } from '../../../drivers/api/errors.ts';
import { reasonText } from '../../../drivers/api/operations.ts';
import { en } from '../../../renderer/i18n/en.ts';
import { bytes, duration, gibibytes, percent, rate } from '../../../renderer/i18n/formats.ts';
import { i18n, preferredLanguage, t } from '../../../renderer/i18n/index.svelte.ts';
import { zhCN } from '../../../renderer/i18n/zh-CN.ts';

/** Every text of a language by its path; functions as they are. */
function leaves(value: unknown, path = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, each]) => leaves(each, path === '' ? key : `${path}.${key}`));
}

afterEach(() => i18n.use('en'));

describe('texts', () => {
  it('are the same set in both languages, none of them empty', () => {
    const [english, chinese] = [leaves(en), leaves(zhCN)];
    expect(chinese.map(([path]) => path)).toEqual(english.map(([path]) => path));
    for (const [path, text] of [...english, ...chinese])
      if (typeof text === 'string') expect(text.trim(), path).not.toBe('');
  });

  it('say in English exactly what the vocabulary says about reasons, and have a title for every error', () => {
    expect(en.model.reason).toEqual(reasonText);
    for (const code of errorCodes) {
      expect(en.model.errorTitle[code], code).toBeTruthy();
      expect(zhCN.model.errorTitle[code], code).not.toBe(en.model.errorTitle[code]);
    }
  });

  it('use full-width punctuation between Chinese characters', () => {
    const han = /[\u4e00-\u9fff][,;:?!][\u4e00-\u9fff]/;
    for (const [path, text] of leaves({
      app: zhCN.app,
      list: zhCN.list,
      model: zhCN.model,
      parts: zhCN.parts,
    }))
      if (typeof text === 'string') expect(text, path).not.toMatch(han);
  });

  it('follow the chosen language at once, in the document too', async () => {
    expect(t.app.action.start).toBe('Start');
    await i18n.use('zh-CN');
    expect(t.app.action.start).toBe('启动');
    expect(document.documentElement.lang).toBe('zh-CN');
    await i18n.use('en');
    expect(t.app.action.start).toBe('Start');
  });

  it('take the last word when the language is changed twice in a row', async () => {
    await Promise.all([i18n.use('zh-CN'), i18n.use('en')]);
    expect(i18n.language).toBe('en');
  });

  it('come in the first language of the system that we have', () => {
    expect(preferredLanguage(['fr-FR', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(preferredLanguage(['de', 'fr'])).toBe('en');
    expect(preferredLanguage([])).toBe('en');
  });
});

describe('numbers', () => {
  it('have units a person knows', () => {
    expect(bytes(0)).toBe('0 B');
    expect(bytes(512 * 1024 ** 2)).toBe('512 MiB');
    expect(bytes(18.2 * 1024 ** 3)).toBe('18.2 GiB');
    expect(bytes(1024 ** 3 - 1)).toBe('1 GiB');
    expect(rate(12_400_000)).toBe('12.4 MB/s');
    expect(gibibytes(8 * 1024 ** 3)).toBe('8');
    expect(gibibytes(2.25 * 1024 ** 3)).toMatch(/^2\.[23]$/);
    expect(percent(0.376)).toBe('38 %');
  });

  it('tell a time in at most two units', () => {
    expect(duration(0)).toBe('0 sec');
    expect(duration(59.6)).toBe('1 min');
    expect(duration(3_725)).toBe('1 hr 2 min');
    expect(duration(12 * 86_400 + 4 * 3_600 + 5)).toBe('12 days 4 hr');
  });
});
