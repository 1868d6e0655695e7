import type { Core } from '../core.ts';
import type { Implementer } from './implementer.ts';

export function nodesHandlers(os: Implementer, { nodes }: Core) {
  return os.nodes.router({
    probe: os.nodes.probe.handler(() => nodes.probe()),
    test: os.nodes.test.handler(({ input, signal }) => nodes.test(input, signal)),
    add: os.nodes.add.handler(async ({ input }) => ({ node: await nodes.add(input) })),
    update: os.nodes.update.handler(({ input: { node, ...change } }) => nodes.update(node, change)),
    remove: os.nodes.remove.handler(({ input }) => nodes.remove(input.node)),
    connect: os.nodes.connect.handler(({ input }) => nodes.get(input.node).connect()),
    disconnect: os.nodes.disconnect.handler(({ input }) => nodes.get(input.node).disconnect()),
    capabilities: os.nodes.capabilities.handler(async ({ input }) => ({
      xml: await nodes.connection(input.node).connection.capabilities(),
    })),
  });
}
