import type { DomainSummary } from '../../../drivers/api/model.ts';
import { isActive } from '../../../drivers/api/operations.ts';
import type { DomainOperation } from '../../../drivers/api/operations.ts';
import type { NodeRow } from '../../../preload/rows.ts';
import { t } from '../../i18n/index.svelte.ts';
import type { App } from '../../state/app.svelte.ts';
import type { DomainRef } from '../../state/inventory.svelte.ts';

/** What the pages of one virtual machine stand on. Its fields follow the inventory when they are read in a component. */
export interface DomainScene {
  readonly app: App;
  readonly target: DomainRef;
  /** While it is not `there` as it was last known. */
  readonly domain: DomainSummary;
  readonly node: NodeRow;
  /** The host tells of it now. */
  readonly there: boolean;
}

/** Why the operation cannot be done now, in words; undefined when it can. */
export function why(scene: DomainScene, operation: DomainOperation): string | undefined {
  const reason = scene.app.work.refusal(operation, scene.target);
  return reason && t.model.reason[reason];
}

/** Names one run of the guest: a new start has another; undefined while it is off or its host is away. */
export function runOf({ domain, there }: DomainScene): string | undefined {
  return there && isActive(domain.state) ? String(domain.id ?? domain.since ?? 'active') : undefined;
}
