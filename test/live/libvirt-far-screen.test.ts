import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desk, closeDesk, machineRow, openDesk, openMachine } from '../browser/desk.ts';
import { seen } from '../browser/look.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import type { Libvirtd } from '../lab/libvirt/libvirtd.ts';
import { connect } from './libvirt-node.ts';
import { startTlsHost } from './tls-host.ts';

const why = await libvirtdOrWhyNot('A screen that only its host sees');
const name = 'far';

/** Nothing to boot from: its firmware says so on the screen, and an empty drive. */
const guest = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><acpi/></features>
  <devices><disk type='file' device='cdrom'><driver name='qemu' type='raw'/><target dev='hdc' bus='ide'/><readonly/></disk>
    <graphics type='vnc' port='-1' autoport='yes'><listen type='address' address='127.0.0.1'/></graphics>
    <video><model type='vga'/></video></devices></domain>`;

describe.skipIf(why !== undefined)('a machine over TLS whose screen listens on its host only', () => {
  let lab: Libvirtd;
  let desk: Desk;

  beforeAll(async () => {
    const far = await startTlsHost(name, guest);
    lab = far.lab;
    desk = await openDesk({ hosts: { Rack: far.uri } });
  });
  afterAll(async () => {
    await closeDesk(desk);
    await lab?.end();
  });

  it('has its screenshot beside the words that say why it is not shown', async () => {
    const { page } = desk;
    await machineRow(page, name).waitFor();
    await openMachine(page, name);
    await page.getByText('The screen is to be seen on its host only').waitFor();
    expect(await seen(page, 'screen-over-tls')).toEqual([]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Screenshot', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^far screen .*\.png$/);
    const file = join(lab.files, 'far.png');
    await lab.virsh('screenshot', name, file);
    expect(sizeOf(await readFile(await download.path()))).toEqual(sizeOf(await readFile(file)));
  });

  it('says of its drive that it is empty, while it runs and when it is off', async () => {
    const { page } = desk;
    await page.getByRole('tab', { name: 'Overview' }).click();
    const drive = page.getByRole('listitem').filter({ hasText: 'hdc' });
    const words = async () => (await drive.innerText()).split('\n').map((line) => line.trim());
    await drive.getByText('Empty').waitFor();
    expect(await words()).toContain('ide');
    await lab.virsh('destroy', name);
    await page.getByText('Off', { exact: true }).first().waitFor();
    await drive.getByText('Empty').waitFor();
    expect(await words()).toContain('ide');
  });

  it('gives no screenshot where one may only look: libvirt takes that for a change', async () => {
    await lab.virsh('start', name);
    const looking = await connect(lab, { readOnly: true });
    try {
      const [domain] = await looking.domains.list();
      const refusal = await looking.domains.screenshot(domain?.uuid ?? '').then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(refusal).toMatchObject({ code: 'read_only' });
      expect(looking.verdicts.screenshot).toEqual({ can: 'no', reason: 'read_only' });
    } finally {
      await looking.close();
    }
  });
});

/** Width and height of a PNG. */
function sizeOf(png: Buffer): [number, number] {
  expect(png.toString('latin1', 1, 4)).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}
