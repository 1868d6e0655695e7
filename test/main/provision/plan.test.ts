import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { table } from '../../../main/catalog/table.ts';
import { GiB, MiB } from '../../../main/catalog/system.ts';
import { plan, previewOf } from '../../../main/provision/plan.ts';
import { formatProblem } from '../../../preload/create.ts';
import type { Choices, Problem, Source } from '../../../preload/create.ts';
import { disc, discFile, disk, diskFile, facts, file, fromDisc, mac, uuid, withFiles } from './facts.ts';

const schema = '/usr/share/libvirt/schemas/domain.rng';
const canValidate = existsSync(schema) && spawnSync('xmllint', ['--version']).status === 0;

/** libvirt's own opinion; undefined when it has none against the document. */
function invalid(document: string): string | undefined {
  const run = spawnSync('xmllint', ['--noout', '--relaxng', schema, '-'], { input: document });
  return run.status === 0 ? undefined : run.stderr.toString();
}
const host = facts(withFiles(discFile(), diskFile()));
const errors = (problems: readonly Problem[]): Problem[] => problems.filter(({ level }) => level === 'error');

describe('a machine from a recognised disc', () => {
  const made = plan(fromDisc(), host);

  it('gets what its system is recommended to have, under a name of its own', () => {
    expect(errors(made.problems)).toEqual([]);
    expect(made.resolved.recognised).toBe(true);
    expect(made.resolved.values).toMatchObject({
      name: 'debian-13-2',
      systemName: 'Debian 13 (trixie)',
      machine: 'q35',
      firmware: 'bios',
      tpm: false,
      type: 'kvm',
      cpu: 'host-passthrough',
      vcpus: 2,
      memory: 2 * GiB,
      disk: {
        size: 20 * GiB,
        format: 'qcow2',
        bus: 'virtio',
        pool: 'default',
        path: '/srv/images/debian-13-2.qcow2',
      },
      network: { kind: 'user', model: 'virtio', mac },
      graphics: 'vnc',
      video: 'virtio',
    });
    expect(made.steps).toEqual([
      {
        kind: 'volumeCreate',
        pool: 'default',
        name: 'debian-13-2.qcow2',
        path: '/srv/images/debian-13-2.qcow2',
        format: 'qcow2',
        size: 20 * GiB,
      },
      { kind: 'define' },
      { kind: 'start' },
    ]);
  });

  it('starts from its disk once there is something on it, and from the disc before', () => {
    const { devices, os, uuid: id, osId } = readDomain(made.document);
    expect(id).toBe(uuid);
    expect(osId).toBe('http://debian.org/debian/13');
    expect(os.boot).toEqual([]);
    expect(
      devices.disks.map(({ device, target, bootOrder, readonly }) => [
        device,
        target.dev,
        bootOrder,
        readonly,
      ]),
    ).toEqual([
      ['disk', 'vda', 1, false],
      ['cdrom', 'sda', 2, true],
    ]);
    expect(devices.graphics[0]?.listens).toEqual([{ type: 'socket' }]);
    expect(devices.channels[0]?.target?.name).toBe('org.qemu.guest_agent.0');
    expect(devices.controllers.filter(({ model }) => model === 'pcie-root-port')).toHaveLength(14);
  });

  it('shows the window nothing that it must not see', () => {
    const preview = previewOf(
      plan({ source: { kind: 'cloud', path: disk, user: 'ada', password: 'hunter2', sshKeys: [] } }, host),
    );
    expect(JSON.stringify(preview)).not.toContain('hunter2');
  });
});

