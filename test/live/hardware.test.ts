import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeDesk } from '../browser/desk.ts';
import { processesOf } from '../lab/folders.ts';
import { said } from '../lab/shell.ts';
import { type Room, openRoom, within } from './room.ts';
import { Console } from './terminal.ts';
import { Wizard, stateOf } from './wizard.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => closeDesk(room));

describe('a machine with UEFI and a TPM', () => {
  const name = 'secured';

  it('boots by UEFI, has its TPM, and the TPM ends with it', async () => {
    const { page, folders, images } = room;
    const wizard = await Wizard.open(page);
    await wizard.source('Existing disk image', { 'Disk image': images.qcow2 });
    await wizard.name(name);
    await wizard.next();
    await wizard.choose('Firmware', 'UEFI');
    await wizard.dialog.getByRole('switch', { name: 'Emulate a security chip' }).check();
    await wizard.make(name);
    await within(60_000, () => stateOf(page)).toBe('Running');
    const serial = new Console(page, name);
    await serial.login();
    expect(await serial.run('ls -d /sys/firmware/efi')).toBe('/sys/firmware/efi');
    expect(await serial.run('cat /sys/class/tpm/tpm0/tpm_version_major')).toBe('2');
    expect(processesOf(folders, 'swtpm')).toHaveLength(1);
    await page.getByRole('button', { name: 'Shut down', exact: true }).click();
    await within(60_000, () => stateOf(page)).toBe('Off');
    await within(10_000, () => processesOf(folders, 'swtpm')).toEqual([]);
  });
});

describe('a machine from a cloud image', () => {
  const name = 'in-the-cloud';
  const key =
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJx0b5b1yVvJjB0Jt7J3mM2wJ9v3oX8pV1vU5Jm0d0Zz somebody@desk';

  it('finds in its seed what was chosen for its first start, and no password in clear', async () => {
    const { page, folders, images } = room;
    const wizard = await Wizard.open(page);
    await wizard.source('Cloud image', { 'Cloud image': images.qcow2 });
    await wizard.fill('User name', 'ada');
    await wizard.fill('Password', 'correct horse');
    await wizard.fill('SSH keys', key);
    await wizard.fill('Host name', 'engine');
    await wizard.name(name);
    await wizard.make(name);
    await within(60_000, () => stateOf(page)).toBe('Running');
    const serial = new Console(page, name);
    await serial.login();
    await serial.run('mkdir -p /tmp/seed; mount -o ro $(findfs LABEL=cidata) /tmp/seed');
    expect((await serial.run('ls /tmp/seed')).split(/\s+/)).toEqual(
      expect.arrayContaining(['meta-data', 'user-data']),
    );
    expect(await serial.run('cat /tmp/seed/meta-data')).toMatch(/local-hostname: .?engine/);
    const data = await serial.run('cat /tmp/seed/user-data');
    expect(data).toMatch(/^#cloud-config/);
    expect(data).toMatch(/name: .?ada/);
    expect(data).toContain(key);
    expect(data).toMatch(/\$6\$/);
    expect(data).not.toContain('correct horse');
    expect(await said(folders, 'dumpxml', name)).not.toContain('correct horse');
    await said(folders, 'destroy', name);
  });
});

describe('a machine from a kernel and its initial RAM disk', () => {
  const name = 'direct';

  it('starts them directly with the command line that was given', async () => {
    const { page, folders, images } = room;
    const wizard = await Wizard.open(page);
    await wizard.source('Kernel and initrd', {
      Kernel: images.kernel,
      'Initial RAM disk': images.initrd,
      'Command line': 'console=ttyS0 quiet tiny.hostname=straight',
    });
    await wizard.name(name);
    await wizard.make(name);
    await within(60_000, () => stateOf(page)).toBe('Running');
    const serial = new Console(page, name);
    await serial.login();
    expect(await serial.run('hostname')).toBe('straight');
    expect(await serial.run('cat /proc/cmdline')).toContain('tiny.hostname=straight');
    await said(folders, 'destroy', name);
  });
});

it('nothing of all this caused an error or a violation of the page’s policy', () => {
  expect(room.complaints.list).toEqual([]);
});
