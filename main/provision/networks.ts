import type { Network } from '../../drivers/api/model.ts';
import type { Domain } from '../../drivers/xml/domain/types.ts';
import type { Choices, PlanOffers, PlanValues } from '../../preload/create.ts';
import type { Facts } from './facts.ts';
import type { Problems } from './problem-list.ts';

/** Starts a virtual network that is off. */
export interface NetworkStart {
  readonly kind: 'networkStart';
  readonly name: string;
  /** From now on with the host, too. */
  readonly autostart: boolean;
}

type Kind = PlanValues['network']['kind'];

/** Ways to connect a card, the best one for this host first. */
export function networkKinds({ reach, networks }: Facts): PlanOffers['networks'] {
  if (reach === 'embedded') return ['user', 'bridge', 'none'];
  // a virtual network where there is none would be a choice that fails
  if (reach === 'session' || networks?.length === 0) return ['user', 'network', 'bridge', 'none'];
  return ['network', 'user', 'bridge', 'none'];
}

export function networkSource(
  choices: Choices,
  kind: Kind,
  { networks }: Facts,
): { source: string } | undefined {
  const given = choices.network?.source?.trim() ?? '';
  if (kind === 'network') return { source: given === '' ? defaultNetwork(networks) : given };
  return kind === 'bridge' ? { source: given } : undefined;
}

/** libvirt's usual network, also when it is off: then one that runs, then any. */
function defaultNetwork(networks: readonly Network[] = []): string {
  const usual = 'default';
  if (networks.some(({ name }) => name === usual)) return usual;
  return (networks.find(({ active }) => active) ?? networks[0])?.name ?? usual;
}

export function offeredNetworks({ networks = [], verdicts }: Facts): PlanOffers['virtualNetworks'] {
  const settable = verdicts.networkSetAutostart.can !== 'no' && verdicts.networkStart.can !== 'no';
  return networks
    .map(({ name, active, autostart }) => ({
      name,
      active,
      mayAutostart: settable && !active && !autostart,
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** The virtual networks that a machine's cards are plugged into, each once. */
export function networksOf(domain: Domain): string[] {
  const cards = domain.devices.interfaces.filter(({ type }) => type === 'network');
  return [...new Set(cards.flatMap(({ source }) => source?.network ?? []))];
}

/** Before a machine starts its networks do: those that are off, where they may be started. */
export function networkSteps(names: readonly string[], facts: Facts, autostart: boolean): NetworkStart[] {
  if (facts.verdicts.networkStart.can === 'no') return [];
  return (facts.networks ?? [])
    .filter(({ name, active }) => !active && names.includes(name))
    .map((network) => ({
      kind: 'networkStart',
      name: network.name,
      autostart: autostart && !network.autostart,
    }));
}

/** What stands in the way of a machine with these networks. `level` is that of what makes its start impossible. */
export function checkVirtualNetworks(
  names: readonly string[],
  starts: boolean,
  facts: Facts,
  problems: Problems,
  { field, level }: { field: string; level: 'error' | 'warning' },
): void {
  const { host, networks, verdicts } = facts;
  if (networks === undefined) return;
  const tell = (...problem: [Parameters<Problems['warn']>[1], Parameters<Problems['warn']>[2], string?]) =>
    level === 'error' ? problems.error(field, ...problem) : problems.warn(field, ...problem);
  for (const name of names) {
    const network = networks.find((candidate) => candidate.name === name);
    if (!network) {
      const other = networks.length > 0 && level === 'error' ? defaultNetwork(networks) : undefined;
      tell('network_unknown', { host, name }, other);
    } else if (!network.active && verdicts.networkStart.can === 'no' && starts)
      tell('network_stays_off', { name });
    else if (!network.active && !starts) problems.warn(field, 'network_off', { name });
  }
}
