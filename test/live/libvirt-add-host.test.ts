import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, machineRow, openDesk, treeItem } from '../browser/desk.ts';
import { seen } from '../browser/look.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { tinyGuest } from './libvirt-node.ts';
import { within } from './room.ts';

const why = await libvirtdOrWhyNot('Adding a host over TLS in the window');

describe.skipIf(why !== undefined)('adding a host over TLS that asks for a login', () => {
  let lab: Libvirtd;
  let desk: Desk;
  const name = 'Rack';

  beforeAll(async () => {
    lab = await startLibvirtd({ tls: 'sasl' });
    const document = join(lab.files, 'far.xml');
    await writeFile(document, tinyGuest('far', { disk: join(lab.files, 'none.qcow2') }));
    await lab.virsh('define', document);
    desk = await openDesk();
    await desk.page.getByRole('button', { name: 'Add host…' }).first().click();
    await dialog().getByRole('radio', { name: 'Over TLS' }).click();
    await field('Address').fill('127.0.0.1');
    await dialog().getByLabel('Port').fill(String(lab.ports.tls));
  });
  afterAll(async () => {
    await closeDesk(desk);
    await lab?.end();
  });

  const dialog = () => desk.page.getByRole('dialog', { name: 'Add a host' });
  const field = (label: string) => dialog().getByRole('textbox', { name: label, exact: true });
  const press = (label: string) => dialog().getByRole('button', { name: label, exact: true }).click();
  const step = (label: string) =>
    desk.page
      .getByRole('list', { name: 'Connection', exact: true })
      .getByRole('listitem')
      .filter({ hasText: label });
  const ask = () =>
    desk.page.getByRole('alertdialog', { name: /^libvirt on 127\.0\.0\.1:\d+ asks for a login$/ });
  const logIn = async (password: string) => {
    await ask().getByRole('textbox', { name: 'Name' }).fill(lab.login.user);
    await ask().getByLabel('Password').fill(password);
    await ask().getByLabel('Password').press('Enter');
  };

  it('names the certificate that is not trusted, and the authority that is, at the step that checks it', async () => {
    await field('Certificates').fill(lab.pki.wrongAuthority);
    await press('Test connection');
    const refusal = step('Know the host').getByRole('alert');
    await refusal.waitFor();
    const words = await refusal.innerText();
    expect(words).toContain(
      'The certificate of 127.0.0.1 is signed by an authority that this computer does not trust',
    );
    expect(words).toContain('CN=Guestroom lab authority');
    expect(words).toContain('CN=Some other authority');
    expect(words).toContain(join(lab.pki.wrongAuthority, 'cacert.pem'));
    expect(await step('Reach the host').innerText()).toContain(`127.0.0.1:${String(lab.ports.tls)}`);
    expect(await seen(desk.page, 'add-host-libvirt-wrong-authority')).toEqual([]);
  });

  it('says where this computer’s own certificate belongs, where it has none', async () => {
    await field('Certificates').fill(lab.pki.none);
    await press('Test connection');
    const refusal = step('Log in').getByRole('alert');
    await refusal.getByText('wants a certificate, and this computer has none').waitFor();
    expect(await refusal.innerText()).toContain(join(lab.pki.none, 'clientcert.pem'));
    expect(await step('Know the host').innerText()).toContain('signed by CN=Guestroom lab authority');
  });

  it('asks for the login, again after a wrong one, and says what it has found', async () => {
    await field('Certificates').fill(lab.pki.good);
    await press('Test connection');
    await ask().waitFor();
    expect(await step('Agree on encryption').innerText()).toMatch(/TLSv1\.[23]/);
    expect(await seen(desk.page, 'add-host-libvirt-login')).toEqual([]);
    await logIn('not this one');
    await ask().getByText('That login was refused.').waitFor();
    await logIn(lab.login.password);
    const found = dialog().getByRole('status').filter({ hasText: 'The connection works.' });
    await found.waitFor({ timeout: 60_000 });
    expect(await found.innerText()).toMatch(/QEMU \d.* · libvirt \d+\.\d+\.\d+ · 1 virtual machine$/);
    expect(await seen(desk.page, 'add-host-libvirt-works')).toEqual([]);
  });

  it('connects with the login that was just given, and shows the machines', async () => {
    await field('Name').fill(name);
    await press('Add and connect');
    await machineRow(desk.page, 'far').waitFor({ timeout: 60_000 });
    await treeItem(desk.page, /^Rack/).getByText('TLS').waitFor();
  });

  it('waits for the person after it was disconnected, and is there again after the login', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'More host actions' }).click();
    await page.getByRole('menuitem', { name: 'Disconnect' }).click();
    await page.getByRole('main').getByRole('button', { name: 'Connect', exact: true }).click();
    await ask().waitFor();
    await treeItem(page, /^Rack/).getByRole('img', { name: 'Waiting for you' }).waitFor();
    await logIn(lab.login.password);
    await machineRow(page, 'far').waitFor({ timeout: 60_000 });
    await within(10_000, () => ask().count()).toBe(0);
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
