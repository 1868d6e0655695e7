import type { Core } from '../core.ts';
import { exportHosts, readExport } from '../nodes/import/export-file.ts';
import { findImportable } from '../nodes/import/importable.ts';
import type { Implementer } from './implementer.ts';

export function nodesHandlers(os: Implementer, { nodes, platform, log }: Core) {
  return os.nodes.router({
    probe: os.nodes.probe.handler(() => nodes.probe()),
    test: os.nodes.test.handler(({ input, signal }) => nodes.test(input, signal)),
    add: os.nodes.add.handler(async ({ input }) => ({ node: await nodes.add(input) })),
    update: os.nodes.update.handler(({ input: { node, ...change } }) => nodes.update(node, change)),
    remove: os.nodes.remove.handler(({ input }) => nodes.remove(input.node)),
    connect: os.nodes.connect.handler(({ input }) => nodes.get(input.node).connect()),
    disconnect: os.nodes.disconnect.handler(({ input }) => nodes.get(input.node).disconnect()),
    details: os.nodes.details.handler(({ input }) => nodes.get(input.node).details),
    capabilities: os.nodes.capabilities.handler(async ({ input }) => ({
      xml: await nodes.connection(input.node).connection.capabilities(),
    })),
    importable: os.nodes.importable.handler(() =>
      findImportable({ host: platform.host, saved: nodes.saved, nameOf: (uri) => nodes.nameOf(uri) }),
    ),
    import: os.nodes.import.handler(({ input }) => nodes.import(input.entries)),
    exported: os.nodes.exported.handler(() => ({
      text: exportHosts(nodes.saved, ({ name }, why) =>
        log.warn('A host is left out of the exported list', { host: name, why }),
      ),
    })),
    readExport: os.nodes.readExport.handler(({ input }) => ({ hosts: readExport(input.text) })),
  });
}
