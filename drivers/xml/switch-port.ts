import { onlyYes, required, value } from './codec/fields.ts';
import { count, integer, text } from './codec/scalars.ts';
import { child, list, struct } from './codec/structs.ts';
import type {
  Bandwidth,
  BandwidthLimits,
  Virtualport,
  VirtualportParameters,
  Vlan,
  VlanTag,
} from './switch-port-types.ts';

const bandwidth = struct<Bandwidth>({
  average: value('@average', count),
  peak: value('@peak', count),
  burst: value('@burst', count),
  floor: value('@floor', count),
});

export const bandwidthLimits = struct<BandwidthLimits>({
  inbound: child('inbound', bandwidth),
  outbound: child('outbound', bandwidth),
});

const parameters = struct<VirtualportParameters>({
  interfaceid: value('@interfaceid', text),
  profileid: value('@profileid', text),
  managerid: value('@managerid', text),
  typeid: value('@typeid', text),
  typeidversion: value('@typeidversion', text),
  instanceid: value('@instanceid', text),
});

export const virtualport = struct<Virtualport>({
  type: value('@type', text),
  parameters: child('parameters', parameters),
});

export const vlan = struct<Vlan>({
  trunk: onlyYes('@trunk'),
  tags: list(
    'tag',
    struct<VlanTag>({
      id: required(value('@id', integer(0, 4095)), 'id'),
      nativeMode: value('@nativeMode', text),
    }),
  ),
});