describe('defaults follow the system', () => {
  const forSystem = (system: string, change: Partial<Choices> = {}) =>
    plan({ source: { kind: 'empty' }, system, ...change }, host).resolved.values;

  it('Windows 11 gets UEFI with Secure Boot, a TPM and devices that it has drivers for', () => {
    expect(forSystem('http://microsoft.com/win/11')).toMatchObject({
      firmware: 'efi-secure',
      tpm: true,
      machine: 'q35',
      vcpus: 4,
      memory: 8 * GiB,
      disk: { bus: 'sata', size: 128 * GiB },
      network: { model: 'e1000e' },
      extras: ['tablet'],
    });
    const { features, clock, os } = readDomain(
      plan({ source: { kind: 'empty' }, system: 'http://microsoft.com/win/11' }, host).document,
    );
    expect(features.hyperv?.relaxed).toBe(true);
    expect(features.smm?.state).toBe(true);
    expect(os.firmwareFeatures).toContainEqual({ name: 'secure-boot', enabled: true });
    expect(clock?.offset).toBe('localtime');
    expect(clock?.timers.map(({ name }) => name)).toContain('hypervclock');
  });

  it('Windows XP gets an old machine with IDE', () => {
    expect(forSystem('http://microsoft.com/win/xp')).toMatchObject({
      machine: 'pc',
      firmware: 'bios',
      disk: { bus: 'ide' },
      network: { model: 'rtl8139' },
    });
  });

  it('an unknown system gets what everything has a driver for', () => {
    expect(forSystem('http://libosinfo.org/unknown')).toMatchObject({
      machine: 'pc',
      memory: GiB,
      vcpus: 1,
      disk: { bus: 'ide', size: 20 * GiB },
      network: { model: 'e1000' },
      video: 'vga',
    });
  });

  it('an ARM machine gets virt, UEFI and no PC parts', () => {
    const made = plan(
      { source: { kind: 'empty' }, system: 'http://debian.org/debian/13', arch: 'aarch64' },
      host,
    );
    expect(made.resolved.values).toMatchObject({
      machine: 'virt',
      firmware: 'efi',
      type: 'qemu',
      cpu: 'maximum',
      tpm: true,
    });
    const { devices, features } = readDomain(made.document);
    expect(features.apic).toBeUndefined();
    expect(devices.inputs.map(({ type }) => type)).toEqual(['tablet', 'keyboard']);
    expect(devices.disks[1]?.target.bus).toBe('scsi');
  });

  it('without acceleration the processor is emulated, and it is said', () => {
    const slow = facts({ ...withFiles(discFile()), node: { ...host.node, accelerators: ['tcg'] } });
    const made = plan(fromDisc(), slow);
    expect(made.resolved.values).toMatchObject({ type: 'qemu', cpu: 'maximum' });
    expect(made.problems.map(({ code, level }) => [code, level])).toContainEqual(['emulated', 'warning']);
    const chosen = plan(fromDisc({ type: 'qemu' }), host).problems.map(({ code }) => code);
    expect(chosen, 'the host is not to blame for what was chosen').toEqual(['emulation_chosen']);
    expect(
      readDomain(plan({ ...fromDisc(), system: 'http://microsoft.com/win/10' }, slow).document).features
        .hyperv,
    ).toBeUndefined();
  });

  it('a small host keeps half of its memory for itself', () => {
    const small = facts({ ...withFiles(discFile()), node: { ...host.node, memory: 3 * GiB } });
    expect(plan(fromDisc(), small).resolved.values.memory).toBe(1.5 * GiB);
  });

  it('a disc that starts with UEFI only turns UEFI on, one with BIOS only leaves it off', () => {
    const efi = facts(withFiles(discFile({ boots: ['efi'] })));
    expect(plan(fromDisc(), efi).resolved.values).toMatchObject({ firmware: 'efi', tpm: true });
    const bios = facts(withFiles(discFile({ boots: ['bios'], system: 'http://microsoft.com/win/11' })));
    expect(plan(fromDisc(), bios).resolved.values.firmware).toBe('bios');
  });

  it("a libvirt of the whole system gets its network and a screen on this computer's own address", () => {
    const system = facts({ ...withFiles(discFile()), reach: 'system' });
    const { devices } = readDomain(plan(fromDisc(), system).document);
    expect(devices.interfaces[0]).toMatchObject({ type: 'network', source: { network: 'default' } });
    expect(devices.graphics[0]).toMatchObject({
      port: -1,
      listens: [{ type: 'address', address: '127.0.0.1' }],
    });
  });
});

