import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Desk,
  closeDesk,
  drawnNames,
  machineRow,
  openDesk,
  soon,
  table,
  tree,
  treeItem,
  windowTab,
} from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({
    hosts: {
      Thousand: 'test:///generate?domains=1000&seed=7&running=0.4',
      Office: 'test:///showcase?fail=shutdown:web-01',
    },
  });
});
afterAll(() => closeDesk(desk));

const state = (name: string) => machineRow(desk.page, name).getByRole('gridcell').nth(1).textContent();
const header = (name: string) => table(desk.page).getByRole('columnheader', { name });
const select = (name: string) => machineRow(desk.page, name).getByRole('checkbox').click();
const bar = () => desk.page.getByRole('toolbar', { name: /selected$/ });
const chooseState = async (from: string, to: string) => {
  await desk.page.getByRole('combobox', { name: `State: ${from}` }).click();
  await desk.page.getByRole('option', { name: to, exact: true }).click();
};
const selected = () => table(desk.page).getByRole('row', { selected: true }).count();

describe('the table of virtual machines', () => {
  it('is sorted by name, the other way round by a click, and by any other column', async () => {
    await soon(() => header('Name').getAttribute('aria-sort')).toBe('ascending');
    const names = await drawnNames(desk.page);
    expect(names).toHaveLength(13);
    await header('Name').getByRole('button').click();
    await soon(() => header('Name').getAttribute('aria-sort')).toBe('descending');
    expect(await drawnNames(desk.page)).toEqual([...names].reverse());
    await header('Memory, GiB').getByRole('button').click();
    await soon(async () => (await drawnNames(desk.page))[0]).toBe('db-primary');
    await header('Name').getByRole('button').click();
  });

  it('filters by words, and says when nothing fits', async () => {
    const filter = desk.page.getByRole('searchbox', { name: 'Filter list' });
    await filter.fill('web');
    await soon(() => drawnNames(desk.page)).toEqual(['web-01', 'web-02']);
    await filter.fill('東京');
    await soon(() => drawnNames(desk.page)).toEqual(['测试服务器-ü-東京']);
    await filter.fill('no such machine');
    await desk.page.getByText('No virtual machine fits the filter').waitFor();
    await desk.page.getByRole('button', { name: 'Clear the filter' }).click();
    await soon(async () => (await drawnNames(desk.page)).length).toBe(13);
  });

  it('filters by state', async () => {
    await chooseState('All states', 'Paused');
    await soon(() => drawnNames(desk.page)).toEqual(['windows-11']);
    await chooseState('Paused', 'Saved');
    await soon(() => drawnNames(desk.page)).toEqual(['win-server-2022']);
    await chooseState('Saved', 'All states');
    await soon(async () => (await drawnNames(desk.page)).length).toBe(13);
  });

  it('leaves out columns and takes them back, for every window', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'System' }).click();
    await header('System').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    const other = await desk.context.newPage();
    await other.goto(desk.app.origin);
    const there = table(other).getByRole('columnheader', { name: /^(Name|System)$/ });
    await soon(() => there.allTextContents().then((all) => all.map((each) => each.trim()))).toEqual(['Name']);
    await other.close();
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name: 'System' }).click();
    await page.keyboard.press('Escape');
    await header('System').waitFor();
  });

  it('draws curves and figures of what runs', async () => {
    await soon(() => machineRow(desk.page, 'db-primary').textContent()).toMatch(/\d+ %.*\d+(\.\d)? \/ 16/);
  });
});

describe('choosing many', () => {
  it('with the mouse: one, one more with Ctrl, a range with Shift, all by the box', async () => {
    const { page } = desk;
    const row = (name: string) => machineRow(page, name);
    const position = { x: 60, y: 14 };
    await row('web-01').click({ position });
    await soon(selected).toBe(1);
    await row('db-primary').click({ position, modifiers: ['Control'] });
    await soon(selected).toBe(2);
    const names = await drawnNames(page);
    await row(names[1] ?? '').click({ position });
    await row(names[4] ?? '').click({ position, modifiers: ['Shift'] });
    await soon(selected).toBe(4);
    await bar().getByText('4 selected').waitFor();
    await table(page).getByRole('checkbox', { name: 'Select all' }).click();
    await soon(selected).toBe(13);
    await bar().getByRole('button', { name: 'Clear selection' }).click();
    await soon(selected).toBe(0);
  });

  it('with the keyboard alone', async () => {
    const { page } = desk;
    await table(page).focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await soon(selected).toBe(3);
    await page.keyboard.press('Control+a');
    await soon(selected).toBe(13);
    await page.keyboard.press('Escape');
    await soon(selected).toBe(0);
  });
});

