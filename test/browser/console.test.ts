import { readFile } from 'node:fs/promises';
import { type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk, openMachine, showPart, soon, treeItem, windowTab } from './desk.ts';
import { pictureOf, screenOf, titleOn, typedOn } from './guest-screen.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({ hosts: { Office: 'test:///showcase' } });
  await openMachine(desk.page, 'web-01');
});
afterAll(() => closeDesk(desk));

const screen = (page = desk.page) => screenOf(page, 'web-01');
const tools = () => desk.page.getByRole('toolbar', { name: 'Console' });
const moreOfConsole = () => tools().getByRole('button', { name: 'More actions' });

describe('the screen of a virtual machine', () => {
  it('shows the guest’s own picture', async () => {
    await soon(() => typedOn(screen())).toBe('');
    expect(await titleOn(screen())).toMatch(/^web-01/);
    await tools().getByText('VNC · 640 × 400').waitFor();
  });

  it('moves as the guest’s picture moves', async () => {
    const before = (await pictureOf(screen())).pixels.join();
    await soon(async () => (await pictureOf(screen())).pixels.join() === before).toBe(false);
  });

  it('takes keys once it was clicked into, and tells how to get them back', async () => {
    const { page } = desk;
    await screen().click();
    await tools().getByText('gives the keyboard back').waitFor();
    await page.keyboard.type('Hello, World! ~{}|');
    await soon(() => typedOn(screen())).toBe('Hello, World! ~{}|');
    for (let times = 0; times < 18; times += 1) await page.keyboard.press('Backspace');
    await soon(() => typedOn(screen())).toBe('');
  });

  it('sends the window’s own shortcuts to the guest while it has the keyboard, and Ctrl+Alt takes it back', async () => {
    const { page } = desk;
    await page.keyboard.press('Control+k');
    await page.keyboard.press('Control+f');
    await page.keyboard.type('still here');
    await soon(() => typedOn(screen())).toContain('still here');
    expect(await page.getByRole('dialog', { name: 'Commands' }).count()).toBe(0);
    await page.keyboard.down('Control');
    await page.keyboard.down('Alt');
    await page.keyboard.up('Alt');
    await page.keyboard.up('Control');
    await tools().getByText('VNC · 640 × 400').waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog', { name: 'Commands' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('is entered by Enter with the keyboard alone', async () => {
    const { page } = desk;
    await screen().focus();
    await page.keyboard.press('Enter');
    await tools().getByText('gives the keyboard back').waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('x');
    await soon(() => typedOn(screen())).toMatch(/\nx$/);
  });

  it('types a text key by key, capitals and signs as on a US keyboard', async () => {
    const { page } = desk;
    await tools().getByRole('button', { name: 'Paste as keystrokes' }).click();
    const dialog = page.getByRole('dialog', { name: 'Paste as keystrokes' });
    await dialog.getByRole('textbox', { name: 'Text' }).fill('\nrm -rf "$HOME"; #€');
    await dialog.getByText('Not on a US keyboard, may not arrive: €').waitFor();
    await dialog.getByText('Each line break presses Enter').waitFor();
    await dialog.getByRole('button', { name: 'Type it' }).click();
    await dialog.waitFor({ state: 'detached' });
    await soon(() => typedOn(screen())).toMatch(/\nrm -rf "\$HOME"; #/);
  });

  it('sends keys that the browser would keep', async () => {
    const { page } = desk;
    await tools().getByRole('button', { name: 'Send keys' }).click();
    const menu = page.getByRole('menu', { name: 'Send keys' });
    await menu.getByRole('menuitem', { name: 'Ctrl+Alt+Backspace' }).waitFor();
    const before = await typedOn(screen());
    await menu.getByRole('menuitem', { name: 'Ctrl+Alt+Del' }).click();
    await menu.waitFor({ state: 'detached' });
    await page.keyboard.type('k');
    await soon(() => typedOn(screen())).toBe(`${before ?? ''}k`);
  });

  it('saves the picture as a PNG file of the guest’s size', async () => {
    const { page } = desk;
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      tools().getByRole('button', { name: 'Screenshot' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^web-01 screen .*\.png$/);
    const file = await readFile(await download.path());
    expect(file.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]));
    expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([640, 400]);
  });

  it('takes nothing while it is only looked at', async () => {
    const { page } = desk;
    await moreOfConsole().click();
    await page.getByRole('menuitemcheckbox', { name: 'View only' }).click();
    await page.keyboard.press('Escape');
    await tools().getByText('View only').waitFor();
    const paste = tools().getByRole('button', { name: 'Paste as keystrokes' });
    expect(await paste.getAttribute('aria-description')).toBe(
      'View only: nothing goes to the virtual machine',
    );
    const before = await typedOn(screen());
    await screen().click();
    await page.keyboard.type('nothing of this');
    await moreOfConsole().click();
    await page.getByRole('menuitemcheckbox', { name: 'View only' }).click();
    await page.keyboard.press('Escape');
    await screen().click();
    await page.keyboard.type('!');
    await soon(() => typedOn(screen())).toBe(`${before ?? ''}!`);
  });

  it('is shown at its own size or fitted into the room', async () => {
    const width = () =>
      screen().evaluate((frame) => frame.querySelector('canvas')?.getBoundingClientRect().width);
    await tools().getByRole('radio', { name: '1:1' }).click();
    await soon(width).toBe(640);
    await tools().getByRole('radio', { name: 'Fit' }).click();
    await soon(width).toBeGreaterThan(660);
  });

  it('connects again when it is asked to, and the guest still knows what was typed', async () => {
    const { page } = desk;
    const before = await typedOn(screen());
    await moreOfConsole().click();
    await page.getByRole('menuitem', { name: 'Connect again' }).click();
    await soon(() => typedOn(screen())).toBe(before);
  });

  it('moves to a window of its own, which shows the console alone', async () => {
    const { page } = desk;
    const [own] = await Promise.all([
      page.waitForEvent('popup'),
      tools().getByRole('button', { name: 'Move to its own window' }).click(),
    ]);
    await soon(() => typedOn(screen(own))).toContain('#');
    expect(await own.getByRole('tree').count()).toBe(0);
    await soon(() => own.title()).toBe('web-01 – Guestroom');
    await own.close();
    await showPart(page, 'Console');
    await soon(() => typedOn(screen())).toContain('#');
  });
});

