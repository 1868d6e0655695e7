import { commandLine } from '../../../drivers/qemu/arguments/command.ts';
import type { GuestPlan } from '../../../drivers/qemu/arguments/plan.ts';
import { findMachine, type QemuCapabilities } from '../../../drivers/qemu/capabilities.ts';
import { Layout } from '../../../drivers/qemu/places.ts';
import { readDomain } from '../../../drivers/xml/domain/read.ts';
import { createLocalHost } from '../../../main/nodes/local-host.ts';

export const uuid = '5f0c8a3e-7a8e-4d5e-9a38-0d5c5f6a1b2c';

/** A QEMU of the paper: what the pure parts need to know of one. */
export const capabilities = (target = 'x86_64'): QemuCapabilities => ({
  path: `/usr/bin/qemu-system-${target}`,
  version: { major: 7, minor: 2, micro: 0, package: '' },
  target,
  machines:
    target === 'aarch64'
      ? [{ name: 'virt-7.2', alias: 'virt', isDefault: false, maxCpus: 512, deprecated: false }]
      : [
          { name: 'pc-i440fx-7.2', alias: 'pc', isDefault: true, maxCpus: 255, deprecated: false },
          { name: 'pc-q35-7.2', alias: 'q35', isDefault: false, maxCpus: 288, deprecated: false },
        ],
  cpus: ['max', 'qemu64'],
  devices: ['lsi53c895a', 'virtio-blk-pci', 'virtio-net-pci'],
  accelerators: ['kvm', 'tcg'],
  options: [],
});

export const paths = {
  home: '/home/ada',
  data: '/data',
  config: '/config',
  state: '/state',
  cache: '/cache',
  runtime: '/run',
};

/** The plan for a document, as the driver would make it on a host that has everything. */
export function planFor(xml: string, changes: Partial<GuestPlan> = {}, target = 'x86_64'): GuestPlan {
  const domain = readDomain(xml);
  const known = capabilities(target);
  const machine = findMachine(known, domain.os.machine) ?? known.machines[0];
  if (!machine) throw new Error('no machine');
  return {
    domain,
    uuid,
    capabilities: known,
    machine,
    accelerator: 'tcg',
    places: new Layout(createLocalHost({ paths })).of(uuid),
    firmware: undefined,
    formats: new Map(),
    volumes: new Map(),
    vncPorts: new Map(),
    incoming: false,
    consoleLogs: false,
    now: Date.UTC(2026, 0, 2, 3, 4, 5),
    ...changes,
  };
}

/** The command line as pairs of a flag and its value, one a line. */
export function lines(plan: GuestPlan): string[] {
  const result: string[] = [];
  for (const part of commandLine(plan).list) {
    if (part.startsWith('-')) result.push(part);
    else result[result.length - 1] += ` ${part}`;
  }
  return result;
}

export interface DocumentParts {
  devices?: string;
  os?: string;
  extra?: string;
  type?: string;
  machine?: string;
  arch?: string;
}

export const document = ({
  devices = '',
  os = '',
  extra = '',
  type = 'qemu',
  machine = 'pc',
  arch = 'x86_64',
}: DocumentParts = {}): string => `<domain type='${type}'>
  <name>guest</name>
  <memory unit='MiB'>256</memory>
  <vcpu>2</vcpu>
  <os><type arch='${arch}' machine='${machine}'>hvm</type>${os}</os>
  <features><acpi/></features>
  ${extra}
  <devices>${devices}</devices>
</domain>`;
