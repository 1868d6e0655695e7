import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../lab/app.ts';
import { openPage } from '../lab/chromium.ts';
import { type Desk, closeDesk, machineRow, openDesk, soon, treeItem, windowTab } from './desk.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => closeDesk(desk));

describe('the first start', () => {
  it('says what there is to do and that no host is connected yet', async () => {
    const { page } = desk;
    await page.getByRole('heading', { name: 'Connect a host to see its virtual machines' }).waitFor();
    await page.getByText('No hosts yet').waitFor();
    await page.getByText('No hosts connected').waitFor();
    expect(await page.title()).toBe('Guestroom');
  });

  it('says whether QEMU is on this computer: ready with its version, or what was looked for', async () => {
    const { page } = desk;
    await page.getByText('Looking for hypervisors…').waitFor({ state: 'detached' });
    if (existsSync('/usr/bin/qemu-system-x86_64')) {
      const found = page.getByRole('listitem').filter({ has: page.getByText('QEMU', { exact: true }) });
      await found.getByText('Ready').waitFor();
      expect(await found.textContent()).toMatch(/QEMU.*\d+\.\d+/);
      await found.getByRole('button', { name: 'Connect' }).waitFor();
    } else {
      await page.getByText('qemu-system-x86').first().waitFor();
      await page.getByRole('button', { name: 'Check again' }).first().waitFor();
    }
  });

  it('opens the made-up machines by “Try it”', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Try it' }).click();
    await machineRow(page, 'db-primary').waitFor();
    await treeItem(page, /web-01/).waitFor();
    await page.getByText('1 host connected').waitFor();
    await soon(() => page.title()).toBe('Test hypervisor – Guestroom');
    await windowTab(page, 'Welcome').click();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await machineRow(page, 'db-primary').waitFor();
  });
});

describe('adding a host', () => {
  const dialog = () => desk.page.getByRole('dialog', { name: 'Add a host' });
  const uri = () => dialog().getByRole('textbox', { name: 'Connection' });
  const open = async () => {
    await desk.page.getByRole('button', { name: 'Add host…' }).first().click();
    await dialog().getByRole('radio', { name: 'Other' }).click();
  };
  const add = () => dialog().getByRole('button', { name: 'Add and connect' }).click();

  it('says beside the field what is wrong with the address', async () => {
    await open();
    await add();
    await dialog().getByRole('alert').filter({ hasText: 'A connection URI is needed.' }).waitFor();
    expect(await uri().getAttribute('aria-invalid')).toBe('true');
    await uri().fill('no address at all');
    await soon(() => dialog().getByRole('alert').textContent()).toMatch(/no address at all/);
    await uri().fill('qemu+ssh://ada:secret@example.org/system');
    await soon(() => dialog().getByRole('alert').textContent()).toMatch(/must not carry a password/);
  });

  it('says that no driver takes an address, and keeps what was written', async () => {
    await uri().fill('nobody:///system');
    await add();
    const alert = dialog().getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('These values do not fit');
    expect(await uri().inputValue()).toBe('nobody:///system');
  });

  it('refuses the same host twice, and names it', async () => {
    await uri().fill('test:///showcase');
    await add();
    await dialog().getByText('already in the list as “Test hypervisor”').waitFor();
    await desk.page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'detached' });
  });

  it('fills the address from an example, adds the host under the name that was given, and shows it', async () => {
    const { page } = desk;
    await open();
    await dialog().getByRole('button', { name: 'test:///default' }).click();
    await dialog().getByRole('textbox', { name: 'Name' }).fill('libvirt’s own');
    await add();
    await page.getByRole('heading', { level: 1, name: 'libvirt’s own' }).waitFor();
    await machineRow(page, 'test').waitFor();
    await page.getByText('2 hosts connected').waitFor();
  });

  it('shows why a host cannot be opened, and a way to try again', async () => {
    const { page } = desk;
    const missing = `test://${desk.folders.files}/nothing-here.xml`;
    await open();
    await uri().fill(missing);
    await add();
    await dialog().waitFor({ state: 'detached' });
    const problem = page.getByRole('main').getByRole('alert');
    await problem.waitFor();
    expect(await problem.textContent()).toContain('nothing-here.xml');
    await page.getByRole('main').getByRole('button', { name: 'Retry' }).waitFor();
    await page
      .getByText(/offline/)
      .first()
      .waitFor();
  });
});

describe('the list of hosts', () => {
  it('takes a host off the list after asking, and changes nothing else', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'More host actions' }).click();
    await page.getByRole('menuitem', { name: 'Remove from the list…' }).click();
    const question = page.getByRole('alertdialog');
    await question.getByText('Nothing on the host changes').waitFor();
    await question.getByRole('button', { name: 'Remove' }).click();
    await treeItem(page, /^Test hypervisor 2/).waitFor({ state: 'detached' });
    await treeItem(page, /libvirt’s own/).waitFor();
  });

  it('names a host as its person calls it', async () => {
    const { page } = desk;
    await treeItem(page, /libvirt’s own/).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Rename…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Rename libvirt’s own' });
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Office');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    await treeItem(page, 'Office').waitFor();
  });

  it('is there again when the app was closed and opened', async () => {
    expect(await desk.app.stop()).toBe(0);
    desk.app = await startApp(desk.folders);
    await desk.context.close();
    Object.assign(desk, await openPage(desk.browser, desk.app.url));
    await treeItem(desk.page, 'Office').waitFor();
    await treeItem(desk.page, /web-01/).waitFor();
    await desk.page.getByText('2 hosts connected').waitFor();
  });

  it('opens with the tabs that were open', async () => {
    await windowTab(desk.page, 'Office').waitFor();
    await windowTab(desk.page, 'Test hypervisor').waitFor();
  });

  it('disconnects and connects a host by its menu', async () => {
    const { page } = desk;
    await treeItem(page, 'Office').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Disconnect' }).click();
    await page.getByText('Office offline').or(page.getByText('1 host connected')).first().waitFor();
    await treeItem(page, 'Office').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Connect', exact: true }).click();
    await page.getByText('2 hosts connected').waitFor();
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
