import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  app,
  BrowserWindow,
  ipcRenderer,
  menus,
  messages,
  opened,
  powerMonitor,
  protocol,
  saved,
  session,
} from '../../fakes/electron.ts';
import { connect, type Client } from '../../../renderer/client/index.ts';
import { Page } from './page.ts';

// the real entry, the real preload and the real client; Electron alone is the fake

let folder = '';
let client: Client;
const window = (): BrowserWindow => {
  const [first] = BrowserWindow.open;
  if (first === undefined) throw new Error('no window is open');
  return first;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-entry-'));
  for (const name of ['DATA', 'CONFIG', 'STATE', 'CACHE']) {
    vi.stubEnv(`XDG_${name}_HOME`, join(folder, name.toLowerCase()));
  }
  vi.stubEnv('XDG_RUNTIME_DIR', join(folder, 'run'));
  vi.stubEnv('HOME', folder);
  const created = once(app, 'web-contents-created');
  await import('../../../main/electron/main.ts');
  await created;
  new Page().install();
  ipcRenderer.sender = window().webContents;
  await import('../../../preload/index.ts');
  client = await connect();
});
afterAll(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

describe('the Electron host', () => {
  it('shows one window with our own page', async () => {
    expect(BrowserWindow.open).toHaveLength(1);
    expect(window().webContents.url).toBe('app://guestroom/');
    if (!window().shown) await once(window(), 'show');
    expect(menus).toHaveLength(1);
    expect(protocol.schemes).toEqual([
      expect.objectContaining({
        scheme: 'app',
        privileges: expect.objectContaining({ standard: true, secure: true }) as unknown,
      }),
    ]);
    expect(app.paths['userData']).toBe(join(folder, 'state', 'guestroom', 'electron'));
  });

  it('answers the window’s calls over its port', async () => {
    const info = await client.rpc.app.info();
    expect(info).toMatchObject({
      name: 'Guestroom',
      version: '1.2.3',
      host: 'electron',
      dialogs: true,
      windows: true,
    });
  });

  it('streams a feed to the window', async () => {
    const ended = new AbortController();
    const feed = await client.rpc.settings.watch(undefined, { signal: ended.signal });
    for await (const { settings } of feed) {
      expect(settings.theme).toBe('system');
      break;
    }
    ended.abort();
  });

  it('refuses wrong arguments and unknown calls with errors that say so', async () => {
    await expect(client.rpc.nodes.remove({ node: 'NOT AN ID' })).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    const app = client.rpc.app as unknown as Record<string, () => Promise<unknown>>;
    await expect(app['quit']?.()).rejects.toMatchObject({ code: 'unsupported' });
  });

  it('says why a ticket is refused, over the byte channel itself', async () => {
    await expect(client.readBytes('no-such-ticket')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('opens a route in a window of its own, once', async () => {
    const uuid = '8a3d5f0e-6f6f-4b0c-9a62-0123456789ab';
    await client.rpc.app.openWindow({ route: `/vm/test/${uuid}` });
    const [, detached] = BrowserWindow.open;
    expect(detached?.webContents.url).toBe(`app://guestroom/#/vm/test/${uuid}`);
    await client.rpc.app.openWindow({ route: `/vm/test/${uuid}` });
    expect(BrowserWindow.open).toHaveLength(2);
    expect(detached?.focused).toBe(1);
    detached?.close();
    expect(BrowserWindow.open).toHaveLength(1);
  });

  it('opens only links of its own in the system’s browser', async () => {
    await client.rpc.app.openLink({ link: 'licence' });
    expect(opened).toEqual(['https://www.apache.org/licenses/LICENSE-2.0']);
    const open = client.rpc.app.openLink as unknown as (input: { link: string }) => Promise<void>;
    await expect(open({ link: 'https://evil.example/' })).rejects.toMatchObject({ code: 'invalid_argument' });
    expect(opened).toHaveLength(1);
  });

  it('asks where a new file goes by the system’s own dialog', async () => {
    const ask = () => client.rpc.app.chooseTarget({ name: 'back.iso', title: 'Save as' });
    expect(await ask()).toEqual({ path: null });
    saved.answer = { canceled: false, filePath: '/downloads/back.iso' };
    expect(await ask()).toEqual({ path: '/downloads/back.iso' });
    expect(saved.asked[1]).toEqual({
      title: 'Save as',
      defaultPath: 'back.iso',
      properties: ['showOverwriteConfirmation'],
    });
  });

  it('asks before a window with something unsaved is closed, in the system’s language', () => {
    const close = (): boolean => {
      let closes = false;
      window().webContents.emit('will-prevent-unload', { preventDefault: () => (closes = true) });
      return closes;
    };
    expect(close()).toBe(false);
    expect(messages.asked.at(-1)).toMatchObject({ message: 'Close without saving?', cancelId: 0 });
    app.locale = 'zh-CN';
    messages.answer = 1;
    expect(close()).toBe(true);
    expect(messages.asked.at(-1)?.buttons).toEqual(['继续编辑', '不保存并关闭']);
    app.locale = 'en-GB';
    messages.answer = 0;
  });

  it('begins anew with hosts that wait as soon as the computer wakes up', async () => {
    const { node } = await client.rpc.nodes.add({ uri: 'qemu+tcp://127.0.0.1:9/system', name: 'Asleep' });
    const waits: number[] = [];
    const ended = new AbortController();
    const feed = await client.rpc.inventory.watch(undefined, { signal: ended.signal });
    for await (const { events } of feed) {
      for (const event of events) {
        if (event.kind !== 'node' || event.node.id !== node || event.node.state !== 'waiting') continue;
        waits.push((event.node.retryAt ?? 0) - Date.now());
        powerMonitor.emit('resume');
      }
      if (waits.length > 1) break;
    }
    ended.abort();
    // a second attempt of its own would double the wait
    expect(waits[1]).toBeLessThanOrEqual(1000);
    await client.rpc.nodes.remove({ node });
  });

  it('brings its window to the front when it is started a second time', () => {
    window().minimized = true;
    app.emit('second-instance');
    expect(window().minimized).toBe(false);
    expect(window().focused).toBe(1);
    expect(BrowserWindow.open).toHaveLength(1);
  });

  it('locks the session before anything is shown', () => {
    expect(session.defaultSession.request).toBeDefined();
    expect(session.defaultSession.check).toBeDefined();
    expect(session.defaultSession.device).toBeDefined();
    expect(session.defaultSession.display).toBeDefined();
  });

  it('remembers where its window stood, and ends when the last one is closed', async () => {
    const ended = once(app, 'quit');
    window().bounds = { x: 100, y: 60, width: 1400, height: 900 };
    window().close();
    await ended;
    expect(app.ends).toBe(1);
    const file = join(folder, 'state', 'guestroom', 'window.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      main: { bounds: { x: 100, y: 60, width: 1400, height: 900 }, maximized: false },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await expect(client.rpc.app.info()).rejects.toMatchObject({ code: 'lost' });
  });
});
