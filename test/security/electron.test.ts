import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCalls, largestCall } from '../../main/calls.ts';
import { createConsoles } from '../../main/consoles/index.ts';
import { lockNavigation, lockPermissions } from '../../main/electron/lockdown.ts';
import { menuTemplate } from '../../main/electron/menu.ts';
import { servePort } from '../../main/electron/ports.ts';
import { isOwnPage, servePage } from '../../main/electron/scheme.ts';
import { createSecrets, type SecretStore } from '../../main/electron/secrets.ts';
import { openWindow } from '../../main/electron/window.ts';
import { placeOnScreen } from '../../main/electron/window-place.ts';
import { DesktopWindows } from '../../main/electron/windows.ts';
import { contentSecurityPolicy } from '../../main/page.ts';
import {
  app,
  BrowserWindow,
  FakeFrame,
  FakeSafeStorage,
  FakeSession,
  FakeWebContents,
  portPair,
  protocol,
} from '../fakes/electron.ts';
import { smallRouter } from '../main/web/host.ts';

type Events = Parameters<typeof lockNavigation>[0];
type Session = Parameters<typeof lockPermissions>[0];
type Contents = Parameters<NonNullable<FakeSession['request']>>[0];

afterEach(() => {
  BrowserWindow.open.splice(0);
  app.removeAllListeners();
  app.isPackaged = false;
});

describe('row 1: windows', () => {
  it('are closed off from Node and from the network', () => {
    openWindow({ preload: '/preload.cjs', failed: () => undefined });
    expect(BrowserWindow.open[0]?.options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      devTools: true,
    });
  });
});

