import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection, DomainDevices } from '../../drivers/api/driver.ts';
import { readDomain } from '../../drivers/xml/domain/read.ts';
import type { Devices } from '../../drivers/xml/domain/types.ts';
import { freshName, guestXml, having, Watcher, type Subject } from './fixtures.ts';

const mebibyte = 1024 * 1024;

describe.each(having('domainDevices'))('$name', ({ type, open }) => {
  let subject: Subject;
  let connection: Connection;
  let devices: DomainDevices;
  beforeAll(async () => {
    subject = await open();
    ({ connection } = subject);
    if (!connection.domainDevices) throw new Error('the connection changes no devices');
    devices = connection.domainDevices;
  });
  afterAll(() => subject.end());

  const disk = async (target: string): Promise<{ path: string; xml: string }> => {
    const [pool] = await connection.volumes.pools();
    const volume = { name: `${freshName()}.img`, format: 'raw', capacity: mebibyte } as const;
    const { path } = await connection.volumes.create(pool?.name ?? '', volume);
    return {
      path,
      xml: `<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${path}'/><target dev='${target}' bus='virtio'/></disk>`,
    };
  };
  const said = async (uuid: string, inactive = false): Promise<Devices> =>
    readDomain(await connection.domains.xml(uuid, { inactive })).devices;
  const targets = async (uuid: string, inactive = false): Promise<string[]> =>
    (await said(uuid, inactive)).disks.map((one) => one.target.dev);

  test('a disk is plugged into what runs, into its next start, or into both, and out again', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    const [live, config, both] = [await disk('vda'), await disk('vdb'), await disk('vdc')];
    await devices.attach(uuid, live.xml, 'live');
    await devices.attach(uuid, config.xml, 'config');
    await devices.attach(uuid, both.xml, 'both');
    expect(await targets(uuid)).toEqual(['hdc', 'vda', 'vdc']);
    expect(await targets(uuid, true)).toEqual(['hdc', 'vdb', 'vdc']);
    await devices.detach(uuid, live.xml, 'live');
    await devices.detach(uuid, both.xml, 'both');
    expect(await targets(uuid)).toEqual(['hdc']);
    await domains.destroy(uuid);
    expect(await targets(uuid)).toEqual(['hdc', 'vdb']);
  });

  test('a network card is plugged in with an address of its own, and found again by it', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    await devices.attach(uuid, "<interface type='user'><model type='virtio'/></interface>", 'both');
    const [[running], [next]] = [(await said(uuid)).interfaces, (await said(uuid, true)).interfaces];
    expect(running?.mac).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(next?.mac).toBe(running?.mac);
    await devices.detach(
      uuid,
      `<interface type='user'><mac address='${running?.mac ?? ''}'/></interface>`,
      'both',
    );
    expect([(await said(uuid)).interfaces, (await said(uuid, true)).interfaces]).toEqual([[], []]);
    await domains.destroy(uuid);
  });

  test('what is taken, or not there, is refused and changes nothing, in one document or both', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    const [first, second, third] = [await disk('vda'), await disk('vda'), await disk('vdz')];
    await devices.attach(uuid, first.xml, 'config');
    await domains.start(uuid);
    await devices.detach(uuid, first.xml, 'live');
    const before = [await domains.xml(uuid), await domains.xml(uuid, { inactive: true })];
    // free in the running guest, taken in its document
    await expect(devices.attach(uuid, second.xml, 'both')).rejects.toMatchObject({ code: 'exists' });
    await expect(devices.detach(uuid, third.xml, 'config')).rejects.toMatchObject({ code: 'not_found' });
    await expect(devices.update(uuid, third.xml, 'live')).rejects.toMatchObject({ code: 'not_found' });
    await expect(devices.attach(uuid, '<disk', 'config')).rejects.toMatchObject({ code: 'xml_invalid' });
    expect([await domains.xml(uuid), await domains.xml(uuid, { inactive: true })]).toEqual(before);
    await domains.destroy(uuid);
    await expect(devices.attach(uuid, third.xml, 'live')).rejects.toMatchObject({ code: 'wrong_state' });
    const { uuid: temporary } = await domains.create(guestXml(type));
    await expect(devices.attach(temporary, third.xml, 'config')).rejects.toMatchObject({
      code: 'wrong_state',
    });
    await domains.destroy(temporary);
  });

  test('a medium is changed, and readers are told', async () => {
    const { domains } = connection;
    const { uuid } = await domains.define(guestXml(type));
    await domains.start(uuid);
    const reader = new Watcher(connection);
    const { path } = await disk('vda');
    const drive = (source: string) =>
      `<disk type='file' device='cdrom'>${source}<target dev='hdc' bus='ide'/><readonly/></disk>`;
    await devices.update(uuid, drive(`<source file='${path}'/>`), 'live');
    expect((await said(uuid)).disks[0]?.source?.file).toBe(path);
    expect((await said(uuid, true)).disks[0]?.source).toBeUndefined();
    await reader.until((seen) => seen.some((one) => one.kind === 'document' && one.uuid === uuid));
    await devices.update(uuid, drive(''), 'live');
    expect((await said(uuid)).disks[0]?.source).toBeUndefined();
    await reader.stop();
    await domains.destroy(uuid);
  });

  test('a disk grows under its guest', async () => {
    const { domains, volumes } = connection;
    const { path, xml } = await disk('vda');
    const { uuid } = await domains.create(guestXml(type, { devices: xml }));
    await devices.blockResize(uuid, 'vda', 3 * mebibyte);
    expect(await volumes.lookup(path)).toMatchObject({ capacity: 3 * mebibyte });
    await expect(devices.blockResize(uuid, 'vdq', mebibyte)).rejects.toMatchObject({ code: 'not_found' });
    await domains.destroy(uuid);
  });
});
