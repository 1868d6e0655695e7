import fc from 'fast-check';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildDomain } from '../../../drivers/xml/domain/build.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import type { DomainSpec } from '../../../drivers/xml/domain/types.ts';
import { domainSpec } from './specs.ts';

const schema = '/usr/share/libvirt/schemas/domain.rng';

/** Without what may be left out: empty lists, empty parts and false. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item) => essence(item) ?? {});
  if (typeof value !== 'object' || value === null) return value === false ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, part]) => [key, essence(part)] as const)
    .filter(([, part]) => part !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

interface Validation {
  failed: string[];
  said: string;
}

/** Validates many files by one run of xmllint; a program that is not there rejects. */
function validate(files: readonly string[]): Promise<Validation> {
  return new Promise((resolve, reject) => {
    const args = ['--noout', '--relaxng', schema, ...files];
    execFile('xmllint', args, { maxBuffer: 64 * 1024 * 1024 }, (error, _stdout, stderr) => {
      if (error && typeof error.code !== 'number') {
        reject(error);
        return;
      }
      const lines = stderr.split('\n');
      const passed = new Set(
        lines.filter((line) => line.endsWith(' validates')).map((line) => line.slice(0, -10)),
      );
      resolve({
        failed: files.filter((file) => !passed.has(file)),
        said: lines.filter((line) => !line.endsWith(' validates')).join('\n'),
      });
    });
  });
}

async function xmllintMissing(): Promise<string | undefined> {
  if (!existsSync(schema)) return `${schema} is not there (Debian package libvirt0)`;
  return new Promise((resolve) => {
    execFile('xmllint', ['--version'], (error) => {
      resolve(error ? `xmllint does not run: ${error.message}` : undefined);
    });
  });
}

describe('a document built from a spec', () => {
  it('says what the spec says, and nothing else', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const read = readDomain(buildDomain(spec));
        expect(read).toMatchObject(spec);
        expect(essence(read)).toEqual(essence(spec));
      }),
      { numRuns: 200 },
    );
  }, 60_000);

  it('is the same when built again from what was read', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const text = buildDomain(spec);
        expect(buildDomain(readDomain(text))).toBe(text);
      }),
    );
  }, 60_000);

  it("is valid by libvirt's own schema", async (context) => {
    const missing = await xmllintMissing();
    if (missing !== undefined) {
      console.log(`not run: ${missing}`);
      context.skip(missing);
      return;
    }
    const seed = Date.now() % 2 ** 31;
    const folder = await mkdtemp(join(tmpdir(), 'guestroom-schema-'));
    try {
      const specs = fc.sample(domainSpec, { numRuns: 120, seed });
      const files: string[] = [];
      const texts = new Map<string, string>();
      for (const [index, spec] of specs.entries()) {
        const file = join(folder, `${String(index)}.xml`);
        const text = buildDomain(spec);
        await writeFile(file, text);
        texts.set(file, text);
        files.push(file);
      }
      const { failed, said } = await validate(files);
      const [first] = failed.sort((a, b) => (texts.get(a)?.length ?? 0) - (texts.get(b)?.length ?? 0));
      expect(
        failed,
        first === undefined ? '' : `seed ${String(seed)}\n${said.slice(0, 2000)}\n${texts.get(first) ?? ''}`,
      ).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000);

  it('is laid out for people: two spaces, libvirt’s order, escaped', () => {
    const spec: DomainSpec = {
      type: 'qemu',
      name: 'a <b> & "c"',
      title: 'Über',
      osId: 'http://debian.org/debian/12',
      memory: 512 * 1024 ** 2,
      vcpu: { count: 2 },
      os: { type: 'hvm', arch: 'x86_64', machine: 'q35' },
      features: { acpi: true, apic: {} },
      devices: {
        disks: [
          {
            type: 'file',
            device: 'disk',
            driver: { name: 'qemu', type: 'qcow2' },
            source: { file: '/a"b.qcow2' },
            target: { dev: 'vda', bus: 'virtio' },
          },
        ],
        memballoon: { model: 'none' },
      },
      qemu: { args: ['-S'] },
    };
    expect(buildDomain(spec))
      .toBe(`<domain type="qemu" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <name>a &lt;b&gt; &amp; "c"</name>
  <title>Über</title>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://debian.org/debian/12"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit="KiB">524288</memory>
  <vcpu>2</vcpu>
  <os>
    <type arch="x86_64" machine="q35">hvm</type>
  </os>
  <features>
    <acpi/>
    <apic/>
  </features>
  <devices>
    <disk type="file" device="disk">
      <driver name="qemu" type="qcow2"/>
      <source file="/a&quot;b.qcow2"/>
      <target dev="vda" bus="virtio"/>
    </disk>
    <memballoon model="none"/>
  </devices>
  <qemu:commandline>
    <qemu:arg value="-S"/>
  </qemu:commandline>
</domain>
`);
  });

  it('is refused where a value cannot stand in a document', () => {
    const base: DomainSpec = {
      type: 'qemu',
      name: 'a',
      memory: 1024,
      vcpu: { count: 1 },
      os: { type: 'hvm' },
    };
    expect(() => buildDomain({ ...base, name: 'bell\u0007' })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
    expect(() => buildDomain({ ...base, memory: -1 })).toThrow(/whole number of bytes/);
    expect(() => buildDomain({ ...base, vcpu: { count: 0 } })).toThrow(/vcpu/);
    expect(() => buildDomain({ ...base, uuid: 'nonsense' })).toThrow(/UUID/);
  });
});
