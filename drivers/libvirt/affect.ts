import type { Apply } from '../api/driver.ts';
import { isActive } from '../api/operations.ts';
import type { DomainSummary } from '../api/model.ts';
import { DomainModificationImpact as Impact } from './rpc/enums.gen.ts';

/** virDomainModificationImpact of what a caller asks for. */
export const affects: Readonly<Record<Apply, number>> = {
  live: Impact.LIVE,
  config: Impact.CONFIG,
  both: Impact.LIVE | Impact.CONFIG,
};

/** Wherever the domain is: its running guest, its document, or both. */
export const affectsWhereItIs = ({ state, persistent }: DomainSummary): number =>
  (isActive(state) ? Impact.LIVE : 0) | (persistent ? Impact.CONFIG : 0);
