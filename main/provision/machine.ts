import type { DomainSpec } from '../../drivers/xml/domain/types.ts';
import { vncScreen } from '../../drivers/xml/domain/vnc-screen.ts';
import type { Choices, DiskBus, PlanValues } from '../../preload/create.ts';
import type { System } from '../catalog/system.ts';
import { isQ35, isX86 } from './defaults.ts';
import type { Resolved } from './defaults.ts';
import { controllersOf, inputsOf, interfaceOf } from './machine-devices.ts';
import type { Facts } from './facts.ts';

type Disk = NonNullable<DomainSpec['devices']> extends { disks?: readonly (infer Item)[] } ? Item : never;

const prefixes: Readonly<Record<DiskBus, string>> = {
  virtio: 'vd',
  scsi: 'sd',
  sata: 'sd',
  usb: 'sd',
  ide: 'hd',
};

/** Gives out names of drives in the order of asking: vda, sda, sdb, … */
class DriveNames {
  readonly #given = new Map<string, number>();

  next(bus: DiskBus): string {
    const prefix = prefixes[bus];
    const index = this.#given.get(prefix) ?? 0;
    this.#given.set(prefix, index + 1);
    return `${prefix}${String.fromCharCode(97 + index)}`;
  }
}

/** The machine as a typed domain: libvirt's terms, and the devices that the system has drivers for. */
export function machineSpec(
  choices: Choices,
  { values, system }: Resolved,
  facts: Facts,
  seed: string | undefined,
): DomainSpec {
  const { arch, machine, type } = values;
  const headless = values.graphics === 'none';
  const notes = choices.notes?.trim();
  const title = choices.title?.trim();
  return {
    type,
    name: values.name,
    uuid: facts.fresh.uuid,
    ...(title ? { title } : {}),
    ...(notes ? { description: notes } : {}),
    ...(system.family === 'unknown' ? {} : { osId: system.id }),
    memory: values.memory,
    vcpu: { count: values.vcpus },
    cpu: cpuOf(values),
    os: osOf(choices, values),
    features: featuresOf(values, system),
    clock: clockOf(values, system),
    onPoweroff: 'destroy',
    onReboot: 'restart',
    onCrash: 'destroy',
    ...(isX86(arch) ? { pm: { suspendToMem: false, suspendToDisk: false } } : {}),
    devices: {
      disks: drivesOf(choices, values, seed),
      controllers: controllersOf(values, system),
      interfaces: interfaceOf(choices, values, facts),
      serials: [{ type: 'pty', target: isX86(arch) ? { type: 'isa-serial', port: 0 } : { port: 0 } }],
      consoles: [{ type: 'pty', target: { type: 'serial', port: 0 } }],
      channels: system.devices.agent
        ? [{ type: 'unix', target: { type: 'virtio', name: 'org.qemu.guest_agent.0' } }]
        : [],
      inputs: headless ? [] : inputsOf(values),
      tpms: values.tpm
        ? [
            {
              model: isX86(arch) ? 'tpm-crb' : arch.startsWith('ppc64') ? 'tpm-spapr' : 'tpm-tis',
              backend: { type: 'emulator', version: '2.0' },
            },
          ]
        : [],
      graphics: headless ? [] : [vncScreen(facts.reach === 'embedded')],
      sounds: values.sound ? [{ model: isQ35(machine) ? 'ich9' : soundOf(system) }] : [],
      videos: headless ? [{ model: { type: 'none' } }] : [{ model: { type: values.video, primary: true } }],
      memballoon: system.devices.balloon ? { model: 'virtio', statsPeriod: 5 } : { model: 'none' },
      rngs: system.devices.rng
        ? [{ model: 'virtio', backend: { model: 'random', path: '/dev/urandom' } }]
        : [],
    },
  };
}

function soundOf(system: System): string {
  return system.devices.sound === 'ich9' ? 'ich6' : system.devices.sound;
}

function cpuOf(values: PlanValues): NonNullable<DomainSpec['cpu']> {
  const modes = ['host-passthrough', 'host-model', 'maximum'];
  if (!modes.includes(values.cpu))
    return { mode: 'custom', match: 'exact', model: { name: values.cpu, fallback: 'forbid' } };
  return values.cpu === 'host-passthrough'
    ? { mode: 'host-passthrough', check: 'none', migratable: true }
    : { mode: values.cpu };
}

