import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { bootOrderOf } from '../../../drivers/xml/domain/boot.ts';
import { nameProblem } from '../../../drivers/xml/domain/name.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { consolesOf, summarize } from '../../../drivers/xml/summary.ts';

const fixture = (name: string): string =>
  readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');

const minimal = (inside: string): string =>
  `<domain type='qemu'>\n<name>a</name>\n<memory>1024</memory>\n<os><type>hvm</type></os>\n${inside}\n</domain>`;

function refusal(text: string): GuestroomError {
  try {
    readDomain(text);
  } catch (thrown) {
    if (thrown instanceof GuestroomError) return thrown;
    throw thrown;
  }
  throw new Error('accepted');
}

describe('a domain document read', () => {
  it('the listing that introduced libvirt to most people', () => {
    const domain = readDomain(fixture('react-qemu.xml'));
    expect(domain).toMatchObject({
      type: 'qemu',
      name: 'ReactOS-on-QEMU',
      memory: 131072 * 1024,
      currentMemory: 131072 * 1024,
      vcpu: { count: 1 },
      os: { type: 'hvm', arch: 'i686', machine: 'pc' },
      devices: {
        emulator: '/usr/bin/qemu',
        disks: [
          {
            type: 'file',
            device: 'disk',
            source: { file: '/var/lib/images/ReactOS.vmdk' },
            target: { dev: 'hda' },
          },
        ],
        interfaces: [{ type: 'network', source: { network: 'default' } }],
        graphics: [{ type: 'vnc', port: -1 }],
      },
    });
    expect(domain).not.toHaveProperty('uuid');
    expect(domain.devices.serials).toEqual([]);
  });

  it.each<[string, number]>([
    ['<memory>1</memory>', 1024],
    ["<memory unit='b'>4096</memory>", 4096],
    ["<memory unit='bytes'>4096</memory>", 4096],
    ["<memory unit='KB'>2</memory>", 2000],
    ["<memory unit='k'>2</memory>", 2048],
    ["<memory unit='KiB'>2</memory>", 2048],
    ["<memory unit='MB'>2</memory>", 2_000_000],
    ["<memory unit='MiB'> 2 </memory>", 2 * 1024 ** 2],
    ["<memory unit='GB'>1</memory>", 1e9],
    ["<memory unit='G'>3</memory>", 3 * 1024 ** 3],
    ["<memory unit='TiB'>1</memory>", 1024 ** 4],
  ])('sizes are bytes: %s', (element, bytes) => {
    const text = `<domain type='qemu'><name>a</name>${element}<os><type>hvm</type></os></domain>`;
    expect(readDomain(text).memory).toBe(bytes);
  });

  it('memory that only NUMA cells tell is their sum', () => {
    const cells = `<cpu><numa><cell id='0' cpus='0' memory='1' unit='GiB'/><cell id='1' cpus='1' memory='1024'/></numa></cpu>`;
    const text = `<domain type='kvm'><name>a</name><os><type>hvm</type></os>${cells}</domain>`;
    expect(readDomain(text).memory).toBe(1024 ** 3 + 1024 ** 2);
  });

  it('words that we do not know are kept', () => {
    const { devices } = readDomain(
      minimal(
        "<devices><disk type='moon' device='crater'><target dev='x' bus='tube'/></disk><video><model type='virtio' blob='on'/></video></devices>",
      ),
    );
    expect(devices.disks[0]).toMatchObject({ type: 'moon', device: 'crater', target: { bus: 'tube' } });
    expect(devices.videos[0]?.model).toEqual({ type: 'virtio', blob: true });
  });

  it('addresses are numbers however they are written', () => {
    const { devices } = readDomain(
      minimal(
        "<devices><rng model='virtio'><address type='pci' domain='0x0000' bus='10' slot='0x1f' function='7'/></rng></devices>",
      ),
    );
    expect(devices.rngs[0]?.address).toEqual({ type: 'pci', domain: 0, bus: 10, slot: 31, function: 7 });
  });

  it.each<[string, string, RegExp]>([
    ['<currentMemory>lots</currentMemory>', 'line 5, column 1', /currentMemory/],
    ["<currentMemory unit='stone'>1</currentMemory>", 'line 5, column 1', /"stone" is not a unit/],
    ["<currentMemory unit='constructor'>1</currentMemory>", 'line 5, column 1', /is not a unit/],
    ["<currentMemory unit='EiB'>9999</currentMemory>", 'line 5, column 1', /8 PiB/],
    ['<vcpu>0</vcpu>', 'line 5, column 1', /vcpu/],
    ["<vcpu\n   current='two'>4</vcpu>", 'line 6, column 4', /current of <vcpu>.*"two"/],
    ['<uuid>123</uuid>', 'line 5, column 1', /UUID/],
    [
      "<devices>\n  <graphics type='vnc' port='65536'/></devices>",
      'line 6, column 24',
      /port of <graphics>.*65535/,
    ],
    ["<devices><disk type='file'/></devices>", 'line 5, column 10', /<disk> has no target/],
    ["<pm><suspend-to-mem enabled='maybe'/></pm>", 'line 5, column 21', /yes or no/],
    ["<features><vmport state='1'/></features>", 'line 5, column 11', /on or off/],
  ])('impossible values are named with their place: %j', (inside, place, message) => {
    const error = refusal(minimal(inside));
    expect(error.code).toBe('xml_invalid');
    expect(error.detail).toBe(place);
    expect(error.message).toMatch(message);
  });

  it.each(['name', 'memory', 'os'])('a document without %s is refused', (name) => {
    const text = minimal('').replace(new RegExp(`<${name}>.*</${name}>\n`), '');
    expect(refusal(text).message).toContain(`no ${name}`);
  });
});

