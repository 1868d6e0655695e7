import type { Core } from './core.ts';
import { appHandlers } from './handlers/app.ts';
import { consolesHandlers } from './handlers/consoles.ts';
import { domainsHandlers } from './handlers/domains.ts';
import { inventoryHandlers, questionsHandlers, samplesHandlers, tasksHandlers } from './handlers/feeds.ts';
import { createImplementer } from './handlers/implementer.ts';
import { nodesHandlers } from './handlers/nodes.ts';
import { provisionHandlers } from './handlers/provision.ts';
import { settingsHandlers } from './handlers/settings.ts';
import { transfersHandlers } from './handlers/transfers.ts';
import { volumesHandlers } from './handlers/volumes.ts';

/** The whole contract, answered. */
export function createRouter(core: Core) {
  const os = createImplementer(core.log);
  return os.router({
    app: appHandlers(os, core),
    settings: settingsHandlers(os, core),
    nodes: nodesHandlers(os, core),
    inventory: inventoryHandlers(os, core),
    samples: samplesHandlers(os, core),
    domains: domainsHandlers(os, core),
    consoles: consolesHandlers(os, core),
    volumes: volumesHandlers(os, core),
    transfers: transfersHandlers(os, core),
    provision: provisionHandlers(os, core),
    tasks: tasksHandlers(os, core),
    questions: questionsHandlers(os, core),
  });
}
export type Router = ReturnType<typeof createRouter>;