describe('acting on many', () => {
  it('pauses and resumes all that run', async () => {
    await select('web-01');
    await select('db-primary');
    await bar().getByRole('button', { name: 'Pause' }).click();
    await soon(() => state('web-01')).toBe('Paused');
    await soon(() => state('db-primary')).toBe('Paused');
    await bar().getByRole('button', { name: 'Resume' }).click();
    await soon(() => state('web-01')).toBe('Running');
    await soon(() => state('db-primary')).toBe('Running');
  });

  it('starts those that are off, leaving out those that run', async () => {
    await select('web-02');
    await bar().getByText('3 selected').waitFor();
    await bar().getByRole('button', { name: 'Start' }).click();
    await soon(() => state('web-02')).toBe('Running');
  });

  it('shuts down all it can, and says at the machine why another one refused', async () => {
    const { page } = desk;
    await bar().getByRole('button', { name: 'Shut down' }).click();
    await soon(() => state('web-02')).toBe('Off');
    await soon(() => state('db-primary')).toBe('Off');
    await soon(() => state('web-01')).not.toMatch(/Shutting/);
    await machineRow(page, 'web-01').getByRole('button', { name: 'Show' }).click();
    const dialog = page.getByRole('dialog', { name: 'web-01' });
    await dialog.getByRole('alert').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('greys out what none of them can do, with the reason', async () => {
    await bar().getByRole('button', { name: 'Clear selection' }).click();
    await select('web-02');
    const pause = bar().getByRole('button', { name: 'Pause' });
    expect(await pause.getAttribute('aria-disabled')).toBe('true');
    expect(await pause.getAttribute('aria-description')).toMatch(/not running|is off|not active|must run/i);
  });

  it('asks before it cuts the power, and names what is lost', async () => {
    const { page } = desk;
    await select('web-02');
    await select('build-runner');
    await bar().getByRole('button', { name: 'Other ways to stop' }).click();
    await page.getByRole('menuitem', { name: 'Force off…' }).click();
    const question = page.getByRole('alertdialog', { name: 'Force build-runner off?' });
    await question.getByText('as if its power was cut').waitFor();
    await question.getByRole('button', { name: 'Cancel' }).click();
    expect(await state('build-runner')).toBe('Running');
    await page.keyboard.press('Escape');
    await bar().getByRole('button', { name: 'Clear selection' }).click();
  });
});

describe('menus', () => {
  it('opens a machine’s menu in the table by the right button and by the keyboard', async () => {
    const { page } = desk;
    await machineRow(page, 'freebsd-router').click({ button: 'right', position: { x: 200, y: 14 } });
    const menu = page.getByRole('menu', { name: 'freebsd-router' });
    await menu.getByRole('menuitem', { name: 'Pause', exact: true }).waitFor();
    expect(await menu.getByRole('menuitem', { name: /^Start paused/ }).getAttribute('aria-disabled')).toBe(
      'true',
    );
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
    await table(page).focus();
    await page.keyboard.press('ContextMenu');
    await menu.waitFor();
    await page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
  });

  it('pauses by the tree’s menu, and the tree shows it', async () => {
    const { page } = desk;
    await treeItem(page, /freebsd-router/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Pause', exact: true }).click();
    await treeItem(page, /Paused freebsd-router/).waitFor();
    await treeItem(page, /freebsd-router/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Resume' }).click();
    await treeItem(page, /Running freebsd-router/).waitFor();
  });

  it('renames a machine by F2 in the tree', async () => {
    const { page } = desk;
    await treeItem(page, /web-02/).click();
    await tree(page).focus();
    await page.keyboard.press('F2');
    const dialog = page.getByRole('dialog', { name: 'Rename web-02' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web-01');
    await dialog.getByText('Office already has a virtual machine called web-01.').waitFor();
    await dialog.getByRole('textbox', { name: 'Name' }).fill('web-zwei');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await treeItem(page, /web-zwei/).waitFor();
    await windowTab(page, /web-zwei/).waitFor();
  });
});

describe('a thousand virtual machines', () => {
  beforeAll(async () => {
    await windowTab(desk.page, 'Thousand').click();
    await desk.page.getByRole('heading', { level: 1, name: 'Thousand' }).waitFor();
  });

  it('are told as a thousand, and only those in sight are drawn', async () => {
    await soon(() => table(desk.page).getAttribute('aria-rowcount')).toBe('1001');
    expect((await drawnNames(desk.page)).length).toBeLessThan(80);
  });

  it('scroll to the last one and back by the keyboard', async () => {
    const { page } = desk;
    await header('Name').getByRole('button').click();
    await table(page).focus();
    await page.keyboard.press('End');
    await table(page).getByRole('row').and(page.locator('[aria-rowindex="1001"]')).waitFor();
    await page.keyboard.press('Home');
    await table(page).getByRole('row').and(page.locator('[aria-rowindex="2"]')).waitFor();
    await page.keyboard.press('Escape');
  });

  it('scroll by the wheel, with rows everywhere', async () => {
    const { page } = desk;
    const box = await table(page).boundingBox();
    await page.mouse.move((box?.x ?? 0) + 200, (box?.y ?? 0) + 200);
    const first = (await drawnNames(page))[0];
    for (let turn = 0; turn < 20; turn += 1) await page.mouse.wheel(0, 700);
    await soon(async () => (await drawnNames(page)).includes(first ?? '')).toBe(false);
    expect((await drawnNames(page)).length).toBeGreaterThan(15);
  });

  it('are filtered by a word and by state together', async () => {
    const { page } = desk;
    const filter = page.getByRole('searchbox', { name: 'Filter list' });
    await filter.fill('db-');
    await chooseState('All states', 'Running');
    await soon(async () => Number(await table(page).getAttribute('aria-rowcount'))).toBeLessThan(120);
    const names = await drawnNames(page);
    expect(names.length).toBeGreaterThan(5);
    expect(names.every((name) => name.startsWith('db-'))).toBe(true);
    await chooseState('Running', 'All states');
    await filter.fill('');
  });

  it('are found in the tree by its filter, whose hosts stay to be seen', async () => {
    const { page } = desk;
    const filter = page.getByRole('searchbox', { name: 'Filter hosts and virtual machines' });
    await filter.fill('freebsd');
    await treeItem(page, /freebsd-router/).waitFor();
    await treeItem(page, 'Office').waitFor();
    expect(await treeItem(page, 'Thousand').count()).toBe(0);
    await filter.fill('zzzz');
    await page.getByText('Nothing matches “zzzz”').waitFor();
    await filter.press('Escape');
    await treeItem(page, 'Thousand').waitFor();
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(desk.complaints.list).toEqual([]);
});
