import type { NetworkIp } from './types.ts';

/** An address of either family as a number, with the number of its bits. */
export interface IpNumber {
  value: bigint;
  bits: 32 | 128;
}

/** undefined for what is no address. IPv6 may end in dotted IPv4. */
export function parseIp(address: string): IpNumber | undefined {
  if (!address.includes(':')) {
    const value = parseDotted(address);
    return value === undefined ? undefined : { value, bits: 32 };
  }
  let groups = address;
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (dotted) {
    const low = parseDotted(dotted[2] ?? '');
    if (low === undefined) return undefined;
    groups = `${dotted[1] ?? ''}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`;
  }
  const halves = groups.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array<string>(tail ? missing : 0).fill('0'), ...(tail ?? [])];
  if (!all.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { value: all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n), bits: 128 };
}

function parseDotted(address: string): bigint | undefined {
  const parts = address.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** Length of the network's part, as libvirt takes it where the document says none; undefined for nonsense. */
export function prefixOf({ address, netmask, prefix }: NetworkIp): number | undefined {
  if (prefix !== undefined) return prefix;
  if (netmask !== undefined) {
    const mask = parseIp(netmask);
    if (mask?.bits !== 32) return undefined;
    const ones = mask.value.toString(2).padStart(32, '0');
    return /^1*0*$/.test(ones) ? ones.replaceAll('0', '').length : undefined;
  }
  const parsed = address === undefined ? undefined : parseIp(address);
  if (!parsed) return undefined;
  if (parsed.bits === 128) return 64;
  // the classes of old: A, B, C
  const first = Number(parsed.value >> 24n);
  return first < 128 ? 8 : first < 192 ? 16 : first < 224 ? 24 : undefined;
}

/** Whether an address lies in the network of `ip`. */
export function contains(ip: NetworkIp, address: string): boolean {
  const own = ip.address === undefined ? undefined : parseIp(ip.address);
  const other = parseIp(address);
  const prefix = prefixOf(ip);
  if (!own || !other || prefix === undefined || own.bits !== other.bits) return false;
  const shift = BigInt(own.bits - prefix);
  return own.value >> shift === other.value >> shift;
}
