import type { DomainSummary } from '../../drivers/api/model.ts';
import type { NodeRow } from '../../preload/rows.ts';
import type { TreeRow } from '../parts/tree.ts';
import type { Inventory } from '../state/inventory.svelte.ts';
import { domainRoute, hostRoute } from '../state/routes.ts';

/** What a line of the host tree is about. */
export type HostItem =
  | { kind: 'host'; node: NodeRow }
  | { kind: 'domain'; node: string; domain: DomainSummary }
  /** Why the host shows no virtual machines. */
  | { kind: 'note'; node: NodeRow };

/** A virtual machine fits when its name, title or UUID contains the text; a host that fits shows all of its own. */
const fits = (domain: DomainSummary, text: string): boolean =>
  domain.name.toLowerCase().includes(text) ||
  domain.title?.toLowerCase().includes(text) === true ||
  domain.uuid.startsWith(text);

/** The tree as flat rows. A filter opens every host that has something to show and hides the rest. */
export function hostRows(
  inventory: Inventory,
  closed: ReadonlySet<string>,
  filter: string,
): TreeRow<HostItem>[] {
  const text = filter.trim().toLowerCase();
  const rows: TreeRow<HostItem>[] = [];
  const hosts: { node: NodeRow; domains: readonly DomainSummary[] }[] = [];
  for (const node of inventory.nodes) {
    const all = inventory.domains(node.id);
    if (text === '' || node.name.toLowerCase().includes(text)) hosts.push({ node, domains: all });
    else {
      const domains = all.filter((domain) => fits(domain, text));
      if (domains.length > 0) hosts.push({ node, domains });
    }
  }
  hosts.forEach(({ node, domains }, at) => {
    const open = text !== '' || !closed.has(node.id);
    rows.push({
      key: hostRoute(node.id),
      level: 1,
      expanded: domains.length > 0 ? open : undefined,
      position: at + 1,
      siblings: hosts.length,
      name: node.name,
      item: { kind: 'host', node },
    });
    if (node.state !== 'connected' && domains.length === 0)
      rows.push({
        key: `note:${node.id}`,
        level: 2,
        position: 1,
        siblings: 1,
        name: '',
        item: { kind: 'note', node },
      });
    if (!open) return;
    domains.forEach((domain, index) => {
      rows.push({
        key: domainRoute({ node: node.id, uuid: domain.uuid }),
        level: 2,
        position: index + 1,
        siblings: domains.length,
        name: domain.name,
        item: { kind: 'domain', node: node.id, domain },
      });
    });
  });
  return rows;
}
