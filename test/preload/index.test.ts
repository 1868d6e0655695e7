import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ask, channel } from '../../preload/bridge.ts';
import { FakeWebContents, ipcMain, ipcRenderer, type FakeMessagePortMain } from '../fakes/electron.ts';
import { Page } from '../main/electron/page.ts';

const page = new Page();
beforeAll(async () => {
  page.install();
  ipcRenderer.sender = new FakeWebContents();
  await import('../../preload/index.ts');
});
afterAll(() => {
  vi.unstubAllGlobals();
});

describe('the bridge', () => {
  it('hands the page one end of a channel, and main the other', async () => {
    const atMain = once(ipcMain, channel) as Promise<[{ ports: FakeMessagePortMain[] }]>;
    const atPage = new Promise<MessagePort>((resolve) => {
      page.addEventListener('message', (event) => {
        const { data, ports } = event as MessageEvent;
        if (data === channel && ports[0]) resolve(ports[0]);
      });
    });
    page.postFrom(page.origin, ask);
    const [{ ports }] = await atMain;
    const [main] = ports;
    const port = await atPage;
    if (main === undefined) throw new Error('main got no port');
    const heard = once(main, 'message') as Promise<[{ data: unknown }]>;
    main.start();
    port.postMessage('hello');
    expect((await heard)[0].data).toBe('hello');
    port.close();
  });

  it('hears only our own page', () => {
    const heard = vi.fn();
    ipcMain.on(channel, heard);
    page.postFrom('https://evil.example', ask);
    page.postFrom('null', ask);
    page.postFrom(page.origin, 'something else');
    page.postFrom(page.origin, { ask });
    ipcMain.off(channel, heard);
    expect(heard).not.toHaveBeenCalled();
  });
});
