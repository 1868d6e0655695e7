import { randomUUID } from 'node:crypto';
import type { Core } from '../core.ts';
import { refuseProblems, runPlan } from '../provision/create.ts';
import type { Facts } from '../provision/facts.ts';
import { type GatherContext, newMac } from '../provision/gather.ts';
import { previewOf } from '../provision/plan.ts';
import { preparePlan } from '../provision/prepare.ts';
import type { Implementer } from './implementer.ts';

export function provisionHandlers(os: Implementer, { nodes, catalog, tasks }: Core) {
  // the UUID and MAC that previews on a node show stay the same until a machine is made with them
  const fresh = new Map<string, Facts['fresh']>();
  const identityOf = (id: string): Facts['fresh'] => {
    const identity = fresh.get(id) ?? { uuid: randomUUID(), mac: newMac(nodes.get(id).uri.driver) };
    fresh.set(id, identity);
    return identity;
  };
  const contextOf = async (id: string, identity: Facts['fresh']): Promise<GatherContext> => {
    const { node, connection, host } = nodes.connection(id);
    return { connection, host, hostName: node.saved.name, catalog: await catalog(), fresh: identity };
  };
  return os.provision.router({
    systems: os.provision.systems.handler(async ({ input }) => {
      nodes.get(input.node);
      return (await catalog()).rows(new Date().toISOString().slice(0, 10));
    }),
    plan: os.provision.plan.handler(async ({ input: { node, choices } }) =>
      previewOf(await preparePlan(choices, await contextOf(node, identityOf(node)))),
    ),
    create: os.provision.create.handler(async ({ input: { node, choices, document } }) => {
      const { connection } = nodes.connection(node, 'define');
      const identity = identityOf(node);
      // before anything is waited for: another window may make a machine in the same moment
      fresh.delete(node);
      try {
        const plan = await preparePlan(choices, await contextOf(node, identity), document);
        refuseProblems(plan);
        const { id } = tasks.start(
          { kind: 'create', subject: plan.name, node, uuid: plan.uuid },
          async ({ signal, step, progress }) => {
            await runPlan(connection, plan, { signal, onStep: step, onProgress: progress });
          },
        );
        return { task: id, uuid: plan.uuid };
      } catch (thrown) {
        if (!fresh.has(node)) fresh.set(node, identity);
        throw thrown;
      }
    }),
  });
}
