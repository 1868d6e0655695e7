import { or, required, value, type Field } from '../../codec/fields.ts';
import { count, integer, onOff, positive, text } from '../../codec/scalars.ts';
import { bytes } from '../../codec/sizes.ts';
import { child, list, struct, type Part } from '../../codec/structs.ts';
import type { Cpu, CpuFeature, CpuModel, CpuTopology, NumaCell } from '../types.ts';

const model = struct<CpuModel>({
  name: or(trimmed(), ''),
  fallback: value('@fallback', text),
  vendorId: value('@vendor_id', text),
});

/** The element may carry attributes only. */
function trimmed(): Field<string | undefined, string> {
  const own = value('', text);
  return { ...own, read: (at) => own.read(at)?.trim() };
}

const topology = struct<CpuTopology>({
  sockets: required(value('@sockets', positive), 'sockets'),
  dies: value('@dies', positive),
  clusters: value('@clusters', positive),
  cores: required(value('@cores', positive), 'cores'),
  threads: required(value('@threads', positive), 'threads'),
});

const feature = struct<CpuFeature>({
  policy: value('@policy', text),
  name: required(value('@name', text), 'name'),
});

const cell = struct<NumaCell>({
  id: value('@id', count),
  cpus: value('@cpus', text),
  bytes: required(bytes('@memory', 'KiB'), 'memory'),
  memAccess: value('@memAccess', text),
});

export const cpu = struct<Cpu>({
  mode: value('@mode', text),
  match: value('@match', text),
  check: value('@check', text),
  migratable: value('@migratable', onOff),
  model: child('model', model),
  vendor: value('vendor', text),
  topology: child('topology', topology),
  cache: child(
    'cache',
    struct<Part<Cpu, 'cache'>>({
      level: value('@level', integer(1, 3)),
      mode: required(value('@mode', text), 'mode'),
    }),
  ),
  maxPhysAddr: child(
    'maxphysaddr',
    struct<Part<Cpu, 'maxPhysAddr'>>({
      mode: required(value('@mode', text), 'mode'),
      bits: value('@bits', count),
    }),
  ),
  features: list('feature', feature),
  numa: list('numa/cell', cell),
});
