import type { Choices, PlanValues } from '../../preload/create.ts';
import { GiB, MiB } from '../catalog/system.ts';
import type { System } from '../catalog/system.ts';
import { isAccelerated, isQ35, isX86 } from './defaults.ts';
import type { Resolved } from './defaults.ts';
import type { Facts } from './facts.ts';
import type { Problems } from './problem-list.ts';

const leastMemory = 4 * MiB;
const leastDisk = 1 * MiB;
/** What a machine without 64-bit addresses reaches. */
const limit32 = 4 * GiB;

export function checkHardware(choices: Choices, resolved: Resolved, facts: Facts, problems: Problems): void {
  checkMachine(resolved, facts, problems);
  checkFirmware(resolved, facts, problems);
  checkProcessor(resolved, facts, problems);
  checkMemory(resolved, facts, problems);
  checkDisk(choices, resolved, facts, problems);
  if (resolved.values.graphics === 'vnc' && !facts.reachesInside)
    problems.warn('graphics', 'screen_inside', { host: facts.host });
}

function checkMachine({ values }: Resolved, facts: Facts, problems: Problems): void {
  const { host, guests } = facts;
  const { arch, machine, type } = values;
  const kinds = guests.filter((guest) => guest.arch === arch);
  if (guests.length > 0 && kinds.length === 0) {
    problems.error('arch', 'arch_missing', { host, arch }, guests[0]?.arch);
    return;
  }
  const machines = kinds.flatMap((kind) => kind.machines);
  if (machines.length > 0 && !machines.includes(machine))
    problems.error('machine', 'machine_missing', { host, machine }, isX86(arch) ? 'q35' : machines[0]);
  const types = kinds.flatMap((kind) => kind.types);
  const accelerates = (facts.node.accelerators ?? types).some(isAccelerated);
  if (types.length > 0 && !types.includes(type))
    problems.error('type', 'type_missing', { host, type }, types[0]);
  else if (type === 'qemu' && accelerates) problems.warn('type', 'emulation_chosen');
  else if (type === 'qemu') problems.warn('type', 'emulated', { host });
}

const firmwareWords = { bios: 'BIOS', efi: 'UEFI', 'efi-secure': 'UEFI with Secure Boot' } as const;

function checkFirmware({ values, system }: Resolved, facts: Facts, problems: Problems): void {
  const { host } = facts;
  const { arch, firmware, machine } = values;
  const found = facts.firmware.get(arch) ?? { efi: false, secure: false, tpm: false };
  const possible = firmware === 'bios' || (firmware === 'efi' ? found.efi || found.secure : found.secure);
  if (!possible && firmware === 'efi-secure' && found.efi)
    problems.error('firmware', 'secure_missing', { host, arch }, 'efi');
  else if (!possible) problems.error('firmware', 'firmware_missing', { host, arch }, 'bios');
  if (firmware === 'efi-secure' && isX86(arch) && !isQ35(machine))
    problems.error('firmware', 'firmware_machine', {}, 'efi');
  const needed = firmware === 'bios' ? 'bios' : 'efi';
  if (isX86(arch) && !system.starts.includes(needed))
    problems.warn(
      'firmware',
      'firmware_needed',
      { system: system.name, firmware: firmwareWords[firmware] },
      system.firmware,
    );
  if (values.tpm && !found.tpm) problems.error('tpm', 'tpm_missing', { host }, false);
  else if (system.tpm && !values.tpm) problems.warn('tpm', 'tpm_needed', { system: system.name });
}

function checkProcessor({ values }: Resolved, facts: Facts, problems: Problems): void {
  const { host, node } = facts;
  const { vcpus, cpu, type, arch, machine } = values;
  if (vcpus < 1) problems.error('vcpus', 'vcpus_bad', {}, 1);
  const max = facts.guests
    .filter((guest) => guest.arch === arch)
    .map((guest) => guest.maxCpus.get(machine))
    .find((count) => count !== undefined);
  if (max !== undefined && vcpus > max) problems.error('vcpus', 'vcpus_limit', { max }, max);
  else if (vcpus > node.cpus) problems.warn('vcpus', 'vcpus_many', { host, cpus: node.cpus }, node.cpus);
  if (cpu === 'host-passthrough' && !isAccelerated(type) && type === 'qemu')
    problems.error('cpu', 'cpu_host_emulated', {}, 'maximum');
}

