import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, machineRow, openDesk, openMachine } from '../browser/desk.ts';
import { seen } from '../browser/look.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { type RecordingViewer, recordingViewer } from '../lab/viewer.ts';
import { compareWith } from './picture.ts';
import { host, within } from './room.ts';
import { startTlsHost } from './tls-host.ts';
import { Wizard, openGuest, stateOf } from './wizard.ts';

const why = await libvirtdOrWhyNot('libvirt-spice');
const name = 'spicy';

/** Nothing to boot from: its firmware says so on the screen. */
const guest = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <devices><graphics type='spice' port='-1' autoport='yes' passwd='PLANTED'><listen type='address' address='127.0.0.1'/></graphics>
    <video><model type='vga'/></video></devices></domain>`;

describe.skipIf(why !== undefined)('a guest of libvirt with a SPICE screen only', () => {
  let lab: Libvirtd;
  let desk: Desk;
  let viewer: RecordingViewer;

  beforeAll(async () => {
    lab = await startLibvirtd();
    viewer = await recordingViewer(lab.files);
    const file = join(lab.files, `${name}.xml`);
    await writeFile(file, guest);
    await lab.virsh('define', file);
    await lab.virsh('start', name);
    const env = { PATH: `${viewer.folder}:${process.env['PATH'] ?? ''}` };
    desk = await openDesk({ hosts: { Rack: lab.uri() }, env });
  });
  afterAll(async () => {
    await closeDesk(desk);
    await lab?.end();
  });

  const card = () => desk.page.getByRole('region', { name: 'This virtual machine’s screen is SPICE' });
  const button = (label: string) => desk.page.getByRole('button', { name: label, exact: true });

  it('opens in remote-viewer where libvirt says that it listens, with its password', async () => {
    await machineRow(desk.page, name).waitFor();
    await openMachine(desk.page, name);
    await card().getByRole('button', { name: 'Open in remote-viewer' }).click();
    await card().getByText('remote-viewer was started.').waitFor();
    const display = await lab.virsh('domdisplay', name);
    const port = /^spice:\/\/127\.0\.0\.1:(\d+)/.exec(display)?.[1] ?? display;
    expect(viewer.given()).toMatchObject({
      mode: '600',
      file: `[virt-viewer]\ntype=spice\nhost=127.0.0.1\nport=${port}\npassword=PLANTED\ntitle=${name}\ndelete-this-file=1\n`,
    });
    expect(desk.app.output() + lab.log()).not.toContain('PLANTED');
  });

  it('gets a VNC screen, and after its next start the window shows the picture that QEMU has', async () => {
    const { page } = desk;
    await card().getByRole('button', { name: 'Add a VNC screen' }).click();
    await card().getByText('The VNC screen comes with the next start').waitFor();
    expect(await lab.virsh('dumpxml', name)).not.toContain("graphics type='vnc'");
    const kept = await lab.virsh('dumpxml', '--inactive', '--security-info', name);
    expect(kept).toMatch(/<graphics type='spice'.*passwd='PLANTED'/);
    expect(kept).toContain("<graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'>");
    // its firmware takes no notice of a shutdown
    await button('More ways to stop').click();
    await page.getByRole('menuitem', { name: 'Force off' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Force off' }).click();
    await within(10_000, () => stateOf(page)).toBe('Off');
    await page.getByRole('tabpanel', { name: 'Console' }).getByRole('button', { name: 'Start' }).click();
    await page
      .getByRole('toolbar', { name: 'Console' })
      .getByText(/^VNC · /)
      .waitFor();
    const screen = page.getByRole('application', { name: `Screen of ${name}` });
    const file = join(lab.files, 'picture.png');
    const compared = async () => {
      await lab.virsh('screenshot', name, file);
      return compareWith(screen, await readFile(file));
    };
    await within(60_000, async () => (await compared()).drawn).toBeGreaterThan(0.001);
    await within(30_000, async () => (await compared()).different).toBeLessThan(0.005);
    expect(await lab.virsh('domdisplay', '--all', name)).toMatch(/spice:[^]*vnc:|vnc:[^]*spice:/);
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});

describe.skipIf(why !== undefined)('a guest of a host over TLS, which leads to the daemon only', () => {
  let lab: Libvirtd;
  let desk: Desk;
  let wizard: Wizard;

  beforeAll(async () => {
    const far = await startTlsHost(name, guest);
    lab = far.lab;
    desk = await openDesk({ hosts: { [host]: far.uri } });
  });
  afterAll(async () => {
    await closeDesk(desk);
    await lab?.end();
  });

  it('is not offered a VNC screen that could not be seen, and the way to one is told', async () => {
    await machineRow(desk.page, name).waitFor();
    await openMachine(desk.page, name);
    const card = desk.page.getByRole('region', { name: 'This virtual machine’s screen is SPICE' });
    await card.getByText(`Add ${host} over SSH to see the screen here.`).waitFor();
    const add = card.getByRole('button', { name: 'Add a VNC screen' });
    expect(await add.getAttribute('aria-disabled')).toBe('true');
    expect(await seen(desk.page, 'libvirt-tls-screen-offer')).toEqual([]);
  });

  it('has the same said by the wizard, before it is made', async () => {
    wizard = await Wizard.open(desk.page);
    await wizard.source('Empty machine', {});
    await wizard.name('fresh');
    await wizard.next();
    await wizard.choose('Runs with', 'Emulation, slowly');
    await wizard.next();
    // the network of this lab is the machine's own: none is started there
    await wizard.choose('Connect to', 'Behind the host (no rights needed)');
    await wizard.next();
    await wizard.dialog.getByText(`add ${host} over SSH to see it here`, { exact: false }).first().waitFor();
    expect(await seen(desk.page, 'libvirt-tls-wizard')).toEqual([]);
  });

  it('is made there also where libvirt has no pool yet: the usual one is made first', async () => {
    expect(await lab.virsh('pool-list', '--all', '--name')).toBe('');
    await wizard.dialog.getByText('Make the place default for disks, /var/lib/libvirt/images').waitFor();
    await wizard.make('fresh');
    await within(30_000, () => stateOf(desk.page)).toBe('Running');
    expect(await lab.virsh('pool-list', '--autostart', '--name')).toBe('default');
    expect(await lab.virsh('vol-list', 'default')).toContain('/var/lib/libvirt/images/fresh.qcow2');
  });

  it('says why its VNC screen is not shown, and what to do', async () => {
    const { page } = desk;
    const file = join(lab.files, 'plain.xml');
    const vnc = guest.replace(/<graphics type='spice'.*?<\/graphics>/, "<graphics type='vnc' port='-1'/>");
    await writeFile(file, vnc.replace(name, 'plain'));
    await lab.virsh('create', file);
    await openGuest(page, 'plain');
    await page.getByText('The screen is to be seen on its host only').filter({ visible: true }).waitFor();
    await page
      .getByText(/^Connect to the host by SSH/)
      .filter({ visible: true })
      .waitFor();
    expect(await seen(page, 'libvirt-tls-vnc')).toEqual([]);
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
