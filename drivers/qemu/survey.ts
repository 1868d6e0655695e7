import { GuestroomError, toGuestroomError } from '../api/errors.ts';
import type { Host } from '../api/host.ts';
import { detectFormat, headLength } from '../storage/image-format.ts';
import { refuseForeignReferences } from '../storage/image-references.ts';
import { parseDocument } from '../xml/document.ts';
import { readDomain } from '../xml/domain/read.ts';
import type { Disk, Domain } from '../xml/domain/types.ts';
import { Accelerators, type Accelerator } from './accelerator.ts';
import { commandLine } from './arguments/command.ts';
import { busOf } from './arguments/disk-places.ts';
import { diskPath } from './arguments/disks.ts';
import type { GuestPlan } from './arguments/plan.ts';
import { platformOf } from './arguments/platform.ts';
import { archOf, Binaries, targetOf } from './binaries.ts';
import { atLeast, CapabilityCache, findMachine, versionText, type QemuCapabilities } from './capabilities.ts';
import { checkCounts, checkProcessor } from './check-command.ts';
import { checkDomain } from './check-domain.ts';
import { checkHonoured } from './honoured.ts';
import { resolveFirmware, type Firmware } from './firmware.ts';
import { Layout } from './places.ts';
import { Findings } from './remark.ts';

/** What the driver knows of one host, shared by all its connections. */
export class Toolbox {
  readonly host: Host;
  readonly binaries: Binaries;
  readonly capabilities: CapabilityCache;
  readonly accelerators: Accelerators;
  readonly layout: Layout;

  constructor(host: Host) {
    this.host = host;
    this.binaries = new Binaries(host);
    this.capabilities = new CapabilityCache(host);
    this.accelerators = new Accelerators(host, this.capabilities);
    this.layout = new Layout(host);
  }
}

export interface Survey {
  domain: Domain;
  findings: Findings;
  /** Missing where something fatal stands in the way of a command line. */
  plan: GuestPlan | undefined;
  /** The program that runs the guest. */
  binary: string | undefined;
}

/**
 * Reads a document against this host: what would run, with which program, and what there is to say about it. Who is only
 * `looking` runs no program that the document names: it may have come from anywhere.
 */
export async function survey(
  tools: Toolbox,
  text: string,
  uuid: string,
  options: { emulate?: boolean; incoming?: boolean; looking?: boolean } = {},
): Promise<Survey> {
  const document = parseDocument(text, 'domain');
  const domain = readDomain(document);
  const findings = new Findings(document);
  checkHonoured(document, findings);
  checkDomain(domain, findings);
  const binary = await chooseBinary(tools, domain, findings, options.looking === true);
  if (binary === undefined) return { domain, findings, plan: undefined, binary };
  let capabilities: QemuCapabilities;
  try {
    capabilities = await tools.capabilities.of(binary);
  } catch (error) {
    findings.failed('devices/emulator', toGuestroomError(error));
    return { domain, findings, plan: undefined, binary: undefined };
  }
  if (!atLeast(capabilities.version, 6, 0)) {
    findings.fatal(
      'devices/emulator',
      'unsupported',
      `QEMU ${versionText(capabilities.version)} is too old`,
      {
        hint: 'Install QEMU 6.0 or newer',
      },
    );
  }
  const machine =
    findMachine(capabilities, domain.os.machine) ?? findMachine(capabilities, defaultMachine(capabilities));
  if (!machine || (domain.os.machine !== undefined && !findMachine(capabilities, domain.os.machine))) {
    findings.fatal(
      'os/type@machine',
      'unsupported',
      `This QEMU has no machine ${domain.os.machine ?? 'by default'}`,
      {
        hint: `It has: ${capabilities.machines.flatMap(({ alias }) => (alias === undefined ? [] : [alias])).join(', ') || capabilities.machines.map(({ name }) => name).join(', ')}`,
      },
    );
    return { domain, findings, plan: undefined, binary };
  }
  if (domain.vcpu.count > machine.maxCpus) {
    findings.fatal(
      'vcpu',
      'invalid_argument',
      `Machine ${machine.alias ?? machine.name} takes at most ${String(machine.maxCpus)} virtual CPUs`,
    );
  }
  const accelerator = await chooseAccelerator(
    tools,
    domain,
    capabilities,
    findings,
    options.emulate === true,
  );
  const places = tools.layout.of(uuid);
  let firmware: Firmware | undefined;
  try {
    firmware = await resolveFirmware(tools.host, domain.os, machine, capabilities.target, places.nvram);
  } catch (error) {
    findings.failed(domain.os.loader?.path === undefined ? 'os' : 'os/loader', toGuestroomError(error));
  }
  await checkTpm(tools, domain, findings);
  const { formats, volumes, disks } = await checkDisks(tools, domain, findings);
  const plan: GuestPlan = {
    domain: { ...domain, devices: { ...domain.devices, disks } },
    uuid,
    capabilities,
    machine,
    accelerator,
    places,
    firmware,
    formats,
    volumes,
    vncPorts: new Map(),
    incoming: options.incoming === true,
    consoleLogs: tools.host.os !== 'win32',
    now: Date.now(),
  };
  if (!checkCounts(domain, findings) || !checkProcessor(domain, findings)) {
    return { domain, findings, plan: undefined, binary };
  }
  checkDevices(plan, findings);
  return { domain, findings, plan, binary };
}

