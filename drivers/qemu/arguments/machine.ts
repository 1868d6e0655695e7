import { atLeast } from '../capabilities.ts';
import type { Sysinfo, SysinfoEntry } from '../../xml/domain/types.ts';
import { platformOfPlan } from './addresses.ts';
import type { Arguments, Options } from './options.ts';
import type { GuestPlan } from './plan.ts';

const kib = (bytes: number): string => `${String(Math.max(1, Math.ceil(bytes / 1024)))}k`;

/** Machine, firmware, memory, processors' number, boot, identity. */
export function addMachine(args: Arguments, plan: GuestPlan): void {
  const { domain, machine, capabilities, accelerator, firmware } = plan;
  const { features, os } = domain;
  const platform = platformOfPlan(plan);
  args.option('-name', undefined, { guest: domain.name, 'debug-threads': true });
  args.add('-uuid', plan.uuid);
  args.add('-no-user-config', '-nodefaults', '-S');
  args.add('-pidfile', plan.places.pidFile);
  args.option('-accel', accelerator, accelerator === 'tcg' ? { thread: tcgThreads(plan) } : {});

  const flash = firmware?.kind === 'flash' ? firmware : undefined;
  const memory = addMemoryBacking(args, plan);
  const hpet = domain.clock?.timers.find(({ name }) => name === 'hpet')?.present;
  const irqchip = features.ioapic === 'kvm' ? 'on' : features.ioapic === 'qemu' ? 'split' : undefined;
  const machineOptions: Options = {
    usb: false,
    'dump-guest-core': false,
    ...(platform.x86 && platform.family !== 'other'
      ? {
          acpi: features.acpi ? undefined : false,
          smm: flash?.needsSmm === true ? true : features.smm?.state,
          vmport: features.vmport,
          hpet: hpet === undefined || !atLeast(capabilities.version, 6, 0) ? undefined : hpet,
          'kernel-irqchip': accelerator === 'kvm' ? irqchip : undefined,
        }
      : {}),
    ...(platform.family === 'virt'
      ? {
          acpi: features.acpi || flash !== undefined ? undefined : false,
          'gic-version': capabilities.target === 'aarch64' ? features.gic?.version : undefined,
        }
      : {}),
    'mem-merge': domain.memoryBacking?.nosharepages === true ? false : undefined,
    'memory-backend': memory,
    pflash0: flash ? 'firmware-code' : undefined,
    pflash1: flash?.variables === undefined ? undefined : 'firmware-variables',
    graphics:
      domain.devices.videos.length === 0 && platform.x86 && platform.family !== 'microvm' ? false : undefined,
  };
  args.option('-machine', machine.name, machineOptions);
  addFirmware(args, plan);
  args.add('-m', `size=${kib(domain.memory)}`);
  if (domain.memoryBacking?.locked === true) args.option('-overcommit', undefined, { 'mem-lock': true });
  addProcessorCount(args, plan);
  for (let index = 1; index <= (domain.iothreads ?? 0); index++) {
    args.object('iothread', { id: `iothread${String(index)}` });
  }
  addBoot(args, plan);
  if (os.smbios === 'sysinfo') for (const info of domain.sysinfo) addSmbios(args, info);
  for (const info of domain.sysinfo) {
    for (const { name, value, file } of info.fwcfg) {
      if (value !== undefined || file !== undefined)
        args.option('-fw_cfg', undefined, { name, string: value, file });
    }
  }
  if (features.vmcoreinfo === true) args.device('vmcoreinfo', {}, 'features/vmcoreinfo');
  addPowerManagement(args, plan);
  addReactions(args, plan);
  if (plan.incoming) args.add('-incoming', 'defer');
  if (capabilities.options.includes('sandbox')) {
    // a bridge is joined through a helper that needs its own rights; saving a guest starts a program that writes
    const helper = domain.devices.interfaces.some(({ type }) => type === 'bridge');
    args.option('-sandbox', 'on', {
      obsolete: 'deny',
      elevateprivileges: helper ? 'allow' : 'deny',
      spawn: 'allow',
      resourcecontrol: 'deny',
    });
  }
}

/** Several processors are emulated by several threads where QEMU can. */
const tcgThreads = (plan: GuestPlan): string | undefined =>
  plan.domain.vcpu.count > 1 && ['x86_64', 'aarch64'].includes(plan.capabilities.target)
    ? 'multi'
    : undefined;

function addMemoryBacking(args: Arguments, plan: GuestPlan): string | undefined {
  const backing = plan.domain.memoryBacking;
  if (!backing) return undefined;
  const shared = backing.access === 'shared';
  const huge = backing.hugepages;
  if (!shared && !huge && backing.source === undefined && backing.allocation !== 'immediate')
    return undefined;
  const common: Options = {
    id: 'memory',
    size: kib(plan.domain.memory),
    share: shared ? true : undefined,
    prealloc: backing.allocation === 'immediate' ? true : undefined,
    'prealloc-threads': backing.allocation === 'immediate' ? backing.allocationThreads : undefined,
  };
  const [page] = huge?.sizes ?? [];
  if (huge) {
    args.object('memory-backend-memfd', {
      ...common,
      hugetlb: true,
      hugetlbsize: page === undefined ? undefined : kib(page),
    });
  } else if (backing.source === 'memfd' || (shared && backing.source === undefined)) {
    args.object('memory-backend-memfd', common);
  } else if (backing.source === 'file') {
    args.object('memory-backend-file', {
      ...common,
      'mem-path': plan.places.own,
      'discard-data': backing.discard,
    });
  } else {
    args.object('memory-backend-ram', common);
  }
  return 'memory';
}

