import { mkdtemp, readdir, readFile, rm, stat, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GuestroomError } from '../../../drivers/api/errors.ts';
import { createLog, type Log } from '../../../main/log.ts';
import { createLocalHost, type LocalHost } from '../../../main/nodes/local-host.ts';
import { openSettings, type SettingsStore } from '../../../main/settings/settings.ts';
import { defaultSettings } from '../../../preload/default-settings.ts';
import { until } from '../app-in-folder.ts';

let folder: string;
let host: LocalHost;
let log: Log;
const stores: SettingsStore[] = [];
const open = async (): Promise<SettingsStore> => {
  const store = await openSettings(host, log);
  stores.push(store);
  return store;
};
const path = () => join(folder, 'config', 'settings.json');
const onDisk = async () => JSON.parse(await readFile(path(), 'utf8')) as Record<string, unknown>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guestroom-settings-'));
  host = createLocalHost({ env: { ...process.env, GUESTROOM_HOME: folder } });
  log = createLog({ folder: join(folder, 'state') });
});
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
  log.close();
  await rm(folder, { recursive: true, force: true });
});

describe('settings', () => {
  it('begin with defaults and are there after a restart', async () => {
    const store = await open();
    expect(store.value).toEqual(defaultSettings);
    await store.set({ theme: 'dark', tab: '/node/a' });
    await store.close();
    expect((await open()).value).toEqual({ ...defaultSettings, theme: 'dark', tab: '/node/a' });
  });

  it('are private files in a private folder, with nothing left beside them', async () => {
    const store = await open();
    await store.set({ theme: 'dark' });
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'config'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(folder, 'config'))).toEqual(['settings.json']);
  });

  it('go back to the default when taken away', async () => {
    const store = await open();
    await store.set({ tab: '/a', sidebarWidth: 300 });
    await store.set({ tab: undefined });
    expect(store.value.tab).toBeUndefined();
    expect(await onDisk()).toEqual({ version: 1, sidebarWidth: 300 });
  });

  it('of two instances do not overwrite each other, and each hears of the other', async () => {
    const [first, second] = [await open(), await open()];
    await Promise.all([
      first.set({ theme: 'dark' }),
      second.set({ sidebarWidth: 400 }),
      first.set({ tabs: ['/a'] }),
      second.set({ confirmForceOff: false }),
    ]);
    const both = {
      ...defaultSettings,
      theme: 'dark',
      sidebarWidth: 400,
      tabs: ['/a'],
      confirmForceOff: false,
    };
    await until(() => [first, second].every(({ value }) => JSON.stringify(value) === JSON.stringify(both)));
    expect(await onDisk()).toMatchObject({ theme: 'dark', sidebarWidth: 400, tabs: ['/a'] });
  });

  it('take over the lock of an instance that was killed', async () => {
    const store = await open();
    await writeFile(`${path()}.lock`, JSON.stringify({ pid: 4_194_303, started: 'long ago' }));
    await store.set({ theme: 'light' });
    expect((await onDisk())['theme']).toBe('light');
  });

  it('keep a damaged file aside and say so', async () => {
    await mkdir(join(folder, 'config'), { recursive: true });
    await writeFile(path(), '{"theme": "dark", oops');
    const store = await open();
    expect(store.value).toEqual(defaultSettings);
    const feed = store.watch();
    const { value } = await feed.next();
    expect(value?.warning).toContain('kept as');
    await feed.return();
    const [aside] = (await readdir(join(folder, 'config'))).filter((name) => name.includes('damaged'));
    expect(await readFile(join(folder, 'config', aside ?? ''), 'utf8')).toBe('{"theme": "dark", oops');
    await store.set({ theme: 'light' });
    expect((await onDisk())['theme']).toBe('light');
  });

  it('lose one bad value only, and keep what a newer version wrote', async () => {
    await mkdir(join(folder, 'config'), { recursive: true });
    await writeFile(
      path(),
      JSON.stringify({ version: 7, theme: 'pink', sidebarWidth: 333, later: { a: 1 } }),
    );
    const store = await open();
    expect(store.value).toEqual({ ...defaultSettings, sidebarWidth: 333 });
    await store.set({ language: 'en' });
    expect(await onDisk()).toMatchObject({ version: 7, later: { a: 1 }, language: 'en', sidebarWidth: 333 });
  });

  it('are told to each reader, also what another program writes', async () => {
    const store = await open();
    const feed = store.watch();
    expect((await feed.next()).value?.settings.theme).toBe('system');
    await writeFile(path(), JSON.stringify({ theme: 'dark' }));
    expect((await feed.next()).value?.settings.theme).toBe('dark');
    const pending = feed.next();
    await feed.return();
    expect((await pending).done).toBe(true);
  });

  it('are read although nothing can be written: a full disk or a folder of somebody else', async () => {
    await (await open()).set({ theme: 'dark' });
    const full = new GuestroomError('no_space', 'No space left on the disk');
    const refuse = () => Promise.reject(full);
    host = { ...host, files: { ...host.files, write: refuse, watch: refuse } };
    const store = await open();
    expect(store.value.theme).toBe('dark');
    await expect(store.set({ theme: 'light' })).rejects.toMatchObject({ code: 'no_space' });
    expect(store.value.theme).toBe('dark');
    const feed = store.watch();
    expect((await feed.next()).value?.warning).toContain('other windows');
  });

  it('do not take the lock of a living instance because the clock was set', async () => {
    const store = await open();
    const lock = `${path()}.lock`;
    await writeFile(lock, JSON.stringify(await host.self()));
    const now = vi.spyOn(Date, 'now');
    let ahead = 0;
    now.mockImplementation(() => performance.timeOrigin + performance.now() + (ahead += 3_600_000));
    const setting = store.set({ theme: 'light' });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await readFile(lock, 'utf8')).toBe(JSON.stringify(await host.self()));
    expect((await readdir(join(folder, 'config'))).includes('settings.json')).toBe(false);
    now.mockRestore();
    await rm(lock);
    await setting;
    expect((await onDisk())['theme']).toBe('light');
  });
});
