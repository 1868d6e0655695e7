import { randomBytes } from 'node:crypto';
import { type Locator, type Page } from 'playwright-core';
import { within } from './room.ts';

const terminal = (page: Page, name: string): Locator =>
  page.getByRole('group', { name: `Serial terminal of ${name}` });

/** Shows the serial terminal in place of the screen. */
export async function showSerial(page: Page, name: string): Promise<void> {
  const choice = page.getByRole('combobox', { name: /^What to show/ });
  await choice.waitFor();
  if (!/Serial/.test((await choice.getAttribute('aria-label')) ?? '')) {
    await choice.click();
    await page.getByRole('option', { name: /Serial/ }).click();
  }
  await terminal(page, name).waitFor();
}

export async function showScreen(page: Page, name: string): Promise<Locator> {
  const choice = page.getByRole('combobox', { name: /^What to show/ });
  await choice.waitFor();
  if (!/Screen/.test((await choice.getAttribute('aria-label')) ?? '')) {
    await choice.click();
    await page.getByRole('option', { name: /Screen/ }).click();
  }
  const screen = page.getByRole('application', { name: `Screen of ${name}` });
  // the canvas is there before the connection is, and keys would go nowhere
  await page
    .getByRole('toolbar', { name: 'Console' })
    .getByText(/^VNC · |gives the keyboard back/)
    .waitFor();
  return screen;
}

/** Text of the terminal as it is drawn. */
export function textOf(page: Page, name: string): Promise<string> {
  return terminal(page, name)
    .evaluate((element) =>
      [...element.querySelectorAll('.xterm-rows > div')].map((row) => row.textContent.trimEnd()).join('\n'),
    )
    .then((text) => text.replaceAll('\u00a0', ' ').trimEnd());
}

/** How much of a line of output is shown in one row of the terminal, so that it never wraps. */
const rowLength = 60;

/** A guest's serial line, typed at and read in the window. */
export class Console {
  private readonly page: Page;
  private readonly name: string;

  constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  text = (): Promise<string> => textOf(this.page, this.name);

  /**
   * Shows it, waits until the guest asks who is there, and logs in. What the guest has to say meanwhile may stand
   * between and behind its questions.
   */
  async login(boot = 120_000): Promise<void> {
    await showSerial(this.page, this.name);
    await within(boot, this.text).toMatch(/^\S+ login:(?! *root)/m);
    await this.type('root\n');
    await within(20_000, this.text).toMatch(/ login:[^]*^Password:/m);
    await this.type('tiny\n');
    await within(20_000, this.text).toMatch(/^Password:[^]*^\S* #/m);
  }

  /** Keys into the terminal. */
  async type(keys: string): Promise<void> {
    await terminal(this.page, this.name).getByRole('textbox').focus();
    await this.page.keyboard.type(keys);
  }

  /**
   * Runs a command of the guest's shell and answers what it printed, and nothing else that the guest prints meanwhile:
   * the output goes to a file, whose lines are then shown in rows that begin with a mark and end with a `<`.
   */
  async run(command: string, wait = 30_000): Promise<string> {
    await showSerial(this.page, this.name);
    const mark = randomBytes(3).toString('hex');
    // the quotes keep the mark itself out of the echo of what is typed
    const marked = `m=${mark.slice(0, 3)}''${mark.slice(3)}`;
    const rows = `sed "s/.\\{${String(rowLength)}\\}/&<\\n$m+/g;s/^/$m|/;s/$/</" /tmp/said`;
    await this.type(`clear; { ${command}; echo; } >/tmp/said 2>&1; ${marked}; ${rows}; echo $m.\n`);
    await within(wait, this.text).toMatch(new RegExp(`^${mark}\\.$[^]*^\\S* #`, 'm'));
    const shown = (await this.text()).matchAll(new RegExp(`^${mark}([|+])(.*)<$`, 'gm'));
    return [...shown]
      .map(([, sign, words]) => (sign === '|' ? '\n' : '') + (words ?? ''))
      .join('')
      .trim();
  }
}