describe('other sources', () => {
  const stepsOf = (source: Source, change: Partial<Choices> = {}) =>
    plan({ source, name: 'copy', ...change }, host).steps;
  const kinds = (source: Source) => stepsOf(source).map(({ kind }) => kind);

  it('an image is converted into a new disk, grown where asked', () => {
    expect(stepsOf({ kind: 'image', path: disk, mode: 'convert' }, { disk: { size: 40 * GiB } })[0]).toEqual({
      kind: 'volumeClone',
      source: disk,
      converts: true,
      pool: 'default',
      name: 'copy.qcow2',
      path: '/srv/images/copy.qcow2',
      format: 'qcow2',
      size: 40 * GiB,
    });
  });

  it('an image is copied as it is', () => {
    expect(stepsOf({ kind: 'image', path: disk, mode: 'copy' })[0]).toMatchObject({
      converts: false,
      format: 'vmdk',
      name: 'copy.vmdk',
    });
  });

  it('an image used in place is neither copied nor trimmed', () => {
    const made = plan({ source: { kind: 'image', path: disk, mode: 'inPlace' }, start: false }, host);
    expect(made.steps).toEqual([{ kind: 'define' }]);
    expect(readDomain(made.document).devices.disks).toMatchObject([
      { source: { file: disk }, driver: { type: 'vmdk' } },
    ]);
    expect(made.document).not.toContain('discard');
  });

  it('an empty machine has an empty CD drive', () => {
    const { devices } = readDomain(plan({ source: { kind: 'empty' } }, host).document);
    expect(devices.disks.map(({ device, source }) => [device, source === undefined])).toEqual([
      ['disk', false],
      ['cdrom', true],
    ]);
  });

  it('a machine that starts from the network tries its disk first', () => {
    const { devices } = readDomain(
      plan({ source: { kind: 'pxe' }, system: 'http://debian.org/debian/13' }, host).document,
    );
    expect([devices.disks[0]?.bootOrder, devices.interfaces[0]?.bootOrder]).toEqual([1, 2]);
  });

  it('a kernel is started without a disk', () => {
    const kernel = facts(
      withFiles(file('/k', { kind: 'unknown', size: 9e6 }), file('/i', { kind: 'unknown', size: 9e6 })),
    );
    const made = plan(
      { source: { kind: 'kernel', kernel: '/k', initrd: '/i', cmdline: 'console=ttyS0 "a&b"' } },
      kernel,
    );
    expect(errors(made.problems)).toEqual([]);
    expect(readDomain(made.document)).toMatchObject({
      os: { kernel: '/k', initrd: '/i', cmdline: 'console=ttyS0 "a&b"' },
      devices: { disks: [] },
    });
  });

  it('a cloud image gets a copy, a seed on a drive of the same kind, and room to grow', () => {
    const source: Source = { kind: 'cloud', path: disk, user: 'ada', password: 'x', sshKeys: [] };
    expect(kinds(source)).toEqual(['volumeClone', 'seed', 'define', 'start']);
    const made = plan({ source, name: 'cloudy' }, host);
    expect(made.steps[1]).toMatchObject({
      pool: 'default',
      name: 'cloudy-seed.iso',
      hostname: 'cloudy',
      instanceId: `guestroom-${uuid}`,
    });
    expect(
      readDomain(made.document).devices.disks.map(({ target, readonly, source: from }) => [
        target.dev,
        readonly,
        from?.file,
      ]),
    ).toEqual([
      ['vda', false, '/srv/images/cloudy.qcow2'],
      ['vdb', true, '/srv/images/cloudy-seed.iso'],
    ]);
  });

  it('forwarded ports reach the document, for this computer only unless asked', () => {
    const forwards = [{ protocol: 'tcp', hostPort: 2222, guestPort: 22 } as const];
    const made = plan({ ...fromDisc(), network: { kind: 'user', forwards } }, host);
    expect(readDomain(made.document).devices.interfaces[0]?.portForwards).toEqual([
      { proto: 'tcp', address: '127.0.0.1', ranges: [{ start: 2222, to: 22 }] },
    ]);
  });

  it('a document is defined as it is, and its faults have a line', () => {
    const text =
      "<domain type='kvm'>\n <name>web-03</name><memory>1</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>";
    const made = plan({ source: { kind: 'xml', text } }, host);
    expect(made.document).toBe(text.replace('</name>', `</name>\n <uuid>${uuid}</uuid>`));
    const own = made.document;
    expect(plan({ source: { kind: 'xml', text: own } }, host).document).toBe(own);
    expect(made.problems).toMatchObject([{ code: 'name_taken', suggestion: 'web-05' }]);
    const broken = plan({ source: { kind: 'xml', text: '<domain>\n<name>x</nam></domain>' } }, host);
    expect(broken.problems).toMatchObject([{ code: 'xml_bad', line: 2, level: 'error' }]);
  });
});