/** An emulated TPM is a program of its own: that it is missing is told before the start. */
async function checkTpm(tools: Toolbox, domain: Domain, findings: Findings): Promise<void> {
  const at = domain.devices.tpms.findIndex(({ backend }) => backend?.type === 'emulator');
  if (at < 0) return;
  try {
    await tools.binaries.programOrFail('swtpm', 'swtpm swtpm-tools');
  } catch (error) {
    findings.failed(`devices/tpm[${String(at + 1)}]`, toGuestroomError(error));
  }
}

/** QEMU's boards for these have no default, or one that nobody wants. */
function defaultMachine(capabilities: QemuCapabilities): string | undefined {
  return ['aarch64', 'arm', 'riscv64', 'riscv32', 'loongarch64'].includes(capabilities.target)
    ? 'virt'
    : undefined;
}

async function chooseBinary(
  tools: Toolbox,
  domain: Domain,
  findings: Findings,
  looking: boolean,
): Promise<string | undefined> {
  const { host, binaries } = tools;
  const arch = domain.os.arch ?? host.arch;
  const wanted = domain.devices.emulator;
  if (wanted !== undefined && (await host.files.stat(wanted))?.kind === 'file') {
    if (await host.files.access(wanted, 'execute')) {
      const usual =
        /^(qemu|kvm)\b/i.test(host.files.basename(wanted)) &&
        (await binaries.searched()).includes(host.files.dirname(wanted));
      if (!looking || usual || tools.capabilities.wasAsked(wanted)) return wanted;
      findings.changed(
        'devices/emulator',
        `${wanted} is no QEMU of this system: what it can do is asked when the machine is defined`,
      );
      return undefined;
    }
    findings.fatal('devices/emulator', 'denied', `The emulator ${wanted} cannot be executed`, {
      hint: 'Give the file the right to be executed, or remove the element',
    });
    return undefined;
  }
  const found = await binaries.emulator(arch);
  if (found === undefined) {
    try {
      await binaries.emulatorOrFail(arch);
    } catch (error) {
      findings.failed('os/type@arch', toGuestroomError(error));
    }
    return undefined;
  }
  if (wanted !== undefined) {
    findings.changed(
      'devices/emulator',
      `There is no ${wanted}: ${found}, the program for ${arch}, is used in its place`,
    );
  }
  return found;
}

async function chooseAccelerator(
  tools: Toolbox,
  domain: Domain,
  capabilities: QemuCapabilities,
  findings: Findings,
  emulate: boolean,
): Promise<Accelerator> {
  const { host } = tools;
  const arch = domain.os.arch ?? host.arch;
  if (
    targetOf(arch) !== capabilities.target &&
    !(targetOf(arch) === 'i386' && capabilities.target === 'x86_64')
  ) {
    findings.fatal(
      'devices/emulator',
      'unsupported',
      `${capabilities.path} runs guests of ${archOf(capabilities.target)}, not of ${arch}`,
      {
        hint: `Remove the emulator from the document so that the program for ${arch} is used`,
      },
    );
  }
  if (emulate || domain.type === 'qemu') {
    if (!capabilities.accelerators.includes('tcg')) {
      findings.fatal('@type', 'unsupported', 'This QEMU has no emulation built in', {
        hint: 'Install a QEMU with TCG',
      });
    }
    return 'tcg';
  }
  if (domain.type !== 'kvm' && domain.type !== 'hvf') return 'tcg';
  const same =
    capabilities.target === 'i386' && host.arch === 'x86_64'
      ? await tools.binaries.emulator('x86_64')
      : undefined;
  const trial = await tools.accelerators.hardware(same ?? capabilities.path);
  if (trial?.works === true) {
    if (trial.accelerator !== domain.type) {
      findings.changed(
        '@type',
        `${domain.type.toUpperCase()} is not for this system: ${trial.accelerator.toUpperCase()} is used`,
      );
    }
    return trial.accelerator;
  }
  const message =
    trial === undefined
      ? 'Hardware acceleration is not there: this QEMU has none built in for this system'
      : `Hardware acceleration does not work: ${trial.reason ?? 'no reason given'}`;
  findings.fatal('@type', 'accelerator', message, {
    hint: "Start it with emulation (slower), or write type='qemu' into the document",
    stage: 'start',
  });
  return trial?.accelerator ?? 'tcg';
}

