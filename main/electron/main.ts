import { app, ipcMain, Menu, powerMonitor, protocol, safeStorage, session, shell } from 'electron';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GuestroomError } from '../../drivers/api/errors.ts';
import { channel } from '../../preload/bridge.ts';
import { createApp } from '../app.ts';
import { createCalls } from '../calls.ts';
import { isOwnLink } from '../links.ts';
import { createViewer } from '../consoles/viewer.ts';
import { createLocalHost } from '../nodes/local-host.ts';
import type { Platform } from '../platform.ts';
import { openPlaces, openSecretStore } from './desktop-files.ts';
import { dialogs } from './dialogs.ts';
import { lockNavigation, lockPermissions } from './lockdown.ts';
import { menuTemplate } from './menu.ts';
import { pageScheme, servePage } from './scheme.ts';
import { createSecrets } from './secrets.ts';
import { DesktopWindows } from './windows.ts';

/** The Electron host: composes the core and shows windows. Its parts lie beside it; what they do is tested without Electron. */

const built = join(import.meta.dirname, '..');
const host = createLocalHost();
// beside our own state, not in a folder of its own; the lock of the single instance lies there, too
app.setPath('userData', join(host.paths.state, 'electron'));
protocol.registerSchemesAsPrivileged([pageScheme]);
lockNavigation(app);

async function run(): Promise<void> {
  await app.whenReady();
  lockPermissions(session.defaultSession);
  servePage(protocol, join(built, 'renderer'));
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, app.isPackaged)));

  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const places = await openPlaces(host, warn);
  const store = await openSecretStore(host, warn);
  const platform: Platform = {
    kind: 'electron',
    version: app.getVersion(),
    runtime: `Electron ${process.versions.electron}`,
    host,
    viewer: createViewer(host),
    dialogs,
    windows: {
      open: (route) => {
        windows.show(route);
        return Promise.resolve();
      },
    },
    secrets: await createSecrets(safeStorage, process.platform, store),
    async openExternal(url) {
      if (!isOwnLink(url)) throw new GuestroomError('denied', 'Only pages of Guestroom are opened');
      await shell.openExternal(url);
    },
    notices: () => readFile(join(built, 'third-party-notices.txt'), 'utf8'),
  };
  const core = await createApp(platform);
  for (const message of warnings) core.log.warn(message);

  const windows = new DesktopWindows({
    preload: join(import.meta.dirname, 'preload.cjs'),
    calls: createCalls(core.router),
    consoles: core.consoles,
    place: () => places.value.main,
    savePlace: (main) => {
      places
        .update(() => ({ main }))
        .catch((error: unknown) => core.log.warn('window place not saved', { error }));
    },
    failed: (error) => {
      core.log.error('the page could not be loaded', { error });
    },
  });
  ipcMain.on(channel, (event) => {
    windows.connect(event);
  });
  powerMonitor.on('resume', () => {
    core.nodes.woke();
  });
  app.on('second-instance', () => {
    windows.showMain();
  });
  app.on('activate', () => {
    windows.showMain();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed) return;
    event.preventDefault();
    void Promise.allSettled([core.close(), places.close(), store.close()]).then(() => {
      closed = true;
      app.quit();
    });
  });
  windows.showMain();
}

if (app.requestSingleInstanceLock()) {
  run().catch((error: unknown) => {
    process.stderr.write(
      `Guestroom could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    app.exit(1);
  });
} else {
  app.quit();
}
