import type { Choices, DiskBus, Firmware, Media, PlanOffers, PlanValues } from '../../preload/create.ts';
import { diskFormats } from '../../preload/create.ts';
import type { System } from '../catalog/system.ts';
import { GiB, MiB } from '../catalog/system.ts';
import type { GuestKind } from './capabilities.ts';
import type { Facts } from './facts.ts';
import { networkKinds, networkSource, offeredNetworks } from './networks.ts';
import { defaultName, fileNameFrom, freeFile, pathIn } from './names.ts';

/** The choices with every default filled in, and what the host offers instead. */
export interface Resolved {
  readonly values: PlanValues;
  readonly offers: PlanOffers;
  readonly system: System;
  readonly media: Media | undefined;
  /** The system was recognised from the file. */
  readonly recognised: boolean;
}

const x86 = new Set(['x86_64', 'i686']);
/** Types of domain that use the processor itself. */
const accelerated = new Set(['kvm', 'hvf', 'xen', 'vbox', 'whpx']);
export const isX86 = (arch: string): boolean => x86.has(arch);
export const isAccelerated = (type: string): boolean => accelerated.has(type);
/** q35 and its versioned names: pc-q35-9.2. */
export const isQ35 = (machine: string): boolean => /^(pc-)?q35/.test(machine);

/** The file that decides about the system: the disc or the image. */
export function mainFile(choices: Choices): string | undefined {
  const { source } = choices;
  return source.kind === 'iso' || source.kind === 'image' || source.kind === 'cloud'
    ? source.path
    : undefined;
}

/** Fills in what was left out, in the order in which one thing follows from the other. */
export function resolve(choices: Choices, facts: Facts): Resolved {
  const path = mainFile(choices);
  const file = path === undefined ? undefined : facts.files.get(path);
  const media = file?.state === 'ok' ? file.media : undefined;
  const recognised = choices.system === undefined && media?.system !== undefined;
  const systemId = choices.system ?? media?.system;
  const { catalog } = facts;
  const linuxByNature = choices.source.kind === 'cloud' || choices.source.kind === 'kernel';
  const system =
    systemId !== undefined ? catalog.find(systemId) : linuxByNature ? catalog.linux : catalog.unknown;

  const archs = [...new Set(facts.guests.map((guest) => guest.arch))];
  const arch = choices.arch ?? defaultArch(media?.arch, archs, facts);
  const kind = facts.guests.find((guest) => guest.arch === arch && guest.osType === 'hvm');
  const types = kind?.types ?? [];
  const type = choices.type ?? defaultType(types, facts);
  const machine = choices.machine ?? defaultMachine(arch, system, kind, choices.firmware);
  const firmwareFacts = facts.firmware.get(arch) ?? { efi: false, secure: false, tpm: false };
  const firmware = choices.firmware ?? defaultFirmware(arch, system, media, machine, firmwareFacts);
  const tpm = choices.tpm ?? (firmwareFacts.tpm && (system.tpm || firmware !== 'bios'));

  const buses = busesOf(arch, machine);
  const bus =
    choices.disk?.bus ?? (buses.includes(system.devices.disk) ? system.devices.disk : fallbackBus(buses));
  const name = choices.name ?? defaultName(system, systemId !== undefined, path, facts.names);
  const networks = networkKinds(facts);
  const networkKind = choices.network?.kind ?? networks[0] ?? 'none';
  const graphics = choices.graphics ?? 'vnc';
  const video = choices.video ?? (isX86(arch) ? system.devices.video : 'virtio');
  const memory = choices.memory ?? defaultMemory(system, facts);
  const devices = system.devices;

  const values: PlanValues = {
    name,
    system: system.id,
    systemName: system.name,
    arch,
    machine,
    firmware,
    tpm,
    type,
    cpu:
      choices.cpu ?? (isAccelerated(type) ? 'host-passthrough' : type === 'qemu' ? 'maximum' : 'host-model'),
    vcpus: choices.vcpus ?? Math.max(1, Math.min(system.recommended.vcpus, facts.node.cpus)),
    memory,
    disk: { ...diskValues(choices, facts, system, media, name), bus },
    network: {
      kind: networkKind,
      ...(networkSource(choices, networkKind, facts) ?? {}),
      model: choices.network?.model ?? defaultNic(arch, system),
      mac: choices.network?.mac ?? facts.fresh.mac,
      forwards: networkKind === 'user' ? (choices.network?.forwards ?? []) : [],
    },
    graphics,
    video: graphics === 'none' ? 'none' : video,
    sound: choices.sound ?? false,
    extras: [
      ...(devices.agent ? (['agent'] as const) : []),
      ...(devices.rng ? (['rng'] as const) : []),
      ...(devices.balloon ? (['balloon'] as const) : []),
      ...(graphics === 'vnc' ? (['tablet'] as const) : []),
    ],
    start: choices.start ?? true,
  };
  const offers: PlanOffers = {
    archs: archs.length > 0 ? archs : [arch],
    machines: machinesOf(arch, kind),
    types: types.length > 0 ? [...types] : [type],
    firmwares: firmwaresOf(arch, firmwareFacts),
    tpm: firmwareFacts.tpm,
    cpus: isAccelerated(type) ? ['host-passthrough', 'host-model', 'maximum'] : ['maximum', 'host-model'],
    buses,
    nicModels: isX86(arch) ? ['virtio', 'e1000e', 'e1000', 'rtl8139'] : ['virtio', 'e1000'],
    videoModels: isX86(arch) ? ['virtio', 'vga', 'qxl', 'bochs', 'cirrus'] : ['virtio', 'ramfb'],
    pools: [
      ...facts.pools
        .filter((pool) => pool.active)
        .map(({ name: pool, available }) => ({ name: pool, available })),
      ...(facts.newPool ? [{ name: facts.newPool.name }] : []),
    ],
    networks,
    ...(facts.networks === undefined ? {} : { virtualNetworks: offeredNetworks(facts) }),
    cpusOfHost: facts.node.cpus,
    memoryOfHost: facts.node.memory,
    ...(facts.memoryAvailable === undefined ? {} : { memoryAvailable: facts.memoryAvailable }),
  };
  return { values, offers, system, media, recognised };
}

