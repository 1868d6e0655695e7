import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOwnLink, links } from '../../main/links.ts';
import { appInFolder, type AppInFolder } from '../main/app-in-folder.ts';

let self: AppInFolder;
beforeAll(async () => {
  self = await appInFolder();
});
afterAll(() => self.end());

describe('row 9: pages that are opened in the browser', () => {
  it('are main’s own, letter for letter', () => {
    for (const url of Object.values(links)) {
      expect(isOwnLink(url)).toBe(true);
      for (const other of [
        `${url}/`,
        `${url}#x`,
        `${url}?x`,
        ` ${url}`,
        url.toUpperCase(),
        url.replace('https', 'http'),
      ]) {
        expect(isOwnLink(other)).toBe(false);
      }
      expect(isOwnLink(url.replace('https://', 'https://evil.example@'))).toBe(false);
    }
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.constantFrom('file:///etc/passwd', 'javascript:alert(1)', 'ms-settings:', 'smb://x'),
        ),
        (url) => {
          expect(isOwnLink(url)).toBe((Object.values(links) as string[]).includes(url));
        },
      ),
    );
  });

  it('are asked for by name: neither an address nor a name of the language opens anything', async () => {
    const open = self.client.app.openLink as unknown as (input: unknown) => Promise<void>;
    for (const link of [
      'https://evil.example/',
      links.licence,
      'file:///etc/passwd',
      '__proto__',
      'constructor',
      'toString',
      '',
      7,
      null,
      ['licence'],
    ]) {
      await expect(open({ link })).rejects.toBeInstanceOf(Error);
    }
    await expect(open({ link: 'licence', url: 'https://evil.example/' })).rejects.toBeInstanceOf(Error);
    expect(self.opened).toEqual([]);
    await open({ link: 'licence' });
    expect(self.opened).toEqual([links.licence]);
  });
});