function checkMemory({ values, system }: Resolved, facts: Facts, problems: Problems): void {
  const { host, node, memoryAvailable } = facts;
  const { memory } = values;
  const toMiB = (bytes: number): number => Math.floor(bytes / MiB);
  const least = system.minimum?.memory ?? 0;
  if (memory < leastMemory) problems.error('memory', 'memory_bad', { min: toMiB(leastMemory) });
  else if (memory > node.memory)
    problems.error(
      'memory',
      'memory_host',
      { host, memory: toMiB(node.memory) },
      Math.max(leastMemory, half(node.memory)),
    );
  else if (values.arch === 'i686' && memory > limit32)
    problems.warn('memory', 'memory_32bit', { max: toMiB(limit32) }, limit32);
  else if (memory < least)
    problems.warn('memory', 'memory_low', { system: system.name, min: toMiB(least) }, least);
  else if (values.start && memoryAvailable !== undefined && memory > memoryAvailable)
    problems.warn('memory', 'memory_available', { host, available: toMiB(memoryAvailable) });
}

function half(bytes: number): number {
  return Math.floor(bytes / 2 / MiB) * MiB;
}

function checkDisk(choices: Choices, resolved: Resolved, facts: Facts, problems: Problems): void {
  const { values, system, offers } = resolved;
  const { disk } = values;
  if (disk.none) return;
  if (!offers.buses.includes(disk.bus))
    problems.error('disk.bus', 'disk_bus', { machine: values.machine, bus: disk.bus }, offers.buses[0]);
  if (choices.source.kind === 'image' && choices.source.mode === 'inPlace') return;
  if (disk.size < leastDisk) problems.error('disk.size', 'disk_bad', { min: leastDisk / MiB });
  else checkSystemDisk(choices, disk.size, system, problems);
  checkPool(choices, values, resolved, facts, problems);
}

function checkSystemDisk(choices: Choices, size: number, system: System, problems: Problems): void {
  const least = system.minimum?.disk ?? 0;
  // an image that exists has its system on it already
  const installed = choices.source.kind === 'image' || choices.source.kind === 'cloud';
  if (!installed && size < least)
    problems.warn('disk.size', 'disk_small', { system: system.name, min: Math.ceil(least / GiB) }, least);
}

function checkPool(
  choices: Choices,
  values: PlanValues,
  { media }: Resolved,
  facts: Facts,
  problems: Problems,
): void {
  const { host } = facts;
  const { disk } = values;
  const pool = facts.pools.find(({ name }) => name === disk.pool);
  const other = facts.pools.find(({ active }) => active)?.name;
  if (disk.pool === undefined) {
    problems.error('disk.pool', 'pool_none', { host });
    return;
  }
  if (disk.pool === facts.newPool?.name) return;
  if (!pool) {
    problems.error('disk.pool', 'pool_missing', { host, pool: disk.pool }, other);
    return;
  }
  if (!pool.active) {
    problems.error('disk.pool', 'pool_inactive', { pool: pool.name }, other);
    return;
  }
  const copied = choices.source.kind === 'image' || choices.source.kind === 'cloud' ? (media?.size ?? 0) : 0;
  // raw files are made sparse, so that only what is copied needs room at once
  const params = { pool: pool.name, available: Math.floor(pool.available / MiB) };
  if (copied > pool.available)
    problems.error('disk.pool', 'pool_full', { ...params, needed: Math.ceil(copied / MiB) });
  else if (pool.available < 1 * MiB) problems.error('disk.pool', 'pool_full', { ...params, needed: 1 });
  else if (disk.size > pool.available)
    problems.warn('disk.size', 'pool_thin', { ...params, needed: Math.ceil(disk.size / MiB) });
}
