import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { type Desk, closeDesk, openDesk } from '../browser/desk.ts';
import { seen } from '../browser/look.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { connect, imagesPool } from './libvirt-node.ts';
import { host, within } from './room.ts';
import { Wizard, stateOf } from './wizard.ts';

const why = await libvirtdOrWhyNot('libvirt-wizard');
const name = 'netted';

describe.skipIf(why !== undefined)('a machine from the wizard, on a libvirt whose network is off', () => {
  let lab: Libvirtd;
  let connection: Connection;
  let desk: Desk;
  let wizard: Wizard;
  let folder: string;

  beforeAll(async () => {
    lab = await startLibvirtd({ network: true });
    connection = await connect(lab);
    folder = await imagesPool(lab, connection);
    desk = await openDesk({ hosts: { [host]: lab.uri() } });
    expect(await lab.virsh('net-list', '--inactive', '--name')).toBe('default');
  });
  afterAll(async () => {
    await closeDesk(desk);
    await connection?.close();
    await lab?.end();
  });

  it('says on the step of the network that it is off and will be started', async () => {
    wizard = await Wizard.open(desk.page);
    await wizard.source('Existing disk image', { 'Disk image': join(folder, 'tiny.qcow2') });
    await wizard.name(name);
    await wizard.next();
    // whatever the processor here can do: what is tested is the network
    await wizard.choose('Runs with', 'Emulation, slowly');
    await wizard.next();
    const { dialog } = wizard;
    await dialog.getByText('It is off. It is started before the machine.').waitFor();
    await dialog.getByText('“default” is off and will be started').waitFor();
    await dialog.getByLabel('Start it with the host, too').check();
    expect(await seen(desk.page, 'libvirt-wizard-network')).toEqual([]);
  });

  it('lists the start of the network among what will happen', async () => {
    while (!/Review/.test(await wizard.step())) await wizard.next();
    const { dialog } = wizard;
    await dialog.getByText('Start the network default').waitFor();
    await dialog.getByText('from now on with the host, too').waitFor();
    expect(await seen(desk.page, 'libvirt-wizard-review')).toEqual([]);
  });

  it('starts both, and libvirt agrees', async () => {
    await wizard.make(name);
    await within(60_000, () => stateOf(desk.page)).toBe('Running');
    expect(await lab.virsh('domstate', name)).toBe('running');
    const network = await lab.virsh('net-info', 'default');
    expect(network).toMatch(/Active:\s+yes/);
    expect(network).toMatch(/Autostart:\s+yes/);
    expect(await lab.virsh('domiflist', name)).toMatch(/network\s+default/);
  });

  it('offers to start the network again, when a later start fails for it', async () => {
    const { page } = desk;
    await lab.virsh('destroy', name);
    await lab.virsh('net-destroy', 'default');
    await within(10_000, () => stateOf(page)).toBe('Off');
    await page.getByRole('tabpanel', { name: 'Console' }).getByRole('button', { name: 'Start' }).click();
    const note = page.getByRole('alert').filter({ hasText: 'The network default is off' });
    await note.waitFor();
    expect(await seen(page, 'libvirt-network-off')).toEqual([]);
    await note.getByRole('button', { name: 'Start the network and the machine' }).click();
    await within(30_000, () => stateOf(page)).toBe('Running');
    expect(await lab.virsh('net-list', '--name')).toBe('default');
  });

  it('caused no error and no violation of the page’s policy', () => {
    expect(desk.complaints.list).toEqual([]);
  });
});
