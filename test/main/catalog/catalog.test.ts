import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Catalog } from '../../../main/catalog/catalog.ts';
import { readDisc } from '../../../main/catalog/disc.ts';
import type { Disc, ReadAt } from '../../../main/catalog/disc.ts';
import { recogniseMedia } from '../../../main/catalog/media.ts';
import { readOsinfo } from '../../../main/catalog/osinfo.ts';
import { GiB, MiB } from '../../../main/catalog/system.ts';
import { table, tableDate } from '../../../main/catalog/table.ts';
import { localFiles } from '../../../main/nodes/local/files.ts';

const has = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guestroom-catalog-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const catalog = new Catalog();
const discOf = (label: string, change: Partial<Disc> = {}): Disc => ({
  label,
  systemId: '',
  publisherId: '',
  applicationId: '',
  created: '2025-01-01',
  boots: [],
  arch: undefined,
  size: 1,
  ...change,
});
async function look(path: string) {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const read: ReadAt = async (offset, length) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      return buffer.subarray(0, bytesRead);
    };
    return await recogniseMedia(read, size, catalog);
  } finally {
    await handle.close();
  }
}

describe('the label of a disc tells its system', () => {
  it.each([
    ['Debian 13.2.0 amd64 n', 'http://debian.org/debian/13', 'Debian 13 (trixie)', 'x86_64'],
    ['d-live 12.7.0 gn amd64', 'http://debian.org/debian/12', 'Debian 12 (bookworm)', 'x86_64'],
    ['Debian 17.0.0 arm64 1', 'http://debian.org/debian/17', 'Debian 17', 'aarch64'],
    ['Debian testing amd64 n', 'http://debian.org/debian/testing', 'Debian testing', 'x86_64'],
    ['Ubuntu-Server 24.04.1 LTS amd64', 'http://ubuntu.com/ubuntu/24.04', 'Ubuntu 24.04 LTS', 'x86_64'],
    ['Ubuntu 30.10 amd64', 'http://ubuntu.com/ubuntu/30.10', 'Ubuntu 30.10', 'x86_64'],
    ['Kubuntu 25.04 amd64', 'http://ubuntu.com/ubuntu/25.04', 'Ubuntu 25.04', 'x86_64'],
    ['Fedora-WS-Live-40-1-14', 'http://fedoraproject.org/fedora/40', 'Fedora Linux 40', undefined],
    ['Fedora-S-dvd-x86_64-42', 'http://fedoraproject.org/fedora/42', 'Fedora Linux 42', 'x86_64'],
    ['RHEL-9-4-0-BaseOS-x86_64', 'http://redhat.com/rhel/9.4', 'Red Hat Enterprise Linux 9.4', 'x86_64'],
    ['CentOS-Stream-10-BaseOS-x86_64', 'http://centos.org/centos-stream/10', 'CentOS Stream 10', 'x86_64'],
    ['AlmaLinux-9-4-x86_64-dvd', 'http://almalinux.org/almalinux/9', 'AlmaLinux 9', 'x86_64'],
    ['Rocky-10-0-aarch64-dvd', 'http://rockylinux.org/rocky/10', 'Rocky Linux 10', 'aarch64'],
    ['openSUSE-Leap-15.6-DVD-x86_64710', 'http://opensuse.org/opensuse/15.6', 'openSUSE Leap 15.6', 'x86_64'],
    [
      'openSUSE-Tumbleweed-DVD-x86_64',
      'http://opensuse.org/opensuse/tumbleweed',
      'openSUSE Tumbleweed',
      'x86_64',
    ],
    ['ARCH_202511', 'http://archlinux.org/archlinux/rolling', 'Arch Linux', undefined],
    ['alpine-virt 3.22.1 x86_64', 'http://alpinelinux.org/alpinelinux/3.22', 'Alpine Linux 3.22', 'x86_64'],
    ['nixos-minimal-25.05-x86_64', 'http://nixos.org/nixos/25.05', 'NixOS 25.05', 'x86_64'],
    ['14_3_RELEASE_AMD64_CD', 'http://freebsd.org/freebsd/14.3', 'FreeBSD 14.3', 'x86_64'],
    ['OpenBSD/amd64   7.8 Install CD', 'http://openbsd.org/openbsd/7.8', 'OpenBSD 7.8', 'x86_64'],
    ['CCCOMA_X64FRE_EN-US_DV9', 'http://microsoft.com/win/11', 'Windows 11', 'x86_64'],
    ['GRTMPFPP_EN', 'http://microsoft.com/win/xp', 'Windows XP', undefined],
    ['REACTOS', 'http://reactos.org/reactos/0.4', 'ReactOS 0.4', undefined],
  ])('%s', (label, id, name, arch) => {
    const found = new Catalog().recognise(discOf(label));
    expect([found?.system.id, found?.system.name, found?.arch]).toEqual([id, name, arch]);
  });

  it.each([
    ['2017-01-01', '2k16'],
    ['2019-09-07', '2k19'],
    ['2022-02-01', '2k22'],
    ['2025-02-01', '2k25'],
  ])('Windows Server of %s', (created, version) => {
    expect(catalog.recognise(discOf('SSS_X64FREE_EN-US_DV9', { created }))?.system.id).toBe(
      `http://microsoft.com/win/${version}`,
    );
  });

  it('Windows 10 by its day', () => {
    expect(catalog.recognise(discOf('CCCOMA_X64FRE_DE-DE_DV5', { created: '2020-05-08' }))?.system.name).toBe(
      'Windows 10',
    );
  });

  it.each(['', 'CDROM', 'CLONEZILLA 11', 'BACKUP_2024', 'my files'])('and %j tells nothing', (label) => {
    expect(catalog.recognise(discOf(label))).toBeUndefined();
  });
});

