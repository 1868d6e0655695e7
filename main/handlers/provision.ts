import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function provisionHandlers(os: Implementer, { nodes, catalog }: Core) {
  return os.provision.router({
    systems: os.provision.systems.handler(async ({ input }) => {
      nodes.get(input.node);
      return (await catalog()).rows(new Date().toISOString().slice(0, 10));
    }),
    plan: os.provision.plan.handler(() => {
      throw new GuestroomError('unsupported', 'The wizard is not in this build yet');
    }),
    create: os.provision.create.handler(() => {
      throw new GuestroomError('unsupported', 'The wizard is not in this build yet');
    }),
  });
}
