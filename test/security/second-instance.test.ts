import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { app, BrowserWindow, opened, protocol } from '../fakes/electron.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-second-'));
  vi.stubEnv('HOME', folder);
  for (const name of ['DATA', 'CONFIG', 'STATE', 'CACHE']) {
    vi.stubEnv(`XDG_${name}_HOME`, join(folder, name.toLowerCase()));
  }
  vi.stubEnv('XDG_RUNTIME_DIR', join(folder, 'run'));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it('row 13: a second start ends at once, without a window, a page or a file of its own', async () => {
  app.lock = false;
  await import('../../main/electron/main.ts');
  expect(app.ends).toBe(1);
  expect(app.exitCode).toBeUndefined();
  expect(BrowserWindow.open).toEqual([]);
  expect(protocol.handlers.size).toBe(0);
  expect(opened).toEqual([]);
  expect(
    readdirSync(folder, { recursive: true }).filter((name) => /settings|nodes|log/.test(String(name))),
  ).toEqual([]);
});