describe('problems are found before anything is made', () => {
  const base = fromDisc();
  const cloud: Extract<Source, { kind: 'cloud' }> = {
    kind: 'cloud',
    path: disk,
    user: 'ada',
    password: 'x',
    sshKeys: [],
  };
  const cases: [string, Partial<Choices>, Partial<Problem>][] = [
    ['a name that is taken', { name: 'web-03' }, { field: 'name', code: 'name_taken', suggestion: 'web-05' }],
    ['no name', { name: ' ' }, { field: 'name', code: 'name_missing' }],
    ['a name with a slash', { name: 'a/b' }, { field: 'name', code: 'name_bad', suggestion: 'a-b' }],
    ['a name with an edge', { name: ' a' }, { field: 'name', code: 'name_edges', suggestion: 'a' }],
    [
      'a disc that is not there',
      { source: { kind: 'iso', path: '/no' } },
      { field: 'source.path', code: 'file_missing' },
    ],
    [
      'no disc chosen yet',
      { source: { kind: 'iso', path: ' ' } },
      { field: 'source.path', code: 'source_missing' },
    ],
    [
      'a disk image as a disc',
      { source: { kind: 'iso', path: disk } },
      { field: 'source.path', code: 'iso_not' },
    ],
    [
      'a disc as a disk image',
      { source: { kind: 'image', path: disc, mode: 'copy' } },
      { field: 'source.path', code: 'image_is_iso' },
    ],
    [
      'a disk smaller than its image',
      { source: { kind: 'image', path: disk, mode: 'convert' }, disk: { size: GiB } },
      { field: 'disk.size', code: 'image_small', suggestion: 10 * GiB },
    ],
    ['an architecture that the host lacks', { arch: 's390x' }, { field: 'arch', code: 'arch_missing' }],
    [
      'a disc of another architecture',
      { arch: 'aarch64' },
      { field: 'arch', code: 'iso_arch', suggestion: 'x86_64' },
    ],
    ['a machine that the host lacks', { machine: 'pc-1.0' }, { field: 'machine', code: 'machine_missing' }],
    [
      'Secure Boot on an old machine',
      { machine: 'pc', firmware: 'efi-secure' },
      { field: 'firmware', code: 'firmware_machine' },
    ],
    ['no processor', { vcpus: 0 }, { field: 'vcpus', code: 'vcpus_bad', suggestion: 1 }],
    ['too many processors', { vcpus: 300 }, { field: 'vcpus', code: 'vcpus_limit', suggestion: 288 }],
    [
      'more memory than the host has',
      { memory: 64 * GiB },
      { field: 'memory', code: 'memory_host', suggestion: 16 * GiB },
    ],
    ['no memory', { memory: 0 }, { field: 'memory', code: 'memory_bad' }],
    ['a disk of nothing', { disk: { size: 0 } }, {}],
    ['a bus that the machine lacks', { disk: { bus: 'ide' } }, { field: 'disk.bus', code: 'disk_bus' }],
    [
      'a place that does not exist',
      { disk: { pool: 'none' } },
      { field: 'disk.pool', code: 'pool_missing', suggestion: 'default' },
    ],
    [
      'a place that is not active',
      { disk: { pool: 'old' } },
      { field: 'disk.pool', code: 'pool_inactive', suggestion: 'default' },
    ],
    [
      'a MAC address that is none',
      { network: { kind: 'user', mac: 'zz:00' } },
      { field: 'network.mac', code: 'mac_bad', suggestion: mac },
    ],
    [
      'a group address',
      { network: { kind: 'user', mac: '01:00:5e:00:00:01' } },
      { field: 'network.mac', code: 'mac_multicast' },
    ],
    [
      'a bridge without a name',
      { network: { kind: 'bridge' } },
      { field: 'network.source', code: 'bridge_missing' },
    ],
    [
      'a network start without a network',
      { source: { kind: 'pxe' }, network: { kind: 'none' } },
      { field: 'network.kind', code: 'pxe_no_network' },
    ],
    [
      'a host name with a space',
      { source: { ...cloud, hostname: 'a b' } },
      { field: 'source.hostname', code: 'hostname_bad', suggestion: 'a-b' },
    ],
    [
      'a user name in capitals',
      { source: { ...cloud, user: 'Ada' } },
      { field: 'source.user', code: 'user_bad', suggestion: 'ada' },
    ],
    [
      'a cloud image without a login',
      { source: { ...cloud, password: '' } },
      { field: 'source.password', code: 'login_missing' },
    ],
    [
      'a private key',
      { source: { ...cloud, sshKeys: ['-----BEGIN OPENSSH PRIVATE KEY-----'] } },
      { field: 'source.sshKeys', code: 'ssh_key_private' },
    ],
    [
      'a key that is none',
      { source: { ...cloud, sshKeys: ['', 'hello'] } },
      { field: 'source.sshKeys', code: 'ssh_key_bad', params: { line: 2 } },
    ],
    [
      'user data that cloud-init ignores',
      { source: { ...cloud, userData: 'users: []' } },
      { field: 'source.userData', code: 'user_data_bad' },
    ],
    [
      'a package that is none',
      { source: { ...cloud, packages: ['nginx; reboot'] } },
      { field: 'source.packages.0', code: 'package_bad' },
    ],
  ];
  it.each(cases.filter(([, , problem]) => problem.code))('%s', (_title, change, problem) => {
    const { problems } = plan({ ...base, ...change }, host);
    expect(errors(problems)).toContainEqual(expect.objectContaining(problem));
    for (const found of problems) expect(formatProblem(found)).not.toMatch(/\{\w+\}|undefined/);
  });

  it('ports that are taken or forwarded twice, with a free one', () => {
    const forward = { protocol: 'tcp', hostPort: 2222, guestPort: 22 } as const;
    const busy = facts({ ...withFiles(discFile()), takenPorts: new Set(['tcp 127.0.0.1 2222']) });
    expect(plan({ ...base, network: { kind: 'user', forwards: [forward] } }, busy).problems).toContainEqual(
      expect.objectContaining({ field: 'network.forwards.0', code: 'forward_taken', suggestion: 2223 }),
    );
    expect(
      plan({ ...base, network: { kind: 'user', forwards: [forward, forward] } }, host).problems,
    ).toContainEqual(expect.objectContaining({ field: 'network.forwards.1', code: 'forward_twice' }));
  });

  it('a pool without room for a copy', () => {
    const [pool] = host.pools;
    const full = facts({ ...withFiles(diskFile()), pools: pool ? [{ ...pool, available: GiB }] : [] });
    expect(plan({ source: { kind: 'image', path: disk, mode: 'copy' } }, full).problems).toContainEqual(
      expect.objectContaining({ field: 'disk.pool', code: 'pool_full', level: 'error' }),
    );
    expect(plan({ source: { kind: 'empty' } }, full).problems).toContainEqual(
      expect.objectContaining({ field: 'disk.size', code: 'pool_thin', level: 'warning' }),
    );
  });

  it('firmware and TPM that the host has not', () => {
    const bare = facts({ ...withFiles(discFile()), firmware: new Map() });
    const codes = (change: Partial<Choices>) =>
      errors(plan({ ...base, ...change }, bare).problems).map(({ code }) => code);
    expect(codes({ firmware: 'efi' })).toEqual(['firmware_missing']);
    expect(codes({ tpm: true })).toEqual(['tpm_missing']);
    const windows = plan({ ...base, system: 'http://microsoft.com/win/11' }, bare).problems;
    expect(windows.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['firmware_missing', 'tpm_needed']),
    );
  });

  it('a connection that may only read', () => {
    expect(errors(plan(base, facts({ ...withFiles(discFile()), readOnly: true })).problems)).toMatchObject([
      { code: 'read_only' },
    ]);
  });

  it('an image that a machine has, or whose backing file is gone', () => {
    const [path, found] = diskFile({ backing: 'gone.qcow2' });
    const there = facts({
      files: new Map([[path, { ...found, backingMissing: true }]]) as typeof host.files,
      owners: new Map([[disk, 'web-03']]),
    });
    expect(
      errors(plan({ source: { kind: 'image', path: disk, mode: 'inPlace' } }, there).problems).map(
        ({ code }) => code,
      ),
    ).toEqual(['image_incomplete', 'image_in_use']);
  });
});

