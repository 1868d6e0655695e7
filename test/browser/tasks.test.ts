import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../lab/app.ts';
import {
  type Desk,
  addHost,
  closeDesk,
  machineRow,
  openDesk,
  soon,
  table,
  treeItem,
  windowTab,
} from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({
    hosts: {
      Slow: 'test:///showcase?pace=400&instance=slow',
      Office: 'test:///showcase?fail=managedSave:build-runner&pace=5',
    },
  });
});
afterAll(() => closeDesk(desk));

const drawer = () => desk.page.getByRole('region', { name: 'Tasks' });
const task = (name: string) => drawer().getByRole('listitem').filter({ hasText: name });
const save = async (host: string, machine: string) => {
  await windowTab(desk.page, host).click();
  await machineRow(desk.page, machine).click({ button: 'right', position: { x: 200, y: 14 } });
  await desk.page.getByRole('menuitem', { name: 'Save state', exact: true }).click();
};

describe('long work', () => {
  it('is listed below the page with its progress, and can be cancelled', async () => {
    const { page } = desk;
    await page.keyboard.press('Control+j');
    await drawer().getByText('No tasks').waitFor();
    await save('Slow', 'web-01');
    const row = task('Save the state of web-01');
    await row.getByRole('progressbar').waitFor();
    await soon(() => row.textContent()).toMatch(/[1-9]\d? %/);
    await row.getByRole('button', { name: 'Cancel' }).click();
    await row.getByText('Cancelled').waitFor();
    await soon(() => machineRow(page, 'web-01').textContent()).toContain('Running');
  });

  it('ends with its result', async () => {
    await save('Office', 'web-01');
    await drawer().getByRole('listitem').filter({ hasText: 'Done' }).waitFor();
    await soon(() => machineRow(desk.page, 'web-01').textContent()).toContain('Saved');
  });

  it('that failed says why, what to do, and how to tell others', async () => {
    const { page } = desk;
    await save('Office', 'build-runner');
    const row = task('Save the state of build-runner');
    await row.getByRole('img', { name: 'Failed' }).waitFor();
    await row.getByRole('button', { name: 'Details' }).click();
    const dialog = page.getByRole('dialog', { name: 'Save the state of build-runner' });
    expect((await dialog.getByRole('alert').textContent())?.length).toBeGreaterThan(20);
    await dialog.getByRole('button', { name: 'Copy the error' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('that failed can be asked for its details in a window of any width', async () => {
    const { page } = desk;
    const row = task('Save the state of build-runner');
    const box = () => row.getByRole('button', { name: 'Details' }).boundingBox();
    for (const width of [1280, 1100, 900, 720]) {
      await page.setViewportSize({ width, height: 800 });
      await soon(async () => (await box()) !== null).toBe(true);
      const { x, y, width: w, height: h } = (await box()) ?? { x: 0, y: 0, width: 0, height: 0 };
      // where a person points: nothing is scrolled for the hand
      await page.mouse.click(x + w / 2, y + h / 2);
      const dialog = page.getByRole('dialog', { name: 'Save the state of build-runner' });
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    }
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('is still listed when the window was reloaded, and goes on meanwhile', async () => {
    const { page } = desk;
    await save('Slow', 'db-primary');
    await task('Save the state of db-primary').getByRole('progressbar').waitFor();
    await page.reload();
    await page
      .getByText(/Save the state of db-primary/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Tasks', exact: true }).click();
    await drawer().waitFor();
    await task('Save the state of db-primary').getByRole('button', { name: 'Cancel' }).click();
    await task('Save the state of db-primary').getByText('Cancelled').waitFor();
    await task('Save the state of build-runner').waitFor();
  });

  it('has a page of its own, and is taken off the list once it has ended', async () => {
    const { page } = desk;
    await drawer().getByRole('button', { name: 'Open all tasks' }).click();
    await page.getByRole('heading', { level: 1, name: 'Tasks' }).waitFor();
    await page.getByRole('main').getByRole('alert').first().waitFor();
    await page.getByRole('button', { name: 'Clear finished' }).first().click();
    await page.getByText('Creating, saving, copying and deleting are listed here').waitFor();
  });
});

describe('a window whose Guestroom went away', () => {
  it('says so at once, and says what to do when it is started anew', async () => {
    const { page, app } = desk;
    await windowTab(page, 'Office').click();
    await table(page).waitFor();
    await app.kill();
    await page.getByText('Guestroom does not answer: what you see may be old.').waitFor();
    await page.getByRole('button', { name: 'Try now' }).waitFor();
    const port = Number(new URL(app.origin).port);
    desk.app = await startApp(desk.folders, { port });
    await page.getByText('Open the address again that Guestroom printed.').waitFor();
  });

  it('works again with the new address, with its hosts and tabs', async () => {
    const { page } = desk;
    await page.goto(desk.app.url);
    await treeItem(page, 'Office').waitFor();
    await windowTab(page, 'Office').click();
    await machineRow(page, 'build-runner').waitFor();
    await page.getByText('2 hosts connected').waitFor();
    await addHost(page, 'test:///default', 'One more');
  });
});
