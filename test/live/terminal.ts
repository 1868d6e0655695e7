import { type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';
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

/** A guest's serial line, typed at and read in the window. */
export class Console {
  private readonly page: Page;
  private readonly name: string;
  private runs = 0;

  constructor(page: Page, name: string) {
    this.page = page;
    this.name = name;
  }

  text = (): Promise<string> => textOf(this.page, this.name);

  /** Shows it, waits until the guest asks who is there, and logs in. */
  async login(boot = 120_000): Promise<void> {
    await showSerial(this.page, this.name);
    await within(boot, this.text).toMatch(/ login:\s*$/);
    await this.type('root\n');
    await within(20_000, this.text).toMatch(/Password:\s*$/);
    await this.type('tiny\n');
    await within(20_000, this.text).toMatch(/# ?$/);
  }

  /** Keys into the terminal. */
  async type(keys: string): Promise<void> {
    await terminal(this.page, this.name).getByRole('textbox').focus();
    await this.page.keyboard.type(keys);
  }

  /** Runs a command of the guest's shell and answers what it printed. */
  async run(command: string, wait = 30_000): Promise<string> {
    await showSerial(this.page, this.name);
    this.runs += 1;
    const mark = `end-${String(this.runs)}`;
    await this.type(`clear; ${command}; echo; echo end''-${String(this.runs)}\n`);
    const done = new RegExp(`^([^]*?)\\n?^${mark}\\n[^]*^\\S* #`, 'm');
    await within(wait, this.text).toMatch(done);
    const output = done.exec(await this.text())?.[1];
    expect(output, 'output of the command').toBeDefined();
    return (output ?? '').trim();
  }
}
