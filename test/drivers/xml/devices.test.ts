import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildDomain } from '../../../drivers/xml/domain/build.ts';
import {
  anyKinds,
  buildDevice,
  devicesOf,
  readDevice,
  type AnyKind,
  type DeviceOf,
} from '../../../drivers/xml/domain/device.ts';
import { attachDevice, detachDevice, updateDevice } from '../../../drivers/xml/domain/device-edit.ts';
import {
  findByAlias,
  findDisk,
  findInterfaces,
  findMatching,
} from '../../../drivers/xml/domain/device-find.ts';
import { nextTarget, targetIndex } from '../../../drivers/xml/domain/disk-target.ts';
import { DomainDocument } from '../../../drivers/xml/domain/edit.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import type { Spec } from '../../../drivers/xml/domain/types.ts';
import { difference } from './difference.ts';
import { domainSpec } from './specs.ts';

const workshop = readFileSync(new URL('./fixtures/workshop.xml', import.meta.url), 'utf8');
const edit = (): DomainDocument => DomainDocument.parse(workshop);

describe('a device by itself', () => {
  it('is read and built as in its domain, whatever its kind', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const domain = readDomain(buildDomain(spec));
        for (const kind of anyKinds) {
          for (const device of devicesOf<AnyKind>(domain, kind)) {
            const text = buildDevice<AnyKind>(kind, device as Spec<DeviceOf<AnyKind>>);
            expect(readDevice(text)).toEqual({ kind, device });
          }
        }
      }),
    );
  }, 60_000);

  it('is refused where it is none', () => {
    expect(() => readDevice('<hub type="usb"/>')).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(() => readDevice('<disk xmlns="urn:x"/>')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    expect(() => readDevice('<disk')).toThrow(expect.objectContaining({ code: 'xml_invalid' }));
    expect(() => readDevice('<disk/>')).toThrow(/no target/);
  });
});

describe('a device of a domain is found', () => {
  const domain = edit().read();

  it('by its target, by what is in it, by its MAC, by its alias', () => {
    expect(findDisk(domain, 'sda')).toBe(1);
    expect(findDisk(domain, '/images/a & b.qcow2')).toBe(0);
    expect(findDisk(domain, 'vdz')).toBeUndefined();
    expect(findInterfaces(domain, '52:54:00:00:00:01')).toEqual([0]);
    const live = workshop
      .replace("<serial type='pty'>", "<serial type='pty'><alias name='serial0'/>")
      .replace("<console type='pty'>", "<console type='pty'><alias name='serial0'/>");
    expect(findByAlias(readDomain(live), 'serial0')).toEqual({ kind: 'serials', index: 0 });
    expect(findByAlias(domain, 'serial0')).toBeUndefined();
  });

  it('by its own element, wherever it stands', () => {
    fc.assert(
      fc.property(domainSpec, (spec) => {
        const read = readDomain(buildDomain(spec));
        for (const kind of anyKinds) {
          devicesOf<AnyKind>(read, kind).forEach((device, index) => {
            const text = buildDevice<AnyKind>(kind, device as Spec<DeviceOf<AnyKind>>);
            expect(findMatching(read, readDevice(text))).toContain(index);
          });
        }
      }),
    );
  }, 60_000);
});

type Change = [what: string, change: (d: DomainDocument) => unknown, gone: string[], came: string[]];

const changes: Change[] = [
  [
    'a disk comes',
    (d) =>
      attachDevice(
        d,
        "<disk type='file'>\n  <source file='/b'/>\n  <target dev='vdb' bus='virtio'/>\n</disk>",
      ),
    [],
    [
      "        <disk type='file'>",
      "          <source file='/b'/>",
      "          <target dev='vdb' bus='virtio'/>",
      '        </disk>',
    ],
  ],
  [
    'a disk goes, known by its target only',
    (d) => detachDevice(d, "<disk type='block'><target dev='sda'/></disk>"),
    [
      "        <disk type='file' device='cdrom'>",
      "            <source file='/isos/debian.iso'/>",
      "            <target dev='sda' bus='sata' tray='closed'/>",
      '            <readonly/>',
      '        </disk>',
    ],
    [],
  ],
  [
    'an interface goes, known by its MAC in other letters',
    (d) => detachDevice(d, "<interface type='network'><mac address='52:54:00:00:00:01'/></interface>"),
    [
      "        <interface type='user'>",
      "            <mac address='52:54:00:00:00:01'/>",
      "            <model type='virtio'/>",
      '        </interface>',
    ],
    [],
  ],
  [
    'a device of a kind that we do not read comes',
    (d) => attachDevice(d, "<shmem name='a'><size unit='M'>4</size></shmem>"),
    [],
    ["        <shmem name='a'>", "            <size unit='M'>4</size>", '        </shmem>'],
  ],
  [
    'a medium changes',
    (d) =>
      updateDevice(d, "<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>"),
    [
      "            <source file='/isos/debian.iso'/>",
      "            <target dev='sda' bus='sata' tray='closed'/>",
    ],
    ["            <target dev='sda' bus='sata'/>"],
  ],
];

