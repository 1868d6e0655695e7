import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, machineRow, openDesk, soon, treeItem, windowTab } from './desk.ts';
import { seen } from './look.ts';

/** What a host over SSH asks, in its places: the dialog that tries a connection, and the host's own page. */

let desk: Desk;
let page: Page;
beforeAll(async () => {
  desk = await openDesk({ hosts: { 'This desk': 'test:///default?instance=desk' } });
  ({ page } = desk);
  await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
});
afterAll(() => closeDesk(desk));

const made = (query: string) => `test:///default?step=5&${query}`;
const dialog = () => page.getByRole('dialog', { name: 'Add a host' });
const field = (name: string) => dialog().getByRole('textbox', { name, exact: true });
const press = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
const ask = (name: RegExp) => page.getByRole('alertdialog', { name });
const focused = () => page.evaluate(() => document.activeElement?.textContent.trim());
const stateOf = (name: string) =>
  page
    .getByRole('list', { name: 'Connection', exact: true })
    .getByRole('listitem')
    .filter({ hasText: name })
    .getByRole('img')
    .getAttribute('aria-label');

async function openOther(uri: string, name = ''): Promise<void> {
  await page.getByRole('button', { name: 'Add host…' }).first().click();
  await dialog().getByRole('radio', { name: 'Other', exact: true }).click();
  await field('Connection').fill(uri);
  await field('Name').fill(name);
}
async function test(uri: string): Promise<void> {
  await openOther(uri);
  await press('Test connection');
}
async function escape(): Promise<void> {
  await page.keyboard.press('Escape');
  await dialog().waitFor({ state: 'detached' });
}

describe('a connection that is tried', () => {
  const key = /is not known yet/;

  it('shows the key of a host that is not known, with the keyboard on Cancel', async () => {
    await test(made('ask=host-key'));
    await ask(key).waitFor();
    await soon(() => stateOf('Know the host')).toBe('waiting for you');
    await soon(focused).toBe('Cancel');
    expect(await seen(page, 'ask-host-key')).toEqual([]);
    await ask(key).getByRole('button', { name: 'Copy the fingerprint' }).click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'SHA256:uNiV8mQ2TfYc4LrX0pAeHkZs9dWjVb6oR1tCGy5nq7E',
    );
  });

  it('fails where it is not accepted', async () => {
    await ask(key).getByRole('button', { name: 'Cancel' }).click();
    await dialog().getByRole('alert').filter({ hasText: 'was not accepted' }).waitFor();
    await soon(() => stateOf('Know the host')).toBe('failed');
    expect(await seen(page, 'ask-host-key-cancelled')).toEqual([]);
    await press('Test again');
    await ask(key).getByRole('button', { name: 'Trust this time' }).click();
    await dialog().getByRole('status').filter({ hasText: 'The connection works.' }).waitFor();
    await escape();
  });

  it('stops before a key that has changed, and says where the known one stands', async () => {
    await test(made('ask=host-key&fail=open:host-key'));
    await dialog().getByText('/home/ada/.ssh/known_hosts, line 12').waitFor();
    expect(
      await dialog()
        .getByRole('button', { name: /^Trust/ })
        .count(),
    ).toBe(0);
    expect(await seen(page, 'ask-host-key-changed-trial')).toEqual([]);
    await escape();
  });

  it('asks for the passphrase of a key file, and again when it does not open it', async () => {
    await test(made('ask=passphrase:lovelace'));
    const passphrase = ask(/asks for its passphrase$/);
    await passphrase.getByText('/home/ada/.ssh/id_ed25519').waitFor();
    expect(await seen(page, 'ask-passphrase')).toEqual([]);
    await passphrase.getByLabel('Passphrase').fill('byron');
    await passphrase.getByLabel('Passphrase').press('Enter');
    await passphrase.getByText('That passphrase does not open the key.').waitFor();
    await passphrase.getByLabel('Passphrase').fill('lovelace');
    await passphrase.getByLabel('Passphrase').press('Enter');
    await dialog().getByRole('status').filter({ hasText: 'The connection works.' }).waitFor();
    await escape();
  });

  it('asks in the host’s own words', async () => {
    await test(made('ask=prompts:4711:998877'));
    const prompts = ask(/asks for an answer$/);
    await prompts.getByText('Two things are needed').waitFor();
    expect(await seen(page, 'ask-prompts')).toEqual([]);
    await prompts.getByLabel('Number of your badge:').fill('4711');
    await prompts.getByLabel('The six digits that your token shows now:').fill('998877');
    await prompts.getByRole('button', { name: 'Answer' }).click();
    await dialog().getByRole('status').filter({ hasText: 'The connection works.' }).waitFor();
    await escape();
  });
});

