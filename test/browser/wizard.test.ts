import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Desk,
  closeDesk,
  machineRow,
  openDesk,
  showPart,
  soon,
  table,
  treeItem,
  windowTab,
} from './desk.ts';
import { screenOf, titleOn } from './guest-screen.ts';

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk({
    hosts: { Office: 'test:///showcase?pace=5', Slow: 'test:///showcase?pace=2000&instance=slow' },
  });
  await windowTab(desk.page, 'Office').click();
});
afterAll(() => closeDesk(desk));

const wizard = () => desk.page.getByRole('dialog', { name: /^New virtual machine on/ });
const fromXml = () => desk.page.getByRole('dialog', { name: /^New virtual machine from XML/ });
const begin = () => desk.page.getByRole('button', { name: 'New virtual machine', exact: true }).click();
const source = (name: string) => wizard().getByText(name, { exact: true }).click();
const press = (name: string) => wizard().getByRole('button', { name, exact: true }).click();
const will = () => wizard().getByRole('complementary', { name: 'What will be made' });
const downloads = '/home/guest/Downloads';
const images = '/var/lib/libvirt/images';

/** Its page is shown by itself; the next test begins at the list again. */
async function isShown(name: string, host: string): Promise<void> {
  await desk.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await windowTab(desk.page, host).click();
  await table(desk.page).waitFor();
}

/** Files of a folder of the host, by the wizard's own list. */
async function filesIn(folder: string): Promise<string[]> {
  const { page } = desk;
  await begin();
  await source('Existing disk image');
  await wizard().getByRole('button', { name: 'Browse…' }).click();
  const browser = page.getByRole('dialog', { name: /^Choose a file on/ });
  await browser.getByRole('textbox', { name: 'Path' }).fill(folder);
  await page.keyboard.press('Enter');
  await browser.getByRole('option', { name: /web-02\.qcow2/ }).waitFor();
  const names = await browser.getByRole('option').allTextContents();
  await page.keyboard.press('Escape');
  await browser.waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');
  await wizard().waitFor({ state: 'detached' });
  return names.map((name) => name.trim().split(/\s+/)[0] ?? '');
}

describe('a virtual machine from an installation disc', () => {
  it('is suggested from the system that the disc has, found by the wizard’s own list of files', async () => {
    const { page } = desk;
    await begin();
    await wizard().getByRole('button', { name: 'Browse…' }).click();
    const browser = page.getByRole('dialog', { name: /^Choose a file on/ });
    await browser.getByRole('textbox', { name: 'Path' }).fill(downloads);
    await page.keyboard.press('Enter');
    await browser.getByRole('option', { name: /debian-12/ }).click();
    await browser.getByRole('button', { name: 'Choose' }).click();
    await will().getByText('Debian 12 (bookworm)').first().waitFor();
    await will().getByText('20 GiB, qcow2, VirtIO').waitFor();
    await press('Next');
    await wizard().getByText('Recognised from the file').waitFor();
  });

  it('says beside the field what is wrong with a name, and offers one that works', async () => {
    const name = wizard().getByRole('textbox', { name: 'Name' });
    await name.fill('web-01');
    await wizard().getByText('Office already has a virtual machine called web-01').first().waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    await wizard()
      .getByRole('button', { name: /^Use web-/ })
      .click();
    await soon(() => name.inputValue()).toMatch(/^web-\d+$/);
    await name.fill('my debian');
    await press('Next');
  });

  it('keeps every choice on the way through its steps and tells what will happen', async () => {
    const memory = wizard()
      .getByRole('spinbutton', { name: 'Memory' })
      .or(wizard().getByLabel('Memory', { exact: true }))
      .first();
    await memory.fill('3');
    await will().getByText('3 GiB').waitFor();
    await press('Next');
    await press('Back');
    await soon(() => memory.inputValue()).toBe('3');
    await press('Next');
    await press('Next');
    await wizard().getByText(`Make the disk ${images}/my debian.qcow2`).waitFor();
    await wizard().getByText('Define the virtual machine my debian').waitFor();
    await wizard().getByText('Start my debian').waitFor();
    // what is undone when a step fails, and what is not
    const stays = wizard().getByText('A machine that is whole but does not start stays.');
    await stays.waitFor();
    await wizard().getByRole('checkbox', { name: 'Start when made' }).click();
    await stays.waitFor({ state: 'detached' });
    await wizard().getByRole('checkbox', { name: 'Start when made' }).click();
    await stays.waitFor();
  });

  it('can be customised in its document before it is made', async () => {
    const { page } = desk;
    await press('Customise before start…');
    const editor = wizard().getByRole('textbox', { name: 'XML document' });
    await soon(() => editor.innerText()).toContain('<name>my debian</name>');
    await editor.click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('End');
    await page.keyboard.type('\n<title>Made by hand</title>');
    await press('Use this document');
    await wizard().getByText('You changed the document.').waitFor();
  });

  it('is made, started and shown', async () => {
    const { page } = desk;
    await press('Create');
    await wizard().waitFor({ state: 'detached' });
    await page.getByRole('heading', { level: 1, name: 'my debian' }).waitFor();
    await treeItem(page, /Running my debian/).waitFor();
    await page
      .getByText(/Made by hand/)
      .first()
      .waitFor();
    await soon(() => titleOn(screenOf(page, 'my debian'))).toMatch(/^my debian/);
    await showPart(page, 'Overview');
    await page.getByText(`${downloads}/debian-12.7.0-amd64-netinst.iso`).waitFor();
    await windowTab(page, 'Office').click();
  });
});