describe.runIf(canValidate)('every document is one that libvirt takes', () => {
  const bools = fc.option(fc.boolean(), { nil: undefined });
  const choices = fc.record(
    {
      name: fc
        .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
        .filter((t) => t.trim() === t && !/[\p{Cc}\p{Cs}\p{Cn}\p{Co}/]/u.test(t)),
      title: fc.string({ maxLength: 12, unit: fc.constantFrom('a', '<', '&', 'é', ' ') }),
      notes: fc.string({ maxLength: 12, unit: fc.constantFrom('a', '<', '&', 'é', '\n') }),
      system: fc.constantFrom(...table.map(({ id }) => id)),
      arch: fc.constantFrom('x86_64', 'i686', 'aarch64'),
      firmware: fc.constantFrom('bios' as const, 'efi' as const, 'efi-secure' as const),
      tpm: fc.boolean(),
      vcpus: fc.integer({ min: 1, max: 64 }),
      memory: fc.integer({ min: 16, max: 4096 }).map((n) => n * MiB),
      graphics: fc.constantFrom('vnc' as const, 'none' as const),
      sound: fc.boolean(),
      cpu: fc.constantFrom('host-model', 'maximum', 'host-passthrough', 'Skylake-Client'),
      disk: fc
        .record(
          {
            none: bools,
            bus: fc.constantFrom(
              'virtio' as const,
              'scsi' as const,
              'sata' as const,
              'ide' as const,
              'usb' as const,
            ),
          },
          { requiredKeys: [] },
        )
        .map(({ none, bus }) => ({ ...(none === undefined ? {} : { none }), ...(bus ? { bus } : {}) })),
    },
    { requiredKeys: ['name'] },
  );
  const source = fc.constantFrom<Source>(
    { kind: 'iso', path: disc },
    { kind: 'empty' },
    { kind: 'pxe' },
    { kind: 'image', path: disk, mode: 'inPlace' },
    { kind: 'kernel', kernel: '/k', cmdline: 'a=b' },
    { kind: 'cloud', path: disk, user: 'a', sshKeys: [] },
  );
  const reach = fc.constantFrom('embedded' as const, 'system' as const);

  it('whatever is chosen', () => {
    fc.assert(
      fc.property(source, choices, reach, (from, more, where) => {
        const { document } = plan({ ...more, source: from } as Choices, { ...host, reach: where });
        const fault = invalid(document);
        expect(fault && `${fault}\n${document}`).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it('xmllint itself says no to what is none', () => {
    expect(() =>
      execFileSync('xmllint', ['--noout', '--relaxng', schema, '-'], { input: '<domain/>', stdio: 'pipe' }),
    ).toThrow();
  });
});
