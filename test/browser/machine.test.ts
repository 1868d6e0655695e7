import { type Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk, openMachine, showPart, soon, treeItem, windowTab } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ hosts: { Office: 'test:///showcase' } });
  await openMachine(desk.page, 'db-primary');
});
afterAll(() => closeDesk(desk));

const button = (name: string) => desk.page.getByRole('main').getByRole('button', { name, exact: true });
const stateText = (text: string) => desk.page.getByRole('main').getByText(text, { exact: true }).first();
const explained = async (locator: Locator) => ({
  off: await locator.getAttribute('aria-disabled'),
  why: await locator.getAttribute('aria-description'),
});

describe('the life of a virtual machine, by the buttons of its page', () => {
  it('says of each button that cannot be pressed why that is, in the tooltip and to a screen reader', async () => {
    const { page } = desk;
    const start = button('Start');
    const { off, why } = await explained(start);
    expect(off).toBe('true');
    expect(why).toMatch(/running/);
    await start.hover();
    await soon(() => page.getByRole('tooltip').textContent()).toBe(why);
  });

  it('pauses, resumes, saves, goes on from the saved state and shuts down', async () => {
    await button('Pause').click();
    await stateText('Paused').waitFor();
    await button('Resume').click();
    await stateText('Running').waitFor();
    await button('Save').click();
    await stateText('Saved').waitFor();
    await desk.page.getByText('Starting it goes on where it was.').waitFor();
    await button('Start').first().click();
    await stateText('Running').waitFor();
    await button('Shut down').click();
    await stateText('Off').waitFor();
    await treeItem(desk.page, /Off db-primary/).waitFor();
    await desk.page.getByText('db-primary is off').waitFor();
    await button('Start').first().click();
    await stateText('Running').waitFor();
  });

  it('asks before it cuts the power; with the question switched off it does not', async () => {
    const { page } = desk;
    const forceOff = async () => {
      await button('More ways to stop').click();
      await page.getByRole('menuitem', { name: 'Force off…' }).click();
    };
    await forceOff();
    await page
      .getByRole('alertdialog', { name: 'Force db-primary off?' })
      .getByRole('button', { name: 'Force off' })
      .click();
    await stateText('Off').waitFor();
    await button('Start').first().click();
    await stateText('Running').waitFor();
    await page.keyboard.press('Control+,');
    await page.getByRole('switch', { name: 'Ask before force off and reset' }).click();
    await windowTab(page, /db-primary/).click();
    await forceOff();
    await stateText('Off').waitFor();
    await button('Start').first().click();
    await stateText('Running').waitFor();
  });
});

describe('the overview', () => {
  it('keeps title and notes without a save button, also over a reload', async () => {
    const { page } = desk;
    await showPart(page, 'Overview');
    const title = page.getByRole('textbox', { name: 'Title' });
    const notes = page.getByRole('textbox', { name: 'Notes' });
    await soon(() => notes.inputValue()).toContain('03:00');
    await title.fill('PostgreSQL & <friends>');
    await title.press('Enter');
    await notes.fill('Line one\nLine two: ask Ada.');
    await page.getByText('Saved', { exact: true }).waitFor();
    await page.reload();
    await showPart(page, 'Overview');
    await soon(() => notes.inputValue()).toBe('Line one\nLine two: ask Ada.');
    expect(await title.inputValue()).toBe('PostgreSQL & <friends>');
  });

  it('shows what the machine is made of', async () => {
    const { page } = desk;
    const part = page.getByRole('tabpanel', { name: 'Overview' });
    await part.getByText('8 vCPUs').waitFor();
    await part.getByText('/var/lib/libvirt/images/db-primary.qcow2').first().waitFor();
    await part
      .getByText(/52:54:00/)
      .first()
      .waitFor();
  });

  it('gives and takes memory while it runs, no more than it has', async () => {
    const { page } = desk;
    const memory = page
      .getByRole('spinbutton', { name: 'Memory' })
      .or(page.getByLabel('Memory', { exact: true }))
      .first();
    await memory.fill('999999');
    await page.getByRole('alert').filter({ hasText: 'Between 1 MiB and 16' }).waitFor();
    await memory.fill('8192');
    await page.getByText('applies now').waitFor();
    await button('Set').click();
    await page.getByText('applies now').waitFor({ state: 'detached' });
    await soon(() => memory.inputValue()).toBe('8192');
  });
});