describe('other sources', () => {
  it('an empty machine, defined and not started', async () => {
    const { page } = desk;
    await begin();
    await source('Empty machine');
    await press('Next');
    await wizard().getByRole('textbox', { name: 'Name' }).fill('hollow');
    await wizard().getByRole('checkbox', { name: 'Start when made' }).click();
    await will().getByText('hollow').waitFor();
    await press('Finish with these defaults');
    await wizard().waitFor({ state: 'detached' });
    await treeItem(page, /Off hollow/).waitFor();
    await isShown('hollow', 'Office');
  });

  it('a copy of an image, which stays as it is', async () => {
    const { page } = desk;
    await begin();
    await source('Existing disk image');
    await wizard().getByRole('textbox', { name: 'Disk image' }).fill(`${images}/web-02.qcow2`);
    await press('Next');
    await wizard().getByRole('textbox', { name: 'Name' }).fill('web-copy');
    await will().getByText('web-copy').waitFor();
    await press('Finish with these defaults');
    await wizard().waitFor({ state: 'detached' });
    await treeItem(page, /Running web-copy/).waitFor();
    await isShown('web-copy', 'Office');
    const files = await filesIn(images);
    expect(files).toContain('web-copy.qcow2');
    expect(files).toContain('web-02.qcow2');
  });

  it('looks for the next file where the last one was, and offers earlier ones of its kind only', async () => {
    const { page } = desk;
    const browser = page.getByRole('dialog', { name: /^Choose a file on/ });
    await begin();
    await wizard().getByRole('button', { name: 'Browse…' }).click();
    await soon(() => browser.getByRole('textbox', { name: 'Path' }).inputValue()).toBe(downloads);
    await browser.getByRole('button', { name: /debian-12.*\.iso$/ }).waitFor();
    await page.keyboard.press('Escape');
    await browser.waitFor({ state: 'detached' });
    await source('Existing disk image');
    await wizard().getByRole('button', { name: 'Browse…' }).click();
    await soon(() => browser.getByRole('textbox', { name: 'Path' }).inputValue()).toBe(downloads);
    expect(await browser.getByText('Recent').count()).toBe(0);
    await page.keyboard.press('Escape');
    await browser.waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await wizard().waitFor({ state: 'detached' });
  });

  it('says at once that a file is not there or not what it should be', async () => {
    await begin();
    const path = wizard().getByRole('textbox', { name: 'Disc image' });
    await path.fill(`${downloads}/absent.iso`);
    await wizard().getByText(`${downloads}/absent.iso does not exist on Office`).first().waitFor();
    await path.fill('/home/guest/Documents/notes.txt');
    await wizard().getByText('/home/guest/Documents/notes.txt is not a disc image').first().waitFor();
    await desk.page.keyboard.press('Escape');
    await wizard().waitFor({ state: 'detached' });
  });

  it('an XML document, with remarks at its lines, refused while its name is taken', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Create from XML…' }).click();
    const editor = fromXml().getByRole('textbox', { name: 'XML document' });
    const document = (name: string) =>
      `<domain type='test'>\n  <name>${name}</name>\n  <memory>131072</memory>\n  <os><type>hvm</type></os>\n</domain>`;
    await editor.fill('<domain type="test"><name>x</domain>');
    await fromXml()
      .getByRole('complementary')
      .getByText(/Line 1|name/)
      .first()
      .waitFor();
    await editor.fill(document('web-01'));
    await fromXml().getByText('Office already has a virtual machine called web-01').first().waitFor();
    const create = fromXml().getByRole('button', { name: 'Create', exact: true });
    expect(await create.getAttribute('aria-disabled')).toBe('true');
    await editor.fill(document('from-xml'));
    await soon(() => create.getAttribute('aria-disabled')).toBe(null);
    await create.click();
    await fromXml().waitFor({ state: 'detached' });
    await treeItem(page, /Running from-xml/).waitFor();
    await isShown('from-xml', 'Office');
  });
});

