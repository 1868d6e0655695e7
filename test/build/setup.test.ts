import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  findProgram,
  fitsLockfile,
  installStamp,
  nodeProblem,
  npmCommand,
  qemuInstaller,
  qemuProgram,
  startFlags,
} from '../../build/setup.mjs';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guestroom-setup-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('npm start', () => {
  it('says which Node it needs', () => {
    expect(nodeProblem('v20.19.0', '>=20.19')).toBeUndefined();
    expect(nodeProblem('v24.1.0', '>=20.19')).toBeUndefined();
    expect(nodeProblem('v20.18.3', '>=20.19')).toBe(
      'Guestroom needs Node 20.19 or newer; this is v20.18.3. See https://nodejs.org/',
    );
    expect(nodeProblem('v18.20.0', '>=20.19')).toContain('v18.20.0');
  });

  it('understands its flags and names the one it does not know', () => {
    expect(startFlags([])).toEqual({ yes: false, browser: false, open: true, port: undefined });
    expect(startFlags(['--yes', '--browser', '--no-open', '--port', '8080'])).toEqual({
      yes: true,
      browser: true,
      open: false,
      port: '8080',
    });
    expect(startFlags(['--port=81'])).toMatchObject({ port: '81' });
    expect(startFlags(['--port'])).toEqual({ problem: '“” is not a port' });
    expect(startFlags(['--port', '99999'])).toHaveProperty('problem');
    expect(startFlags(['--force'])).toEqual({
      problem: '“--force” is not known. Flags: --yes, --browser, --port N, --no-open',
    });
  });

  it('installs dependencies anew when the lockfile or Node’s major version changes', () => {
    const stamp = installStamp('{"a":1}', '20.19.0');
    expect(installStamp('{"a":1}', '20.20.2')).toBe(stamp);
    expect(installStamp('{"a":2}', '20.19.0')).not.toBe(stamp);
    expect(installStamp('{"a":1}', '22.1.0')).not.toBe(stamp);
  });

  it('keeps dependencies that were installed by hand when they fit the lockfile', () => {
    const lock = (packages: object) => JSON.stringify({ packages });
    const wanted = lock({
      '': { name: 'guestroom' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/b': { version: '2.0.0', optional: true },
    });
    expect(fitsLockfile(wanted, lock({ 'node_modules/a': { version: '1.0.0' } }))).toBe(true);
    expect(fitsLockfile(wanted, lock({ 'node_modules/a': { version: '1.0.1' } }))).toBe(false);
    expect(fitsLockfile(wanted, lock({}))).toBe(false);
    expect(
      fitsLockfile(
        wanted,
        lock({ 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.0.0' } }),
      ),
    ).toBe(false);
  });

  it('runs npm by its own script, without a shell', () => {
    expect(npmCommand({ npm_execpath: '/usr/lib/npm-cli.js' })).toEqual({
      file: process.execPath,
      args: ['/usr/lib/npm-cli.js'],
    });
  });

  it('finds only programs that may be run', () => {
    const program = join(folder, 'qemu-system-x86_64');
    writeFileSync(program, '');
    chmodSync(program, 0o644);
    const env = { PATH: `/nowhere:${folder}` };
    // root may run what anybody may run, so the check below holds for every account
    expect(findProgram('qemu-system-x86_64', env, 'linux')).toBeUndefined();
    chmodSync(program, 0o755);
    expect(findProgram('qemu-system-x86_64', env, 'linux')).toBe(program);
    expect(findProgram('qemu-system-s390x', env, 'linux')).toBeUndefined();
    expect(findProgram('anything', {}, 'linux')).toBeUndefined();
  });

  it('looks for QEMU by this computer’s processor', () => {
    expect(qemuProgram('x64')).toBe('qemu-system-x86_64');
    expect(qemuProgram('arm64')).toBe('qemu-system-aarch64');
    expect(qemuProgram('loong64')).toBe('qemu-system-loong64');
  });

  const having =
    (...names: string[]) =>
    (name: string) =>
      names.includes(name);

  it.each([
    ['apt-get', 'qemu-system-x86'],
    ['dnf', 'qemu-system-x86'],
    ['pacman', 'qemu-base'],
    ['zypper', 'qemu-x86'],
    ['apk', 'qemu-system-x86_64'],
  ])('offers to install QEMU with %s', (manager, name) => {
    const machine = { platform: 'linux', arch: 'x64' } as const;
    const asRoot = qemuInstaller(having(manager), { ...machine, superuser: true });
    expect(asRoot?.file).toBe(manager);
    expect(asRoot?.args).toContain(name);
    const asUser = qemuInstaller(having(manager, 'sudo'), { ...machine, superuser: false });
    expect(asUser).toEqual({ file: 'sudo', args: [manager, ...(asRoot?.args ?? [])] });
    expect(qemuInstaller(having(manager), { ...machine, superuser: false })).toBeUndefined();
  });

  it('offers to install QEMU on macOS and Windows, never as root', () => {
    expect(qemuInstaller(having('brew'), { platform: 'darwin', arch: 'arm64' })).toEqual({
      file: 'brew',
      args: ['install', 'qemu'],
    });
    expect(qemuInstaller(having('winget'), { platform: 'win32', arch: 'x64' })?.file).toBe('winget');
    expect(qemuInstaller(having(), { platform: 'linux', arch: 'x64', superuser: true })).toBeUndefined();
  });
});
