import type { NodeRow } from '../../preload/rows.ts';

/** ms there and back from which on a person feels each answer. */
const slowFrom = 100;

/** The host is connected, and each of its answers takes so long that it is felt. */
export const isSlow = ({ state, roundTrip }: NodeRow): boolean =>
  state === 'connected' && roundTrip !== undefined && roundTrip >= slowFrom;