describe('what lists and windows show of a document', () => {
  const workshop = readDomain(fixture('workshop.xml'));

  it('a row', () => {
    expect(summarize({ ...workshop, title: ' Bench ', description: `\n${'é'.repeat(300)}` })).toEqual({
      name: 'workshop',
      type: 'kvm',
      uuid: '6b9f2c1e-3d5a-4e0b-9c77-0123456789ab',
      title: 'Bench',
      note: `${'é'.repeat(199)}…`,
      vcpus: 2,
      memory: 2 * 1024 ** 3,
      arch: 'x86_64',
      osId: 'http://debian.org/debian/12',
    });
  });

  it('its screens and terminals, each once', () => {
    expect(consolesOf(workshop)).toEqual([
      { kind: 'graphics', type: 'vnc', index: 0, password: true },
      {
        kind: 'serial',
        type: 'pty',
        index: 0,
        alias: 'serial0',
        target: undefined,
        port: 0,
        interactive: true,
      },
    ]);
  });

  it('the order of starting, from the words or from the devices', () => {
    expect(bootOrderOf(workshop)).toEqual([
      { kind: 'disks', index: 1 },
      { kind: 'disks', index: 0 },
    ]);
    const [first, second] = workshop.devices.disks;
    const [nic] = workshop.devices.interfaces;
    if (!first || !second || !nic) throw new Error('the fixture changed');
    const devices = {
      ...workshop.devices,
      disks: [{ ...first, bootOrder: 2 }, second],
      interfaces: [{ ...nic, bootOrder: 1 }],
    };
    expect(bootOrderOf({ ...workshop, devices })).toEqual([
      { kind: 'interfaces', index: 0 },
      { kind: 'disks', index: 0 },
    ]);
  });

  it.each(['', ' a', 'a/b', '..', 'a\nb', 'x'.repeat(201)])('a name that cannot be is told: %j', (name) => {
    expect(nameProblem(name)).toMatch(/name/i);
  });

  it.each(['a', 'Windows 11', 'Büro-PC_2.0', '😀'])('a good name passes: %j', (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });
});