describe('the list of systems', () => {
  it('has no id twice and no impossible size', () => {
    expect(new Set(table.map(({ id }) => id)).size).toBe(table.length);
    for (const { id, recommended, minimum = {} } of table) {
      expect(recommended.memory, id).toBeGreaterThanOrEqual(minimum.memory ?? 1);
      expect(recommended.disk, id).toBeGreaterThanOrEqual(minimum.disk ?? 1);
    }
  });

  it('shows the newest release first and what is not known last', () => {
    const rows = catalog.rows('2026-01-01');
    const debians = rows.filter(({ name }) => name.startsWith('Debian ')).map(({ name }) => name);
    expect(debians.slice(0, 2)).toEqual(['Debian 13 (trixie)', 'Debian 12 (bookworm)']);
    expect(rows.slice(-2).map(({ name }) => name)).toEqual(['Generic Linux', 'Unknown system']);
    expect(rows.find(({ name }) => name === 'Windows 10')?.ended).toBe(true);
  });

  it('a release that nobody knows yet takes after its newest relative', () => {
    expect(catalog.find('http://debian.org/debian/14')).toMatchObject({
      name: 'Debian 14',
      devices: { disk: 'virtio' },
    });
    expect(catalog.find('http://example.org/x/1')).toMatchObject({ family: 'unknown' });
  });
});

describe('what is in a file', () => {
  const qemu = has('qemu-img', '--version');
  it.runIf(qemu).each(['qcow2', 'vmdk', 'vdi', 'vhdx', 'vpc', 'qed'] as const)(
    'a %s image with its size',
    async (format) => {
      const path = join(folder, `disk.${format}`);
      execFileSync('qemu-img', ['create', '-f', format, path, '64M'], { stdio: 'ignore' });
      const found = await look(path);
      // VHD rounds to whole cylinders of its geometry
      expect(found).toMatchObject({ kind: 'disk', format });
      expect(Math.abs((found.capacity ?? 0) - 64 * MiB)).toBeLessThan(MiB);
    },
  );

  it.runIf(qemu)('an image on top of another names it', async () => {
    execFileSync('qemu-img', ['create', '-f', 'qcow2', join(folder, 'base.qcow2'), '8M'], {
      stdio: 'ignore',
    });
    const args = ['create', '-f', 'qcow2', '-F', 'qcow2', '-b', 'base.qcow2', join(folder, 'top.qcow2')];
    execFileSync('qemu-img', args, { stdio: 'ignore' });
    expect(await look(join(folder, 'top.qcow2'))).toMatchObject({
      format: 'qcow2',
      capacity: 8 * MiB,
      backing: 'base.qcow2',
    });
  });

  it('a raw disk by its partition table', async () => {
    const bytes = Buffer.alloc(MiB);
    bytes.set([0x55, 0xaa], 510);
    await writeFile(join(folder, 'mbr'), bytes);
    expect(await look(join(folder, 'mbr'))).toEqual({
      kind: 'disk',
      format: 'raw',
      size: MiB,
      capacity: MiB,
      table: 'mbr',
    });
    bytes.write('EFI PART', 512);
    await writeFile(join(folder, 'gpt'), bytes);
    expect(await look(join(folder, 'gpt'))).toMatchObject({ table: 'gpt' });
  });

  it.each([
    ['nothing', 0],
    ['zeros', 4096],
    ['a short file', 20],
  ])('%s is unknown', async (_title, size) => {
    await writeFile(join(folder, 'none'), Buffer.alloc(size));
    expect(await look(join(folder, 'none'))).toEqual({ kind: 'unknown', size });
  });

  it.runIf(has('xorriso', '-version'))('a disc that starts with BIOS and UEFI, hybrid or not', async () => {
    const tree = join(folder, 'tree');
    await mkdir(join(tree, 'EFI/BOOT'), { recursive: true });
    await writeFile(join(tree, 'bios.img'), Buffer.alloc(4096));
    await writeFile(join(tree, 'efi.img'), Buffer.alloc(8192));
    await writeFile(join(tree, 'EFI/BOOT/BOOTAA64.EFI'), 'MZ');
    const path = join(folder, 'boot.iso');
    const args = [
      '-as',
      'mkisofs',
      '-J',
      '-R',
      '-V',
      'Debian 13.2.0 arm64 n',
      '-o',
      path,
      '-b',
      'bios.img',
      '-no-emul-boot',
      '-boot-load-size',
      '4',
    ];
    const efi = [
      '-eltorito-alt-boot',
      '-e',
      'efi.img',
      '-no-emul-boot',
      '-append_partition',
      '2',
      '0xef',
      join(tree, 'efi.img'),
      tree,
    ];
    execFileSync('xorriso', [...args, ...efi], { stdio: 'ignore' });
    expect(await look(path)).toMatchObject({
      kind: 'iso',
      label: 'Debian 13.2.0 arm64 n',
      boots: ['bios', 'efi'],
      arch: 'aarch64',
      system: 'http://debian.org/debian/13',
    });
    const plain = join(folder, 'plain.iso');
    execFileSync('xorriso', ['-as', 'mkisofs', '-V', 'DATA', '-o', plain, join(tree, 'EFI')], {
      stdio: 'ignore',
    });
    expect(await look(plain)).toMatchObject({ kind: 'iso', label: 'DATA', boots: [] });
  });

  it('nonsense in the descriptors is survived', async () => {
    const bytes = Buffer.alloc(40 * 2048, 0xff);
    bytes.write('\u0001CD001', 16 * 2048, 'latin1');
    bytes.write('\u0000CD001\u0001EL TORITO SPECIFICATION', 17 * 2048, 'latin1');
    const read: ReadAt = (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length));
    expect(await readDisc(read)).toMatchObject({ boots: [], arch: undefined });
  });
});