function defaultArch(found: string | undefined, archs: readonly string[], facts: Facts): string {
  if (found !== undefined && (archs.length === 0 || archs.includes(found))) return found;
  // a 32-bit disc runs on the 64-bit machine as well
  if (archs.includes(facts.node.arch) || archs.length === 0) return facts.node.arch;
  return archs[0] ?? facts.node.arch;
}

/** The best accelerator that the host says it really has; else the first type that it lists. */
function defaultType(types: readonly string[], facts: Facts): string {
  const order = facts.node.accelerators?.map((name) => (name === 'tcg' ? 'qemu' : name)) ?? ['kvm', 'hvf'];
  return (
    order.find((type) => types.includes(type)) ?? types[0] ?? (facts.driver === 'test' ? 'test' : 'qemu')
  );
}

function defaultMachine(
  arch: string,
  system: System,
  kind: GuestKind | undefined,
  firmware: Firmware | undefined,
): string {
  const wanted = isX86(arch)
    ? system.devices.machine === 'q35' || firmware === 'efi-secure'
      ? ['q35', 'pc']
      : ['pc', 'q35']
    : arch === 's390x'
      ? ['s390-ccw-virtio']
      : arch.startsWith('ppc64')
        ? ['pseries']
        : ['virt'];
  const machines = kind?.machines ?? [];
  return (
    wanted.find((name) => machines.includes(name)) ?? (machines.length > 0 ? machines[0] : wanted[0]) ?? 'pc'
  );
}

function machinesOf(arch: string, kind: GuestKind | undefined): string[] {
  if (kind && kind.machines.length > 0) return [...kind.machines];
  return isX86(arch) ? ['q35', 'pc'] : ['virt'];
}

function firmwaresOf(arch: string, found: { efi: boolean; secure: boolean }): Firmware[] {
  if (arch === 's390x' || arch.startsWith('ppc64')) return ['bios'];
  const list: Firmware[] = isX86(arch) ? ['bios'] : [];
  if (found.efi) list.push('efi');
  if (found.secure) list.push('efi-secure');
  return list.length > 0 ? list : ['bios'];
}

