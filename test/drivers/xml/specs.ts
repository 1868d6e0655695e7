import fc from 'fast-check';
import type { DomainSpec } from '../../../drivers/xml/domain/types.ts';
import { deviceSpecs } from './device-specs.ts';
import { sometimes, yes } from './spec-parts.ts';

const kib = (minimum: number, maximum: number) =>
  fc.integer({ min: minimum, max: maximum }).map((n) => n * 1024);
const line = fc
  .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
  .filter((text) => !/[\n\r\p{C}]/u.test(text) && text.trim() !== '');

const vcpu = fc.integer({ min: 1, max: 64 }).chain((count) =>
  sometimes(
    {
      count: fc.constant(count),
      current: fc.integer({ min: 1, max: count }),
      placement: fc.constantFrom('static', 'auto'),
    },
    ['count'],
  ),
);

const cpuFeatures = fc.uniqueArray(
  fc.record({
    policy: fc.constantFrom('force', 'require', 'optional', 'disable', 'forbid'),
    name: fc.constantFrom('vmx', 'svm', 'aes', 'avx2', 'hypervisor'),
  }),
  { maxLength: 4, selector: ({ name }) => name },
);

const topology = sometimes(
  {
    sockets: fc.integer({ min: 1, max: 4 }),
    dies: fc.integer({ min: 1, max: 2 }),
    cores: fc.integer({ min: 1, max: 16 }),
    threads: fc.integer({ min: 1, max: 2 }),
  },
  ['sockets', 'cores', 'threads'],
);

const cpu = fc.oneof(
  sometimes(
    {
      mode: fc.constant('host-passthrough'),
      check: fc.constantFrom('none', 'partial', 'full'),
      migratable: yes,
      topology,
      features: cpuFeatures,
      cache: fc.constantFrom({ mode: 'passthrough' }, { mode: 'emulate', level: 3 }, { mode: 'disable' }),
      maxPhysAddr: fc.constantFrom({ mode: 'passthrough' }, { mode: 'emulate', bits: 42 }),
    },
    ['mode'],
  ),
  sometimes(
    {
      mode: fc.constant('custom'),
      match: fc.constantFrom('minimum', 'exact', 'strict'),
      model: sometimes(
        {
          name: fc.constantFrom('qemu64', 'Skylake-Client', 'EPYC'),
          fallback: fc.constantFrom('allow', 'forbid'),
        },
        ['name'],
      ),
      vendor: fc.constantFrom('Intel', 'AMD'),
      topology,
      features: cpuFeatures,
    },
    ['mode', 'match', 'model'],
  ),
  sometimes({ mode: fc.constantFrom('host-model', 'maximum'), topology }, ['mode']),
);

const path = fc.constantFrom('/a', '/images/a & b <c>.img', '/images/"quoted" \'too\'.img', '/été/😀.iso');

const os = fc.oneof(
  fc.constantFrom(
    { type: 'hvm', arch: 'aarch64', machine: 'virt', firmware: 'efi' },
    { type: 'hvm', arch: 'riscv64', machine: 'virt' },
    { type: 'hvm' },
  ),
  sometimes(
    {
      type: fc.constant('hvm'),
      arch: fc.constantFrom('x86_64', 'i686'),
      machine: fc.constantFrom('pc', 'q35', 'pc-i440fx-7.2'),
      boot: fc.uniqueArray(fc.constantFrom('hd', 'cdrom', 'network', 'fd'), { maxLength: 4 }),
      bootMenu: sometimes({ enable: yes, timeout: fc.integer({ min: 0, max: 65535 }) }, ['enable']),
      bios: sometimes({ useserial: yes, rebootTimeout: fc.integer({ min: -1, max: 32767 }) }),
      smbios: fc.constantFrom('emulate', 'host', 'sysinfo'),
      kernel: path,
      initrd: path,
      cmdline: line.map((text) => text.trim()),
      dtb: path,
      loader: sometimes({ path, readonly: yes, type: fc.constantFrom('rom', 'pflash'), secure: yes }, [
        'path',
      ]),
      nvram: sometimes({ path, template: path }, ['path']),
    },
    ['type', 'arch', 'machine'],
  ),
  sometimes(
    {
      type: fc.constant('hvm'),
      arch: fc.constant('x86_64'),
      machine: fc.constant('q35'),
      firmware: fc.constantFrom('bios', 'efi'),
      firmwareFeatures: fc.uniqueArray(
        fc.record({ name: fc.constantFrom('enrolled-keys', 'secure-boot'), enabled: yes }),
        { maxLength: 2, selector: ({ name }) => name },
      ),
    },
    ['type', 'arch', 'machine', 'firmware'],
  ),
  sometimes(
    {
      type: fc.constant('exe'),
      arch: fc.constant('x86_64'),
      init: fc.constant('/sbin/init'),
      initArgs: fc.array(
        line.map((text) => text.trim()),
        { maxLength: 3 },
      ),
      initEnv: fc.array(fc.record({ name: fc.constantFrom('LANG', 'TERM'), value: line }), { maxLength: 2 }),
      initDir: path,
    },
    ['type', 'init'],
  ).chain((init) => fc.constantFrom(init, { ...init, initUser: 'tester', initGroup: '100' })),
);

