import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import type { GuestroomError } from '../../drivers/api/errors.ts';
import { documentToEdit, editedDocument } from '../../main/handlers/screen-passwords.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { connect, has } from './libvirt-node.ts';
import { within } from './room.ts';

const why = await libvirtdOrWhyNot('libvirt-endings');
const mebibyte = 1024 * 1024;

const machine = (name: string, disk: string, format: string): string => `<domain type='qemu'>
  <name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices><disk type='file' device='disk'><driver name='qemu' type='${format}'/><source file='${disk}'/><target dev='vda' bus='virtio'/></disk></devices>
</domain>`;

describe.skipIf(why !== undefined)('what comes to its end on a host with libvirt', () => {
  let lab: Libvirtd;
  let connection: Connection;
  let folder: string;

  beforeAll(async () => {
    lab = await startLibvirtd();
    connection = await connect(lab);
    folder = join(lab.files, 'images');
    await has(connection.pools).create(
      `<pool type='dir'><name>images</name><target><path>${folder}</path></target></pool>`,
      { build: true },
    );
  });
  afterAll(async () => {
    await connection?.close();
    await lab?.end();
  });

  it('a copy of a disk ends with its machine', async () => {
    const { path } = await connection.volumes.create('images', {
      ...{ name: 'a.raw', format: 'raw', capacity: 64 * mebibyte, allocation: 64 * mebibyte },
    });
    const { uuid } = await connection.domains.define(machine('a', path, 'raw'));
    await connection.domains.start(uuid);
    const jobs = has(connection.blockJobs);
    const options = { path: join(folder, 'b.raw'), format: 'raw', pivot: false, bandwidth: 65_536 } as const;
    const copy = jobs.copy(uuid, 'vda', options).then(
      () => 'done',
      (error: unknown) => (error as { code: string }).code,
    );
    await within(20_000, async () => (await jobs.list(uuid)).length).toBe(1);
    await connection.domains.destroy(uuid);
    expect(await copy).toBe('wrong_state');
    await connection.domains.undefine(uuid, { volumes: [path] });
  });

  it('the disk of a machine is not deleted under it while it runs', async () => {
    const { path } = await connection.volumes.create('images', {
      name: 'r.raw',
      format: 'raw',
      capacity: mebibyte,
    });
    const { uuid } = await connection.domains.define(machine('r', path, 'raw'));
    await connection.domains.start(uuid);
    await expect(connection.domains.undefine(uuid, { volumes: [path] })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    expect(await connection.volumes.lookup(path)).toMatchObject({ path });
    await connection.domains.destroy(uuid);
    await connection.domains.undefine(uuid, { volumes: [path] });
    await expect(connection.volumes.lookup(path)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('a machine with checkpoints is undefined', async () => {
    const path = join(folder, 'c.qcow2');
    await lab.inside('qemu-img', 'create', '-q', '-f', 'qcow2', path, '1M');
    const { uuid } = await connection.domains.define(machine('c', path, 'qcow2'));
    await connection.domains.start(uuid);
    await writeFile(join(lab.files, 'one.xml'), '<domaincheckpoint><name>one</name></domaincheckpoint>');
    await lab.virsh('checkpoint-create', 'c', join(lab.files, 'one.xml'));
    await connection.domains.destroy(uuid);
    expect(await lab.virsh('checkpoint-list', '--name', 'c')).toBe('one');
    await connection.domains.undefine(uuid);
    expect(await lab.virsh('list', '--all', '--name')).toBe('');
  });

  it('a console that somebody else has is taken over by who insists on it', async () => {
    const serial = "<serial type='pty'><target port='0'/></serial>";
    const xml = machine('e', join(folder, 'e.raw'), 'raw').replace('</devices>', `${serial}</devices>`);
    await connection.volumes.create('images', { name: 'e.raw', format: 'raw', capacity: mebibyte });
    const { uuid } = await connection.domains.define(xml);
    await connection.domains.start(uuid);
    const first = await connection.domains.openConsole(uuid);
    const ended = once(first, 'error') as Promise<[GuestroomError]>;
    await expect(connection.domains.openConsole(uuid)).rejects.toMatchObject({ code: 'busy' });
    const second = await connection.domains.openConsole(uuid, undefined, { force: true });
    expect((await ended)[0]).toMatchObject({ code: 'lost', domain: uuid });
    expect(second.destroyed).toBe(false);
    second.destroy();
    await connection.domains.destroy(uuid);
    await connection.domains.undefine(uuid);
  });

  it('a volume that libvirt cannot read any more hides no other', async () => {
    const { path } = await connection.volumes.create('images', {
      name: 'f',
      format: 'raw',
      capacity: mebibyte,
    });
    await connection.volumes.create('images', { name: 'g', format: 'raw', capacity: mebibyte });
    await rm(path);
    await lab.inside('mkfifo', path);
    const names = (await connection.volumes.list('images')).map((volume) => volume.name);
    await rm(path);
    expect(names).toContain('g');
    expect(names).not.toContain('f');
  });

  it('an edited document keeps the passwords of its screens', async () => {
    const screens = "<graphics type='vnc' port='-1' passwd='first' passwdValidTo='2099-01-01T00:00:00'/>";
    const xml = machine('d', '/nowhere', 'raw').replace('</devices>', `${screens}</devices>`);
    const { uuid } = await connection.domains.define(xml);
    const shown = await documentToEdit(connection, uuid);
    expect(shown).not.toContain('first');
    const edited = shown.replace('</name>', '</name><title>New</title>');
    const rows = await connection.domains.list();
    await connection.domains.define(await editedDocument(connection, edited, rows));
    expect(await lab.virsh('dumpxml', '--inactive', '--security-info', 'd')).toMatch(
      /<title>New<\/title>[\s\S]*passwd='first' passwdValidTo='2099-01-01T00:00:00'/,
    );
    await connection.domains.undefine(uuid);
  });

  it('a connection for looking only reads files of this computer itself, as libvirt lets it read none', async () => {
    const path = join(folder, 'new.raw');
    await writeFile(path, 'newer than libvirt’s last look');
    const looking = await connect(lab, { readOnly: true });
    try {
      expect(looking.verdicts.volumeRead).toEqual({ can: 'ask' });
      expect(await looking.volumes.lookup(path)).toMatchObject({ path, format: 'raw' });
      expect(Buffer.from(await looking.volumes.read(path, 0, 5)).toString()).toBe('newer');
      await expect(has(looking.pools).volumeXml(path)).rejects.toMatchObject({ code: 'not_found' });
    } finally {
      await looking.close();
    }
  });
});
