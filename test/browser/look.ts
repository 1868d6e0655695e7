import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Page } from 'playwright-core';
import { barriers } from './barriers.ts';
import { soon } from './desk.ts';
import { unreachable } from './reachable.ts';

const screenshots = fileURLToPath(new URL('../../screenshots/', import.meta.url));

export function picture(page: Page, name: string): Promise<Buffer> {
  mkdirSync(screenshots, { recursive: true });
  return page.screenshot({ path: `${screenshots}${name}.png`, animations: 'disabled' });
}

export async function inTheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await soon(() => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches)).toBe(
    colorScheme === 'dark',
  );
}

/** Takes its picture in both themes; answers what hinders people in either. The light one stays. */
export async function seen(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['dark', 'light'] as const) {
    await inTheme(page, theme);
    await picture(page, `${name}-${theme}`);
    found.push(...(await barriers(page)).map((each) => `${theme}: ${each}`));
  }
  return [...found, ...(await unreachable(page))];
}
