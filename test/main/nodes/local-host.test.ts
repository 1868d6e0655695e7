import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalHost } from '../../../main/nodes/local-host.ts';
import { localPaths } from '../../../main/nodes/local/paths.ts';
import { clockSeconds } from '../../../main/nodes/process-table.ts';
import { localArch } from '../../../main/nodes/local/machine.ts';
import { code, hostConformance, until } from '../../conformance/host.ts';

const host = createLocalHost();

describe('this computer', () => {
  hostConformance(() => Promise.resolve(host));

  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'guestroom-here-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('lets programs run on after the app was killed', { timeout: 30_000 }, async () => {
    const log = join(folder, 'logs', 'guest.log');
    // the app that is killed is a process of its own, made from the same source
    const entry = fileURLToPath(new URL('../../../main/nodes/local-host.ts', import.meta.url));
    const output = { dir: join(folder, 'app'), entryFileNames: 'host.mjs' };
    await build({
      configFile: false,
      logLevel: 'error',
      ssr: { noExternal: true },
      build: { ssr: entry, write: true, outDir: output.dir, rollupOptions: { output } },
    });
    const script = `
      const { createLocalHost } = await import(${JSON.stringify(join(output.dir, 'host.mjs'))});
      const id = await createLocalHost().launch('sh', ['-c', 'echo started; exec sleep 60'], { log: ${JSON.stringify(log)} });
      console.log(JSON.stringify(id));
      setInterval(() => {}, 1000);
    `;
    const app = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(app.stdout, 'data')) as [Buffer];
    const id = JSON.parse(chunk.toString()) as { pid: number; started: string };
    app.kill('SIGKILL');
    await once(app, 'exit');

    expect(await host.alive(id)).toBe(true);
    expect(await host.signal(id, 'SIGKILL')).toBe(true);
    await until(async () => !(await host.alive(id)));
  });

  it('has only its own addresses to find free ports of', async () => {
    expect(await code(host.freePort('203.0.113.7', 5900, 5901))).toBe('invalid_argument');
  });

  it('names the architecture as libvirt does', () => {
    expect(
      ['x86_64', 'AMD64', 'arm64', 'aarch64', 'i586', 'armv7l', 'riscv64'].map((name) => localArch(name)),
    ).toEqual(['x86_64', 'x86_64', 'aarch64', 'aarch64', 'i686', 'armv7l', 'riscv64']);
  });

  it('reads the clock of ps in all its forms', () => {
    expect(['0:01.50', '12:34', '1:02:03', '2-03:04:05'].map(clockSeconds)).toEqual([
      1.5, 754, 3723, 183_845,
    ]);
  });
});

describe('folders', () => {
  const source = { home: '/home/ana', uid: 1000, owned: () => false } as const;
  it('follow XDG on Linux, and the session folder where the variable is missing', () => {
    expect(
      localPaths({ ...source, os: 'linux', env: { XDG_DATA_HOME: '/x', XDG_CONFIG_HOME: 'relative' } }),
    ).toEqual({
      home: '/home/ana',
      data: '/x/guestroom',
      config: '/home/ana/.config/guestroom',
      state: '/home/ana/.local/state/guestroom',
      cache: '/home/ana/.cache/guestroom',
      runtime: '/home/ana/.local/state/guestroom/run',
    });
    const session = localPaths({
      ...source,
      os: 'linux',
      env: {},
      owned: (path) => path === '/run/user/1000',
    });
    expect(session.runtime).toBe('/run/user/1000/guestroom');
  });

  it('are the usual ones on macOS and Windows', () => {
    expect(localPaths({ ...source, home: '/Users/ana', os: 'darwin', env: {} }).data).toBe(
      '/Users/ana/Library/Application Support/Guestroom',
    );
    const windows = localPaths({
      ...source,
      os: 'win32',
      home: 'C:\\Users\\ana',
      env: { APPDATA: 'C:\\Users\\ana\\AppData\\Roaming' },
    });
    expect(windows.config).toBe('C:\\Users\\ana\\AppData\\Roaming\\Guestroom');
    expect(windows.state).toBe('C:\\Users\\ana\\AppData\\Local\\Guestroom\\State');
  });

  it('can all be moved, together or one by one', () => {
    const env = { GUESTROOM_HOME: '/srv/g', GUESTROOM_CACHE_DIR: '/fast', XDG_DATA_HOME: '/x' };
    expect(localPaths({ ...source, os: 'linux', env })).toMatchObject({
      data: '/srv/g/data',
      runtime: '/srv/g/runtime',
      cache: '/fast',
    });
    expect(createLocalHost({ paths: { data: '/d' } }).paths.data).toBe('/d');
  });
});
