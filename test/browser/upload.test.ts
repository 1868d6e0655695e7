import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isoHead } from '../../drivers/test/iso.ts';
import { type Desk, closeDesk, openDesk, soon, windowTab } from './desk.ts';
import { inTheme, picture, seen } from './look.ts';

/** Files between the person's computer and a host, by the wizard and by the host's own menu. */

const mebibyte = 1024 * 1024;
let desk: Desk;
let page: Page;
/** On the person's computer. */
let files: string;
beforeAll(async () => {
  desk = await openDesk({
    hosts: {
      Office: 'test:///showcase?pace=5',
      Slow: 'test:///showcase?pace=400&instance=slow',
    },
  });
  ({ page } = desk);
  files = join(desk.folders.env['HOME'] ?? '', 'Downloads');
  await mkdir(files);
  const disc = await open(join(files, 'debian-13.2.0-amd64-netinst.iso'), 'w');
  const label = { system: '', volume: 'Debian 13.2.0 amd64 n', publisher: '', application: '' };
  await disc.write(isoHead(label, 48 * mebibyte));
  for (let at = 0; at < 48; at += 1) await disc.write(randomBytes(mebibyte));
  await disc.close();
  await writeFile(join(files, 'notes.txt'), 'nothing to install');
});
afterAll(() => closeDesk(desk));

const name = 'debian-13.2.0-amd64-netinst.iso';
const wizard = () => page.getByRole('dialog', { name: /^New virtual machine on/ });
const upload = () => page.getByRole('dialog', { name: /^Upload a file to/ });
const here = () => page.getByRole('dialog', { name: 'Choose a file on this computer' });
const progress = () => wizard().getByRole('group', { name: `Uploading ${name}` });
const button = (text: string) => wizard().getByRole('button', { name: text, exact: true });

async function begin(host: string): Promise<void> {
  await windowTab(page, host).click();
  await page.getByRole('heading', { level: 1, name: host }).waitFor();
  await page.getByRole('button', { name: 'New virtual machine', exact: true }).click();
}

describe('an installation disc on this computer', () => {
  it('is found and sent from inside the wizard', async () => {
    await begin('Slow');
    await button('Upload from this computer…').waitFor();
    expect(await seen(page, 'upload-offered')).toEqual([]);
    await button('Upload from this computer…').click();
    await upload().getByRole('button', { name: 'Choose…' }).click();
    await here().getByRole('option', { name: 'Downloads' }).dblclick();
    await here()
      .getByRole('option', { name: /debian-13/ })
      .click();
    expect(await seen(page, 'upload-browse')).toEqual([]);
    await here().getByRole('button', { name: 'Choose', exact: true }).click();
    await soon(() => upload().getByRole('textbox', { name: 'Name there' }).inputValue()).toBe(name);
    expect(await seen(page, 'upload-dialog')).toEqual([]);
    await upload().getByRole('button', { name: 'Upload', exact: true }).click();
    await upload().waitFor({ state: 'detached' });
  });

  it('shows in place how far it is, how fast it goes and how long it takes', async () => {
    await progress()
      .getByText(/of 48.*MiB · .*MB\/s · .* left/)
      .waitFor({ timeout: 20_000 });
    expect(await seen(page, 'upload-running')).toEqual([]);
  });

  it('can be cancelled, which leaves nothing, and begun again', async () => {
    await progress().getByRole('button', { name: 'Cancel the upload' }).click();
    await progress().getByText('The upload was cancelled.').waitFor();
    expect(await seen(page, 'upload-cancelled')).toEqual([]);
    await progress().getByRole('button', { name: 'Retry' }).click();
    await progress().getByText(/MB\/s/).waitFor();
  });

  it('goes on when the wizard is closed', async () => {
    await page.keyboard.press('Escape');
    await wizard().waitFor({ state: 'detached' });
    const row = page
      .getByRole('region', { name: 'Tasks' })
      .getByRole('listitem')
      .filter({ hasText: `Upload ${name}` });
    const running = row.filter({ has: page.getByRole('progressbar') });
    await running.getByText(/Uploading: .* of 48/).waitFor();
    expect(await seen(page, 'upload-task')).toEqual([]);
    await running.getByRole('button', { name: 'Cancel' }).click();
    await running.waitFor({ state: 'detached' });
  });

  it('is chosen once it is there, and recognised', async () => {
    await begin('Office');
    await button('Upload from this computer…').click();
    await upload().getByRole('textbox', { name: 'File', exact: true }).fill(join(files, name));
    await upload().getByRole('button', { name: 'Upload', exact: true }).click();
    const field = wizard().getByRole('textbox', { name: 'Disc image' });
    await soon(() => field.inputValue()).toMatch(/\/debian-13\.2\.0-amd64-netinst\.iso$/);
    await progress().getByText(`${name} was uploaded.`).waitFor();
    await wizard()
      .getByRole('complementary', { name: 'What will be made' })
      .getByText('Debian 13')
      .first()
      .waitFor();
    expect(await seen(page, 'upload-done')).toEqual([]);
  });

  it('says beside its choices that the name is taken', async () => {
    await button('Upload from this computer…').click();
    await upload().getByRole('textbox', { name: 'File', exact: true }).fill(join(files, 'absent.iso'));
    await upload().getByRole('button', { name: 'Upload', exact: true }).click();
    await upload()
      .getByText(/There is no file .*absent\.iso on this computer/)
      .waitFor();
    expect(await seen(page, 'upload-refused')).toEqual([]);
    await upload().getByRole('textbox', { name: 'File', exact: true }).fill(join(files, name));
    await upload().getByRole('button', { name: 'Upload', exact: true }).click();
    await progress().getByText(`The volume ${name} is already there`).waitFor();
    expect(await seen(page, 'upload-failed')).toEqual([]);
    await page.keyboard.press('Escape');
    await wizard().waitFor({ state: 'detached' });
  });
});

describe('a file of a host', () => {
  const dialog = () => page.getByRole('dialog', { name: 'Download a file from Office' });

  it('is fetched by a command, under its own name', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Commands' }).fill('download');
    expect(await seen(page, 'download-command')).toEqual([]);
    await page.keyboard.press('Enter');
    const from = dialog().getByRole('textbox', { name: 'File', exact: true });
    await from.fill(`/var/lib/libvirt/images/${name}`);
    const to = dialog().getByRole('textbox', { name: 'Save as' });
    await soon(() => to.inputValue()).toBe(join(files, name));
    await to.fill(join(files, 'back.iso'));
    expect(await seen(page, 'download-dialog')).toEqual([]);
    await dialog().getByRole('button', { name: 'Download', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    const row = page
      .getByRole('region', { name: 'Tasks' })
      .getByRole('listitem')
      .filter({ hasText: 'Download back.iso' });
    await row.getByText('Done').waitFor();
    const [sent, back] = [name, 'back.iso'].map((each) => readFileSync(join(files, each)));
    expect(sent && back?.equals(sent)).toBe(true);
  });

  it('all this in Chinese', async () => {
    await windowTab(page, 'Office').click();
    await page.keyboard.press('Control+,');
    await page.getByRole('combobox', { name: /Language/ }).click();
    await page.getByRole('option', { name: '简体中文' }).click();
    await page.getByRole('tab', { name: 'Office' }).click();
    await page.keyboard.press('Control+n');
    await page.getByRole('button', { name: '从本机上传…' }).click();
    await page.getByRole('dialog', { name: '上传文件到 Office' }).waitFor();
    await inTheme(page, 'dark');
    await picture(page, 'upload-dialog-zh-dark');
    await inTheme(page, 'light');
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(desk.complaints.list).toEqual([]);
});
