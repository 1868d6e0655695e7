import { describe } from 'vitest';
import { network } from '../../../drivers/xml/network/tables.ts';
import { holds } from './kinds.ts';
import { networkSpec } from './network-specs.ts';

describe('a network document built from a spec', () => {
  holds(network, networkSpec, 'network');
});
