import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDomain } from '../../../drivers/xml/domain/build.ts';
import { DomainDocument } from '../../../drivers/xml/domain/edit.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { difference } from './difference.ts';
import { domainSpec } from './specs.ts';

const workshop = readFileSync(new URL('./fixtures/workshop.xml', import.meta.url), 'utf8');
const edit = (): DomainDocument => DomainDocument.parse(workshop);

type Edit = [what: string, edit: (document: DomainDocument) => unknown, gone: string[], came: string[]];

const edits: Edit[] = [
  ['name', (d) => d.setName('a & b'), ['    <name>workshop</name>'], ['    <name>a &amp; b</name>']],
  ['a title where none was', (d) => d.setTitle('Bench'), [], ['    <title>Bench</title>']],
  [
    'type',
    (d) => d.setType('qemu'),
    ['<domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">'],
    ['<domain type="qemu" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">'],
  ],
  [
    'memory, in the unit that it had',
    (d) => d.update({ memory: 3 * 1024 ** 3 }),
    ["    <memory unit='GiB'>2</memory>"],
    ["    <memory unit='GiB'>3</memory>"],
  ],
  [
    'virtual CPUs plugged in',
    (d) => d.setVcpus(4, 3),
    ['    <vcpu placement=\'static\' current="2">4</vcpu>'],
    ['    <vcpu placement=\'static\' current="3">4</vcpu>'],
  ],
  [
    'machine',
    (d) => d.setMachine('pc'),
    ["        <type arch='x86_64' machine='q35'>hvm</type>"],
    ["        <type arch='x86_64' machine='pc'>hvm</type>"],
  ],
  ['emulator', (d) => d.setEmulator(null), ['        <emulator>/usr/bin/qemu-system-x86_64</emulator>'], []],
  [
    'medium in',
    (d) => d.setMedia('sda', '/isos/b.iso'),
    [
      "            <source file='/isos/debian.iso'/>",
      "            <target dev='sda' bus='sata' tray='closed'/>",
    ],
    ["            <source file='/isos/b.iso'/>", "            <target dev='sda' bus='sata'/>"],
  ],
  [
    'medium out',
    (d) => d.setMedia('sda', null),
    [
      "            <source file='/isos/debian.iso'/>",
      "            <target dev='sda' bus='sata' tray='closed'/>",
    ],
    ["            <target dev='sda' bus='sata'/>"],
  ],
  [
    'one setting of a disk',
    (d) => d.change('disks', 0, { driver: { cache: 'writeback' } }),
    ["            <driver name='qemu' type='qcow2' cache='none' future-attribute=\"yes\"/>"],
    ["            <driver name='qemu' type='qcow2' cache='writeback' future-attribute=\"yes\"/>"],
  ],
  [
    'a device added',
    (d) => d.add('rngs', { model: 'virtio', backend: { model: 'random', path: '/dev/urandom' } }),
    [],
    [
      '        <rng model="virtio">',
      '            <backend model="random">/dev/urandom</backend>',
      '        </rng>',
    ],
  ],
  [
    'a device added as XML',
    (d) => d.addXml("<watchdog model='i6300esb'>\n  <!-- new -->\n  <alias name='ua-w'/>\n</watchdog>"),
    [],
    [
      "        <watchdog model='i6300esb'>",
      '          <!-- new -->',
      "          <alias name='ua-w'/>",
      '        </watchdog>',
    ],
  ],
  ['a device removed', (d) => d.remove('memballoon'), ["        <memballoon model='virtio'/>"], []],
  [
    'a device replaced',
    (d) => d.replace('videos', 0, "<video><model type='vga'/></video>"),
    ["        <video><model type='virtio'/></video>"],
    ['        <video>', "            <model type='vga'/>", '        </video>'],
  ],
  [
    'secrets out',
    (d) => d.removeSecrets(),
    ["        <graphics type='vnc' port='-1' autoport='yes' passwd='s3cret'/>"],
    ["        <graphics type='vnc' port='-1' autoport='yes'/>"],
  ],
  [
    'system inside',
    (d) => d.setOsId('http://x/1'),
    ['            <libosinfo:os id="http://debian.org/debian/12"/>'],
    ['            <libosinfo:os id="http://x/1"/>'],
  ],
  [
    'nothing, by setting what is there',
    (d) => d.setName('workshop').update({ memory: 2 * 1024 ** 3, os: { machine: 'q35' } }),
    [],
    [],
  ],
];

