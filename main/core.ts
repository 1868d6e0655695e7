import type { Catalog } from './catalog/catalog.ts';
import type { Consoles } from './consoles/index.ts';
import type { Terminals } from './consoles/terminals.ts';
import type { Log } from './log.ts';
import type { Inventory } from './nodes/inventory.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { Platform } from './platform.ts';
import type { Questions } from './questions.ts';
import type { Sampler } from './samples/sampler.ts';
import type { SettingsStore } from './settings/settings.ts';
import type { Tasks } from './tasks/tasks.ts';
import type { OwnPaths } from './transfers/own-paths.ts';
import type { Transfers } from './transfers/transfers.ts';

/** What handlers work with. */
export interface Core {
  readonly platform: Platform;
  readonly log: Log;
  readonly settings: SettingsStore;
  readonly nodes: Nodes;
  readonly inventory: Inventory;
  readonly sampler: Sampler;
  readonly tasks: Tasks;
  readonly questions: Questions;
  readonly consoles: Consoles;
  readonly ownPaths: OwnPaths;
  readonly transfers: Transfers;
  readonly terminals: Terminals;
  /** What is known of guest systems; read when it is first asked for. */
  catalog(): Promise<Catalog>;
}
