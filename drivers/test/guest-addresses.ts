import type { DhcpLease, InterfaceAddress } from '../api/model.ts';
import { contains, parseIp, prefixOf, type IpNumber } from '../xml/network/subnet.ts';
import type { Network } from '../xml/network/types.ts';
import type { Machine } from './machine.ts';

interface Address {
  family: 'ipv4' | 'ipv6';
  address: string;
  prefix: number;
}

/**
 * The address of a guest's card, as libvirt's test driver counts them: from the beginning of the DHCP range, or from the
 * network's own address, twenty for each run. One that the network keeps for the card's MAC comes first.
 */
export function addressOf(network: Network | undefined, mac: string, run: number, card: number): Address {
  const ip = network?.ips[0];
  if (!ip?.address) return { family: 'ipv4', address: `192.168.0.${String(1 + card)}`, prefix: 24 };
  const family = ip.address.includes(':') ? 'ipv6' : 'ipv4';
  const prefix = prefixOf(ip) ?? 24;
  const kept = ip.dhcp?.hosts.find((host) => host.mac?.toLowerCase() === mac.toLowerCase())?.ip;
  if (kept !== undefined) return { family, address: kept, prefix };
  const [range] = ip.dhcp?.ranges ?? [];
  const start = parseIp(range?.start ?? ip.address);
  if (!start) return { family, address: ip.address, prefix };
  const offset = BigInt(20 * (run - 1) + card + 1);
  const counted = text({ ...start, value: start.value + offset });
  if (contains(ip, counted)) return { family, address: counted, prefix };
  // many runs later: around again
  const end = parseIp(range?.end ?? ip.address)?.value ?? start.value;
  const room = end > start.value ? end - start.value : 1n;
  return { family, address: text({ ...start, value: start.value + (offset % room) }), prefix };
}

function text({ value, bits }: IpNumber): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => (value >> BigInt(112 - 16 * index)) & 0xffffn);
  return compressed(groups.map((group) => group.toString(16)));
}

/** The longest run of zeros becomes a double colon. */
function compressed(groups: readonly string[]): string {
  let [from, length] = [0, 0];
  for (let start = 0; start < groups.length; start += 1) {
    let end = start;
    while (groups[end] === '0') end += 1;
    if (end - start > length) [from, length] = [start, end - start];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, from).join(':')}::${groups.slice(from + length).join(':')}`;
}

/** The addresses of a running guest's cards. */
export function addressesOf(
  machine: Machine,
  network: (name: string) => Network | undefined,
): InterfaceAddress[] {
  const run = machine.id ?? 1;
  return machine.document.facts.cards.map(({ target, mac, source }, index) => ({
    name: target,
    mac,
    addresses: [addressOf(source === undefined ? undefined : network(source), mac, run, index)],
  }));
}

const hour = 3_600_000;

/** What the network's DHCP server has given to running guests. */
export function leasesOf(
  name: string,
  network: Network,
  machines: Iterable<Machine>,
  now: number,
): DhcpLease[] {
  if (!network.ips[0]?.dhcp) return [];
  const leases: DhcpLease[] = [];
  for (const machine of machines) {
    if (!machine.active) continue;
    for (const [index, { mac, source }] of machine.document.facts.cards.entries()) {
      if (source !== name) continue;
      const { address, prefix } = addressOf(network, mac, machine.id ?? 1, index);
      // renewed at every full hour
      leases.push({
        mac,
        address,
        prefix,
        hostname: machine.name,
        expires: (Math.floor(now / hour) + 2) * hour,
      });
    }
  }
  return leases;
}
