import { type Locator, type Page } from 'playwright-core';
import { host, within } from './room.ts';

type Source =
  'Installation disc' | 'Existing disk image' | 'Cloud image' | 'Kernel and initrd' | 'Empty machine';

/** The wizard, gone through as a person does. */
export class Wizard {
  readonly page: Page;
  readonly dialog: Locator;

  private constructor(page: Page, dialog: Locator) {
    this.page = page;
    this.dialog = dialog;
  }

  static async open(page: Page): Promise<Wizard> {
    await page
      .getByRole('tree', { name: 'Hosts' })
      .getByRole('treeitem', { name: host })
      .first()
      .click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'New virtual machine' }).click();
    const dialog = page.getByRole('dialog', { name: `New virtual machine on ${host}` });
    await dialog.waitFor();
    return new Wizard(page, dialog);
  }

  async source(kind: Source, paths: Readonly<Record<string, string>>): Promise<void> {
    await this.dialog.getByText(kind, { exact: true }).first().click();
    for (const [label, path] of Object.entries(paths))
      await this.dialog.getByRole('textbox', { name: label, exact: true }).fill(path);
  }

  /** Sends a file of this computer to the host, and waits until it is chosen there; answers where it is. */
  async upload(file: string, label: string, nameThere: string): Promise<string> {
    await this.dialog.getByRole('button', { name: 'Upload from this computer…', exact: true }).click();
    const upload = this.page.getByRole('dialog', { name: `Upload a file to ${host}` });
    await upload.getByRole('textbox', { name: 'File', exact: true }).fill(file);
    await upload.getByRole('textbox', { name: 'Name there', exact: true }).fill(nameThere);
    await upload.getByRole('button', { name: 'Upload', exact: true }).click();
    const field = this.dialog.getByRole('textbox', { name: label, exact: true });
    await within(120_000, () => field.inputValue()).toContain(nameThere);
    return field.inputValue();
  }

  async fill(label: string, text: string): Promise<void> {
    await this.dialog.getByLabel(label, { exact: true }).fill(text);
  }

  async choose(label: string, option: string): Promise<void> {
    await this.dialog.getByLabel(label, { exact: true }).click();
    await this.page.getByRole('option', { name: option, exact: true }).click();
  }

  async next(): Promise<void> {
    const at = await this.step();
    const button = this.dialog.getByRole('button', { name: 'Next', exact: true });
    await within(15_000, () => this.hindrance(button)).toBe('');
    await button.click();
    await within(10_000, () => this.step()).notToBe(at);
  }

  /** Why a button cannot be pressed: its own words and those beside the fields. */
  private async hindrance(button: Locator): Promise<string> {
    if ((await button.getAttribute('aria-disabled')) !== 'true') return '';
    const words = [
      (await button.getAttribute('aria-description')) ?? 'waiting',
      ...(await this.dialog.getByRole('alert').allInnerTexts()),
    ];
    return words.join('; ');
  }

  /** The step that is shown. */
  async step(): Promise<string> {
    return (await this.dialog.locator('[aria-current="step"]').textContent())?.trim() ?? '';
  }

  /** From the first step to the second, naming the machine. */
  async name(name: string): Promise<void> {
    await this.next();
    await this.fill('Name', name);
  }

  /** On the step of disk and network: a port of the host goes to one of the guest. */
  async forward(from: number, to: number): Promise<void> {
    await this.dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await this.dialog.getByRole('spinbutton', { name: 'Port of the host' }).last().fill(String(from));
    await this.dialog.getByRole('spinbutton', { name: 'Port of the guest' }).last().fill(String(to));
  }

  /** On to the summary, makes it, and shows the machine's page once it runs. */
  async make(name: string): Promise<void> {
    while (!/Review/.test(await this.step())) await this.next();
    const create = this.dialog.getByRole('button', { name: 'Create', exact: true });
    await within(20_000, () => this.hindrance(create)).toBe('');
    await create.click();
    await this.dialog.waitFor({ state: 'detached' });
    await openGuest(this.page, name);
  }
}

export const guestInTree = (page: Page, name: string): Locator =>
  page.getByRole('tree', { name: 'Hosts' }).getByRole('treeitem', { name: new RegExp(`\\b${name}\\b`) });

/** Shows a machine's page, as soon as it is in the list. */
export async function openGuest(page: Page, name: string): Promise<void> {
  const item = guestInTree(page, name);
  await item.waitFor({ timeout: 60_000 });
  await item.click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
}

/** The word for the state beside the machine's name; pages of other tabs stay, but are not seen. */
export const stateOf = (page: Page): Promise<string> =>
  page.locator('header.toolbar--header .state:visible').innerText();
