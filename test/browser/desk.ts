import { type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';
import { type RunningApp, startApp } from '../lab/app.ts';
import { type Complaints, launchChromium, openPage } from '../lab/chromium.ts';
import { type Folders, makeFolders, removeFolders } from '../lab/folders.ts';

/** One person's computer: Guestroom runs on it and its window is open. Each test file has its own. */
export interface Desk {
  folders: Folders;
  app: RunningApp;
  browser: Browser;
  context: BrowserContext;
  page: Page;
  /** Errors and violations of the content security policy that the window's console told of. */
  complaints: Complaints;
}

export interface DeskOptions {
  theme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** Hosts that are added at once, name → URI; the tab of the last one is shown. */
  hosts?: Readonly<Record<string, string>>;
  /** More for the environment that Guestroom runs in. */
  env?: Record<string, string>;
}

export async function openDesk({ hosts = {}, env = {}, ...look }: DeskOptions = {}): Promise<Desk> {
  const folders = await makeFolders();
  const app = await startApp(folders, { env });
  const browser = await launchChromium();
  const window = await openPage(browser, app.url, look);
  // long for a window that works, short for a test that does not
  window.context.setDefaultTimeout(10_000);
  const desk = { folders, app, browser, ...window };
  await desk.page.getByRole('tab', { name: 'Welcome' }).waitFor();
  for (const [name, uri] of Object.entries(hosts)) await addHost(desk.page, uri, name);
  return desk;
}

export async function closeDesk(desk: Desk | undefined): Promise<void> {
  if (!desk) return;
  await desk.browser.close();
  await desk.app.stop();
  await removeFolders(desk.folders);
}

/** Waits until what is read satisfies the assertion; fails with its last word after 15 s. */
export const soon = <Value>(read: () => Value | Promise<Value>) =>
  expect.poll(read, { timeout: 15_000, interval: 40 });

/** As a person adds one: by the dialog, and waits for its page. */
export async function addHost(page: Page, uri: string, name = ''): Promise<void> {
  await page.getByRole('button', { name: 'Add host…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Add a host' });
  await dialog.getByRole('radio', { name: 'Other' }).click();
  await dialog.getByRole('textbox', { name: 'Connection' }).fill(uri);
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
  await dialog.getByRole('button', { name: 'Add and connect' }).click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: /^Virtual machines/ }).waitFor();
  if (name !== '') await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

export const tree = (page: Page): Locator => page.getByRole('tree', { name: 'Hosts' });
export const treeItem = (page: Page, name: string | RegExp): Locator =>
  tree(page).getByRole('treeitem', { name });

export const table = (page: Page): Locator => page.getByRole('grid', { name: /^Virtual machines on / });
/** The row of a machine, which its checkbox names. */
export const machineRow = (page: Page, name: string): Locator =>
  table(page)
    .getByRole('row')
    .filter({ has: page.getByRole('checkbox', { name: `Select ${name}`, exact: true }) });

/** A tab of the window itself, not one inside a page. */
export const windowTab = (page: Page, name: string | RegExp): Locator =>
  page.getByRole('tablist', { name: 'Open tabs' }).getByRole('tab', { name });

/** Names of the machines that the table draws, from top to bottom. */
export async function drawnNames(page: Page): Promise<string[]> {
  const boxes = table(page).getByRole('checkbox', { name: /^Select (?!all)/ });
  const found = await boxes.evaluateAll((all) =>
    all.map((box) => ({
      name: (box.getAttribute('aria-label') ?? '').slice('Select '.length),
      at: box.getBoundingClientRect().top,
    })),
  );
  return found.sort((a, b) => a.at - b.at).map(({ name }) => name);
}

/** Opens a machine's page from the table. */
export async function openMachine(page: Page, name: string): Promise<void> {
  await machineRow(page, name).dblclick({ position: { x: 60, y: 14 } });
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

/** The page of a machine's that is named: Console, Overview, … */
export async function showPart(page: Page, part: string): Promise<void> {
  await page
    .getByRole('tablist', { name: 'Pages of this virtual machine' })
    .getByRole('tab', { name: part })
    .click();
}
