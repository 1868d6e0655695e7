import { buildCapabilities } from '../xml/capabilities.ts';
import { archOf } from './binaries.ts';
import type { QemuCapabilities } from './capabilities.ts';
import type { Toolbox } from './survey.ts';

const words32: ReadonlySet<string> = new Set([
  'i386',
  'arm',
  'mips',
  'mipsel',
  'ppc',
  'riscv32',
  'sparc',
  'm68k',
  'sh4',
  'sh4eb',
  'or1k',
  'xtensa',
  'xtensaeb',
  'microblaze',
  'microblazeel',
  'hppa',
  'cris',
  'lm32',
  'nios2',
  'tricore',
  'rx',
  'avr',
]);

/** libvirt's capabilities document: this host, and every architecture that a program for it is installed. */
export async function hostCapabilities(tools: Toolbox): Promise<string> {
  const { host } = tools;
  const facts = await host.facts();
  const guests = [];
  for (const arch of await tools.binaries.architectures()) {
    const path = await tools.binaries.emulator(arch);
    if (path === undefined) continue;
    const capabilities = await tools.capabilities.of(path);
    guests.push(await guestOf(tools, capabilities));
  }
  return buildCapabilities({
    host: {
      cpu: {
        arch: host.arch,
        ...(facts.cpuModel === undefined ? {} : { model: facts.cpuModel }),
        topology: {
          sockets: facts.sockets ?? 1,
          dies: 1,
          cores: facts.coresPerSocket ?? facts.cpus,
          threads: facts.threadsPerCore ?? 1,
        },
      },
      cells: [{ id: 0, memory: facts.memory, cpus: Array.from({ length: facts.cpus }, (_, id) => ({ id })) }],
    },
    guests,
  });
}

async function guestOf(tools: Toolbox, capabilities: QemuCapabilities) {
  const { target, path } = capabilities;
  const working = await tools.accelerators.working(path);
  const x86 = target === 'x86_64' || target === 'i386';
  const toggle = { default: true, toggle: true };
  return {
    osType: 'hvm' as const,
    arch: archOf(target),
    wordsize: words32.has(target) ? 32 : 64,
    emulator: path,
    machines: capabilities.machines
      .filter(({ name }) => name !== 'none')
      .flatMap(({ name, alias, maxCpus, deprecated }) => {
        const common = { maxCpus, ...(deprecated ? { deprecated } : {}) };
        const named = { name, ...common };
        return alias === undefined ? [named] : [{ name: alias, canonical: name, ...common }, named];
      }),
    domains: working
      .map((accelerator) => (accelerator === 'tcg' ? 'qemu' : accelerator))
      .filter((type) => ['qemu', 'kvm', 'hvf'].includes(type))
      .sort((a, b) => (a === 'qemu' ? -1 : b === 'qemu' ? 1 : 0))
      .map((type) => ({ type, machines: [] })),
    features: {
      pae: target === 'i386',
      nonpae: target === 'i386',
      cpuSelection: capabilities.cpus.length > 0,
      deviceBoot: true,
      ...(x86 || target === 'aarch64' ? { acpi: toggle } : {}),
      ...(x86 ? { apic: { default: true, toggle: false } } : {}),
    },
  };
}
