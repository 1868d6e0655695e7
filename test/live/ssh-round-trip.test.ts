import { type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, openDesk } from '../browser/desk.ts';
import { seen } from '../browser/look.ts';
import { type Line, type SlowLine, slowLine } from '../lab/ssh/slow-line.ts';
import { type Sshd, sshdOrWhyNot, startSshd } from '../lab/ssh/sshd.ts';
import { within } from './room.ts';

const why = await sshdOrWhyNot('A slow connection over SSH');
const name = 'Far away';

describe.skipIf(why !== undefined)('a slow connection over SSH', () => {
  const quality: Line = { rate: 10_000_000, delay: 0, loss: 0 };
  let sshd: Sshd;
  let line: SlowLine;
  let desk: Desk;
  let page: Page;

  beforeAll(async () => {
    sshd = await startSshd();
    line = await slowLine({ host: sshd.address, port: sshd.port }, quality);
    const port = String(line.port);
    const params = new URLSearchParams({
      keyfile: sshd.keys.ed25519,
      known_hosts: await sshd.knownAt(line.port),
    });
    desk = await openDesk({
      hosts: { [name]: `qemu+ssh://ada@127.0.0.1:${port}/embed?${params.toString()}` },
    });
    ({ page } = desk);
  });
  afterAll(async () => {
    await closeDesk(desk);
    line?.end();
    await sshd?.end();
  });

  const statusBar = () => page.getByRole('contentinfo');

  it('is not called slow while it is quick', async () => {
    await within(20_000, () => statusBar().innerText()).toMatch(/Far away\s+SSH, /);
    expect(await page.getByRole('button', { name: /^Slow connection/ }).count()).toBe(0);
  });

  it('is called slow once it is, on the page of the host', async () => {
    quality.delay = 120;
    const chip = page.getByRole('button', { name: /^Slow connection: \d+ ms there and back$/ });
    await chip.waitFor({ timeout: 40_000 });
    const told = async () => Number(/(\d+) ms/.exec(await chip.innerText())?.[1]);
    await within(40_000, told).toBeGreaterThan(239);
    expect(await seen(page, 'slow-connection')).toEqual([]);
  });

  it('shows its details: every step with its time, the key and what slow means', async () => {
    await page.getByRole('button', { name: /^Slow connection/ }).click();
    const dialog = page.getByRole('dialog', { name: `Connection to ${name}` });
    await dialog.getByText(`ada@127.0.0.1:`, { exact: false }).first().waitFor();
    await dialog.getByText(sshd.hostKey.fingerprint, { exact: false }).first().waitFor();
    const steps = dialog.getByRole('list', { name: 'Connection', exact: true }).getByRole('listitem');
    expect(await steps.count()).toBe(7);
    expect(await seen(page, 'connection-details')).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  it('is called quick again once it is', async () => {
    quality.delay = 0;
    await page
      .getByRole('button', { name: /^Slow connection/ })
      .waitFor({ state: 'detached', timeout: 40_000 });
    expect(desk.complaints.list).toEqual([]);
  });
});
