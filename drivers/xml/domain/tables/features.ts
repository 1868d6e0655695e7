import { flag, or, required, requiredSwitch, state, value } from '../../codec/fields.ts';
import { count, integer, large, onOff, positive, text, yesNo } from '../../codec/scalars.ts';
import { bytes } from '../../codec/sizes.ts';
import { child, list, struct, type Part } from '../../codec/structs.ts';
import type { Clock, Features, Hyperv, KvmFeatures, PowerManagement, Timer } from '../types.ts';

const hyperv = struct<Hyperv>({
  mode: value('@mode', text),
  relaxed: state('relaxed'),
  vapic: state('vapic'),
  spinlocks: child(
    'spinlocks',
    struct<Part<Hyperv, 'spinlocks'>>({
      state: requiredSwitch('@state', onOff),
      retries: value('@retries', count),
    }),
  ),
  vpindex: state('vpindex'),
  runtime: state('runtime'),
  synic: state('synic'),
  stimer: child(
    'stimer',
    struct<Part<Hyperv, 'stimer'>>({
      state: requiredSwitch('@state', onOff),
      direct: value('direct@state', onOff),
    }),
  ),
  reset: state('reset'),
  vendorId: child(
    'vendor_id',
    struct<Part<Hyperv, 'vendorId'>>({
      state: requiredSwitch('@state', onOff),
      value: value('@value', text),
    }),
  ),
  frequencies: state('frequencies'),
  reenlightenment: state('reenlightenment'),
  tlbflush: state('tlbflush'),
  ipi: state('ipi'),
  evmcs: state('evmcs'),
  avic: state('avic'),
  emsrBitmap: state('emsr_bitmap'),
  xmmInput: state('xmm_input'),
});

const kvm = struct<KvmFeatures>({
  hidden: state('hidden'),
  hintDedicated: state('hint-dedicated'),
  pollControl: state('poll-control'),
  pvIpi: state('pv-ipi'),
  dirtyRing: child(
    'dirty-ring',
    struct<Part<KvmFeatures, 'dirtyRing'>>({
      state: requiredSwitch('@state', onOff),
      size: value('@size', count),
    }),
  ),
});

export const features = struct<Features>({
  acpi: flag('acpi'),
  apic: child('apic', struct<Part<Features, 'apic'>>({ eoi: value('@eoi', onOff) })),
  pae: flag('pae'),
  hap: child('hap', struct<Part<Features, 'hap'>>({ state: value('@state', onOff) })),
  viridian: flag('viridian'),
  privnet: flag('privnet'),
  hyperv: child('hyperv', hyperv),
  kvm: child('kvm', kvm),
  pvspinlock: state('pvspinlock'),
  pmu: state('pmu'),
  vmport: state('vmport'),
  gic: child('gic', struct<Part<Features, 'gic'>>({ version: value('@version', text) })),
  smm: child(
    'smm',
    struct<Part<Features, 'smm'>>({ state: value('@state', onOff), tseg: bytes('tseg', 'MiB') }),
  ),
  ioapic: value('ioapic@driver', text),
  vmcoreinfo: state('vmcoreinfo'),
});

const timer = struct<Timer>({
  name: required(value('@name', text), 'name'),
  present: value('@present', yesNo),
  tickpolicy: value('@tickpolicy', text),
  track: value('@track', text),
  frequency: value('@frequency', large),
  mode: value('@mode', text),
  catchup: child(
    'catchup',
    struct<Part<Timer, 'catchup'>>({
      threshold: value('@threshold', positive),
      slew: value('@slew', positive),
      limit: value('@limit', positive),
    }),
  ),
});

export const clock = struct<Clock>({
  offset: or(value('@offset', text), 'utc'),
  timezone: value('@timezone', text),
  adjustment: value('@adjustment', text),
  basis: value('@basis', text),
  start: value('@start', integer(0, Number.MAX_SAFE_INTEGER)),
  timers: list('timer', timer),
});

export const pm = struct<PowerManagement>({
  suspendToMem: value('suspend-to-mem@enabled', yesNo),
  suspendToDisk: value('suspend-to-disk@enabled', yesNo),
});