describe("libosinfo's database", () => {
  const log = () => {
    const warnings: string[] = [];
    return {
      warnings,
      debug: () => undefined,
      info: () => undefined,
      warn: (message: string) => void warnings.push(message),
    };
  };
  const os = (id: string, inner: string) => `<os id="${id}"><family>linux</family>${inner}</os>`;
  async function database(version: string): Promise<string> {
    const place = join(folder, version);
    await mkdir(join(place, 'os/debian.org'), { recursive: true });
    await writeFile(join(place, 'VERSION'), `${version}\n`);
    const write = (name: string, content: string) =>
      writeFile(join(place, 'os/debian.org', name), `<libosinfo version="0.0.1">${content}</libosinfo>`);
    const resources = `<resources arch="all"><minimum><ram>${String(GiB)}</ram></minimum></resources>`;
    const device =
      '<devices><device id="http://pcisig.com/pci/1af4/1042"/><device id="http://pcisig.com/pci/1af4/1050"/></devices>';
    await write(
      'base.xml',
      os('http://x.org/x/1', `<name>X 1</name>${device}${resources}<derives-from id="http://x.org/x/2"/>`),
    );
    await write(
      'next.xml',
      os(
        'http://x.org/x/2',
        '<name>X 2</name><name xml:lang="de">Iks 2</name><derives-from id="http://x.org/x/1"/><media arch="x86_64"><iso><volume-id>^XOS\\-2</volume-id></iso></media><media arch="all"><iso><volume-id>((</volume-id></iso></media>',
      ),
    );
    await write('debian.xml', os('http://debian.org/debian/13', '<name>Debian from the database</name>'));
    await write('broken.xml', '<os>');
    return place;
  }
  const read = (place: string, to = log()) => readOsinfo(localFiles, to, [join(folder, 'absent'), place]);

  it('is read where it is installed; what cannot be read is named', async () => {
    const to = log();
    const source = await read(await database('20990101'), to);
    expect(source?.date).toBe('2099-01-01');
    expect(to.warnings).toHaveLength(2);
    const both = new Catalog(source);
    expect(both.find('http://x.org/x/2')).toMatchObject({
      name: 'X 2',
      devices: { disk: 'virtio', video: 'virtio' },
      recommended: { memory: 2 * GiB },
    });
    expect(both.recognise(discOf('XOS-2 amd64'))).toMatchObject({
      system: { id: 'http://x.org/x/2' },
      arch: 'x86_64',
    });
    expect(both.find('http://debian.org/debian/13').name).toBe('Debian from the database');
  });

  it('gives way to our own table where that is newer', async () => {
    const source = await read(await database('20220101'));
    expect((source?.date ?? '') < tableDate).toBe(true);
    expect(new Catalog(source).find('http://debian.org/debian/13').name).toBe('Debian 13 (trixie)');
    expect(new Catalog(source).find('http://x.org/x/1').name).toBe('X 1');
  });

  it('is not missed where it is not installed', async () => {
    expect(await read(join(folder, 'nowhere'))).toBeUndefined();
  });
});