describe('a host in the list', () => {
  const name = 'A rather long name for the rack in the second basement of the old building';
  const password = ask.bind(undefined, /asks for a password$/);

  it('asks on its page, one question after another', async () => {
    await openOther(made('ask=host-key,password:lovelace&instance=two'), name);
    await press('Add and connect');
    await ask(/is not known yet/).waitFor();
    await treeItem(page, new RegExp(name)).getByRole('img', { name: 'Waiting for you' }).waitFor();
    expect(await seen(page, 'ask-host-key-page')).toEqual([]);
    await windowTab(page, 'This desk').click();
    const note = page.getByRole('region', { name: 'Notifications' }).getByRole('status');
    await note.getByText(`${name} shows a key that is not known yet`).waitFor();
    expect(await seen(page, 'ask-host-key-elsewhere')).toEqual([]);
    await note.getByRole('button', { name: 'Look at the key' }).click();
    await ask(/is not known yet/)
      .getByRole('button', { name: 'Trust and remember' })
      .click();
    await password().waitFor();
    await soon(() => stateOf('Log in')).toBe('waiting for you');
    await password().getByLabel('Password').fill('byron');
    await password().getByLabel('Password').press('Enter');
    await password().getByText('That password was refused.').waitFor();
    expect(await seen(page, 'ask-password-again')).toEqual([]);
    await password().getByLabel('Password').fill('lovelace');
    await password().getByLabel('Password').press('Enter');
    await machineRow(page, 'test').waitFor();
  });

  it('where the system has a key store offers to remember, and says why where it cannot', async () => {
    for (const [shot, more] of [
      ['ask-remember', { remember: 'possible' }],
      [
        'ask-remember-not',
        { reason: 'This desktop has no key store (GNOME Keyring or KWallet), so nothing secret is kept' },
      ],
    ] as const) {
      const context = await desk.browser.newContext({ storageState: await desk.context.storageState() });
      const second = await context.newPage();
      await second.setViewportSize({ width: 1280, height: 800 });
      await second.routeWebSocket(/./, (socket) => {
        const server = socket.connectToServer();
        server.onMessage((message) => {
          socket.send(typeof message === 'string' ? withSecrets(message, more) : message);
        });
      });
      await second.goto(desk.app.origin);
      page = second;
      try {
        await test(made(`ask=passphrase:lovelace&instance=${shot}`));
        await ask(/passphrase$/).waitFor();
        expect(await seen(page, shot)).toEqual([]);
      } finally {
        ({ page } = desk);
      }
      await context.close();
    }
  });

  it('whose key has changed is a hard stop on its page', async () => {
    await openOther(made('ask=host-key&fail=open:host-key'), 'rack-7');
    await press('Add and connect');
    const main = page.getByRole('main');
    await main.getByText('/home/ada/.ssh/known_hosts, line 12').waitFor();
    expect(await main.getByRole('button', { name: /^Trust/ }).count()).toBe(0);
    expect(await seen(page, 'ask-host-key-changed')).toEqual([]);
  });

  it('asks in a small window, in Chinese', async () => {
    await page.setViewportSize({ width: 760, height: 560 });
    await page.keyboard.press('Control+,');
    await page.getByRole('combobox', { name: 'Language' }).click();
    await page.getByRole('option', { name: '简体中文' }).click();
    await page.getByRole('button', { name: '添加主机…' }).first().click();
    const chinese = page.getByRole('dialog', { name: '添加主机' });
    await chinese.getByRole('radio', { name: '其他' }).click();
    await chinese.getByRole('textbox', { name: '连接' }).fill(made('ask=host-key'));
    await chinese.getByRole('button', { name: '测试连接' }).click();
    await chinese.getByRole('alertdialog', { name: /这是它的密钥吗/ }).waitFor();
    expect(await seen(page, 'ask-small-chinese')).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(760);
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});

/** As a desktop's own window is told: only what can be remembered is changed, on its way. */
function withSecrets(message: string, more: object): string {
  return JSON.stringify(JSON.parse(message), (_key, value: unknown) =>
    typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'secrets'
      ? { ...value, ...more }
      : value,
  );
}