describe('an edit changes what was asked and nothing else', () => {
  it.each(edits)('%s', (_what, change, gone, came) => {
    const document = edit();
    change(document);
    expect(difference(workshop, document.toString())).toEqual({ gone, came });
  });

  it('whatever the document: a new name, and the old name again, give the old text', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const text = buildDomain(spec);
        const document = DomainDocument.parse(text);
        document.update({ name: 'other', memory: spec.memory + 1024 });
        expect(readDomain(document.toString())).toEqual({
          ...readDomain(text),
          name: 'other',
          memory: spec.memory + 1024,
        });
        expect(document.update({ name: spec.name, memory: spec.memory }).toString()).toBe(text);
      }),
    );
  }, 60_000);

  it('whatever the document: a device added and removed leaves the old text', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const withDevices = { ...spec, devices: { ...spec.devices, emulator: '/qemu' } };
        const text = buildDomain(withDevices);
        const count = spec.devices?.watchdogs?.length ?? 0;
        const document = DomainDocument.parse(text).add('watchdogs', {
          model: 'ib700',
          action: 'pause',
          alias: 'ua-x',
        });
        expect(document.read().devices.watchdogs).toHaveLength(count + 1);
        expect(document.remove('watchdogs', count).toString()).toBe(text);
      }),
    );
  }, 60_000);
});

describe('edits that have to think', () => {
  it('memory at start follows the maximum where it was the same', () => {
    expect(
      edit()
        .setMemory(1024 ** 3)
        .read(),
    ).toMatchObject({ memory: 1024 ** 3, currentMemory: 1024 ** 3 });
    expect(() => edit().setCurrentMemory(3 * 1024 ** 3)).toThrow(/more than the maximum/);
  });

  it('the topology follows the number of virtual CPUs', () => {
    expect(edit().setVcpus(8).read()).toMatchObject({
      vcpu: { count: 8 },
      cpu: { topology: { cores: 4, threads: 2 } },
    });
    expect(edit().setVcpus(3).read().cpu).not.toHaveProperty('topology');
    expect(() => edit().setVcpus(2, 3)).toThrow(/Between 1 and 2/);
  });

  it('a CPU mode without a model takes the model out', () => {
    const { cpu } = edit().setCpuMode('host-passthrough').read();
    expect(cpu).toEqual({
      mode: 'host-passthrough',
      topology: { sockets: 1, dies: 1, cores: 2, threads: 2 },
      features: [],
      numa: [],
    });
  });

  it('numbers on devices replace the boot order in <os>', () => {
    const document = edit().setBootOrder([
      { kind: 'interfaces', index: 0 },
      { kind: 'disks', index: 0 },
    ]);
    const { os, devices } = document.read();
    expect(os.boot).toEqual([]);
    expect(devices.interfaces[0]?.bootOrder).toBe(1);
    expect(devices.disks.map((disk) => disk.bootOrder)).toEqual([2, undefined]);
    expect(() => document.setBootOrder([{ kind: 'disks', index: 7 }])).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });

  it('media change only in drives that can', () => {
    expect(() => edit().setMedia('sdz', '/a')).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => edit().setMedia('vda', '/a')).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    expect(edit().setMedia('sda', '/dev/sr0', 'block').read().devices.disks[1]).toMatchObject({
      type: 'block',
      source: { dev: '/dev/sr0' },
    });
  });

  it('the other metadata stays when the system inside is forgotten', () => {
    const document = edit().setOsId(null);
    expect(document.read()).not.toHaveProperty('osId');
    expect(document.toString()).toContain('don&apos;t touch');
    expect(document.toString()).not.toContain('libosinfo:os');
  });

  it('a document on one line stays on one line', () => {
    const text = "<domain type='qemu'><name>a</name><memory>1</memory><os><type>hvm</type></os></domain>";
    const after = DomainDocument.parse(text).setTitle('t').add('rngs', { model: 'virtio' }).toString();
    expect(after).toBe(
      '<domain type=\'qemu\'><name>a</name><title>t</title><memory>1</memory><os><type>hvm</type></os><devices><rng model="virtio"/></devices></domain>',
    );
  });

  it('bad names and fragments are refused', () => {
    expect(() => edit().setName('a/b')).toThrow(/"\/"/);
    expect(() => edit().add('disks', '<interface/>')).toThrow(/<interface>, not a <disk>/);
    expect(() => edit().addXml('<disk>')).toThrow(expect.objectContaining({ code: 'xml_invalid' }));
  });
});