function osOf(choices: Choices, values: PlanValues): DomainSpec['os'] {
  const { source } = choices;
  const { firmware } = values;
  const secure = firmware === 'efi-secure';
  return {
    type: 'hvm',
    arch: values.arch,
    machine: values.machine,
    ...(firmware === 'bios'
      ? {}
      : {
          firmware: 'efi',
          firmwareFeatures: [
            { name: 'enrolled-keys', enabled: secure },
            { name: 'secure-boot', enabled: secure },
          ],
        }),
    ...(source.kind === 'kernel'
      ? {
          kernel: source.kernel,
          ...(source.initrd ? { initrd: source.initrd } : {}),
          ...(source.cmdline?.trim() ? { cmdline: source.cmdline.trim() } : {}),
        }
      : {}),
  };
}

function featuresOf(values: PlanValues, system: System): NonNullable<DomainSpec['features']> {
  const { arch, type, firmware } = values;
  if (!isX86(arch)) return arch === 'aarch64' ? { acpi: values.firmware !== 'bios', gic: {} } : {};
  return {
    acpi: true,
    apic: {},
    ...(firmware === 'efi-secure' ? { smm: { state: true } } : {}),
    // only the kernel's own virtualisation has the enlightenments
    ...(system.devices.hyperv && type === 'kvm'
      ? {
          hyperv: {
            relaxed: true,
            vapic: true,
            spinlocks: { state: true, retries: 8191 },
            vpindex: true,
            runtime: true,
            synic: true,
            stimer: { state: true },
            frequencies: true,
            tlbflush: true,
            ipi: true,
          },
        }
      : {}),
  };
}

function clockOf(values: PlanValues, system: System): NonNullable<DomainSpec['clock']> {
  const offset = system.devices.localtime ? 'localtime' : 'utc';
  if (!isX86(values.arch)) return { offset };
  return {
    offset,
    timers: [
      { name: 'rtc', tickpolicy: 'catchup' },
      { name: 'pit', tickpolicy: 'delay' },
      { name: 'hpet', present: false },
      ...(system.devices.hyperv && values.type === 'kvm' ? [{ name: 'hypervclock', present: true }] : []),
    ],
  };
}

/** The disk first, then what it is installed from: an empty disk does not start, a filled one does. */
function drivesOf(choices: Choices, values: PlanValues, seed: string | undefined): Disk[] {
  const names = new DriveNames();
  const drives: Disk[] = [];
  const { source } = choices;
  const { disk } = values;
  const own = source.kind !== 'kernel';
  if (!disk.none && disk.path !== undefined) {
    drives.push({
      type: disk.path.startsWith('/dev/') ? 'block' : 'file',
      device: 'disk',
      driver: {
        name: 'qemu',
        type: disk.format,
        ...(source.kind === 'image' && source.mode === 'inPlace' ? {} : { discard: 'unmap' }),
      },
      source: disk.path.startsWith('/dev/') ? { dev: disk.path } : { file: disk.path },
      target: { dev: names.next(disk.bus), bus: disk.bus },
      ...(own ? { bootOrder: 1 } : {}),
    });
  }
  const tray = isX86(values.arch) ? (isQ35(values.machine) ? 'sata' : 'ide') : 'scsi';
  if (source.kind === 'iso' || source.kind === 'empty') {
    drives.push({
      type: 'file',
      device: 'cdrom',
      driver: { name: 'qemu', type: 'raw' },
      ...(source.kind === 'iso' ? { source: { file: source.path } } : {}),
      target: { dev: names.next(tray), bus: tray },
      readonly: true,
      bootOrder: 2,
    });
  }
  if (seed !== undefined) {
    // kernels made for clouds may lack drivers for CD drives: what reads the disk reads the seed
    const bus = disk.bus === 'virtio' ? 'virtio' : tray;
    drives.push({
      type: 'file',
      device: bus === 'virtio' ? 'disk' : 'cdrom',
      driver: { name: 'qemu', type: 'raw' },
      source: { file: seed },
      target: { dev: names.next(bus), bus },
      readonly: true,
    });
  }
  return drives;
}