const hypervFeatures = sometimes({
  mode: fc.constant('custom'),
  relaxed: yes,
  vapic: yes,
  spinlocks: fc.constantFrom({ state: true, retries: 8191 }, { state: false }),
  vpindex: yes,
  runtime: yes,
  synic: yes,
  stimer: fc.constantFrom({ state: true, direct: true }, { state: true }, { state: false }),
  reset: yes,
  vendorId: fc.constantFrom({ state: true, value: 'KVM Hv' }, { state: false }),
  frequencies: yes,
  reenlightenment: yes,
  tlbflush: yes,
  ipi: yes,
  evmcs: yes,
  avic: yes,
});

const hyperv = fc.oneof(hypervFeatures, fc.constant({ mode: 'passthrough' }));

const features = sometimes({
  acpi: yes,
  apic: fc.constantFrom({}, { eoi: true }, { eoi: false }),
  pae: yes,
  hap: fc.constantFrom({}, { state: true }),
  viridian: yes,
  privnet: yes,
  hyperv,
  kvm: sometimes({
    hidden: yes,
    hintDedicated: yes,
    pollControl: yes,
    pvIpi: yes,
    dirtyRing: fc.constantFrom({ state: true, size: 4096 }, { state: false }),
  }),
  vmport: yes,
  smm: sometimes({ state: yes, tseg: fc.constantFrom(16 * 1024 ** 2, 48 * 1024 ** 2) }, ['state']),
  vmcoreinfo: yes,
  pmu: yes,
  pvspinlock: yes,
  ioapic: fc.constantFrom('kvm', 'qemu'),
});

const clock = sometimes(
  {
    offset: fc.constantFrom('utc', 'localtime'),
    timers: fc.uniqueArray(
      fc.oneof(
        sometimes(
          {
            name: fc.constant('rtc'),
            tickpolicy: fc.constantFrom('delay', 'catchup'),
            track: fc.constantFrom('guest', 'wall'),
          },
          ['name'],
        ),
        sometimes({ name: fc.constant('pit'), tickpolicy: fc.constantFrom('delay', 'discard') }, ['name']),
        sometimes({ name: fc.constantFrom('hpet', 'hypervclock', 'kvmclock'), present: yes }, [
          'name',
          'present',
        ]),
      ),
      { maxLength: 4, selector: ({ name }) => name },
    ),
  },
  ['offset'],
);

const action = fc.constantFrom('destroy', 'restart', 'preserve', 'rename-restart');
const entry = fc.record({
  name: fc.constantFrom('vendor', 'version'),
  value: fc.constantFrom('LENOVO', 'a & b'),
});
const systemEntry = fc.record({
  name: fc.constantFrom('manufacturer', 'product', 'serial'),
  value: fc.constantFrom('Fedora', 'Virt <Manager>'),
});

const sysinfo = fc.oneof(
  sometimes(
    {
      type: fc.constant('smbios'),
      bios: fc.array(entry, { minLength: 1, maxLength: 2 }),
      system: fc.array(systemEntry, { minLength: 1, maxLength: 2 }),
      oemStrings: fc.array(fc.constantFrom('myappname:some arbitrary data', 'x'), {
        minLength: 1,
        maxLength: 2,
      }),
    },
    ['type'],
  ),
  fc.record({
    type: fc.constant('fwcfg'),
    fwcfg: fc.array(
      fc.constantFrom(
        { name: 'opt/com.example/a', value: 'example value' },
        { name: 'opt/com.example/b', file: '/tmp/provision.ign' },
      ),
      { minLength: 1, maxLength: 2 },
    ),
  }),
);

const root = sometimes(
  {
    type: fc.constantFrom('kvm', 'qemu', 'hvf', 'test', 'lxc'),
    name: line.map((text) => text.trim().replaceAll('/', '_')),
    uuid: fc.uuid(),
    title: line,
    description: fc
      .string({ unit: 'grapheme', maxLength: 200 })
      .filter((text) => !/[^\P{C}\n\t]/u.test(text)),
    osId: fc.webUrl(),
    memory: kib(1, 2 ** 32),
    currentMemory: kib(1, 2 ** 32),
    maxMemory: fc.record({ bytes: kib(1, 2 ** 32), slots: fc.integer({ min: 1, max: 256 }) }),
    memoryBacking: sometimes({
      hugepages: fc.constantFrom({}, { sizes: [2 * 1024 ** 2] }),
      nosharepages: yes,
      locked: yes,
      source: fc.constantFrom('file', 'anonymous', 'memfd'),
      access: fc.constantFrom('shared', 'private'),
      allocation: fc.constantFrom('immediate', 'ondemand'),
      discard: yes,
    }),
    vcpu,
    iothreads: fc.integer({ min: 1, max: 8 }),
    cpu,
    os,
    sysinfo: fc.array(sysinfo, { maxLength: 1 }),
    features,
    clock,
    onPoweroff: action,
    onReboot: action,
    onCrash: fc.oneof(action, fc.constantFrom('coredump-destroy', 'coredump-restart')),
    pm: sometimes({ suspendToMem: yes, suspendToDisk: yes }),
    seclabels: fc.constantFrom([], [{ type: 'none' }], [{ type: 'dynamic', model: 'dac', relabel: true }]),
    qemu: fc.record({
      args: fc.array(line, { maxLength: 4 }),
      env: fc.array(sometimes({ name: fc.constantFrom('LANG', 'A_1'), value: line }, ['name']), {
        maxLength: 2,
      }),
    }),
  },
  ['type', 'name', 'memory', 'vcpu', 'os'],
);

/** Domains that libvirt's schema accepts, of every shape that we build. */
export const domainSpec: fc.Arbitrary<DomainSpec> = fc
  .record({ root, devices: deviceSpecs })
  .map(({ root: outer, devices }) => ({ ...outer, devices }));