function addFirmware(args: Arguments, plan: GuestPlan): void {
  const { firmware } = plan;
  if (firmware?.kind === 'rom') args.add('-bios', firmware.path);
  if (firmware?.kind !== 'flash') return;
  const flash = (name: string, path: string, format: string, readonly: boolean): void => {
    args.blockdev({
      driver: format,
      'node-name': name,
      'read-only': readonly,
      file: { driver: 'file', filename: path, 'node-name': `${name}-file`, 'read-only': readonly },
    });
  };
  flash('firmware-code', firmware.code, firmware.codeFormat, true);
  if (firmware.variables !== undefined) {
    flash('firmware-variables', firmware.variables, firmware.variablesFormat, false);
  }
  if (firmware.secureBoot && firmware.needsSmm) {
    args.option('-global', undefined, { driver: 'cfi.pflash01', property: 'secure', value: 'on' });
  }
}

function addProcessorCount(args: Arguments, plan: GuestPlan): void {
  const { vcpu, cpu } = plan.domain;
  const topology = cpu?.topology;
  args.option('-smp', String(vcpu.current ?? vcpu.count), {
    maxcpus: vcpu.current === undefined || vcpu.current === vcpu.count ? undefined : vcpu.count,
    sockets: topology?.sockets ?? vcpu.count,
    dies: topology?.dies === 1 ? undefined : topology?.dies,
    clusters: topology?.clusters === 1 ? undefined : topology?.clusters,
    cores: topology?.cores ?? 1,
    threads: topology?.threads ?? 1,
  });
}

function addBoot(args: Arguments, plan: GuestPlan): void {
  const { os } = plan.domain;
  const platform = platformOfPlan(plan);
  if (os.kernel !== undefined) args.add('-kernel', os.kernel);
  if (os.initrd !== undefined) args.add('-initrd', os.initrd);
  if (os.cmdline !== undefined && os.kernel !== undefined) args.add('-append', os.cmdline);
  if (os.dtb !== undefined) args.add('-dtb', os.dtb);
  for (const { path } of os.acpiTables) args.option('-acpitable', undefined, { file: path });
  const menu = os.bootMenu;
  args.option('-boot', undefined, {
    strict: platform.family === 'microvm' ? undefined : true,
    menu: menu?.enable,
    'splash-time': menu?.enable === true ? menu.timeout : undefined,
    'reboot-timeout': os.bios?.rebootTimeout,
  });
}

/** Names that a table's entries may have. Others would be options of QEMU's own: `file` reads one of the host. */
const smbiosNames: ReadonlySet<string> = new Set([
  ...['vendor', 'version', 'date', 'release', 'uefi'],
  ...['manufacturer', 'product', 'serial', 'uuid', 'sku', 'family'],
  ...['asset', 'location'],
]);

function addSmbios(args: Arguments, info: Sysinfo): void {
  const table = (type: number, entries: readonly SysinfoEntry[]): void => {
    if (entries.length === 0) return;
    const options: Record<string, string> = {};
    for (const { name, value } of entries) if (smbiosNames.has(name)) options[name] = value;
    if (Object.keys(options).length === 0) return;
    args.option('-smbios', undefined, { type, ...options });
  };
  table(0, info.bios);
  table(1, info.system);
  for (const { entries } of info.baseBoards) table(2, entries);
  table(3, info.chassis);
  for (const value of info.oemStrings) args.option('-smbios', undefined, { type: 11, value });
}

function addPowerManagement(args: Arguments, plan: GuestPlan): void {
  const { pm } = plan.domain;
  const { family } = platformOfPlan(plan);
  const chip = family === 'pc' ? 'PIIX4_PM' : family === 'q35' ? 'ICH9-LPC' : undefined;
  if (chip === undefined) return;
  if (pm?.suspendToMem !== undefined)
    args.add('-global', `${chip}.disable_s3=${pm.suspendToMem ? '0' : '1'}`);
  if (pm?.suspendToDisk !== undefined)
    args.add('-global', `${chip}.disable_s4=${pm.suspendToDisk ? '0' : '1'}`);
}

/** on_poweroff, on_reboot, on_crash and the watchdog, as far as QEMU does them itself; the rest is done by its events. */
function addReactions(args: Arguments, plan: GuestPlan): void {
  const { onPoweroff, onReboot, onCrash, devices } = plan.domain;
  const watchdog = devices.watchdogs[0];
  args.option('-action', undefined, {
    shutdown: onPoweroff === 'restart' || onPoweroff === 'preserve' ? 'pause' : undefined,
    reboot: onReboot === 'destroy' || onReboot === 'preserve' ? 'shutdown' : 'reset',
    panic: onCrash === 'preserve' || onCrash === 'restart' ? 'pause' : 'shutdown',
    watchdog: watchdog ? (watchdog.action === 'dump' ? 'pause' : (watchdog.action ?? 'reset')) : undefined,
  });
}
