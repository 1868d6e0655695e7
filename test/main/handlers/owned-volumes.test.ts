import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Connection } from '../../../drivers/api/driver.ts';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import type { DomainSummary } from '../../../drivers/api/model.ts';
import { DirectoryVolumes } from '../../../drivers/storage/directory-volumes.ts';
import { ImageTool } from '../../../drivers/storage/image-tool.ts';
import { Documents } from '../../../main/handlers/documents.ts';
import { ownedVolumes } from '../../../main/handlers/owned-volumes.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import type { OwnedVolume } from '../../../preload/rows.ts';

const run = promisify(execFile);
let folder: string;
let elsewhere: string;
let volumes: DirectoryVolumes;
const host = createLocalHost();
/** Of each machine the document of its next start, and the one it runs with. */
let machines: Map<string, { domain: DomainSummary; xml: string; live?: string }>;

beforeEach(async () => {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'guestroom-owned-')));
  folder = join(root, 'images');
  elsewhere = join(root, 'else where');
  await Promise.all([mkdir(folder), mkdir(elsewhere)]);
  volumes = new DirectoryVolumes({
    host,
    tool: new ImageTool(host, () => Promise.resolve('qemu-img')),
    folder,
    readOnly: false,
    userOf: () => Promise.resolve(undefined),
  });
  machines = new Map();
});
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }));

const disk = (source: string, more = '') =>
  `<disk type='file' device='disk'><source ${source}/><target dev='vda'/>${more}</disk>`;
const documentOf = (name: string, disks: string) =>
  `<domain type='qemu'><name>${name}</name><memory>1024</memory><os><type>hvm</type></os><devices>${disks}</devices></domain>`;

function machine(name: string, disks: string, live?: string): void {
  const uuid = `00000000-0000-4000-8000-${String(machines.size).padStart(12, '0')}`;
  const domain: DomainSummary = {
    ...{ uuid, name, id: live === undefined ? null : 1, state: live === undefined ? 'shutoff' : 'running' },
    ...{ persistent: true, autostart: false, hasManagedSave: false, type: 'qemu', vcpus: 1, memory: 1 },
  };
  const xml = documentOf(name, disks);
  machines.set(uuid, { domain, xml, ...(live === undefined ? {} : { live: documentOf(name, live) }) });
}

/** What is said of the disks of the first machine. */
async function said(): Promise<Pick<OwnedVolume, 'path' | 'keep' | 'usedBy'>[]> {
  const domains = {
    xml: (uuid: string, options: { inactive?: boolean } = {}) => {
      const found = machines.get(uuid);
      if (!found) return Promise.reject(new GuestroomError('not_found', 'gone'));
      return Promise.resolve(options.inactive ? found.xml : (found.live ?? found.xml));
    },
  };
  // what a hypervisor adds to its host's images is its documents
  const connection = { domains, volumes, machine: host } as unknown as Connection;
  const rows = [...machines.values()].map(({ domain }) => domain);
  const wanted = new Set(rows.slice(0, 1).map(({ uuid }) => uuid));
  const found = await ownedVolumes('node', connection, wanted, rows, new Documents());
  return found.volumes.map(({ path, keep, usedBy }) => ({
    path,
    ...(keep ? { keep } : {}),
    ...(usedBy === undefined ? {} : { usedBy }),
  }));
}

async function raw(path: string): Promise<string> {
  await writeFile(path, Buffer.alloc(4096));
  return path;
}
const overlay = (path: string, base: string) =>
  run('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', base, '-F', 'raw', path, '1M'], { cwd: folder });

describe('a disk that would be deleted with its machine', () => {
  it('is its own where nobody else has it', async () => {
    const path = await raw(join(folder, 'web $(x) ü\u4e2d.img'));
    machine('web', disk(`file='${path}'`));
    machine('other', disk(`file='${await raw(join(folder, 'other.img'))}'`));
    expect(await said()).toEqual([{ path }]);
  });

  it('is kept when another machine has it by a link, or by a longer way', async () => {
    const path = await raw(join(folder, 'web.img'));
    await symlink(path, join(elsewhere, 'link.img'));
    machine('web', disk(`file='${path}'`));
    machine('other', disk(`file='${join(elsewhere, 'link.img')}'`));
    expect(await said()).toEqual([{ path, keep: 'used_by_other', usedBy: 'other' }]);
    machines.clear();
    machine('web', disk(`file='${path}'`));
    machine('third', disk(`file='${folder}//../images/./web.img'`));
    expect(await said()).toEqual([{ path, keep: 'used_by_other', usedBy: 'third' }]);
  });

  it('is kept when another machine names it by its pool', async () => {
    const path = await raw(join(folder, 'web.img'));
    machine('web', disk(`file='${path}'`));
    machine(
      'other',
      `<disk type='volume'><source pool='default' volume='web.img'/><target dev='vda'/></disk>`,
    );
    expect(await said()).toEqual([{ path, keep: 'used_by_other', usedBy: 'other' }]);
  });

  it('is kept when it was plugged into another machine that runs', async () => {
    const path = await raw(join(folder, 'web.img'));
    machine('web', disk(`file='${path}'`));
    machine('other', '', disk(`file='${path}'`));
    expect(await said()).toEqual([{ path, keep: 'used_by_other', usedBy: 'other' }]);
  });

  it('is kept when an image names it from its own folder', async () => {
    const path = await raw(join(folder, 'base.img'));
    await overlay(join(folder, 'over.qcow2'), 'base.img');
    machine('web', disk(`file='${path}'`));
    expect(await said()).toEqual([{ path, keep: 'backing' }]);
  });

  it('is kept when it lies deep under the disk of another machine, outside of all pools', async () => {
    const path = await raw(join(elsewhere, 'base.img'));
    await overlay(join(elsewhere, 'middle.qcow2'), path);
    await run('qemu-img', [
      ...['create', '-q', '-f', 'qcow2', '-b', 'middle.qcow2', '-F', 'qcow2'],
      join(elsewhere, 'top.qcow2'),
    ]);
    machine('web', disk(`file='${path}'`));
    machine('other', disk(`file='${join(elsewhere, 'top.qcow2')}'`));
    expect(await said()).toEqual([{ path, keep: 'backing' }]);
  });

  it('is kept when the document of another machine says that it lies under its disk', async () => {
    const path = await raw(join(folder, 'base.img'));
    const under = `<backingStore type='file'><format type='raw'/><source file='${path}'/><backingStore/></backingStore>`;
    machine('web', disk(`file='${path}'`));
    machine('other', disk(`file='/not/there.qcow2'`, under));
    expect(await said()).toEqual([{ path, keep: 'backing' }]);
  });

  it('does not stand in the way of its machine when nobody can tell what it is', async () => {
    const path = await raw(join(folder, 'web.img'));
    machine('web', disk(`file='${path}'`) + disk(`file='${elsewhere}'`).replace('vda', 'vdb'));
    machine('odd', '<broken');
    expect(await said()).toEqual([{ path }, { path: elsewhere, keep: 'unreadable' }]);
  });
});
