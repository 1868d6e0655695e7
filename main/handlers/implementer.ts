import { implement } from '@orpc/server';
import { contract } from '../../preload/contract.ts';
import type { Log } from '../log.ts';
import { toWire } from './failure.ts';
import { guardInput } from './guard.ts';

/** The contract with what every call goes through: limits and unknown fields first, errors last. */
export function createImplementer(log: Log) {
  return implement(contract).use(async ({ next, path, procedure }, input) => {
    try {
      guardInput(input, procedure['~orpc'].inputSchema);
      return await next();
    } catch (thrown) {
      throw toWire(thrown, path.join('.'), log);
    }
  });
}
export type Implementer = ReturnType<typeof createImplementer>;
