import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkMedium } from '../../drivers/qemu/media.ts';
import { detectFormat } from '../../drivers/storage/image-format.ts';
import { imageReferences, refuseForeignReferences } from '../../drivers/storage/image-references.ts';
import { ImageTool } from '../../drivers/storage/image-tool.ts';
import { Catalog } from '../../main/catalog/catalog.ts';
import { recogniseMedia } from '../../main/catalog/media.ts';
import { Toolbox, survey } from '../../drivers/qemu/survey.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';

const run = promisify(execFile);
const hasTool = await run('qemu-img', ['--version']).then(
  () => true,
  () => false,
);
if (!hasTool) console.log('hostile images are left out in part: qemu-img is not installed');

let folder: string;
let secret: string;
const host = createLocalHost();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gr-hostile-'));
  secret = join(folder, 'elsewhere-secret');
  await writeFile(secret, 'k'.repeat(1024 * 1024));
  await chmod(secret, 0o600);
});
afterAll(() => rm(folder, { recursive: true }));

const make = async (name: string, ...args: string[]): Promise<string> => {
  const path = join(folder, name);
  await run('qemu-img', ['create', '-q', ...args, path, '1M'], { cwd: folder });
  return path;
};
const check = (path: string, format: string, detected = false) =>
  refuseForeignReferences(host.files, path, format, { detected });

describe.skipIf(!hasTool)('an image that somebody else made', () => {
  it.each([
    'json:{"driver":"file","filename":"/etc/shadow"}',
    'nbd://evil.example:10809/disk',
    'https://evil.example/disk.img',
    'ssh:host/x',
    'fat:rw:/etc',
    'file:/etc/shadow',
  ])('cannot make QEMU open %s', async (backing) => {
    const path = await make('pseudo.qcow2', '-f', 'qcow2', '-u', '-b', backing, '-F', 'raw');
    await expect(check(path, 'qcow2')).rejects.toMatchObject({ code: 'denied' });
  });

  it('cannot keep its content in a file of the host', async () => {
    const data = join(folder, 'data.raw');
    const path = await make('outside.qcow2', '-f', 'qcow2', '-o', `data_file=${data},data_file_raw=on`);
    await expect(check(path, 'qcow2')).rejects.toMatchObject({ code: 'denied' });
    const over = await make('over.qcow2', '-f', 'qcow2', '-u', '-b', path, '-F', 'qcow2');
    await expect(check(over, 'qcow2')).rejects.toMatchObject({ code: 'denied' });
  });

  it('cannot name far files as the extents of a VMDK', async () => {
    const path = join(folder, 'flat.vmdk');
    for (const file of [secret, '../x', 'nbd:host:1']) {
      await writeFile(
        path,
        `# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2048 FLAT "${file}" 0\n`,
      );
      await expect(check(path, 'vmdk')).rejects.toMatchObject({ code: 'denied' });
    }
    await writeFile(path, '# Disk DescriptorFile\nRW 2048 FLAT "flat-f001.vmdk" 0\n');
    await expect(check(path, 'vmdk')).resolves.toBeUndefined();
  });

  it('is an overlay of plain files all the same', async () => {
    const base = await make('base.qcow2', '-f', 'qcow2');
    const over = await make('overlay.qcow2', '-f', 'qcow2', '-b', base, '-F', 'qcow2');
    await expect(check(over, 'qcow2')).resolves.toBeUndefined();
    await expect(check(await make('plain.vmdk', '-f', 'vmdk'), 'vmdk', true)).resolves.toBeUndefined();
  });

  it('that lies under itself ends the search', async () => {
    const path = await make('loop.qcow2', '-f', 'qcow2', '-u', '-b', 'loop.qcow2', '-F', 'qcow2');
    await expect(check(path, 'qcow2')).rejects.toMatchObject({ code: 'denied' });
  });

  it('is not converted either: nothing of the host gets into the copy', async () => {
    const path = await make('convert.qcow2', '-f', 'qcow2', '-u', '-b', `file:${secret}`, '-F', 'raw');
    const tool = new ImageTool(host, () => Promise.resolve('qemu-img'));
    const to = join(folder, 'copy.raw');
    await expect(
      tool.convert({ path, format: 'qcow2' }, { path: to, format: 'raw' }, {}),
    ).rejects.toMatchObject({ code: 'denied' });
    expect(await host.files.stat(to)).toBeUndefined();
  });

  it('refers to nothing when only its bytes say what it is: a guest may have written them', async () => {
    const path = await make('written.img', '-f', 'qcow2', '-b', secret, '-F', 'raw');
    expect(detectFormat(await readFile(path))).toBe('qcow2');
    await expect(check(path, 'qcow2', true)).rejects.toMatchObject({ code: 'denied' });
    await expect(checkMedium(host, path)).rejects.toMatchObject({ code: 'denied' });
    await expect(check(path, 'raw', true)).resolves.toBeUndefined();
  });
});

