import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDomain } from '../../../drivers/xml/domain/build.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import type { DomainSpec } from '../../../drivers/xml/domain/types.ts';
import { essence } from './kinds.ts';
import { expectValid } from './schema.ts';
import { domainSpec } from './specs.ts';

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

  it(
    "is valid by libvirt's own schema",
    (context) => expectValid(context, 'domain', domainSpec, buildDomain),
    120_000,
  );

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
