// What a machine has and lacks for Guestroom, with Node's own modules only: this runs before any dependency is there.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Why this Node cannot be used; undefined when it can. @param {string} version @param {string} needed */
export function nodeProblem(version, needed) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [wantMajor = 0, wantMinor = 0] = needed.replace(/^>=/, '').split('.').map(Number);
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return undefined;
  return `Guestroom needs Node ${wantMajor}.${wantMinor} or newer; this is ${version}. See https://nodejs.org/`;
}

/** Path of a program that may be run; undefined when PATH has none. @param {string} name */
export function findProgram(name, env = process.env, platform = process.platform) {
  const endings = platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (!existsSync(path)) continue;
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch (error) {
        if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EACCES') throw error;
      }
    }
  }
  return undefined;
}

/** Text that changes whenever the dependencies have to be installed anew. @param {string} lockfile @param {string} node */
export function installStamp(lockfile, node) {
  return createHash('sha256')
    .update(`${node.split('.')[0] ?? ''}\n${lockfile}`)
    .digest('hex');
}

/**
 * Does what npm says it installed fit the lockfile? Then `npm ci` was run by hand.
 * @param {string} lockfile
 * @param {string} installed npm's own note, node_modules/.package-lock.json
 */
export function fitsLockfile(lockfile, installed) {
  /** @type {Record<string, { version?: string, optional?: boolean }>} */
  const wanted = JSON.parse(lockfile).packages;
  /** @type {Record<string, { version?: string }>} */
  const there = JSON.parse(installed).packages;
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || there[path]?.version === version || (optional === true && there[path] === undefined),
  );
}

const noteFile = join(root, 'node_modules', '.package-lock.json');
const stampFile = join(root, 'node_modules', '.guestroom-stamp');

/** Installs the dependencies when they are missing or the lockfile has changed; answers whether it did. Throws when npm fails. */
export function installDependencies() {
  const lockfile = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = installStamp(lockfile, process.versions.node);
  if (existsSync(stampFile)) {
    if (readFileSync(stampFile, 'utf8') === stamp) return false;
  } else if (existsSync(noteFile) && fitsLockfile(lockfile, readFileSync(noteFile, 'utf8'))) {
    writeFileSync(stampFile, stamp);
    return false;
  }
  console.log('Installing dependencies (npm ci) …');
  const npm = npmCommand();
  const { status, error } = spawnSync(
    npm.file,
    [...npm.args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  if (status !== 0) {
    throw new Error(
      `npm ci failed${error ? `: ${error.message}` : ''}. Is there a connection to the npm registry?`,
    );
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  writeFileSync(stampFile, stamp);
  return true;
}

/** npm by its own script: no shell, also on Windows, where npm is a batch file. */
export function npmCommand(env = process.env) {
  const script = env['npm_execpath'];
  if (script !== undefined && /\.c?js$/.test(script)) return { file: process.execPath, args: [script] };
  const beside = join(process.execPath, '..', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  return existsSync(beside) ? { file: process.execPath, args: [beside] } : { file: 'npm', args: [] };
}

/** QEMU's program for this computer's own kind of guests. @param {string} [arch] */
export function qemuProgram(arch = process.arch) {
  /** @type {Record<string, string>} */
  const names = {
    x64: 'x86_64',
    ia32: 'i386',
    arm64: 'aarch64',
    arm: 'arm',
    riscv64: 'riscv64',
    ppc64: 'ppc64',
    s390x: 's390x',
  };
  return `qemu-system-${names[arch] ?? arch}`;
}

/**
 * The command that installs QEMU here, with a program to say yes to; undefined where no package manager is known.
 * @param {(name: string) => boolean} has is this program there?
 * @param {{ platform?: NodeJS.Platform, arch?: string, superuser?: boolean }} [machine]
 * @returns {{ file: string, args: string[] } | undefined}
 */
export function qemuInstaller(has, machine = {}) {
  const { platform = process.platform, arch = process.arch, superuser = process.getuid?.() === 0 } = machine;
  const x86 = arch === 'x64' || arch === 'ia32';
  const debian = x86
    ? ['qemu-system-x86', 'ovmf']
    : arch.startsWith('arm')
      ? ['qemu-system-arm', 'qemu-efi-aarch64']
      : ['qemu-system-misc'];
  if (platform === 'darwin') return has('brew') ? { file: 'brew', args: ['install', 'qemu'] } : undefined;
  if (platform === 'win32') {
    return has('winget')
      ? { file: 'winget', args: ['install', '--exact', '--id', 'SoftwareFreedomConservancy.QEMU'] }
      : undefined;
  }
  /** @type {[string, string[]][]} */
  const managers = [
    [
      'apt-get',
      ['install', '--yes', '--no-install-recommends', ...debian, 'qemu-utils', 'swtpm', 'swtpm-tools'],
    ],
    [
      'dnf',
      [
        'install',
        '--assumeyes',
        x86 ? 'qemu-system-x86' : 'qemu-system-aarch64',
        'qemu-img',
        'edk2-ovmf',
        'swtpm',
        'swtpm-tools',
      ],
    ],
    ['pacman', ['-S', '--noconfirm', 'qemu-base', 'edk2-ovmf', 'swtpm']],
    ['zypper', ['--non-interactive', 'install', x86 ? 'qemu-x86' : 'qemu-arm', 'qemu-tools', 'swtpm']],
    ['apk', ['add', qemuProgram(arch), 'qemu-img', 'ovmf', 'swtpm']],
  ];
  const found = managers.find(([name]) => has(name));
  if (found === undefined) return undefined;
  const [name, args] = found;
  if (superuser) return { file: name, args };
  return has('sudo') ? { file: 'sudo', args: [name, ...args] } : undefined;
}

/**
 * The flags of npm start.
 * @param {readonly string[]} args
 * @returns {{ yes: boolean, browser: boolean, open: boolean, port: string | undefined } | { problem: string }}
 */
export function startFlags(args) {
  const flags = {
    yes: false,
    browser: false,
    open: true,
    port: /** @type {string | undefined} */ (undefined),
  };
  const left = [...args];
  for (let flag = left.shift(); flag !== undefined; flag = left.shift()) {
    const [name, inline] = flag.split('=', 2);
    if (name === '--port') {
      const port = inline ?? left.shift() ?? '';
      if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) return { problem: `“${port}” is not a port` };
      flags.port = port;
    } else if (flag === '--yes' || flag === '-y') flags.yes = true;
    else if (flag === '--browser') flags.browser = true;
    else if (flag === '--no-open') flags.open = false;
    else return { problem: `“${flag}” is not known. Flags: --yes, --browser, --port N, --no-open` };
  }
  return flags;
}
