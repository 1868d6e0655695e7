import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk, soon, table, tree, treeItem, windowTab } from './desk.ts';
import { screenOf, typedOn } from './guest-screen.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => closeDesk(desk));

const press = async (...keys: string[]) => {
  for (const key of keys) await desk.page.keyboard.press(key);
};
const type = (text: string) => desk.page.keyboard.type(text);
/** Goes on with Tab until the keyboard is at the control of this name. */
async function tabTo(name: string): Promise<void> {
  for (let times = 0; times < 40; times += 1) {
    await press('Tab');
    const at = await desk.page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent.trim() ?? '';
    });
    if (at === name) return;
  }
  throw new Error(`Tab never reaches “${name}”`);
}

describe('a day without a mouse', () => {
  it('begins with a host from the palette', async () => {
    const { page } = desk;
    await press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).waitFor();
    await type('add host');
    await press('Enter');
    await page.getByRole('dialog', { name: 'Add a host' }).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.textContent)).toBe('This computer');
    await press('ArrowLeft', 'Tab');
    await type('test:///showcase');
    await press('Enter');
    await table(page).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Test hypervisor' }).waitFor();
  });

  it('finds a machine by the filter and opens it from the tree', async () => {
    const { page } = desk;
    await press('Control+f');
    await type('web-0');
    await treeItem(page, /db-primary/).waitFor({ state: 'detached' });
    await press('ArrowDown', 'End', 'Home', 'ArrowDown');
    await press('Enter');
    await page.getByRole('heading', { level: 1, name: 'web-01' }).waitFor();
    await press('Control+f', 'Escape');
    await treeItem(page, /db-primary/).waitFor();
  });

  it('types into its screen and comes out again', async () => {
    const { page } = desk;
    const screen = screenOf(page, 'web-01');
    await soon(() => typedOn(screen)).toBe('');
    await tabTo('Screen of web-01');
    await press('Enter');
    await page.getByText('gives the keyboard back').waitFor();
    await type('no mouse');
    await soon(() => typedOn(screen)).toBe('no mouse');
    await desk.page.keyboard.down('Control');
    await desk.page.keyboard.down('Alt');
    await desk.page.keyboard.up('Alt');
    await desk.page.keyboard.up('Control');
    await page.getByText('VNC · 640 × 400').waitFor();
  });

  it('goes through the pages of a machine by arrows', async () => {
    const { page } = desk;
    await page.getByRole('tab', { name: 'Console' }).focus();
    await press('ArrowRight');
    await page.getByRole('textbox', { name: 'Notes' }).waitFor();
    await press('End');
    await page.getByRole('textbox', { name: 'XML document' }).waitFor();
    await press('Home');
    await screenOf(page, 'web-01').waitFor();
  });

  it('pauses from the palette and sees why something else cannot be done', async () => {
    const { page } = desk;
    await press('Control+k');
    await type('pause');
    await press('Enter');
    await treeItem(page, /Paused web-01/).waitFor();
    await press('Control+k');
    await type('pause');
    const option = page.getByRole('option', { name: /^Pause/ }).first();
    expect(await option.getAttribute('aria-disabled')).toBe('true');
    await press('Escape');
    await press('Control+k');
    await type('resume');
    await press('Enter');
    await treeItem(page, /Running web-01/).waitFor();
  });

  it('uses a menu by the menu key and its letters', async () => {
    const { page } = desk;
    await tree(page).focus();
    await press('ContextMenu');
    await page.getByRole('menu', { name: 'web-01' }).waitFor();
    await press('ArrowDown');
    await type('tit');
    await press('Enter');
    await page.getByRole('dialog', { name: 'Title and notes of web-01' }).waitFor();
    await press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await soon(() => tree(page).evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('changes tabs by number and order, and closes them', async () => {
    const { page } = desk;
    const current = () =>
      page
        .getByRole('tablist', { name: 'Open tabs' })
        .getByRole('tab', { selected: true })
        .getAttribute('aria-label');
    await press('Alt+1');
    await soon(current).toBe('Welcome');
    await press('Control+PageDown');
    await soon(current).toBe('Test hypervisor');
    await press('Control+PageUp');
    await soon(current).toBe('Welcome');
    await press('Control+w');
    await windowTab(page, 'Welcome').waitFor({ state: 'detached' });
  });

  it('keeps the keyboard inside an open dialog and gives it back to where it was', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Add host…' }).first().focus();
    await press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Add a host' });
    await dialog.waitFor();
    for (let times = 0; times < 15; times += 1) {
      await press('Tab');
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
    }
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await soon(() => page.evaluate(() => document.activeElement?.textContent.trim())).toBe('Add host…');
  });

  it('hides and shows the sidebar and the tasks', async () => {
    const { page } = desk;
    await press('Control+b');
    await tree(page).waitFor({ state: 'detached' });
    await press('Control+b');
    await tree(page).waitFor();
    await press('Control+j');
    await page.getByRole('region', { name: 'Tasks' }).waitFor();
    await press('Control+j');
    await page.getByRole('region', { name: 'Tasks' }).waitFor({ state: 'detached' });
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
