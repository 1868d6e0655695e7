import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const named = join(root, 'node_modules', 'electron', 'path.txt');
const program = existsSync(named)
  ? join(root, 'node_modules', 'electron', 'dist', readFileSync(named, 'utf8').trim())
  : undefined;
const present = program !== undefined && existsSync(program);
if (!present) {
  console.log(
    'Electron’s binary is not there, so nothing was tested. node node_modules/electron/install.js fetches it.',
  );
}

// the reason is part of the title, so that a run without it says so
describe(present ? 'the real app' : 'the real app (not run: Electron’s binary is not there)', () => {
  let app: ElectronApplication;
  let folder = '';
  beforeAll(async () => {
    if (!present) return;
    folder = mkdtempSync(join(tmpdir(), 'guestroom-electron-'));
    const env = Object.fromEntries(
      Object.entries({ ...process.env, HOME: folder, GUESTROOM_HOME: folder }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
    );
    app = await _electron.launch({
      executablePath: program,
      // as root, Chromium's sandbox cannot be made; elsewhere it stays on
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), root],
      env,
    });
  });
  afterAll(async () => {
    if (!present) return;
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(!present)('opens its window from app:// and fills it over its port', async () => {
    const page = await app.firstWindow();
    await page.waitForSelector('#app > *');
    expect(page.url()).toBe('app://guestroom/');
    expect(await page.evaluate(() => [typeof globalThis.process, typeof globalThis.require])).toEqual([
      'undefined',
      'undefined',
    ]);
  });

  it.skipIf(!present)('does not leave its page', async () => {
    const page = await app.firstWindow();
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    expect(await page.evaluate(() => window.open('https://example.com/'))).toBeNull();
    expect(page.url()).toBe('app://guestroom/');
  });
});
