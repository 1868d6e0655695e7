import type { Choices } from '../../preload/create.ts';
import type { Resolved } from './defaults.ts';
import { defaultAddress, portKey } from './facts.ts';
import type { Facts } from './facts.ts';
import { checkVirtualNetworks } from './networks.ts';
import type { Problems } from './problem-list.ts';

const privileged = 1024;

export function checkNetwork(
  choices: Choices,
  { values, offers }: Resolved,
  facts: Facts,
  problems: Problems,
): void {
  const { network } = values;
  if (choices.source.kind === 'pxe' && network.kind === 'none')
    problems.error('network.kind', 'pxe_no_network', {}, offers.networks[0]);
  if (network.kind === 'none') return;
  checkMac(network.mac, facts, problems);
  const source = network.source?.trim() ?? '';
  if (network.kind === 'network' && !offers.networks.includes('network'))
    problems.error('network.kind', 'network_unsupported', {}, offers.networks[0]);
  if (network.kind === 'network' && source === '') problems.error('network.source', 'network_missing');
  else if (network.kind === 'network')
    checkVirtualNetworks([source], values.start, facts, problems, {
      field: 'network.source',
      level: 'error',
    });
  if (network.kind === 'bridge' && !/^[A-Za-z0-9_.:-]{1,15}$/.test(source))
    problems.error('network.source', 'bridge_missing');
  checkForwards(network.forwards, facts, problems);
}

function checkMac(mac: string, facts: Facts, problems: Problems): void {
  const match = /^([0-9a-f]{2})(?::[0-9a-f]{2}){5}$/i.exec(mac);
  if (!match) problems.error('network.mac', 'mac_bad', { mac }, facts.fresh.mac);
  else if (Number.parseInt(match[1] ?? '0', 16) & 1)
    problems.error('network.mac', 'mac_multicast', { mac }, facts.fresh.mac);
}

function checkForwards(
  forwards: Resolved['values']['network']['forwards'],
  facts: Facts,
  problems: Problems,
): void {
  const seen = new Set<string>();
  forwards.forEach((forward, index) => {
    const field = `network.forwards.${String(index)}`;
    const { hostPort, address = defaultAddress } = forward;
    const params = { address, port: hostPort };
    const key = portKey(forward);
    const free = freePort(forward, forwards, facts);
    if (!/^[0-9a-f.:]{2,45}$/i.test(address))
      problems.error(field, 'forward_address', { address }, defaultAddress);
    else if (seen.has(key)) problems.error(field, 'forward_twice', params, free);
    else if (facts.takenPorts.has(key)) problems.error(field, 'forward_taken', params, free);
    else if (hostPort < privileged && facts.reach === 'embedded')
      problems.warn(field, 'forward_privileged', params, hostPort + 8000);
    seen.add(key);
  });
}

/** The next port that is neither forwarded nor known to be taken. */
function freePort(
  forward: Resolved['values']['network']['forwards'][number],
  forwards: Resolved['values']['network']['forwards'],
  facts: Facts,
): number {
  const used = new Set(forwards.map(portKey));
  for (let hostPort = forward.hostPort + 1; hostPort < 65_536; hostPort++) {
    const key = portKey({ ...forward, hostPort });
    if (!used.has(key) && !facts.takenPorts.has(key)) return hostPort;
  }
  return forward.hostPort;
}