/** Text of the terminal as it is drawn. */
const terminalText = (page: Page, name: string) =>
  page
    .getByRole('group', { name: `Serial terminal of ${name}` })
    .evaluate((element) =>
      [...element.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent.trimEnd()).join('\n'),
    )
    .then((text) => text.replaceAll('\u00a0', ' ').trimEnd());

describe('the serial terminal', () => {
  const text = () => terminalText(desk.page, 'web-01');

  it('shows the prompt and runs what is typed', async () => {
    const { page } = desk;
    await page.getByRole('combobox', { name: /^What to show/ }).click();
    await page.getByRole('option', { name: /Serial/ }).click();
    await soon(text).toMatch(/web-01 login:$/);
    await page.keyboard.type('root\n');
    await soon(text).toMatch(/root@web-01:~\$$/);
    await page.keyboard.type('echo grüße 東京\n');
    await soon(text).toMatch(/\ngrüße 東\s?京\s*\nroot@web-01:~\$$/);
  });

  it('stays usable while a guest floods it, and Ctrl+C ends that', async () => {
    const { page } = desk;
    await page.keyboard.type('yes flood\n');
    await soon(text).toMatch(/^(flood\n){10}/);
    const memory = async () => {
      const session = await page.context().newCDPSession(page);
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      await session.detach();
      return usedSize;
    };
    const early = await memory();
    // the window still answers while lines rush by
    await showPart(page, 'Overview');
    await page.getByRole('textbox', { name: 'Notes' }).waitFor();
    await treeItem(page, /db-primary/).click();
    await page.getByRole('heading', { level: 1, name: 'db-primary' }).waitFor();
    await windowTab(page, /web-01/).click();
    await showPart(page, 'Console');
    await soon(text).toMatch(/^(flood\n){10}/);
    // what is kept are some thousand lines, whatever has rushed by
    expect((await memory()) - early).toBeLessThan(40e6);
    await page.getByRole('group', { name: 'Serial terminal of web-01' }).getByRole('textbox').focus();
    await page.keyboard.press('Control+c');
    await soon(text).toMatch(/\^C\s*\nroot@web-01:~\$$/);
  });

  it('is as it was left when its tab or another page of the machine was looked at meanwhile', async () => {
    const { page } = desk;
    await page.keyboard.type('echo before\n');
    await soon(text).toMatch(/\nbefore\nroot@web-01:~\$$/);
    await showPart(page, 'XML');
    await windowTab(page, 'Office').click();
    await page.getByRole('heading', { level: 1, name: 'Office' }).waitFor();
    await windowTab(page, /web-01/).click();
    await showPart(page, 'Console');
    expect(await text()).toMatch(/\nbefore\nroot@web-01:~\$$/);
    await page.getByRole('group', { name: 'Serial terminal of web-01' }).getByRole('textbox').focus();
    await page.keyboard.type('echo after\n');
    await soon(text).toMatch(/\nbefore\n.*\nafter\nroot@web-01:~\$$/);
  });

  describe('that takes its time to be connected', () => {
    /** A second window whose byte streams wait until they are let through, with the terminal chosen. */
    async function slowWindow() {
      let letThrough = (): void => undefined;
      const gate = new Promise<void>((open) => (letThrough = open));
      const page = await desk.context.newPage();
      await page.routeWebSocket(/\/bytes$/, async (socket) => {
        await gate;
        socket.connectToServer();
      });
      await page.goto(desk.app.origin);
      await treeItem(page, /db-primary/).dblclick();
      await page.getByRole('heading', { level: 1, name: 'db-primary' }).waitFor();
      await page.getByRole('combobox', { name: /^What to show/ }).click();
      await page.getByRole('option', { name: /Serial/ }).click();
      const terminal = page.getByRole('group', { name: 'Serial terminal of db-primary' });
      return { page, keys: terminal.getByRole('textbox'), letThrough };
    }
    const focused = (place: Locator) => place.evaluate((element) => element === document.activeElement);

    it('has the keyboard at once, and what is typed meanwhile arrives in order', async () => {
      const { page, keys, letThrough } = await slowWindow();
      await soon(() => focused(keys)).toBe(true);
      await page.keyboard.type('root\necho early bird\n');
      letThrough();
      await soon(() => terminalText(page, 'db-primary')).toMatch(/\nearly bird\nroot@db-primary:~\$$/);
      await page.close();
    });

    it('leaves the keyboard to a field that is written in when it is connected', async () => {
      const { page, keys, letThrough } = await slowWindow();
      await soon(() => focused(keys)).toBe(true);
      const filter = page.getByRole('searchbox').first();
      await filter.fill('db-');
      letThrough();
      await soon(() => terminalText(page, 'db-primary')).toContain('login:');
      await page.keyboard.type('primary');
      expect(await filter.inputValue()).toBe('db-primary');
      await page.close();
    });
  });

  it('is saved as a text file', async () => {
    const { page } = desk;
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save to file' }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toContain('echo after\nafter\n');
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(desk.complaints.list).toEqual([]);
});