describe('the document', () => {
  const editor = () => desk.page.getByRole('textbox', { name: 'XML document' });
  const dialog = () => desk.page.getByRole('dialog', { name: 'Review changes' });
  const text = () => editor().innerText();

  beforeAll(async () => {
    await treeItem(desk.page, /web-02/).click();
    await desk.page.getByRole('heading', { level: 1, name: 'web-02' }).waitFor();
  });

  it('is shown as the hypervisor has it', async () => {
    await showPart(desk.page, 'XML');
    await soon(text).toContain('<name>web-02</name>');
  });

  it('marks the line of a fault and does not save it', async () => {
    const { page } = desk;
    await editor().click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('<oops>');
    await page.getByText('<oops> is never closed').first().waitFor();
    const review = button('Review changes');
    expect(await explained(review)).toEqual({ off: 'true', why: expect.stringMatching(/fault/) });
    await button('Revert').click();
    await soon(text).not.toContain('oops');
  });

  /** Replaces text by the editor's own keys. */
  async function change(from: string, to: string) {
    const { page } = desk;
    await editor().click();
    await page.keyboard.press('Control+f');
    const find = page.getByRole('textbox', { name: 'Find' });
    await find.selectText();
    await find.pressSequentially(from);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
    await page.keyboard.type(to);
  }

  it('keeps changes that are not saved while other tabs are looked at', async () => {
    await change('Same as', 'Twin of');
    await soon(text).toContain('Twin of web-01.');
    await windowTab(desk.page, 'Office').click();
    await windowTab(desk.page, /web-02/).click();
    expect(await text()).toContain('Twin of web-01.');
  });

  it('shows what differs before it saves, and saves', async () => {
    await button('Review changes').click();
    await dialog().getByText('Same as web-01.').waitFor();
    await dialog().getByText('Twin of web-01.').waitFor();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    await showPart(desk.page, 'Overview');
    await soon(() => desk.page.getByRole('textbox', { name: 'Notes' }).inputValue()).toContain('Twin of');
    await showPart(desk.page, 'XML');
  });

  it('tells of a change made elsewhere, shows both, and keeps the one that is chosen', async () => {
    const { page } = desk;
    await change('Twin of', 'My copy of');
    await soon(text).toContain('My copy of web-01.');
    const other = await desk.context.newPage();
    await other.goto(desk.app.origin);
    await windowTab(other, /web-02/).click();
    await showPart(other, 'Overview');
    const notes = other.getByRole('textbox', { name: 'Notes' });
    await soon(() => notes.inputValue()).toContain('Twin of');
    await notes.fill('Their notes');
    await other.getByText('Saved', { exact: true }).waitFor();
    await other.close();
    await page.getByText('The document was changed elsewhere').waitFor();
    await button('Compare').click();
    const compare = page.getByRole('dialog', { name: 'Compare with the other version' });
    await compare.getByText('Their notes').waitFor();
    await compare
      .getByText(/My copy of/)
      .first()
      .waitFor();
    await compare.getByRole('button', { name: 'Keep mine' }).click();
    expect(await text()).toContain('My copy of web-01.');
    await button('Review changes').click();
    await dialog().getByRole('button', { name: 'Save' }).click();
    await dialog().waitFor({ state: 'detached' });
    await page.getByText('The document was changed elsewhere').waitFor({ state: 'detached' });
  });
});

describe('performance and monitor', () => {
  it('draws curves of processor, memory, disk and network', async () => {
    const { page } = desk;
    await windowTab(page, /db-primary/).click();
    await showPart(page, 'Performance');
    const charts = page.getByRole('region', { name: 'Performance' }).locator('canvas');
    await soon(() => charts.count()).toBe(4);
    /** How many of the canvas's pixels are painted. */
    const painted = () =>
      charts.evaluateAll((all) =>
        all.map((canvas) => {
          const context = (canvas as HTMLCanvasElement).getContext('2d');
          if (!context) return 0;
          const { data } = context.getImageData(0, 0, context.canvas.width, context.canvas.height);
          return data.reduce((sum, value, at) => sum + (at % 4 === 3 && value > 0 ? 1 : 0), 0);
        }),
      );
    await soon(async () => Math.min(...(await painted()))).toBeGreaterThan(200);
    await page.getByText(/A sample every/).waitFor();
  });

  it('says the same in a table, for those who cannot see curves', async () => {
    const { page } = desk;
    const values = page.getByRole('table', { name: 'Values of the range' });
    await soon(() => values.getByRole('row').count()).toBeGreaterThan(4);
    await soon(() => values.textContent()).toMatch(/\d+ %/);
  });

  it('greys the monitor out and says that this hypervisor has none', async () => {
    const { page } = desk;
    await showPart(page, 'Monitor');
    const run = button('Run');
    const { off, why } = await explained(run);
    expect(off).toBe('true');
    expect(why).toMatch(/hypervisor/);
    await page
      .getByRole('tabpanel', { name: 'Monitor' })
      .getByText(why ?? '')
      .first()
      .waitFor();
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(desk.complaints.list).toEqual([]);
});
