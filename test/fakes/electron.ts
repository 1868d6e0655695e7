import type * as Electron from 'electron';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/**
 * Electron as far as the Electron host uses it, for tests under plain Node. Every part is held against Electron's own
 * declarations (`implements Pick<…>`), so it cannot drift from them; events alone go by name, through Node's emitter.
 */

export class FakeMessagePortMain extends EventEmitter {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    // MessagePortMain hands over an event with data and ports, and waits for start()
    port.addEventListener('message', (event) => {
      const { data, ports } = event as unknown as { data: unknown; ports: MessagePort[] };
      this.emit('message', { data, ports: ports.map((passed) => new FakeMessagePortMain(passed)) });
    });
    port.on('close', () => this.emit('close'));
  }

  postMessage(message: unknown): void {
    this.#port.postMessage(message);
  }

  start(): void {
    this.#port.start();
  }

  close(): void {
    this.#port.close();
  }
}

class FakeApp
  extends EventEmitter
  implements
    Pick<
      Electron.App,
      | 'isPackaged'
      | 'whenReady'
      | 'quit'
      | 'exit'
      | 'setPath'
      | 'getVersion'
      | 'getLocale'
      | 'requestSingleInstanceLock'
    >
{
  isPackaged = false;
  locale = 'en-GB';
  readonly paths: Record<string, string> = {};
  /** What the next instance is told. */
  lock = true;
  /** How often the program would have ended by now. */
  ends = 0;
  exitCode: number | undefined;

  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  /** As Electron: asks will-quit first, whose listeners may hold it back. */
  quit(): void {
    let prevented = false;
    this.emit('will-quit', { preventDefault: () => (prevented = true) });
    if (prevented) return;
    this.ends += 1;
    this.emit('quit');
  }

  exit(exitCode?: number): void {
    this.exitCode = exitCode ?? 0;
    this.emit('quit');
  }

  setPath(name: string, path: string): void {
    this.paths[name] = path;
  }

  getVersion(): string {
    return '1.2.3';
  }

  getLocale(): string {
    return this.locale;
  }

  requestSingleInstanceLock(): boolean {
    return this.lock;
  }
}
export const app = new FakeApp();

export class FakeWebContents
  extends EventEmitter
  implements Pick<Electron.WebContents, 'getURL' | 'setWindowOpenHandler'>
{
  url = 'about:blank';
  openHandler: ((details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse) | undefined;
  readonly mainFrame = new FakeFrame(this, null);

  getURL(): string {
    return this.url;
  }

  setWindowOpenHandler(
    handler: (details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse,
  ): void {
    this.openHandler = handler;
  }
}

export class FakeFrame {
  readonly parent: FakeFrame | null;
  readonly #contents: FakeWebContents;
  /** Set where the frame shows something else than its contents' address. */
  ownUrl: string | undefined;

  constructor(contents: FakeWebContents, parent: FakeFrame | null) {
    this.#contents = contents;
    this.parent = parent;
  }

  get url(): string {
    return this.ownUrl ?? this.#contents.url;
  }
}

export class BrowserWindow
  extends EventEmitter
  implements
    Pick<
      Electron.BrowserWindow,
      | 'loadURL'
      | 'show'
      | 'focus'
      | 'close'
      | 'maximize'
      | 'isMaximized'
      | 'isMinimized'
      | 'restore'
      | 'getNormalBounds'
    >
{
  /** Those that are open. */
  static readonly open: BrowserWindow[] = [];
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents = new FakeWebContents();
  shown = false;
  focused = 0;
  minimized = false;
  maximized = false;
  bounds: Electron.Rectangle;

  static getFocusedWindow(): null {
    return null;
  }

  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.bounds = {
      x: options.x ?? 40,
      y: options.y ?? 40,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    BrowserWindow.open.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }

  loadURL(url: string): Promise<void> {
    this.webContents.url = url;
    queueMicrotask(() => this.emit('ready-to-show'));
    return Promise.resolve();
  }

  show(): void {
    this.shown = true;
    this.emit('show');
  }

  focus(): void {
    this.focused += 1;
  }

  close(): void {
    this.emit('close', { preventDefault: () => undefined });
    BrowserWindow.open.splice(BrowserWindow.open.indexOf(this), 1);
    this.emit('closed');
    if (BrowserWindow.open.length === 0) app.emit('window-all-closed');
  }

  maximize(): void {
    this.maximized = true;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  restore(): void {
    this.minimized = false;
  }

  getNormalBounds(): Electron.Rectangle {
    return this.bounds;
  }
}

class FakeProtocol implements Pick<Electron.Protocol, 'registerSchemesAsPrivileged' | 'handle'> {
  schemes: Electron.CustomScheme[] = [];
  readonly handlers = new Map<string, (request: Request) => Response | Promise<Response>>();

  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]): void {
    this.schemes = schemes;
  }

  handle(scheme: string, handler: (request: Request) => Response | Promise<Response>): void {
    this.handlers.set(scheme, handler);
  }
}
export const protocol = new FakeProtocol();

type Handlers = Pick<
  Electron.Session,
  | 'setPermissionRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
>;
type Given<Name extends keyof Handlers> = Parameters<Handlers[Name]>[0] | undefined;

export class FakeSession implements Handlers {
  request: Given<'setPermissionRequestHandler'>;
  check: Given<'setPermissionCheckHandler'>;
  device: Given<'setDevicePermissionHandler'>;
  display: Given<'setDisplayMediaRequestHandler'>;

  setPermissionRequestHandler(handler: Parameters<Handlers['setPermissionRequestHandler']>[0]): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: Parameters<Handlers['setPermissionCheckHandler']>[0]): void {
    this.check = handler;
  }

  setDevicePermissionHandler(handler: Parameters<Handlers['setDevicePermissionHandler']>[0]): void {
    this.device = handler;
  }

  setDisplayMediaRequestHandler(handler: Parameters<Handlers['setDisplayMediaRequestHandler']>[0]): void {
    this.display = handler;
  }
}
export const session = { defaultSession: new FakeSession() };

