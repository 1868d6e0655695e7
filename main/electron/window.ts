import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { pageOrigin } from './scheme.ts';
import { askBeforeUnload } from './unsaved.ts';
import { placeOnScreen, type WindowPlace } from './window-place.ts';

export interface WindowOptions {
  /** Path of the built preload. */
  preload: string;
  /** One of the window's own routes; without it the main window. */
  route?: string;
  /** Where it stood last time. */
  place?: WindowPlace | undefined;
  /** Told when the page could not be loaded. */
  failed: (error: unknown) => void;
}

const smallest = { width: 720, height: 480 };
const ordinary = { width: 1280, height: 800 };
const detached = { width: 960, height: 720 };

/** The only place that makes windows: every one of them is closed off in the same way. Shown when it is drawn. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const size = options.route === undefined ? ordinary : detached;
  const place = placeOnScreen(
    options.place,
    screen.getAllDisplays().map((display) => display.workArea),
  );
  const window = new BrowserWindow({
    ...size,
    ...place?.bounds,
    minWidth: smallest.width,
    minHeight: smallest.height,
    show: false,
    title: 'Guestroom',
    autoHideMenuBar: true,
    // the main page leaves room for the window's buttons in its sidebar; a page alone has none to leave
    ...(process.platform === 'darwin' && options.route === undefined
      ? ({ titleBarStyle: 'hiddenInset' } as const)
      : {}),
    // the page's own ground, so that nothing flashes before it is drawn
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#15171b' : '#f3f4f6',
    webPreferences: {
      preload: options.preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  askBeforeUnload(window);
  if (place?.maximized) window.maximize();
  window.once('ready-to-show', () => {
    window.show();
  });
  window
    .loadURL(`${pageOrigin}/${options.route === undefined ? '' : `#${options.route}`}`)
    .catch(options.failed);
  return window;
}

/** Where it stands now, in its normal size. */
export function placeOf(window: BrowserWindow): WindowPlace {
  return { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
}