function defaultFirmware(
  arch: string,
  system: System,
  media: Media | undefined,
  machine: string,
  found: { efi: boolean; secure: boolean },
): Firmware {
  const offered = firmwaresOf(arch, found);
  const boots = media?.boots ?? [];
  const efiOnly =
    !isX86(arch) || (boots.length === 1 && boots[0] === 'efi') || !system.starts.includes('bios');
  const biosOnly =
    isX86(arch) && ((boots.length === 1 && boots[0] === 'bios') || !system.starts.includes('efi'));
  if (biosOnly) return 'bios';
  const wanted: Firmware[] =
    system.firmware === 'efi-secure' && isQ35(machine)
      ? ['efi-secure', 'efi']
      : system.firmware === 'bios' && !efiOnly
        ? ['bios', 'efi']
        : ['efi', 'efi-secure'];
  return wanted.find((firmware) => offered.includes(firmware)) ?? wanted[0] ?? 'bios';
}

/** Buses that a machine has without further cards. */
function busesOf(arch: string, machine: string): DiskBus[] {
  if (!isX86(arch)) return ['virtio', 'scsi', 'usb'];
  return isQ35(machine) ? ['virtio', 'scsi', 'sata', 'usb'] : ['virtio', 'scsi', 'ide', 'sata', 'usb'];
}

function fallbackBus(buses: readonly DiskBus[]): DiskBus {
  return buses.find((bus) => bus === 'sata' || bus === 'ide') ?? 'virtio';
}

function defaultNic(arch: string, system: System): string {
  return isX86(arch) ? system.devices.nic : 'virtio';
}

/** The recommended memory, but never more than half of the host's unless the system needs it. */
function defaultMemory(system: System, facts: Facts): number {
  const { memory } = system.recommended;
  const half = Math.floor(facts.node.memory / 2 / (256 * MiB)) * 256 * MiB;
  const least = Math.max(system.minimum?.memory ?? 0, 256 * MiB);
  return Math.max(Math.min(memory, half), Math.min(least, memory));
}

function diskValues(
  choices: Choices,
  facts: Facts,
  system: System,
  media: Media | undefined,
  name: string,
): Omit<PlanValues['disk'], 'bus'> {
  const { source, disk } = choices;
  const none = disk?.none ?? source.kind === 'kernel';
  const image = source.kind === 'image' || source.kind === 'cloud' ? source : undefined;
  if (none) return { none: true, size: 0, format: disk?.format ?? 'qcow2' };
  const capacity = image ? (media?.capacity ?? 0) : 0;
  const found = media?.format !== undefined && media.format !== 'iso' ? media.format : 'raw';
  if (image?.kind === 'image' && image.mode === 'inPlace')
    return { none: false, size: capacity, format: image.format ?? found, path: image.path };
  const size =
    disk?.size ?? (source.kind === 'image' ? capacity : Math.max(capacity, system.recommended.disk));
  const asked = disk?.format ?? (image?.kind === 'image' ? image.format : undefined);
  const format = image?.kind === 'image' && image.mode === 'copy' ? found : (asked ?? 'qcow2');
  const pool = disk?.pool ?? defaultPool(facts);
  const folder = folderOf(pool, facts);
  const known = diskFormats.find((candidate) => candidate === format) ?? 'qcow2';
  const file = freeFile(fileNameFrom(name), endings[known], facts.volumes.get(pool ?? '') ?? new Set());
  return {
    none: false,
    size: size === 0 ? 20 * GiB : size,
    format: known,
    ...(pool === undefined ? {} : { pool }),
    ...(folder === undefined ? {} : { path: pathIn(folder, file) }),
  };
}

const endings = {
  qcow2: 'qcow2',
  raw: 'img',
  vmdk: 'vmdk',
  vdi: 'vdi',
  vhdx: 'vhdx',
  vpc: 'vhd',
  qed: 'qed',
} as const;

/** libvirt's usual name first, then ours, then the one with the most room. */
export function defaultPool(facts: Facts): string | undefined {
  const active = facts.pools.filter((pool) => pool.active);
  const named = ['default', 'images', 'disks'].find((name) => active.some((pool) => pool.name === name));
  return named ?? [...active].sort((a, b) => b.available - a.available)[0]?.name ?? facts.newPool?.name;
}

/** Where a pool's files lie. */
export function folderOf(pool: string | undefined, { pools, newPool }: Facts): string | undefined {
  if (pool === undefined) return undefined;
  return newPool?.name === pool ? newPool.folder : pools.find(({ name }) => name === pool)?.path;
}
