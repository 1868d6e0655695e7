import { describe, expect, it } from 'vitest';
import {
  buildCapabilities,
  buildDomainCapabilities,
  offers,
  readCapabilities,
  readDomainCapabilities,
  type Capabilities,
  type DomainCapabilities,
} from '../../../drivers/xml/capabilities.ts';
import { parseDocument } from '../../../drivers/xml/document.ts';
import { childrenNamed } from '../../../drivers/xml/tree.ts';
import { partsOf, pathOf, walk } from '../../../drivers/xml/walk.ts';

const capabilities: Capabilities = {
  host: {
    uuid: '6b9f2c1e-3d5a-4e0b-9c77-0123456789ab',
    cpu: {
      arch: 'x86_64',
      model: 'Skylake',
      vendor: 'Intel',
      topology: { sockets: 1, dies: 1, cores: 4, threads: 2 },
      features: [{ name: 'vmx' }],
    },
    powerManagement: { suspendMem: true, suspendDisk: false, suspendHybrid: false },
    liveMigration: false,
    migrationTransports: [],
    cells: [
      { id: 0, memory: 16 * 1024 ** 3, cpus: [{ id: 0, socketId: 0, dieId: 0, coreId: 0, siblings: '0' }] },
    ],
    securityModels: [{ model: 'none', doi: '0' }],
  },
  guests: [
    {
      osType: 'hvm',
      arch: 'x86_64',
      wordsize: 64,
      emulator: '/usr/bin/qemu-system-x86_64',
      machines: [
        { name: 'pc', canonical: 'pc-i440fx-7.2', maxCpus: 255 },
        { name: 'isapc', deprecated: true },
      ],
      domains: [
        { type: 'qemu', machines: [] },
        { type: 'kvm', machines: [] },
      ],
      features: {
        pae: false,
        nonpae: false,
        cpuSelection: true,
        deviceBoot: true,
        acpi: { default: true, toggle: true },
      },
    },
  ],
};

const domainCapabilities: DomainCapabilities = {
  path: '/usr/bin/qemu-system-x86_64',
  domain: 'qemu',
  machine: 'pc-q35-7.2',
  arch: 'x86_64',
  maxVcpus: 288,
  iothreads: true,
  os: { supported: true, firmware: ['bios', 'efi'] },
  loader: {
    supported: true,
    paths: ['/usr/share/OVMF/OVMF_CODE.fd'],
    types: ['rom', 'pflash'],
    readonly: ['yes', 'no'],
    secure: ['no'],
  },
  cpuModes: [
    {
      name: 'host-passthrough',
      supported: true,
      models: [],
      features: [],
      enums: { hostPassthroughMigratable: ['on', 'off'] },
    },
    { name: 'custom', supported: true, models: [{ name: 'qemu64', usable: 'yes' }], features: [] },
  ],
  devices: {
    disk: { supported: true, enums: { diskDevice: ['disk', 'cdrom'], bus: ['virtio', 'sata'] } },
    tpm: { supported: false, enums: {} },
  },
  features: { vmcoreinfo: { supported: true, enums: {} } },
};

describe('what a node can do, as libvirt’s documents', () => {
  it('capabilities say what they were built from', () => {
    const text = buildCapabilities(capabilities);
    expect(readCapabilities(text)).toEqual(capabilities);
    expect(text).toContain('<cells num="1">');
  });

  it('domain capabilities say what they were built from', () => {
    expect(readDomainCapabilities(buildDomainCapabilities(domainCapabilities))).toEqual(domainCapabilities);
  });

  it('what can be chosen, what cannot, and what nobody said', () => {
    expect(offers(domainCapabilities, 'disk', 'bus', 'virtio')).toBe(true);
    expect(offers(domainCapabilities, 'disk', 'bus', 'ide')).toBe(false);
    expect(offers(domainCapabilities, 'tpm', 'model', 'tpm-crb')).toBe(false);
    expect(offers(domainCapabilities, 'disk', 'model', 'virtio')).toBeUndefined();
    expect(offers(domainCapabilities, 'crypto', 'model', 'virtio')).toBeUndefined();
  });

  it('a document of another kind is refused', () => {
    expect(() => readCapabilities('<domain/>')).toThrow(/not a <capabilities> document/);
  });
});

describe('every part of a document has a name and a line', () => {
  const document = parseDocument(`<domain type='qemu' xmlns:x='urn:x'>
  <name> a </name>
  <devices>
    <disk><driver cache='none'/></disk>
    <disk>
      <driver name='qemu'
              cache='none'/>
    </disk>
    <x:odd x:at='1'/>
  </devices>
</domain>`);

  it('in the order of the document', () => {
    const parts = partsOf(document).map(({ path, value, position }) => [path, value, position?.line]);
    expect(parts).toEqual([
      ['@type', 'qemu', 1],
      ['name', 'a', 2],
      ['devices', '', 3],
      ['devices/disk[1]', '', 4],
      ['devices/disk[1]/driver', '', 4],
      ['devices/disk[1]/driver@cache', 'none', 4],
      ['devices/disk[2]', '', 5],
      ['devices/disk[2]/driver', '', 6],
      ['devices/disk[2]/driver@name', 'qemu', 6],
      ['devices/disk[2]/driver@cache', 'none', 7],
      ['devices/x:odd', '', 9],
      ['devices/x:odd@x:at', '1', 9],
    ]);
  });

  it('what was dealt with is passed over', () => {
    const seen: string[] = [];
    walk(document, ({ pattern }) => {
      seen.push(pattern);
      return pattern === 'devices/disk' ? 'skip' : undefined;
    });
    expect(seen).toEqual([
      '@type',
      'name',
      'devices',
      'devices/disk',
      'devices/disk',
      'devices/x:odd',
      'devices/x:odd@x:at',
    ]);
  });

  it('an element knows its own path', () => {
    const [devices] = childrenNamed(document.root, 'devices');
    const second = devices && childrenNamed(devices, 'disk')[1];
    if (!second) throw new Error('the document changed');
    expect(pathOf(second)).toBe('devices/disk[2]');
  });
});
