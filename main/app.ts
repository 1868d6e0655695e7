import type { Driver } from '../drivers/api/driver.ts';
import { toGuestroomError } from '../drivers/api/errors.ts';
import { drivers as allDrivers } from '../drivers/index.ts';
import { Catalog } from './catalog/catalog.ts';
import { readOsinfo } from './catalog/osinfo.ts';
import { createConsoles } from './consoles/index.ts';
import { Terminals } from './consoles/terminals.ts';
import type { Core } from './core.ts';
import { createLog, type Log, type LogOptions } from './log.ts';
import { Inventory, type InventoryOptions } from './nodes/inventory.ts';
import type { NodeParts } from './nodes/node.ts';
import { Nodes } from './nodes/nodes.ts';
import type { ReachOptions } from './nodes/reach.ts';
import { SavedNodes } from './nodes/saved.ts';
import type { Platform } from './platform.ts';
import { Questions, type QuestionsOptions } from './questions.ts';
import { createRouter, type Router } from './router.ts';
import { Sampler, type SamplerOptions } from './samples/sampler.ts';
import { openSettings } from './settings/settings.ts';
import { Tasks } from './tasks/tasks.ts';
import { OwnPaths } from './transfers/own-paths.ts';
import { Transfers } from './transfers/transfers.ts';

export interface App extends Core {
  /** Answers the contract's calls; a host runs it over its own transport. */
  readonly router: Router;
  /** Ends connections, tasks and consoles. Guests go on. */
  close(): Promise<void>;
}

/** Everything has a default; tests set other paces. */
export interface AppOptions {
  drivers?: readonly Driver[];
  backoff?: NodeParts['backoff'];
  inventory?: InventoryOptions;
  samples?: Pick<SamplerOptions, 'watched' | 'unwatched'>;
  questions?: QuestionsOptions;
  reach?: Pick<ReachOptions, 'sshConfig' | 'timeout'>;
  logLevel?: NonNullable<LogOptions['level']>;
}

/** The core without a window: reads settings and the list of nodes, and begins to connect those that should be. */
export async function createApp(platform: Platform, options: AppOptions = {}): Promise<App> {
  const { host } = platform;
  const log = openLog(host.paths.state, options.logLevel ?? 'info');
  try {
    const [settings, saved] = await Promise.all([openSettings(host, log), SavedNodes.open(host, log)]);
    const inventory = new Inventory(options.inventory);
    const sampler = new Sampler({ ...options.samples, log, attended: () => inventory.readers > 0 });
    inventory.onAttendance(() => sampler.attendance());
    const questions = new Questions(options.questions);
    const nodes = new Nodes({
      host,
      saved,
      inventory,
      sampler,
      log,
      questions,
      secrets: platform.secrets,
      drivers: options.drivers ?? allDrivers,
      ...(options.backoff ? { backoff: options.backoff } : {}),
      ...(options.reach ? { reach: options.reach } : {}),
    });
    const tasks = new Tasks(log);
    const consoles = createConsoles();
    const ownPaths = new OwnPaths(platform);
    let catalog: Promise<Catalog> | undefined;
    const core: Core = {
      platform,
      log,
      settings,
      nodes,
      inventory,
      sampler,
      tasks,
      questions,
      consoles,
      ownPaths,
      transfers: new Transfers({ platform, nodes, tasks, ownPaths }),
      terminals: new Terminals(consoles),
      catalog: () => {
        catalog ??= readOsinfo(host.files, log).then(
          (source) => new Catalog(source),
          (thrown: unknown) => {
            catalog = undefined;
            throw thrown;
          },
        );
        return catalog;
      },
    };
    nodes.start();
    log.info('Guestroom begins', {
      version: platform.version,
      runtime: platform.runtime,
      host: platform.kind,
    });
    let closing: Promise<void> | undefined;
    return {
      ...core,
      router: createRouter(core),
      close: () =>
        (closing ??= (async () => {
          consoles.close();
          questions.close();
          await tasks.close();
          await nodes.close();
          sampler.close();
          inventory.close();
          await Promise.all([settings.close(), saved.close()]);
          log.info('Guestroom ends');
          log.close();
        })()),
    };
  } catch (thrown) {
    log.close();
    throw thrown;
  }
}

/** The first file that is written: where that is not possible nothing else is. */
function openLog(folder: string, level: NonNullable<LogOptions['level']>): Log {
  try {
    return createLog({ folder, level });
  } catch (thrown) {
    const hint = 'Guestroom needs folders that it may write to: set GUESTROOM_HOME to such a one';
    throw toGuestroomError(thrown, { hint });
  }
}
