import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change, Connection } from '../../drivers/api/driver.ts';
import type { DomainSummary } from '../../drivers/api/model.ts';
import { Watcher } from '../conformance/fixtures.ts';
import { sinkOf } from '../conformance/sink.ts';
import { libvirtdOrWhyNot } from '../lab/libvirt/available.ts';
import { type Libvirtd, startLibvirtd } from '../lab/libvirt/libvirtd.ts';
import { connect, has, imagesPool, tinyGuest } from './libvirt-node.ts';
import { within } from './room.ts';
import { SerialLine } from './serial-line.ts';

const why = await libvirtdOrWhyNot('libvirt-guest');
const mebibyte = 1024 * 1024;
const name = 'tiny';

describe.skipIf(why !== undefined)('a machine on a host with libvirt', () => {
  let lab: Libvirtd;
  let connection: Connection;
  let folder: string;
  let uuid: string;
  let serial: SerialLine;
  let watcher: Watcher;

  beforeAll(async () => {
    lab = await startLibvirtd({ network: true });
    connection = await connect(lab);
    folder = await imagesPool(lab, connection);
    watcher = new Watcher(connection);
  });
  afterAll(async () => {
    serial?.close();
    await connection?.close();
    await lab?.end();
  });

  const row = () => connection.domains.get(uuid);
  const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
  const told = (kind: Change['kind']): number => watcher.seen.filter((one) => one.kind === kind).length;

  it('is defined over a copy of an image, on a network with DHCP', async () => {
    await has(connection.networks).start('default');
    expect((await has(connection.networks).list())[0]).toMatchObject({
      name: 'default',
      active: true,
      forward: 'nat',
      addresses: ['192.168.122.1/24'],
      dhcp: true,
    });
    const disk = await connection.volumes.clone(join(folder, 'tiny.qcow2'), 'images', {
      name: 'machine.qcow2',
      format: 'qcow2',
    });
    const xml = tinyGuest(name, {
      disk: disk.path,
      devices: "<interface type='network'><source network='default'/><model type='virtio'/></interface>",
    });
    ({ uuid } = await connection.domains.define(xml));
    expect(await row()).toMatchObject({ name, state: 'shutoff', persistent: true, arch: 'x86_64' });
    expect(await lab.virsh('domuuid', name)).toBe(uuid);
  });

  it('starts, and its serial line leads to a login and runs commands', async () => {
    await connection.domains.start(uuid);
    expect(await row()).toMatchObject({ state: 'running', stateReason: 'booted' });
    expect(watcher.states(uuid).slice(0, 2)).toEqual(['shutoff', 'running']);
    serial = new SerialLine(await connection.domains.openConsole(uuid));
    await serial.login();
    expect(await serial.run('echo $((6*7))')).toBe('42');
    await expect(connection.domains.openConsole(uuid)).rejects.toMatchObject({ code: 'busy' });
  });

  it('gets an address from the network, and libvirt tells which', async () => {
    await within(60_000, () => serial.run('ip -4 -o addr show eth0')).toMatch(/192\.168\.122\.\d+\/24/);
    const [lease] = await has(connection.networks).leases('default');
    const inside = /192\.168\.122\.\d+/.exec(await serial.run('ip -4 -o addr show eth0'))?.[0];
    expect(lease).toMatchObject({ address: inside, prefix: 24 });
    const [device] = await has(connection.agent).addresses(uuid, 'lease');
    expect(device).toMatchObject({ mac: lease?.mac, addresses: [{ family: 'ipv4', address: inside }] });
  });

  it('answers by its guest agent', async () => {
    const agent = has(connection.agent);
    await within(60_000, () =>
      agent.command(uuid, '{"execute":"guest-ping"}').catch((error: Error) => error.message),
    ).toBe('{"return":{}}');
    expect(await agent.info(uuid)).toMatchObject({ hostname: await serial.run('hostname') });
    expect(await agent.freeze(uuid)).toBeGreaterThan(0);
    expect(await agent.thaw(uuid)).toBeGreaterThan(0);
    const names = (await agent.addresses(uuid, 'agent')).map((one) => one.name);
    expect(names).toContain('eth0');
  });

  it('shows its load: one call tells of all machines, and the counters move while it works', async () => {
    const sample = async () => (await connection.stats()).domains.find((one) => one.uuid === uuid);
    const before = await sample();
    await serial.run('dd if=/dev/urandom of=/srv/noise bs=64k count=16 && sync && cat /srv/noise >/dev/null');
    const after = await sample();
    expect(after?.cpuSeconds).toBeGreaterThan(before?.cpuSeconds ?? 0);
    expect(after?.writeBytes).toBeGreaterThan((before?.writeBytes ?? 0) + mebibyte - 1);
    expect(after?.disks?.map(({ target }) => target)).toEqual(['vda', 'hdc']);
    expect(after?.interfaces).toHaveLength(1);
    expect(after?.memoryResident).toBeGreaterThan(50 * mebibyte);
  });

  it('has its picture taken as PNG, and takes keys at its screen', async () => {
    const picture = await connection.domains.screenshot(uuid);
    expect(Buffer.from(picture.subarray(1, 4)).toString()).toBe('PNG');
    expect(picture.length).toBeGreaterThan(500);
    // r o o t Enter at the login of its screen
    for (const key of [19, 24, 24, 20, 28]) await connection.domains.sendKey(uuid, [key]);
    await within(30_000, () => serial.run("ps | grep -c '[l]ogin'")).notToBe('0');
    const { stream } = await connection.domains.openGraphics(uuid);
    const hello = await new Promise<string>((resolve) =>
      stream.once('data', (bytes: Buffer) => resolve(bytes.toString('latin1'))),
    );
    expect(hello).toMatch(/^RFB 003\.\d{3}\n$/);
    stream.destroy();
  });

  it('gets another disk and another network card while it runs, and gives them back', async () => {
    const devices = has(connection.domainDevices);
    const { path } = await connection.volumes.create('images', {
      name: 'second.qcow2',
      format: 'qcow2',
      capacity: 8 * mebibyte,
    });
    const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${path}'/><target dev='vdb' bus='virtio'/></disk>`;
    const card = `<interface type='network'><mac address='52:54:00:0a:0b:0c'/><source network='default'/><model type='virtio'/></interface>`;
    await devices.attach(uuid, disk, 'both');
    await within(30_000, () => serial.run('cat /sys/block/vdb/size')).toBe(String((8 * mebibyte) / 512));
    await expect(devices.attach(uuid, disk, 'live')).rejects.toMatchObject({ code: 'exists' });
    await devices.attach(uuid, card, 'live');
    await within(30_000, () => serial.run('cat /sys/class/net/eth1/address')).toBe('52:54:00:0a:0b:0c');
    await devices.blockResize(uuid, 'vdb', 16 * mebibyte);
    await within(30_000, () => serial.run('cat /sys/block/vdb/size')).toBe(String((16 * mebibyte) / 512));
    await devices.detach(uuid, card, 'live');
    await within(30_000, () => serial.run('ls /sys/class/net')).toBe('eth0\nlo');
    await devices.detach(uuid, disk, 'both');
    await within(30_000, () => serial.run('ls /sys/block | grep vd')).toBe('vda');
    expect(await connection.domains.xml(uuid, { inactive: true })).not.toContain('vdb');
    expect(told('document')).toBeGreaterThan(4);
    await connection.volumes.delete(path);
  });

  it('has a disc put into its drive and taken out while it runs', async () => {
    const { path } = await connection.volumes.upload(
      'images',
      'disc.iso',
      Readable.from([Buffer.concat([Buffer.from('what is on the disc\n'), Buffer.alloc(60_000)])]),
    );
    await connection.domains.changeMedia(uuid, 'hdc', path);
    await within(30_000, () => serial.run('head -n 1 /dev/sr0')).toBe('what is on the disc');
    await connection.domains.changeMedia(uuid, 'hdc', null, { force: true });
    expect(await connection.domains.xml(uuid)).not.toContain(path);
  });

  it('is copied to another disk while it writes, and goes on from there', async () => {
    await serial.run('echo before the copy >/srv/diary && sync');
    const path = join(folder, 'moved.qcow2');
    const progress: number[] = [];
    await has(connection.blockJobs).copy(
      uuid,
      'vda',
      { path, format: 'qcow2', pivot: true },
      { onProgress: (done) => progress.push(done) },
    );
    expect(await connection.domains.xml(uuid)).toContain(`<source file='${path}'`);
    expect(await serial.run('cat /srv/diary')).toBe('before the copy');
    await serial.run('echo after it >>/srv/diary && sync');
    expect(await has(connection.blockJobs).list(uuid)).toEqual([]);
  });

  it('is taken back to a snapshot: what came after is gone, memory and all', async () => {
    const snapshots = has(connection.snapshots);
    await serial.run('echo kept >/srv/kept && sync');
    const made = await snapshots.create(uuid, { name: 'before', description: 'a good state' });
    expect(made).toMatchObject({ name: 'before', current: true, kind: 'internal', memory: true });
    await serial.run('rm /srv/kept && echo lost >/srv/lost && sync');
    await snapshots.revert(uuid, 'before');
    expect(await row()).toMatchObject({ state: 'running' });
    // its line is another one after the revert
    serial.close();
    serial = new SerialLine(await connection.domains.openConsole(uuid));
    serial.type('\n');
    await within(30_000, () => serial.text).toMatch(/# ?$/);
    expect(await serial.run('test -e /srv/lost || echo gone')).toBe('gone');
    expect(await serial.run('cat /srv/kept')).toBe('kept');
    expect(watcher.seen).toContainEqual({ kind: 'snapshots', uuid });
    await snapshots.delete(uuid, 'before');
    expect(await snapshots.list(uuid)).toEqual([]);
  });

  it('is saved by libvirt and goes on where it was', async () => {
    await serial.run('echo $$ >/tmp/mark');
    serial.close();
    await connection.domains.managedSave(uuid);
    expect(await row()).toMatchObject({ state: 'shutoff', hasManagedSave: true, stateReason: 'saved' });
    await connection.domains.start(uuid);
    expect(await row()).toMatchObject({ state: 'running', hasManagedSave: false });
    serial = new SerialLine(await connection.domains.openConsole(uuid));
    serial.type('\n');
    await within(30_000, () => serial.text).toMatch(/# ?$/);
    expect(await serial.run('test -e /tmp/mark && echo there')).toBe('there');
  });

  it('is saved to a file and restored from it', async () => {
    serial.close();
    const file = join(lab.files, 'machine.save');
    await connection.domains.save(uuid, file);
    expect((await row()).state).toBe('shutoff');
    expect((await stat(file)).size).toBeGreaterThan(mebibyte);
    expect(await connection.domains.restore(file)).toMatchObject({ uuid, state: 'running' });
    serial = new SerialLine(await connection.domains.openConsole(uuid));
    serial.type('\n');
    await within(30_000, () => serial.text).toMatch(/# ?$/);
    expect(await serial.run('test -e /tmp/mark && echo there')).toBe('there');
  });

  it('shows within a second what virsh does to it', async () => {
    const seen = watcher.seen.length;
    await lab.virsh('suspend', name);
    await watcher.until((all) =>
      all.slice(seen).some((one) => one.kind === 'domain' && one.domain.state === 'paused'),
    );
    await lab.virsh('resume', name);
    await lab.virsh('desc', name, '--title', '--live', '--config', 'Named by another');
    await watcher.until((all) =>
      all.slice(seen).some((one) => one.kind === 'domain' && one.domain.title === 'Named by another'),
    );
    expect((await row()).state).toBe('running');
  });

  it('shuts down in order, and is removed with its disks and nothing else', async () => {
    await connection.domains.shutdown(uuid);
    await watcher.until((all) =>
      all.some((one) => one.kind === 'domain' && one.domain.stateReason === 'shutdown'),
    );
    const disks = [join(folder, 'moved.qcow2')];
    await connection.domains.undefine(uuid, { volumes: disks });
    const left = (await connection.volumes.list('images')).map((volume) => volume.name);
    expect(left).not.toContain('moved.qcow2');
    expect(left).toEqual(expect.arrayContaining(['tiny.qcow2', 'machine.qcow2', 'disc.iso']));
    await expect(row()).rejects.toMatchObject({ code: 'not_found' });
    expect(await lab.virsh('list', '--all', '--name')).toBe('');
  });

  it('shows with the next statistics what virsh does without an event', async () => {
    const disk = await connection.volumes.clone(join(folder, 'tiny.qcow2'), 'images', {
      name: 'other.qcow2',
      format: 'qcow2',
    });
    const other = await connection.domains.define(tinyGuest('other', { disk: disk.path }));
    const changed = async (words: string[], shown: (row: DomainSummary) => boolean): Promise<void> => {
      const seen = watcher.seen.length;
      await lab.virsh(...words);
      await connection.stats();
      await watcher.until((all) => all.slice(seen).some((one) => one.kind === 'domain' && shown(one.domain)));
    };
    await changed(['autostart', 'other'], ({ autostart }) => autostart);
    await changed(['autostart', '--disable', 'other'], ({ autostart }) => !autostart);
    await connection.domains.start(other.uuid);
    await lab.virsh('managedsave', 'other');
    await watcher.until((all) => all.some((one) => one.kind === 'domain' && one.domain.hasManagedSave));
    await changed(['managedsave-remove', 'other'], ({ hasManagedSave }) => !hasManagedSave);
    await connection.domains.undefine(other.uuid, { volumes: [disk.path] });
  });

  it('that misses something of the host says at its start what, by its name', async () => {
    const start = async (device: string): Promise<unknown> => {
      const disk = join(folder, 'tiny.qcow2');
      const broken = await connection.domains.define(tinyGuest('broken', { disk, devices: device }));
      try {
        return await connection.domains.start(broken.uuid).catch((error: unknown) => error);
      } finally {
        await connection.domains.undefine(broken.uuid);
      }
    };
    expect(await start("<interface type='bridge'><source bridge='br99'/></interface>")).toMatchObject({
      code: 'not_found',
      message: 'The host has no bridge or card br99',
    });
    expect(await start("<interface type='network'><source network='nonesuch'/></interface>")).toMatchObject({
      code: 'not_found',
      message: 'The host has no network nonesuch',
    });
  });

  it('volumes go up and come down byte for byte, and holes stay holes', async () => {
    const pools = has(connection.pools);
    const content = randomBytes(3 * mebibyte);
    const { path } = await connection.volumes.create('images', {
      name: 'sparse.img',
      format: 'raw',
      capacity: 256 * mebibyte,
    });
    const tail = randomBytes(mebibyte);
    await pools.uploadVolume(
      path,
      Readable.from([{ data: content }, { hole: 252 * mebibyte }, { data: tail }]) as AsyncIterable<
        { data: Uint8Array } | { hole: number }
      >,
    );
    const expected = digest(Buffer.concat([content, Buffer.alloc(252 * mebibyte), tail]));
    expect(digest(await readFile(path))).toBe(expected);
    expect((await stat(path)).blocks * 512).toBeLessThan(8 * mebibyte);
    const hash = createHash('sha256');
    let holes = 0;
    const sink = sinkOf(
      (bytes) => hash.update(bytes),
      (bytes) => {
        holes += bytes;
        hash.update(Buffer.alloc(bytes));
        return undefined;
      },
    );
    await pools.downloadVolume(path, sink);
    expect(hash.digest('hex')).toBe(expected);
    expect(holes).toBe(252 * mebibyte);
    const plain = createHash('sha256');
    await pools.downloadVolume(
      path,
      sinkOf((bytes) => plain.update(bytes)),
    );
    expect(plain.digest('hex')).toBe(expected);
  });

  it.each([
    ['asked for', true],
    ['by the socket that its address names', false],
  ])('a read-only connection looks and changes nothing: %s', async (_, asked) => {
    const looking = await connect(lab, { readOnly: true, asked });
    expect(looking.readOnly).toBe(true);
    expect(await looking.domains.list()).toEqual([]);
    expect(await has(looking.networks).list()).toHaveLength(1);
    await expect(looking.domains.define(tinyGuest('x', { disk: '/x' }))).rejects.toMatchObject({
      code: 'read_only',
    });
    await expect(has(looking.networks).destroy('default')).rejects.toMatchObject({ code: 'read_only' });
    await looking.close();
  });
});