type Storage = Pick<
  Electron.SafeStorage,
  'isAsyncEncryptionAvailable' | 'getSelectedStorageBackend' | 'encryptStringAsync' | 'decryptStringAsync'
>;

export class FakeSafeStorage implements Storage {
  available = true;
  backend: ReturnType<Storage['getSelectedStorageBackend']> = 'gnome_libsecret';
  shouldReEncrypt = false;

  isAsyncEncryptionAvailable(): Promise<boolean> {
    return Promise.resolve(this.available);
  }

  getSelectedStorageBackend(): ReturnType<Storage['getSelectedStorageBackend']> {
    return this.backend;
  }

  encryptStringAsync(plainText: string): Promise<Buffer> {
    return Promise.resolve(Buffer.from(plainText).map((byte) => byte ^ 0x5a) as Buffer);
  }

  decryptStringAsync(encrypted: Buffer): Promise<Electron.DecryptStringAsyncReturnValue> {
    const { shouldReEncrypt } = this;
    return Promise.resolve({
      result: Buffer.from(encrypted.map((byte) => byte ^ 0x5a)).toString(),
      shouldReEncrypt,
    });
  }
}
export const safeStorage = new FakeSafeStorage();

/** The computer's sleep, told by emitting `resume`. */
export const powerMonitor = new EventEmitter();

/** What main listens to. */
export const ipcMain = new EventEmitter();

/** The window's side, as the preload has it: messages arrive at main as coming from `sender`. */
class FakeIpcRenderer implements Pick<Electron.IpcRenderer, 'postMessage'> {
  sender: FakeWebContents | undefined;
  frame: FakeFrame | null | undefined;

  postMessage(channel: string, _message: unknown, transfer?: globalThis.MessagePort[]): void {
    const ports = (transfer ?? []).map((port) => new FakeMessagePortMain(port as unknown as MessagePort));
    const frame = this.frame === undefined ? this.sender?.mainFrame : this.frame;
    ipcMain.emit(channel, { ports, sender: this.sender, senderFrame: frame });
  }
}
export const ipcRenderer = new FakeIpcRenderer();

export const opened: string[] = [];
export const shell = {
  openExternal(url: string): Promise<void> {
    opened.push(url);
    return Promise.resolve();
  },
} satisfies Pick<Electron.Shell, 'openExternal'>;

export const chosen: { answer: Electron.OpenDialogReturnValue; asked: Electron.OpenDialogOptions[] } = {
  answer: { canceled: true, filePaths: [] },
  asked: [],
};
export const saved = {
  answer: { canceled: true, filePath: '' } as Electron.SaveDialogReturnValue,
  asked: [] as Electron.SaveDialogOptions[],
};
export const messages = { answer: 0, asked: [] as Electron.MessageBoxSyncOptions[] };
export const dialog = {
  showMessageBoxSync(_window: BrowserWindow, options: Electron.MessageBoxSyncOptions): number {
    messages.asked.push(options);
    return messages.answer;
  },
  showOpenDialog(options: Electron.OpenDialogOptions): Promise<Electron.OpenDialogReturnValue> {
    chosen.asked.push(options);
    return Promise.resolve(chosen.answer);
  },
  showSaveDialog(options: Electron.SaveDialogOptions): Promise<Electron.SaveDialogReturnValue> {
    saved.asked.push(options);
    return Promise.resolve(saved.answer);
  },
};

export const menus: Electron.MenuItemConstructorOptions[][] = [];
export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu(menu: Electron.MenuItemConstructorOptions[]): void {
    menus.push(menu);
  },
};

export const nativeTheme = { shouldUseDarkColors: false } satisfies Pick<
  Electron.NativeTheme,
  'shouldUseDarkColors'
>;

export const displays: Pick<Electron.Display, 'workArea'>[] = [
  { workArea: { x: 0, y: 0, width: 1920, height: 1080 } },
];
export const screen = { getAllDisplays: () => displays };

/** Two ends: one for the page, one as main gets it. */
export function portPair(): [MessagePort, FakeMessagePortMain] {
  const { port1, port2 } = new MessageChannel();
  return [port1, new FakeMessagePortMain(port2)];
}
