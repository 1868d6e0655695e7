import { execFile } from 'node:child_process';
import { readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { Toolbox } from '../../../drivers/qemu/survey.ts';
import type { DocumentParts } from './plan.ts';
import { makeGround, small, until, whyNot, type Ground } from './real.ts';

const missing = await whyNot();
if (missing !== undefined) console.log(`tests with a real QEMU are left out: ${missing}`);

let ground: Ground;
let connection: Connection;

beforeEach(async () => {
  if (missing !== undefined) return;
  ground = await makeGround();
  connection = await ground.open();
});
afterEach(async () => {
  if (missing === undefined) await ground.end();
});

const screen = "<graphics type='vnc'/><video><model type='vga'/></video>";
const liveFacts = async (uuid: string): Promise<{ process: { pid: number } }> =>
  JSON.parse(await readFile(join(ground.folder, 'run', 'qemu', `${uuid}.json`), 'utf8')) as {
    process: { pid: number };
  };
const left = async (): Promise<string[]> =>
  (await readdir(join(ground.folder, 'run', 'qemu'))).filter((name) => !/^\.?autostarted/.test(name));

describe.skipIf(missing !== undefined)('a real QEMU', () => {
  test('tells what it can do, once for each program', async () => {
    const tools = new Toolbox(ground.host);
    const binary = await tools.binaries.emulator(ground.host.arch);
    const known = await tools.capabilities.of(binary ?? '');
    expect(known.machines.length).toBeGreaterThan(3);
    expect(known.devices).toContain('virtio-blk-pci');
    expect(known.accelerators).toContain('tcg');
    expect(await new Toolbox(ground.host).capabilities.of(binary ?? '')).toEqual(known);
    expect(await tools.accelerators.working(binary ?? '')).toContain('tcg');
  });

  test('starts paused, runs, shows a picture and ends without a trace', async () => {
    const { uuid } = await connection.domains.create(small({ devices: screen }), { paused: true });
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'paused', persistent: false });
    await connection.domains.resume(uuid);
    expect(await connection.domains.get(uuid)).toMatchObject({ state: 'running', stateReason: 'booted' });
    const png = Buffer.from(await connection.domains.screenshot(uuid));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    expect(png.readUInt32BE(16)).toBeGreaterThan(100);
    const { stream } = await connection.domains.openGraphics(uuid);
    const [hello] = await Promise.all([new Promise<Buffer>((resolve) => stream.once('data', resolve))]);
    expect(hello.toString()).toMatch(/^RFB 003\.008/);
    stream.destroy();
    await connection.domains.destroy(uuid);
    expect(await connection.domains.list()).toEqual([]);
    expect(await left()).toEqual([]);
  });

  test('keeps a guest when the app goes, and finds it again', async () => {
    const { uuid } = await connection.domains.define(small({ devices: screen }));
    await connection.domains.start(uuid);
    const before = await connection.domains.get(uuid);
    await connection.close();
    const later = await ground.open(ground.another());
    expect(await later.domains.get(uuid)).toEqual({ ...before, stateReason: expect.any(String) as string });
    await later.domains.suspend(uuid);
    expect(await later.domains.get(uuid)).toMatchObject({ state: 'paused' });
  });

  test('two instances see what each of them does', async () => {
    const other = await ground.open(ground.another());
    const { uuid } = await connection.domains.define(small({ devices: screen }));
    await until(async () => (await other.domains.list()).length === 1);
    await connection.domains.start(uuid);
    await until(async () => (await other.domains.get(uuid)).state === 'running');
    await other.domains.suspend(uuid);
    await until(async () => (await connection.domains.get(uuid)).state === 'paused');
    await expect(other.domains.start(uuid)).rejects.toMatchObject({ code: 'wrong_state' });
    await other.domains.destroy(uuid);
    await until(async () => (await connection.domains.get(uuid)).state === 'shutoff');
    expect(await connection.domains.get(uuid)).toMatchObject({ stateReason: 'destroyed' });
    await connection.domains.undefine(uuid);
    await until(async () => (await other.domains.list()).length === 0);
  });

  test('a guest whose process is killed says so, also after a restart of the app', async () => {
    const { uuid } = await connection.domains.define(small());
    await connection.domains.start(uuid);
    process.kill((await liveFacts(uuid)).process.pid, 'SIGKILL');
    await until(async () => (await connection.domains.get(uuid)).state === 'shutoff');
    const row = await connection.domains.get(uuid);
    expect(row).toMatchObject({ stateReason: 'crashed', problem: { code: 'guest_died' } });
    expect(row.problem?.message).toContain('SIGKILL');
    expect(await left()).toEqual([]);
    const later = await ground.open(ground.another());
    expect(await later.domains.get(uuid)).toEqual(row);
    await later.domains.start(uuid);
    expect((await later.domains.get(uuid)).problem).toBeUndefined();
  });

  test('a guest that died while nobody looked is found dead', async () => {
    const { uuid } = await connection.domains.define(small());
    await connection.domains.start(uuid);
    await connection.close();
    const { pid } = (await liveFacts(uuid)).process;
    process.kill(pid, 'SIGKILL');
    await until(
      async () =>
        !(await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => '')).includes(') R') &&
        !(await ground.host.usage([pid])).has(pid),
    );
    const later = await ground.open(ground.another());
    expect(await later.domains.get(uuid)).toMatchObject({
      state: 'shutoff',
      stateReason: 'crashed',
      id: null,
    });
    expect(await left()).toEqual([]);
  });

  test('what QEMU refuses is told in its words, and nothing is left', async () => {
    const xml = small()
      .replace('<domain ', "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0' ")
      .replace('</domain>', "<qemu:commandline><qemu:arg value='-nonsense'/></qemu:commandline></domain>");
    const error: unknown = await connection.domains.create(xml).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'GuestroomError',
      message: expect.stringContaining('-nonsense: invalid option') as string,
    });
    expect(error).toMatchObject({ message: expect.stringContaining('exit status 1') as string });
    expect(await left()).toEqual([]);
    expect(await readdir(join(ground.folder, 'data', 'qemu', 'guests'))).toEqual([]);
  });

  test('media come and go, in the guest and in its document', async () => {
    const drive = "<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>";
    const { uuid } = await connection.domains.define(small({ devices: drive }));
    const iso = join(ground.folder, 'a, "b".iso');
    await writeFile(iso, Buffer.alloc(65536));
    await connection.domains.changeMedia(uuid, 'hdc', iso);
    await connection.domains.start(uuid);
    const inserted = async (): Promise<boolean> =>
      (await connection.domains.qemuMonitorCommand(uuid, '{"execute":"query-block"}', 'qmp')).includes(
        JSON.stringify(iso),
      );
    expect(await inserted()).toBe(true);
    await connection.domains.changeMedia(uuid, 'hdc', null);
    expect(await inserted()).toBe(false);
    expect(await connection.domains.xml(uuid, { inactive: true })).not.toContain('<source');
    await connection.domains.changeMedia(uuid, 'hdc', iso);
    expect(await inserted()).toBe(true);
    await expect(connection.domains.changeMedia(uuid, 'hdd', iso)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(connection.domains.changeMedia(uuid, 'hdc', '/nowhere.iso')).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('a saved guest goes on where it was, from our place and from a file with any name', async () => {
    const { uuid } = await connection.domains.define(small({ devices: screen }));
    await connection.domains.start(uuid);
    const seen: number[] = [];
    await connection.domains.managedSave(uuid, { onProgress: (done) => void seen.push(done) });
    expect(seen.at(-1)).toBe(1);
    expect(await connection.domains.get(uuid)).toMatchObject({
      state: 'shutoff',
      stateReason: 'saved',
      hasManagedSave: true,
    });
    await connection.domains.start(uuid);
    expect(await connection.domains.get(uuid)).toMatchObject({
      state: 'running',
      stateReason: 'restored',
      hasManagedSave: false,
    });
    const file = join(ground.folder, 'it’s "saved", $(here)');
    await connection.domains.suspend(uuid);
    await connection.domains.save(uuid, file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await connection.domains.restore(file)).toMatchObject({ uuid, state: 'paused' });
    await connection.domains.destroy(uuid);
    await writeFile(file, 'something else');
    await expect(connection.domains.restore(file)).rejects.toMatchObject({ code: 'invalid_argument' });
  });

  test('secrets are in no argument, no log and no document that did not ask for them', async () => {
    const graphics = "<graphics type='vnc' passwd='pa55wort' autoport='yes' listen='127.0.0.1'/>";
    const { uuid } = await connection.domains.create(small({ devices: graphics }));
    const { process } = await liveFacts(uuid);
    expect(await readFile(`/proc/${String(process.pid)}/cmdline`, 'utf8')).not.toContain('pa55wort');
    expect(await connection.domains.xml(uuid)).not.toContain('pa55wort');
    expect(await connection.domains.xml(uuid, { secure: true })).toContain('pa55wort');
    const { stream, password } = await connection.domains.openGraphics(uuid);
    stream.destroy();
    expect(password).toBe('pa55wort');
    const log = await connection.domains.logPath?.(uuid);
    expect(log).toBe(join(ground.folder, 'state', 'qemu', `${uuid}.log`));
    expect(await readFile(log ?? '', 'utf8')).not.toContain('pa55wort');
    const runtime = join(ground.folder, 'run', 'qemu', uuid);
    expect((await stat(runtime)).mode & 0o777).toBe(0o700);
    for (const name of ['live.xml']) expect((await stat(join(runtime, name))).mode & 0o777).toBe(0o600);
    expect(await readdir(runtime)).not.toContain('vnc0.secret');
  });

  test('a port that another program has is told before anything is made', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(5977, '127.0.0.1', resolve));
    try {
      const graphics = "<graphics type='vnc' port='5977' listen='127.0.0.1'/>";
      await expect(connection.domains.create(small({ devices: graphics }))).rejects.toMatchObject({
        code: 'port_in_use',
        message: expect.stringContaining('5977') as string,
      });
      expect(await left()).toEqual([]);
    } finally {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  });

  test('an image that a running guest holds is not given to a second one', async () => {
    const volume = await connection.volumes.create('default', {
      name: 'a.qcow2',
      format: 'qcow2',
      capacity: 1 << 20,
    });
    const disk = `<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${volume.path}'/><target dev='vda' bus='virtio'/></disk>`;
    await connection.domains.create(small({ devices: disk }, 'first'));
    await expect(connection.domains.create(small({ devices: disk }, 'second'))).rejects.toMatchObject({
      code: 'busy',
    });
    await expect(connection.volumes.delete(volume.path)).rejects.toMatchObject({ code: 'busy' });
  });

  test('figures of all guests come in one pass', async () => {
    const { uuid } = await connection.domains.create(small({ devices: screen }));
    const { domains, node } = await connection.stats();
    expect(node?.memoryTotal).toBeGreaterThan(0);
    expect(domains).toHaveLength(1);
    expect(domains[0]).toMatchObject({
      uuid,
      vcpus: 1,
      memoryMax: 32 * 1048576,
      memoryCurrent: 32 * 1048576,
    });
    expect(domains[0]?.cpuSeconds).toBeGreaterThan(0);
    expect(domains[0]?.receiveBytes).toBeUndefined();
  });

  test('figures of all guests come also where the log of one cannot be shortened', async () => {
    const host = ground.another();
    const other = await ground.open({
      ...host,
      exec: (program, ...rest) => host.exec(program === 'cp' ? 'false' : program, ...rest),
    });
    const { uuid } = await other.domains.create(small({ devices: "<serial type='pty'/>" }));
    await truncate(join(ground.folder, 'state', 'qemu', `${uuid}-serial0.log`), 9 * 1048576);
    expect((await other.stats()).domains).toMatchObject([{ uuid, vcpus: 1 }]);
    expect(ground.warnings).toContain('The log of a console could not be shortened');
  });

  test('the listing that introduced many to libvirt runs', async () => {
    const listing = await readFile(new URL('../xml/fixtures/react-qemu.xml', import.meta.url), 'utf8');
    const image = join(ground.folder, 'ReactOS.vmdk');
    await promisify(execFile)('qemu-img', ['create', '-q', '-f', 'vmdk', image, '16M']);
    const xml = listing.replace(/<source file='[^']*'/, `<source file='${image}'`);
    const remarks = await connection.domains.check(xml);
    expect(remarks.filter(({ level }) => level === 'fatal')).toEqual([]);
    expect(remarks.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['devices/emulator', 'devices/interface']),
    );
    const row = await connection.domains.create(xml);
    expect(row).toMatchObject({ name: 'ReactOS-on-QEMU', state: 'running', persistent: false, arch: 'i686' });
    const block = await connection.domains.qemuMonitorCommand(row.uuid, 'info block', 'hmp');
    expect(block).toContain('(vmdk)');
  });

  test.each([
    [
      'a missing disk',
      {
        devices:
          "<disk type='file' device='disk'><source file='/nowhere.img'/><target dev='vda' bus='virtio'/></disk>",
      },
      'not_found',
    ],
    ['another architecture', { arch: 's390x', machine: 's390-ccw-virtio' }, 'program_missing'],
    ['a machine that is not there', { machine: 'pc-1.0-nothing' }, 'unsupported'],
    ['a program that is not QEMU', { devices: '<emulator>/bin/true</emulator>' }, 'program_failed'],
    ['another hypervisor', { type: 'xen' }, 'unsupported'],
    [
      'IDE on a board without it',
      { machine: 'q35', devices: "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>" },
      'unsupported',
    ],
    [
      'two disks of one name',
      { devices: "<disk type='file' device='cdrom'><target dev='hda' bus='ide'/></disk>".repeat(2) },
      'invalid_argument',
    ],
    [
      'a MAC address that is none',
      { devices: "<interface type='user'><mac address='zz:00'/></interface>" },
      'invalid_argument',
    ],
  ] as [string, DocumentParts, string][])(
    '%s is refused with a hint or reason, and makes nothing',
    async (_title, parts, code) => {
      await expect(connection.domains.create(small(parts))).rejects.toMatchObject({
        name: 'GuestroomError',
        code,
      });
      expect(await connection.domains.list()).toEqual([]);
      expect(await left()).toEqual([]);
    },
  );
});