describe('row 2: the page', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'guestroom-page-'));
    mkdirSync(join(folder, 'page'));
    writeFileSync(join(folder, 'page', 'index.html'), '<!doctype html>');
    writeFileSync(join(folder, 'secret.txt'), 'not for anybody');
    servePage(protocol as unknown as Parameters<typeof servePage>[0], join(folder, 'page'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const get = async (url: string) => {
    const response = await protocol.handlers.get('app')?.(new Request(url));
    if (response === undefined) throw new Error('nothing answers app://');
    return response;
  };

  it('comes from app:// with its policy', async () => {
    const page = await get('app://guestroom/#/host/test');
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html>']);
    expect(page.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  it.each([
    'app://guestroom/../secret.txt',
    'app://guestroom/%2e%2e/secret.txt',
    'app://guestroom/..%2fsecret.txt',
    'app://guestroom/..%5csecret.txt',
    'app://guestroom//etc/passwd',
    'app://guestroom/index.html%00',
    'app://evil/index.html',
    'app://guestroom.evil/index.html',
    'app://guestroom:1/index.html',
    'app://user@guestroom/index.html',
    'app://guestroom/missing.js',
  ])('answers 404 to %s', async (url) => {
    // a Request refuses user information by itself; Electron's does not
    const request = { url } as Request;
    const answer = await protocol.handlers.get('app')?.(request);
    expect(answer?.status).toBe(404);
    expect(answer?.headers.get('content-security-policy')).toBe(contentSecurityPolicy);
  });

  it.each([
    'file:///index.html',
    'https://guestroom/',
    'app://guestroom.example/',
    'app:guestroom',
    'about:blank',
    'data:text/html,app://guestroom/',
    '',
  ])('is not mistaken for %j', (url) => {
    expect(isOwnPage(url)).toBe(false);
  });
});

describe('row 6: the port', () => {
  const ask = (change: (event: Record<'sender' | 'senderFrame', unknown> & { ports: unknown[] }) => void) => {
    const [page, port] = portPair();
    const closed = vi.fn();
    port.on('close', closed);
    const windows = new DesktopWindows({
      preload: '/preload.cjs',
      calls: createCalls(smallRouter()),
      consoles: createConsoles(),
      place: () => undefined,
      savePlace: () => undefined,
      failed: () => undefined,
    });
    windows.showMain();
    const contents = BrowserWindow.open[0]?.webContents ?? new FakeWebContents();
    const event = {
      ports: [port] as unknown[],
      sender: contents as unknown,
      senderFrame: contents.mainFrame as unknown,
    };
    change(event);
    windows.connect(event as unknown as Parameters<DesktopWindows['connect']>[0]);
    return { page, port };
  };
  const refused = async (change: Parameters<typeof ask>[0]) => {
    const { page } = ask(change);
    await new Promise((resolve) => page.once('close', resolve));
  };

  it('is given to the main frame of our own page', () => {
    const { page, port } = ask(() => undefined);
    expect(port.listenerCount('message')).toBe(1);
    page.close();
  });

  it('is refused to a frame inside the page', () =>
    refused((event) => {
      const contents = event.sender as FakeWebContents;
      event.senderFrame = new FakeFrame(contents, contents.mainFrame);
    }));

  it('is refused to a frame that is gone', () =>
    refused((event) => {
      event.senderFrame = null;
    }));

  it.each(['about:blank', 'https://guestroom/', 'app://guestroom.evil/', 'file:///app://guestroom/'])(
    'is refused to a page at %s',
    (url) =>
      refused((event) => {
        (event.sender as FakeWebContents).mainFrame.ownUrl = url;
      }),
  );

  it('is refused to contents that are none of our windows', () =>
    refused((event) => {
      const stranger = new FakeWebContents();
      stranger.url = 'app://guestroom/';
      event.sender = stranger;
      event.senderFrame = stranger.mainFrame;
    }));
});

describe('row 7: calls', () => {
  const serve = () => {
    const [page, port] = portPair();
    servePort(port, createCalls(smallRouter()), createConsoles());
    const { port1, port2 } = new MessageChannel();
    page.postMessage('rpc', [port2 as never]);
    return { page, calls: port1 };
  };
  const answer = (calls: MessagePort, message: unknown): Promise<unknown> =>
    new Promise((resolve) => {
      calls.addEventListener('message', (event) => {
        resolve(JSON.parse((event as MessageEvent<string>).data));
      });
      calls.addEventListener('close', () => {
        resolve('closed');
      });
      calls.start();
      calls.postMessage(message);
    });
  const call = (path: string) => JSON.stringify({ i: '1', p: { u: path, b: { json: { text: 'x' } } } });

  it('are answered by their name', async () => {
    const { page, calls } = serve();
    expect(await answer(calls, call('/echo'))).toMatchObject({ p: { b: { json: { text: 'x' } } } });
    page.close();
  });

  it.each([
    '/constructor',
    '/__proto__',
    '/toString',
    '/echo/constructor',
    '/hasOwnProperty',
    '/',
    '/echo/~orpc',
  ])('are refused by the name %s', async (path) => {
    const { page, calls } = serve();
    expect(await answer(calls, call(path))).toMatchObject({ p: { s: 404 } });
    page.close();
  });

  it.each([
    ['a message that is no text', { u: '/echo' }],
    ['bytes', new Uint8Array(3)],
    ['too much at once', ' '.repeat(largestCall + 1)],
  ])('end with %s, and main goes on', async (_what, message) => {
    const { page, calls } = serve();
    expect(await answer(calls, message)).toBe('closed');
    page.close();
  });

  it('may be no JSON: main says so and goes on', async () => {
    const complain = vi.spyOn(console, 'error').mockReturnValue();
    const { page, calls } = serve();
    calls.postMessage('{"i":');
    calls.postMessage('[]');
    expect(await answer(calls, call('/echo'))).toMatchObject({ p: { b: { json: { text: 'x' } } } });
    expect(complain).toHaveBeenCalled();
    complain.mockRestore();
    page.close();
  });

  it('come only over ports that say what they are for', async () => {
    const [page, port] = portPair();
    servePort(port, createCalls(smallRouter()), createConsoles());
    const { port1, port2 } = new MessageChannel();
    const closed = new Promise((resolve) => {
      port1.addEventListener('close', resolve);
    });
    port1.start();
    page.postMessage('shell', [port2 as never]);
    await closed;
    page.close();
  });
});

describe('row 8: navigation', () => {
  it('is prevented for every page that is ever made', () => {
    lockNavigation(app as unknown as Events);
    const contents = new FakeWebContents();
    app.emit('web-contents-created', {}, contents);
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      const preventDefault = vi.fn();
      contents.emit(name, { preventDefault });
      expect(preventDefault, name).toHaveBeenCalledOnce();
    }
    const details = { url: 'https://evil.example/' } as Parameters<
      NonNullable<typeof contents.openHandler>
    >[0];
    expect(contents.openHandler?.(details)).toEqual({ action: 'deny' });
  });
});

describe('row 10: permissions', () => {
  const session = new FakeSession();
  const contents = new FakeWebContents();
  beforeEach(() => {
    lockPermissions(session as unknown as Session);
    contents.url = 'app://guestroom/#/host/test';
  });
  const check = (permission: string) =>
    session.check?.(contents as unknown as Contents, permission as never, 'app://guestroom', {} as never);
  const request = (permission: string) => {
    let granted: boolean | undefined;
    session.request?.(
      contents as unknown as Contents,
      permission as never,
      (answer) => (granted = answer),
      {} as never,
    );
    return granted;
  };

  it.each(['clipboard-sanitized-write', 'fullscreen', 'pointerLock'])(
    'allow %s to our page',
    (permission) => {
      expect([check(permission), request(permission)]).toEqual([true, true]);
      contents.url = 'https://evil.example/';
      expect([check(permission), request(permission)]).toEqual([false, false]);
    },
  );

  it.each([
    'clipboard-read',
    'media',
    'geolocation',
    'notifications',
    'midi',
    'openExternal',
    'usb',
    'unknown',
  ])('refuse %s', (permission) => {
    expect([check(permission), request(permission)]).toEqual([false, false]);
  });

  it('give no device and no picture of the screen', () => {
    expect(session.device?.({} as never)).toBe(false);
    const answer = vi.fn();
    session.display?.({} as never, answer);
    expect(answer).toHaveBeenCalledWith(null);
  });
});

describe('row 11: certificates', () => {
  it('that are wrong are never accepted by a page', () => {
    lockNavigation(app as unknown as Events);
    const preventDefault = vi.fn();
    const answer = vi.fn();
    app.emit('certificate-error', { preventDefault }, {}, 'https://x/', 'error', {}, answer);
    expect(preventDefault).toHaveBeenCalledOnce();
    expect(answer).toHaveBeenCalledWith(false);
  });
});

describe('row 13: packaged builds', () => {
  it('have neither developer tools nor reload', () => {
    app.isPackaged = true;
    openWindow({ preload: '/preload.cjs', failed: () => undefined });
    expect(BrowserWindow.open[0]?.options.webPreferences?.devTools).toBe(false);
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      expect(JSON.stringify(menuTemplate(platform, true))).not.toMatch(/reload|devtools/i);
      expect(JSON.stringify(menuTemplate(platform, false))).toMatch(/reload/);
    }
  });
});

describe('row 14: secrets', () => {
  const memory = (): SecretStore & { kept: Record<string, string> } => {
    const kept: Record<string, string> = {};
    return {
      kept,
      read: () => Promise.resolve(kept),
      write: (name, encrypted) => {
        if (encrypted === undefined) Reflect.deleteProperty(kept, name);
        else kept[name] = encrypted;
        return Promise.resolve();
      },
    };
  };

  it('are kept encrypted and come back', async () => {
    const store = memory();
    const secrets = await createSecrets(new FakeSafeStorage(), 'linux', store);
    expect(secrets.unavailable).toBeUndefined();
    await secrets.set('node', 'geheim');
    expect(JSON.stringify(store.kept)).not.toContain('geheim');
    expect(await secrets.get('node')).toBe('geheim');
    expect(await secrets.get('constructor')).toBeUndefined();
    await secrets.remove('node');
    expect(await secrets.get('node')).toBeUndefined();
  });

  it('are encrypted anew when the system has a new key', async () => {
    const storage = new FakeSafeStorage();
    const store = memory();
    const secrets = await createSecrets(storage, 'darwin', store);
    await secrets.set('node', 'geheim');
    storage.shouldReEncrypt = true;
    const encrypt = vi.spyOn(storage, 'encryptStringAsync');
    expect(await secrets.get('node')).toBe('geheim');
    expect(encrypt).toHaveBeenCalledWith('geheim');
  });

  it.each(['basic_text', 'unknown'] as const)(
    'are not kept where the key lies open (%s)',
    async (backend) => {
      const storage = new FakeSafeStorage();
      storage.backend = backend;
      const store = memory();
      const secrets = await createSecrets(storage, 'linux', store);
      expect(secrets.unavailable).toContain('no key store');
      await expect(secrets.set('node', 'geheim')).rejects.toMatchObject({ code: 'unsupported' });
      expect(store.kept).toEqual({});
      expect(await secrets.get('node')).toBeUndefined();
    },
  );

  it('are not kept where encryption is not available', async () => {
    const storage = new FakeSafeStorage();
    storage.available = false;
    const secrets = await createSecrets(storage, 'win32', memory());
    await expect(secrets.set('node', 'geheim')).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('the place of the window', () => {
  const screens = [
    { x: 0, y: 0, width: 1920, height: 1080 },
    { x: 1920, y: 0, width: 1280, height: 1024 },
  ];
  const at = (x: number, y: number, width = 1280, height = 800) => ({
    bounds: { x, y, width, height },
    maximized: false,
  });

  it('is the old one while a screen shows it', () => {
    expect(placeOnScreen(at(100, 50), screens)).toEqual(at(100, 50));
    expect(placeOnScreen(at(2000, 10), screens)?.bounds.x).toBe(2000);
  });

  it('is left to the system when its screen is gone', () => {
    expect(placeOnScreen(at(2000, 10), screens.slice(0, 1))).toBeUndefined();
    expect(placeOnScreen(at(1900, 10), screens.slice(0, 1))).toBeUndefined();
    expect(placeOnScreen(at(10, 1070), screens)).toBeUndefined();
    expect(placeOnScreen(at(10, -500), screens)).toBeUndefined();
    expect(placeOnScreen(undefined, screens)).toBeUndefined();
  });

  it('is never larger than the screen', () => {
    expect(placeOnScreen(at(0, 0, 4000, 3000), screens)?.bounds).toMatchObject({ width: 1920, height: 1080 });
  });
});
