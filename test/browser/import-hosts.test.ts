import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk, soon, treeItem } from './desk.ts';
import { seen } from './look.ts';

let desk: Desk;
let page: Page;
beforeAll(async () => {
  desk = await openDesk();
  ({ page } = desk);
});
afterAll(() => closeDesk(desk));

const dialog = () => page.getByRole('dialog', { name: 'Import hosts' });
const host = (name: string) => dialog().getByRole('checkbox', { name, exact: true });
const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click();

async function menu(entry: string): Promise<void> {
  await page.getByRole('button', { name: 'Menu', exact: true }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}
const long = 'a-rather-long-name-for-the-rack-in-the-second-basement-of-the-old-building.example.net';

describe('hosts of other programs', () => {
  it('are not there at first, and the dialog says so', async () => {
    await menu('Import hosts…');
    await dialog().getByText('There is no ~/.ssh/config.').waitFor();
    expect(await seen(page, 'import-hosts-nothing')).toEqual([]);
    await press('Cancel');
    await dialog().waitFor({ state: 'detached' });
  });

  it('are found, chosen and then stand in the tree without being connected', async () => {
    const ssh = join(desk.folders.env['HOME'] ?? '', '.ssh');
    await mkdir(ssh, { mode: 0o700 });
    await writeFile(join(ssh, 'config'), `Host lab-01 lab-02\n User ada\nHost ${long}\nHost *\n Port 2200\n`);
    await menu('Import hosts…');
    await host('lab-01').check();
    await host(long).waitFor();
    expect(await dialog().getByRole('button', { name: 'Import 1 host' }).count()).toBe(1);
    await dialog().getByRole('checkbox', { name: 'All of SSH configuration' }).check();
    await host('lab-02').uncheck();
    expect(await seen(page, 'import-hosts')).toEqual([]);
    await press('Import 2 hosts');
    await dialog().waitFor({ state: 'detached' });
    await treeItem(page, /^lab-01/).waitFor();
    await treeItem(page, new RegExp(long)).waitFor();
    expect(await treeItem(page, /^lab-02/).count()).toBe(0);
  });

  it('that are in the list cannot be chosen again, unless another hypervisor of theirs is meant', async () => {
    await menu('Import hosts…');
    await dialog().getByText('already there').first().waitFor();
    expect(await host('lab-01').isDisabled()).toBe(true);
    await dialog()
      .getByRole('combobox', { name: /^Hypervisor/ })
      .click();
    await page.getByRole('option', { name: 'QEMU, run by Guestroom' }).click();
    await soon(() => host('lab-01').isDisabled()).toBe(false);
    await host('lab-01').check();
    await press('Import 1 host');
    await page.getByRole('heading', { level: 1, name: 'lab-01 2' }).waitFor();
  });
});

describe('the list of hosts as a file', () => {
  it('is saved, and read by the dialog of another person', async () => {
    const download = page.waitForEvent('download');
    await menu('Export hosts…');
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^Guestroom hosts [\d-]+ [\d-]+\.json$/);
    const file = join(desk.folders.files, 'hosts.json');
    await saved.saveAs(file);
    const content = JSON.parse(await readFile(file, 'utf8')) as { hosts: { uri: string }[] };
    expect(content.hosts.map(({ uri }) => uri)).toContain('qemu+ssh://lab-01/embed');
    content.hosts.push({ uri: 'test:///default', ...{ name: 'From a friend', readOnly: true } });
    await writeFile(file, JSON.stringify({ ...content, guestroom: 1 }));
    await chmod(file, 0o600);

    await menu('Import hosts…');
    const choosing = page.waitForEvent('filechooser');
    await press('Choose a file…');
    await (await choosing).setFiles(file);
    await host('From a friend').waitFor();
    expect(await seen(page, 'import-hosts-list')).toEqual([]);
    await press('Import 1 host');
    await page.getByRole('heading', { level: 1, name: 'From a friend' }).waitFor();
    await page.getByText('read-only').first().waitFor();
  });

  it('that is none is refused in place', async () => {
    await menu('Import hosts…');
    await dialog().getByRole('textbox', { name: 'Its text' }).fill('{"guestroom": 2, "hosts": []}');
    await press('Read the text');
    const why = dialog().getByRole('alert').filter({ hasText: 'later version' });
    await why.waitFor();
    await why.scrollIntoViewIfNeeded();
    expect(await seen(page, 'import-hosts-refused')).toEqual([]);
    await press('Cancel');
    await dialog().waitFor({ state: 'detached' });
  });
});

describe('a small window, in Chinese', () => {
  it('has room for all of the dialog', async () => {
    await page.setViewportSize({ width: 760, height: 560 });
    await page.keyboard.press('Control+,');
    await page.getByRole('combobox', { name: 'Language' }).click();
    await page.getByRole('option', { name: '简体中文' }).click();
    await page.getByRole('heading', { level: 1, name: '设置' }).waitFor();
    await page.getByRole('button', { name: '添加主机…' }).first().click();
    await page.getByRole('dialog', { name: '添加主机' }).getByRole('button', { name: '导入主机…' }).click();
    const chinese = page.getByRole('dialog', { name: '导入主机' });
    await chinese.getByRole('list', { name: 'SSH 配置' }).waitFor();
    expect(await seen(page, 'import-hosts-small-chinese')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(760);
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