interface CheckedDisks {
  disks: Disk[];
  formats: Map<string, string>;
  volumes: Map<string, string>;
}

async function checkDisks(tools: Toolbox, domain: Domain, findings: Findings): Promise<CheckedDisks> {
  const { files } = tools.host;
  const formats = new Map<string, string>();
  const volumes = new Map<string, string>();
  const disks: Disk[] = [];
  for (const [at, disk] of domain.devices.disks.entries()) {
    const path = `devices/disk[${String(at + 1)}]`;
    const { pool, volume } = disk.source ?? {};
    if (disk.type === 'volume' && pool === 'default' && volume !== undefined) {
      volumes.set(disk.target.dev, files.join(tools.layout.images, files.basename(volume)));
    }
    disks.push(disk);
    const file = diskPath({ volumes }, disk);
    if (file === undefined) continue;
    if (!files.isAbsolute(file)) {
      findings.fatal(
        `${path}/source`,
        'invalid_argument',
        `The path of disk ${disk.target.dev} must begin at the root: ${file}`,
      );
      continue;
    }
    const stat = await files.stat(file);
    if (!stat) {
      if (disk.source?.startupPolicy === 'optional' && disk.device !== 'disk') {
        findings.changed(`${path}/source`, `${file} is not there: the drive starts empty`);
        const { source: _missing, ...empty } = disk;
        disks[disks.length - 1] = empty;
      } else {
        findings.fatal(
          `${path}/source`,
          'not_found',
          `The image of disk ${disk.target.dev} is not there: ${file}`,
          {
            hint: 'Put the file back, or choose another image',
            stage: 'start',
          },
        );
      }
      continue;
    }
    if (stat.kind === 'folder') {
      findings.fatal(
        `${path}/source`,
        'invalid_argument',
        `The image of disk ${disk.target.dev} is a folder: ${file}`,
      );
      continue;
    }
    if (!(await files.access(file, disk.readonly || disk.device === 'cdrom' ? 'read' : 'write'))) {
      findings.fatal(
        `${path}/source`,
        'denied',
        `Your account may not ${disk.readonly ? 'read' : 'write'} the image of disk ${disk.target.dev}: ${file}`,
        {
          hint: 'Change the owner or the rights of the file',
          stage: 'start',
        },
      );
      continue;
    }
    if (disk.driver?.type === undefined && stat.kind === 'file') {
      const found = detectFormat(await files.readAt(file, 0, headLength));
      const format = found === undefined || found === 'iso' ? 'raw' : found;
      formats.set(disk.target.dev, format);
      if (format !== 'raw') {
        findings.changed(
          `${path}/driver`,
          `No format is given; the image of ${disk.target.dev} is ${format.toUpperCase()} and is used as such`,
        );
      }
    }
    try {
      const format = disk.driver?.type ?? formats.get(disk.target.dev) ?? 'raw';
      await refuseForeignReferences(files, file, format, { detected: disk.driver?.type === undefined });
    } catch (error) {
      findings.failed(`${path}/source`, toGuestroomError(error));
    }
  }
  return { disks, formats, volumes };
}

/** Devices that this QEMU was built without. */
function checkDevices(plan: GuestPlan, findings: Findings): void {
  const platform = platformOf(plan.machine, plan.capabilities.target);
  for (const [at, disk] of plan.domain.devices.disks.entries()) {
    if (busOf(disk) === 'ide' && !platform.ide) {
      findings.fatal(
        `devices/disk[${String(at + 1)}]/target`,
        'unsupported',
        `Machine ${plan.machine.alias ?? plan.machine.name} has no IDE for disk ${disk.target.dev}`,
        {
          hint: 'Use bus sata or virtio, or machine pc',
        },
      );
    }
  }
  const known = new Set(plan.capabilities.devices);
  // aliases of -device that the list of types does not have
  for (const alias of ['pvpanic']) known.add(alias);
  for (const { model, path } of commandLine(plan).devices) {
    if (known.has(model)) continue;
    findings.fatal(path ?? 'devices', 'unsupported', `This QEMU has no device ${model}`, {
      hint: 'Choose another model in the document, or install a QEMU that has it',
    });
  }
}

export const noSuchDomain = (uuid: string): GuestroomError =>
  new GuestroomError('not_found', 'There is no such virtual machine', { detail: uuid });
