import type { NetworkChange } from '../../api/networks.ts';
import type { Spec } from '../codec/spec.ts';
import { documentKind, type DocumentKind } from '../kind.ts';
import { parseIp } from './subnet.ts';
import { dhcpHost, dhcpRange, dnsHost, dnsSrv, dnsTxt, forwardInterface, portgroup } from './tables.ts';
import type {
  DhcpHost,
  DhcpRange,
  DnsHost,
  NetworkDns,
  NetworkForward,
  NetworkSrv,
  Portgroup,
} from './types.ts';

/** What stands in the elements of a network that can be changed one by one, also while guests use it. */
export interface SectionItems {
  'ip-dhcp-host': DhcpHost;
  'ip-dhcp-range': DhcpRange;
  'dns-host': DnsHost;
  'dns-txt': NetworkDns['txts'][number];
  'dns-srv': NetworkSrv;
  'forward-interface': NetworkForward['interfaces'][number];
  portgroup: Portgroup;
}
export type ChangeableSection = keyof SectionItems;

export interface Section<T> {
  readonly kind: DocumentKind<T>;
  /** Elements from the network, or from an `<ip>`, down to the one that holds these. */
  readonly steps: readonly string[];
  readonly inIp: boolean;
  /** A change can replace one; else it is deleted and added. */
  readonly replaceable: boolean;
  /** Whether this is the one that a change names. */
  named(existing: T, wanted: T): boolean;
  /** Why both cannot be there. */
  clash(existing: T, wanted: T): string | undefined;
}

const alike = (a: string | undefined, b: string | undefined): boolean =>
  a !== undefined && a.toLowerCase() === b?.toLowerCase();

/** Addresses may be written in more than one way. */
function sameIp(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const left = parseIp(a);
  const right = parseIp(b);
  return left && right ? left.bits === right.bits && left.value === right.value : a === b;
}

/** Everything that `wanted` says, `existing` says, too. */
const agrees = (same: boolean, wanted: string | undefined): boolean => wanted === undefined || same;

export const sections: { readonly [S in ChangeableSection]: Section<SectionItems[S]> } = {
  'ip-dhcp-host': {
    kind: documentKind('host', dhcpHost),
    steps: ['dhcp'],
    inIp: true,
    replaceable: true,
    named(existing, wanted) {
      if (wanted.mac !== undefined) return alike(existing.mac, wanted.mac);
      if (wanted.id !== undefined) return alike(existing.id, wanted.id);
      if (wanted.name !== undefined) return existing.name === wanted.name;
      return sameIp(existing.ip, wanted.ip);
    },
    clash(existing, wanted) {
      if (alike(existing.mac, wanted.mac)) return `An address is kept for ${wanted.mac ?? ''} already`;
      if (alike(existing.id, wanted.id)) return `An address is kept for ${wanted.id ?? ''} already`;
      if (sameIp(existing.ip, wanted.ip)) return `${wanted.ip ?? ''} is kept for another guest already`;
      if (alike(existing.name, wanted.name)) return `The name ${wanted.name ?? ''} is taken`;
      return undefined;
    },
  },
  'ip-dhcp-range': {
    kind: documentKind('range', dhcpRange),
    steps: ['dhcp'],
    inIp: true,
    replaceable: false,
    named: (existing, wanted) => sameIp(existing.start, wanted.start) && sameIp(existing.end, wanted.end),
    clash: (existing, wanted) =>
      overlap(existing, wanted)
        ? `The range overlaps ${existing.start} to ${existing.end}, which is there already`
        : undefined,
  },
  'dns-host': {
    kind: documentKind('host', dnsHost),
    steps: ['dns'],
    inIp: false,
    replaceable: false,
    named: (existing, wanted) =>
      sameIp(existing.ip, wanted.ip) && wanted.hostnames.every((name) => existing.hostnames.includes(name)),
    clash: (existing, wanted) =>
      sameIp(existing.ip, wanted.ip) ? `${wanted.ip} has names already` : undefined,
  },
  'dns-txt': {
    kind: documentKind('txt', dnsTxt),
    steps: ['dns'],
    inIp: false,
    replaceable: false,
    named: (existing, wanted) => existing.name === wanted.name,
    clash: (existing, wanted) =>
      existing.name === wanted.name ? `There is a text for ${wanted.name} already` : undefined,
  },
  'dns-srv': {
    kind: documentKind('srv', dnsSrv),
    steps: ['dns'],
    inIp: false,
    replaceable: false,
    named: (existing, wanted) =>
      existing.service === wanted.service &&
      existing.protocol === wanted.protocol &&
      agrees(existing.domain === wanted.domain, wanted.domain) &&
      agrees(existing.target === wanted.target, wanted.target),
    clash: (existing, wanted) =>
      existing.service === wanted.service &&
      existing.protocol === wanted.protocol &&
      existing.domain === wanted.domain &&
      existing.target === wanted.target
        ? `There is an entry for ${wanted.service} over ${wanted.protocol} already`
        : undefined,
  },
  'forward-interface': {
    kind: documentKind('interface', forwardInterface),
    steps: ['forward'],
    inIp: false,
    replaceable: false,
    named: (existing, wanted) => existing.dev === wanted.dev,
    clash: (existing, wanted) =>
      existing.dev === wanted.dev ? `${wanted.dev} is part of the network already` : undefined,
  },
  portgroup: {
    kind: documentKind('portgroup', portgroup),
    steps: [],
    inIp: false,
    replaceable: true,
    named: (existing, wanted) => existing.name === wanted.name,
    clash(existing, wanted) {
      if (existing.name === wanted.name) return `There is a port group ${wanted.name} already`;
      return existing.default === true && wanted.default === true
        ? `The port group ${existing.name} is the default already`
        : undefined;
    },
  },
};

function overlap(a: DhcpRange, b: DhcpRange): boolean {
  const [aStart, aEnd, bStart, bEnd] = [a.start, a.end, b.start, b.end].map(parseIp);
  if (!aStart || !aEnd || !bStart || !bEnd || aStart.bits !== bStart.bits) return false;
  return aStart.value <= bEnd.value && bStart.value <= aEnd.value;
}

/** What to ask a driver for, that a running network changes without being restarted. */
export function networkChange<S extends ChangeableSection>(
  command: NetworkChange['command'],
  section: S,
  item: Spec<SectionItems[S]>,
  options: { apply: NetworkChange['apply']; parentIndex?: number },
): NetworkChange {
  const build = sections[section].kind.build as (spec: Spec<SectionItems[S]>) => string;
  return { command, section, xml: build(item).trimEnd(), ...options };
}
