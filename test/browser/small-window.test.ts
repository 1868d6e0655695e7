import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Desk, addHost, closeDesk, openDesk, soon } from './desk.ts';
import { picture } from './look.ts';
import { unreachable } from './reachable.ts';

const longName = /^(?:Off|已关机) ?a-name-that-somebody/;

/** Its tree is called as the language wants it. */
const treeItem = (page: Page, name: RegExp) => page.getByRole('tree').getByRole('treeitem', { name });

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ width: 800, height: 600, hosts: { Office: 'test:///showcase' } });
});
afterAll(() => closeDesk(desk));

/** What sticks out of the window, or can only be seen by scrolling sideways. Editors and terminals may. */
const sideways = (page: Page): Promise<string[]> =>
  page.locator('main').evaluate((main) => {
    const found: string[] = [];
    for (const element of main.querySelectorAll<HTMLElement>('*')) {
      if (!element.checkVisibility({ visibilityProperty: true })) continue;
      if (element.closest('.cm-editor, .xterm, .sr, [inert]')) continue;
      const name = `${element.tagName}.${element.classList.value}`;
      const { overflowX } = getComputedStyle(element);
      if (/auto|scroll/.test(overflowX) && element.scrollWidth > element.clientWidth + 1)
        found.push(`${name} scrolls sideways`);
      const { right, width } = element.getBoundingClientRect();
      if (width > 0 && right > innerWidth + 1 && !element.closest('.midcut, .cut'))
        found.push(`${name} ends at ${String(Math.round(right))}`);
    }
    return found;
  });

async function fits(page: Page, name: string): Promise<void> {
  await picture(page, `small-${name}`);
  expect({ name, lost: await unreachable(page), beyond: await sideways(page) }).toEqual({
    name,
    lost: [],
    beyond: [],
  });
}

async function speak(page: Page, language: string): Promise<void> {
  await page.keyboard.press('Control+,');
  await page.getByRole('combobox', { name: /^(Language|语言)/ }).click();
  await page.getByRole('option', { name: language }).click();
  await soon(() => page.evaluate(() => document.documentElement.lang)).toBe(
    language === 'English' ? 'en' : 'zh-CN',
  );
}

it.each(['简体中文', 'English'])('a window of 800 × 600 shows all of it, in %s', async (language) => {
  const { page } = desk;
  await speak(page, language);
  await page.getByRole('tab', { name: 'Office', exact: true }).click();
  await page.getByRole('grid').waitFor();
  await fits(page, `host-${language}`);
  for (const machine of [/db-primary/, longName]) {
    await treeItem(page, machine).click();
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    for (const part of await page.locator('main .subtab:visible').all()) {
      await part.click();
      await fits(page, `machine-${language}`);
    }
  }
});

it('a button without room for its word has it as its tooltip', async () => {
  const { page } = desk;
  await treeItem(page, /db-primary/).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).hover();
  await page.locator('[role=tooltip]', { hasText: 'Pause' }).waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
});

it('the page of a machine whose host is away leaves the tasks at the bottom of the window', async () => {
  const { page } = desk;
  const tasks = page.getByRole('region', { name: 'Tasks' });
  await treeItem(page, longName).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: /^Delete/ })
    .click();
  await tasks.waitFor();
  await treeItem(page, /db-primary/).click();
  await treeItem(page, /^Office/).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Disconnect' }).click();
  await page.getByRole('heading', { level: 2, name: 'Office is not connected' }).waitFor();
  await picture(page, 'machine-away');
  const box = await tasks.boundingBox();
  const bar = await page.getByRole('contentinfo').boundingBox();
  expect(Math.round((box?.y ?? 0) + (box?.height ?? 0))).toBe(Math.round(bar?.y ?? 0));
});

it('a name of 200 letters without a break stays in the window', async () => {
  const { page, folders } = desk;
  const name = 'x'.repeat(200);
  const world = join(folders.files, 'long.xml');
  await writeFile(
    world,
    `<node xmlns:test='http://libvirt.org/schemas/domain/test/1.0'><domain type='test'><name>${name}</name>
     <memory unit='MiB'>64</memory><os><type>hvm</type></os><devices><graphics type='vnc'/></devices><test:runstate>5</test:runstate></domain></node>`,
  );
  await addHost(page, `test://${world}`, 'Long');
  await treeItem(page, /xxxxx/).click();
  await page.getByRole('heading', { level: 2, name: `${name} is off` }).waitFor();
  await fits(page, 'long-name');
});

it('caused no error and no violation of the page’s policy', () => {
  expect(desk.complaints.list).toEqual([]);
});
