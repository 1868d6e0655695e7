import { execFile } from 'node:child_process';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../drivers/api/driver.ts';
import { makeGround, whyNot, type Ground } from '../drivers/qemu/real.ts';

const run = promisify(execFile);
const missing =
  (await whyNot()) ??
  (await run('qemu-img', ['--version']).then(
    () => undefined,
    () => 'qemu-img is not installed',
  ));
if (missing !== undefined) console.log(`pinned formats are left out: ${missing}`);

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

const document = (file: string, device = 'disk', target = "dev='vda' bus='virtio'", name = 'guest'): string =>
  `<domain type='qemu'><name>${name}</name><memory unit='MiB'>32</memory><vcpu>1</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <devices><disk type='file' device='${device}'><source file='${file}'/><target ${target}/></disk></devices></domain>`;
const make = async (name: string, format: string): Promise<string> => {
  const path = join(ground.folder, name);
  await run('qemu-img', ['create', '-q', '-f', format, path, '1M']);
  return path;
};
/** As a guest would: the first sectors of its plain disk become the header of an image that is 1 GiB large. */
const pretend = async (path: string): Promise<void> => {
  const other = join(ground.folder, 'header.qcow2');
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', other, '1G']);
  const file = await open(path, 'r+');
  await file.write(await readFile(other), 0, undefined, 0);
  await file.close();
};
/** What QEMU itself says that it opened. */
const opened = async (uuid: string): Promise<unknown> => {
  const answer = JSON.parse(
    await connection.domains.qemuMonitorCommand(uuid, '{"execute":"query-block"}', 'qmp'),
  ) as { return: { inserted?: { drv: string; image: { 'virtual-size': number } } }[] };
  const inserted = answer.return.find((one) => one.inserted)?.inserted;
  return inserted && { format: inserted.drv, size: inserted.image['virtual-size'] };
};
const plain = { format: 'raw', size: 1024 * 1024 };

describe.skipIf(missing !== undefined)('the format of a disk whose document names none', () => {
  it.each(['raw', 'qcow2', 'vmdk'])('is decided when it is defined: %s', async (format) => {
    const { uuid } = await connection.domains.define(document(await make('disk.img', format)));
    const stored = await readFile(join(ground.folder, 'data', 'qemu', 'domains', `${uuid}.xml`), 'utf8');
    expect(stored).toMatch(new RegExp(`<driver name=['"]qemu['"] type=['"]${format}['"]/>`));
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toMatchObject({ format });
  });

  it('stays plain bytes when the guest writes the header of another format', async () => {
    const path = await make('disk.img', 'raw');
    const { uuid } = await connection.domains.define(document(path));
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
    await connection.domains.destroy(uuid);
    await pretend(path);
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
  });

  it('stays what it was when the same document is defined again', async () => {
    const path = await make('disk.img', 'raw');
    const { uuid } = await connection.domains.define(document(path));
    await pretend(path);
    const again = document(path).replace('</name>', `</name><uuid>${uuid}</uuid>`);
    await connection.domains.define(again);
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
  });

  it('stays what another machine here uses it as, also where that calls it a volume', async () => {
    const { path } = await connection.volumes.create('default', {
      name: 'disk.img',
      format: 'raw',
      capacity: 1024 * 1024,
    });
    const volume = document(path)
      .replace("type='file' device", "type='volume' device")
      .replace(`file='${path}'`, "pool='default' volume='disk.img'");
    await connection.domains.define(volume);
    await pretend(path);
    const { uuid } = await connection.domains.define(
      document(path, 'disk', "dev='vda' bus='virtio'", 'second'),
    );
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
  });

  it('is decided at the first start where the image came later', async () => {
    const path = join(ground.folder, 'later.img');
    const { uuid } = await connection.domains.define(document(path));
    await writeFile(path, Buffer.alloc(1024 * 1024));
    await connection.domains.start(uuid);
    await connection.domains.destroy(uuid);
    await pretend(path);
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
  });

  it('is decided at once for a temporary machine, also for what is made of its document', async () => {
    const path = await make('disk.img', 'raw');
    const { uuid } = await connection.domains.create(document(path));
    const live = await connection.domains.xml(uuid);
    expect(live).toMatch(/type=['"]raw['"]/);
    await pretend(path);
    await connection.domains.define(live);
    await connection.domains.destroy(uuid);
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
  });

  it('is left open for CDs, which no guest writes: the next medium may be of another', async () => {
    const path = await make('cd.qcow2', 'qcow2');
    const { uuid } = await connection.domains.define(document(path, 'cdrom', "dev='hdc' bus='ide'"));
    await connection.domains.changeMedia(uuid, 'hdc', await make('cd.iso', 'raw'));
    await connection.domains.start(uuid);
    expect(await opened(uuid)).toEqual(plain);
  });
});

describe.skipIf(missing !== undefined)('names of CPU features in a document', () => {
  it('that would be options of QEMU are a remark with its place, and refused', async () => {
    const path = await make('disk.img', 'raw');
    const hostile = document(path).replace(
      '<devices>',
      "<cpu mode='custom'><model>qemu64</model><feature policy='require' name='avx,vendor=x'/></cpu>\n<devices>",
    );
    expect(await connection.domains.check(hostile)).toContainEqual(
      expect.objectContaining({
        level: 'fatal',
        path: 'cpu/feature',
        message: expect.stringContaining('avx,vendor=x') as string,
      }),
    );
    await expect(connection.domains.define(hostile)).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(await connection.domains.list()).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)('a program that a document names as its emulator', () => {
  it('is not run by looking at the document, only when the machine is defined', async () => {
    const trace = join(ground.folder, 'it-ran');
    const program = join(ground.folder, 'qemu-system-x86_64');
    await writeFile(program, `#!/bin/sh\n: >'${trace}'\n`, { mode: 0o755 });
    const xml = document(await make('disk.img', 'raw')).replace(
      '<devices>',
      `<devices><emulator>${program}</emulator>`,
    );
    expect(await connection.domains.check(xml)).toContainEqual(
      expect.objectContaining({ path: 'devices/emulator', level: 'changed' }),
    );
    await expect(readFile(trace)).rejects.toThrow('ENOENT');
    await expect(connection.domains.define(xml)).rejects.toMatchObject({ code: 'program_failed' });
    expect((await readFile(trace)).length).toBe(0);
  });
});
