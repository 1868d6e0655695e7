import type { CpuFeature } from '../../xml/domain/types.ts';
import { platformOfPlan } from './addresses.ts';
import { formatOptions, type Arguments, type Options, type OptionValue } from './options.ts';
import type { GuestPlan } from './plan.ts';

/** -cpu and the clocks. */
export function addProcessor(args: Arguments, plan: GuestPlan): void {
  const { domain, accelerator } = plan;
  const { cpu, features, clock } = domain;
  const platform = platformOfPlan(plan);
  const hardware = accelerator !== 'tcg';
  const timer = (name: string): boolean | undefined =>
    clock?.timers.find((one) => one.name === name)?.present;
  const tsc = clock?.timers.find(({ name }) => name === 'tsc');
  const options: Record<string, OptionValue> = {};
  for (const feature of cpu?.features ?? []) {
    const state = featureState(feature);
    if (state !== undefined) options[feature.name] = state;
  }
  if (platform.x86) {
    if (features.pae) options['pae'] ??= true;
    if (cpu?.model?.vendorId !== undefined) options['vendor'] = cpu.model.vendorId;
    if (cpu?.migratable !== undefined && hardware && cpu.mode === 'host-passthrough') {
      options['migratable'] = cpu.migratable;
    }
    if (cpu?.cache?.mode === 'passthrough') options['host-cache-info'] = true;
    if (cpu?.cache?.mode === 'emulate') options['l3-cache'] = true;
    if (cpu?.maxPhysAddr?.mode === 'passthrough') options['host-phys-bits'] = true;
    if (cpu?.maxPhysAddr?.mode === 'emulate' && cpu.maxPhysAddr.bits !== undefined) {
      options['phys-bits'] = cpu.maxPhysAddr.bits;
    }
    if (features.apic?.eoi !== undefined && hardware) options['kvm-pv-eoi'] = features.apic.eoi;
    if (hardware) {
      if (timer('kvmclock') !== undefined) options['kvmclock'] = timer('kvmclock');
      if (features.kvm?.hidden === true) options['kvm'] = false;
      if (features.kvm?.hintDedicated === true) options['kvm-hint-dedicated'] = true;
      if (features.kvm?.pollControl === true) options['kvm-poll-control'] = true;
      Object.assign(options, hypervOptions(plan));
    }
    if (tsc?.frequency !== undefined) options['tsc-frequency'] = tsc.frequency;
  }
  if (features.pmu !== undefined) options['pmu'] = features.pmu;
  const model = processorModel(plan);
  if (model !== undefined || Object.keys(options).length > 0) {
    args.add('-cpu', formatOptions(model ?? (platform.x86 ? defaultX86(plan) : 'max'), options));
  }
  addClock(args, plan);
}

const defaultX86 = (plan: GuestPlan): string => (plan.capabilities.target === 'i386' ? 'qemu32' : 'qemu64');

/** The name for -cpu; undefined leaves it to QEMU. */
export function processorModel(plan: GuestPlan): string | undefined {
  const { cpu } = plan.domain;
  const best = plan.accelerator === 'tcg' ? 'max' : 'host';
  const mode = cpu?.mode ?? (cpu?.model && cpu.model.name !== '' ? 'custom' : undefined);
  switch (mode) {
    case 'host-passthrough':
    case 'host-model':
      return best;
    case 'maximum':
      return 'max';
    case 'custom':
      return cpu?.model === undefined || cpu.model.name === '' ? undefined : cpu.model.name;
    default:
      // the 32-bit default of QEMU's ARM machines cannot run what is installed today
      return ['aarch64', 'arm'].includes(plan.capabilities.target) ? best : undefined;
  }
}

function featureState({ policy }: CpuFeature): boolean | undefined {
  switch (policy) {
    case 'disable':
    case 'forbid':
      return false;
    case 'optional':
      return undefined;
    default:
      return true;
  }
}

/** Enlightenments for Windows; QEMU has them with hardware acceleration only. */
function hypervOptions(plan: GuestPlan): Options {
  const { features, clock } = plan.domain;
  const clockPresent = clock?.timers.find(({ name }) => name === 'hypervclock')?.present;
  const hyperv = features.hyperv;
  return {
    'hv-time': clockPresent === true ? true : undefined,
    ...(hyperv?.mode === 'passthrough' ? { 'hv-passthrough': true } : {}),
    ...(hyperv === undefined
      ? {}
      : {
          'hv-relaxed': hyperv.relaxed,
          'hv-vapic': hyperv.vapic,
          'hv-spinlocks': hyperv.spinlocks?.state === true ? (hyperv.spinlocks.retries ?? 8191) : undefined,
          'hv-vpindex': hyperv.vpindex,
          'hv-runtime': hyperv.runtime,
          'hv-synic': hyperv.synic,
          'hv-stimer': hyperv.stimer?.state,
          'hv-stimer-direct': hyperv.stimer?.direct,
          'hv-reset': hyperv.reset,
          'hv-vendor-id': hyperv.vendorId?.state === true ? hyperv.vendorId.value : undefined,
          'hv-frequencies': hyperv.frequencies,
          'hv-reenlightenment': hyperv.reenlightenment,
          'hv-tlbflush': hyperv.tlbflush,
          'hv-ipi': hyperv.ipi,
          'hv-evmcs': hyperv.evmcs,
          'hv-avic': hyperv.avic,
          'hv-emsr-bitmap': hyperv.emsrBitmap,
          'hv-xmm-input': hyperv.xmmInput,
        }),
    ...(plan.domain.devices.panics.some(({ model }) => model === 'hyperv') ? { 'hv-crash': true } : {}),
  };
}

function addClock(args: Arguments, plan: GuestPlan): void {
  const { clock } = plan.domain;
  const rtc = clock?.timers.find(({ name }) => name === 'rtc');
  const pit = clock?.timers.find(({ name }) => name === 'pit');
  const { x86 } = platformOfPlan(plan);
  args.option('-rtc', undefined, {
    base: clockBase(plan),
    clock: rtc?.track === 'guest' ? 'vm' : rtc?.track === 'realtime' ? 'rt' : undefined,
    driftfix: x86 && rtc?.tickpolicy === 'catchup' ? 'slew' : undefined,
  });
  if (clock?.offset === 'timezone' && clock.timezone !== undefined) args.env['TZ'] = clock.timezone;
  if (plan.accelerator === 'kvm' && x86 && (pit?.tickpolicy === 'delay' || pit?.tickpolicy === 'discard')) {
    args.add('-global', `kvm-pit.lost_tick_policy=${pit.tickpolicy}`);
  }
}

function clockBase(plan: GuestPlan): string {
  const { clock } = plan.domain;
  const stamp = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
  switch (clock?.offset) {
    case 'localtime':
    case 'timezone':
      return 'localtime';
    case 'variable': {
      const seconds = Number(clock.adjustment ?? 0);
      return Number.isFinite(seconds) && seconds !== 0
        ? stamp(plan.now + seconds * 1000)
        : (clock.basis ?? 'utc');
    }
    case 'absolute':
      return clock.start === undefined ? 'utc' : stamp(clock.start * 1000);
    default:
      return 'utc';
  }
}