describe('a creation that is cancelled', () => {
  it('removes what it had made', async () => {
    const { page } = desk;
    await windowTab(page, 'Slow').click();
    await page.getByRole('heading', { level: 1, name: 'Slow' }).waitFor();
    await begin();
    await source('Existing disk image');
    await wizard().getByRole('textbox', { name: 'Disk image' }).fill(`${images}/web-02.qcow2`);
    await press('Next');
    await wizard().getByRole('textbox', { name: 'Name' }).fill('never');
    await will().getByText('never').waitFor();
    await press('Finish with these defaults');
    await wizard().waitFor({ state: 'detached' });
    // the list of tasks opens by itself when one begins
    const row = page
      .getByRole('region', { name: 'Tasks' })
      .getByRole('listitem')
      .filter({ hasText: 'Create never' });
    await row.getByRole('progressbar').waitFor();
    await row.getByRole('button', { name: 'Cancel' }).click();
    await row.getByText('Cancelled').waitFor();
    await page.getByRole('button', { name: 'Hide tasks' }).click();
    expect(await treeItem(page, /never/).count()).toBe(0);
    expect(await filesIn(images)).not.toContain('never.qcow2');
  });
});

describe('deleting', () => {
  it('says exactly what is lost, and deletes the disks that are ticked and no others', async () => {
    const { page } = desk;
    await windowTab(page, 'Office').click();
    await machineRow(page, 'db-primary').click({ button: 'right', position: { x: 200, y: 14 } });
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const question = page.getByRole('alertdialog', { name: 'Delete db-primary?' });
    await question.getByText('It is running: it is forced off first.').waitFor();
    const both = await question.getByRole('button', { name: /^Delete and lose/ }).textContent();
    await question.getByRole('checkbox', { name: `${images}/db-primary-2.qcow2` }).click();
    await soon(() => question.getByRole('button', { name: /^Delete and lose/ }).textContent()).not.toBe(both);
    await question.getByRole('button', { name: /^Delete and lose/ }).click();
    await question.waitFor({ state: 'detached' });
    await machineRow(page, 'db-primary').waitFor({ state: 'detached' });
    const files = await filesIn(images);
    expect(files).not.toContain('db-primary.qcow2');
    expect(files).toContain('db-primary-2.qcow2');
  });

  it('warns that a disc image belongs to the drive and keeps every disk when it is told so', async () => {
    const { page } = desk;
    await machineRow(page, 'build-runner').click({ button: 'right', position: { x: 200, y: 14 } });
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    const question = page.getByRole('alertdialog', { name: 'Delete build-runner?' });
    await question.getByText('a disc in a drive').waitFor();
    await question.getByRole('checkbox', { name: `${images}/build-runner.qcow2` }).click();
    await question.getByRole('button', { name: 'Delete, keep all disks' }).click();
    await question.waitFor({ state: 'detached' });
    await machineRow(page, 'build-runner').waitFor({ state: 'detached' });
    expect(await filesIn(images)).toContain('build-runner.qcow2');
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', async () => {
  await table(desk.page).waitFor();
  expect(desk.complaints.list).toEqual([]);
});