describe('devices come, go and change', () => {
  it.each(changes)('%s', (_what, change, gone, came) => {
    const document = edit();
    change(document);
    expect(difference(workshop, document.toString())).toEqual({ gone, came });
  });

  it('one that came and went leaves the old text, known to us or not', () => {
    for (const xml of [
      "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
      "<shmem name='a'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>",
      "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='0x2'/></source></hostdev>",
    ]) {
      expect(detachDevice(attachDevice(edit(), xml), xml).toString()).toBe(workshop);
    }
  });

  it('where a device has a place and a name of its own, a new one in its stead keeps them', () => {
    const placed = workshop.replace(
      "<model type='virtio'/>\n        </interface>",
      "<model type='virtio'/>\n            <alias name='ua-lan'/>\n            <address type='pci' domain='0x0000' bus='0x03' slot='0x00' function='0x0'/>\n        </interface>",
    );
    const document = DomainDocument.parse(placed);
    updateDevice(
      document,
      "<interface type='user'>\n    <mac address='52:54:00:00:00:01'/>\n    <link state='down'/>\n</interface>",
    );
    expect(difference(placed, document.toString())).toEqual({
      gone: ["            <model type='virtio'/>"],
      came: ["            <link state='down'/>"],
    });
  });

  it('two interfaces with one MAC are told apart by their address, or not at all', () => {
    const xml = (slot: number): string =>
      `<interface type='user'><mac address='52:54:00:00:00:01'/><address type='pci' bus='3' slot='${String(slot)}'/></interface>`;
    const twice = edit().addXml(xml(5)).addXml(xml(6));
    expect(() =>
      detachDevice(twice, "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"),
    ).toThrow(expect.objectContaining({ code: 'invalid_argument' }));
    detachDevice(twice, xml(6));
    expect(twice.read().devices.interfaces.map(({ address }) => address?.slot)).toEqual([undefined, 5]);
  });

  it.each<[string, string, string]>([
    ['exists', 'a target', "<disk><target dev='vda'/></disk>"],
    ['exists', 'a MAC', "<interface type='user'><mac address='52:54:00:00:00:01'/></interface>"],
    ['exists', 'the only one of its kind', "<memballoon model='virtio'/>"],
    ['xml_invalid', 'no element', 'disk'],
  ])('%s: %s', (code, _what, xml) => {
    const document = edit();
    expect(() => attachDevice(document, xml)).toThrow(expect.objectContaining({ code }));
    expect(document.toString()).toBe(workshop);
  });

  it('an alias, an address on the bus, a number or a tag that is taken is refused', () => {
    const address = "<address type='pci' domain='0x0000' bus='0x00' slot='0x07' function='0x0'/>";
    const document = edit()
      .addXml(`<rng model='virtio'><alias name='ua-x'/>${address}</rng>`)
      .addXml("<controller type='scsi' index='0'/>")
      .addXml("<filesystem><source dir='/a'/><target dir='share'/></filesystem>");
    for (const xml of [
      "<rng model='virtio'><alias name='ua-x'/></rng>",
      "<watchdog model='i6300esb'><address type='pci' bus='0' slot='7'/></watchdog>",
      "<controller type='scsi' index='0' model='virtio-scsi'/>",
      "<filesystem><source dir='/b'/><target dir='share'/></filesystem>",
    ]) {
      expect(() => attachDevice(document, xml)).toThrow(expect.objectContaining({ code: 'exists' }));
    }
    attachDevice(
      document,
      "<watchdog model='i6300esb'><address type='pci' bus='0' slot='7' function='1'/></watchdog>",
    );
    expect(document.read().devices.watchdogs).toHaveLength(1);
  });

  it.each([
    "<disk><target dev='vdz'/></disk>",
    "<watchdog model='ib700'/>",
    "<shmem name='a'/>",
    "<interface type='user'><mac address='52:54:00:00:00:99'/></interface>",
  ])('what is not there cannot go: %s', (xml) => {
    expect(() => detachDevice(edit(), xml)).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => updateDevice(edit(), xml)).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

describe('names of drives', () => {
  const disks = (...names: string[]) => names.map((dev) => ({ target: { dev } }));

  it('the first that is free on the bus', () => {
    expect(nextTarget([], 'virtio')).toBe('vda');
    expect(nextTarget(disks('vda', 'vdc', 'sda'), 'virtio')).toBe('vdb');
    expect(nextTarget(disks('vda', 'sda'), 'sata')).toBe('sdb');
    expect(nextTarget(disks('sda', 'sdb'), 'usb')).toBe('sdc');
    expect(nextTarget(disks('fda'), 'fdc')).toBe('fdb');
    expect(nextTarget([], 'xen')).toBe('xvda');
    const many = Array.from(
      { length: 30 },
      (_, index) => `vd${index < 26 ? '' : 'a'}${String.fromCharCode(97 + (index % 26))}`,
    );
    expect(nextTarget(disks(...many), 'virtio')).toBe('vdae');
  });

  it('a bus that is full, or has no drives, is told', () => {
    expect(() => nextTarget(disks('hda', 'hdb', 'hdc', 'hdd'), 'ide')).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
    expect(() => nextTarget([], 'pci')).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });

  it('each has a place of its own', () => {
    const taken: { target: { dev: string } }[] = [];
    for (let index = 0; index < 800; index++) {
      const dev = nextTarget(taken, 'scsi');
      expect(targetIndex(dev)).toBe(index);
      taken.push({ target: { dev } });
    }
    expect(targetIndex('sdzz')).toBe(701);
    expect(targetIndex('nvme0n1')).toBeUndefined();
  });
});
