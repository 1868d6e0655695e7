import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core';

export const chromiumPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (path) => existsSync(path),
);

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchChromium(): Promise<Browser> {
  if (chromiumPath === undefined)
    throw new Error('no Chromium on this machine: install the package chromium');
  return chromium.launch({ executablePath: chromiumPath, headless: true, args });
}

/** What a page must never do: throw, log an error, break the content security policy. */
export interface Complaints {
  list: string[];
}

export interface OpenOptions {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
}

/** A fresh profile with one page on the app, logged in by the URL's token. */
export async function openPage(
  browser: Browser,
  url: string,
  options: OpenOptions = {},
): Promise<{ context: BrowserContext; page: Page; complaints: Complaints }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.theme ?? 'light',
    reducedMotion: 'reduce',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const complaints: Complaints = { list: [] };
  page.on('pageerror', (error) => complaints.list.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.list.push(`console: ${message.text()}`);
  });
  await page.goto(url);
  return { context, page, complaints };
}