const hasQemu = await run('qemu-system-x86_64', ['--version']).then(
  () => true,
  () => false,
);
if (!hasQemu) console.log('a start with a hostile image is left out: qemu-system-x86_64 is not installed');

describe.skipIf(!hasTool || !hasQemu)('a document over a hostile image', () => {
  const problems = async (file: string, driver: string) => {
    const inside = (name: string) => join(folder, name);
    const paths = {
      home: folder,
      ...{ data: inside('data'), config: inside('config'), state: inside('state') },
      ...{ cache: inside('cache'), runtime: inside('run') },
    };
    const text = `<domain type='qemu'><name>x</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
      <os><type arch='x86_64' machine='pc'>hvm</type></os>
      <devices><disk type='file' device='disk'>${driver}<source file='${file}'/><target dev='vda' bus='virtio'/></disk></devices></domain>`;
    const { findings } = await survey(
      new Toolbox(createLocalHost({ paths })),
      text,
      '5f0c8a3e-7a8e-4d5e-9a38-0d5c5f6a1b2c',
    );
    return findings.list.map(({ message }) => message).join('\n');
  };

  it('is refused when the guest wrote the header that names a file of the host', async () => {
    const path = await make('guest.img', '-f', 'qcow2', '-b', secret, '-F', 'raw');
    expect(await problems(path, '')).toContain('refers to something else');
    // its format is written down: what the guest writes is plain bytes
    expect(await problems(path, "<driver name='qemu' type='raw'/>")).not.toContain(
      'refers to something else',
    );
  });

  it('is refused when the image names an address', async () => {
    const path = await make('net.qcow2', '-f', 'qcow2', '-u', '-b', 'nbd://evil.example/x', '-F', 'raw');
    expect(await problems(path, "<driver name='qemu' type='qcow2'/>")).toContain('refers to something else');
  });
});

describe('bytes of any kind', () => {
  const magics = [
    'QFI\xfb\0\0\0\x03',
    'KDMV',
    'COWD',
    'QED\0',
    'vhdxfile',
    'conectix',
    '# Disk DescriptorFile',
    '',
  ];
  const bytes = fc
    .tuple(fc.constantFrom(...magics), fc.uint8Array({ maxLength: 6000 }))
    .map(([magic, rest]) => {
      const image = Buffer.concat([Buffer.from(magic, 'latin1'), rest]);
      return {
        size: image.length,
        read: (offset: number, length: number) =>
          Promise.resolve(
            Number.isSafeInteger(offset) && offset >= 0
              ? image.subarray(offset, offset + length)
              : Buffer.alloc(0),
          ),
      };
    });

  it('never make the search for references fail', () =>
    fc.assert(
      fc.asyncProperty(
        bytes,
        fc.constantFrom('qcow', 'qcow2', 'qed', 'vmdk', 'raw', 'vdi'),
        async ({ read }, format) => {
          const { content } = await imageReferences(read, format);
          expect(Array.isArray(content)).toBe(true);
        },
      ),
      { numRuns: 400 },
    ));

  it('never make the wizard’s look at a medium fail', async () => {
    const catalog = new Catalog();
    await fc.assert(
      fc.asyncProperty(bytes, async ({ read, size }) => {
        expect(['iso', 'disk', 'unknown']).toContain((await recogniseMedia(read, size, catalog)).kind);
      }),
      { numRuns: 400 },
    );
  });
});
