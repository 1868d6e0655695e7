import { createRouterClient, type RouterClient } from '@orpc/server';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, type AppOptions, createApp } from '../../main/app.ts';
import { createLocalHost } from '../../main/nodes/local-host.ts';
import type { Platform } from '../../main/platform.ts';
import type { Router } from '../../main/router.ts';

export interface AppInFolder {
  app: App;
  client: RouterClient<Router>;
  folder: string;
  opened: string[];
  /** Closes the app and opens it anew in the same folder. */
  again(): Promise<void>;
  end(): Promise<void>;
}

/** A whole app without a window, in a folder of its own. */
export async function appInFolder(
  options: AppOptions & { platform?: Partial<Platform> } = {},
): Promise<AppInFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'guestroom-app-'));
  const opened: string[] = [];
  const { platform: more, ...appOptions } = options;
  const platform: Platform = {
    kind: 'browser',
    version: '1.2.3',
    runtime: 'Node',
    host: createLocalHost({ env: { ...process.env, GUESTROOM_HOME: folder } }),
    openExternal: (url) => {
      opened.push(url);
      return Promise.resolve();
    },
    notices: () => Promise.resolve('notices'),
    ...more,
  };
  const make = async (): Promise<Pick<AppInFolder, 'app' | 'client'>> => {
    const app = await createApp(platform, { logLevel: 'debug', ...appOptions });
    return { app, client: createRouterClient(app.router) };
  };
  const self: AppInFolder = {
    ...(await make()),
    folder,
    opened,
    async again() {
      await self.app.close();
      Object.assign(self, await make());
    },
    async end() {
      await self.app.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return self;
}

/** Waits for a condition, with a deadline. */
export async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error('the condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
