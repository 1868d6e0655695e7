// npm start: from a fresh clone to the open app. Only Node's own modules until the dependencies are there.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import {
  findProgram,
  installDependencies,
  nodeProblem,
  qemuInstaller,
  qemuProgram,
  root,
  startFlags,
} from './setup.mjs';

const electron = join(root, 'node_modules', 'electron');

/** Stops with one line. @param {string} message @returns {never} */
function stop(message) {
  console.error(message);
  process.exit(1);
}

/** @param {string} question */
async function confirm(question) {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}

/** Offers to install QEMU where none is found; the app is of use without it, so nothing here ends the start. @param {boolean} yes */
async function offerQemu(yes) {
  const program = qemuProgram();
  const places =
    process.platform === 'win32'
      ? ['C:\\Program Files\\qemu\\qemu-system-x86_64.exe']
      : [`/usr/libexec/qemu-kvm`];
  if (findProgram(program) !== undefined || places.some((path) => existsSync(path))) return;
  const installer = qemuInstaller((name) => findProgram(name) !== undefined);
  if (installer === undefined) {
    console.log(
      `QEMU (${program}) was not found. Install it to run virtual machines here; the test hypervisor works without.`,
    );
    return;
  }
  const command = [installer.file, ...installer.args].join(' ');
  if (!yes) {
    if (!process.stdin.isTTY) {
      console.log(`QEMU (${program}) was not found. To install it: ${command}   (or: npm start -- --yes)`);
      return;
    }
    if (!(await confirm(`QEMU (${program}) was not found. Install it now with “${command}”?`))) return;
  }
  console.log(`Installing QEMU: ${command}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {string} file @param {string[]} args */
  const run = (file, args) => spawnSync(file, args, { stdio: 'inherit', env }).status === 0;
  let done = run(installer.file, installer.args);
  if (!done && installer.args.concat(installer.file).includes('apt-get')) {
    // a fresh machine has no package lists yet
    const update = installer.file === 'sudo' ? ['sudo', ['apt-get', 'update']] : ['apt-get', ['update']];
    done = run(String(update[0]), /** @type {string[]} */ (update[1])) && run(installer.file, installer.args);
  }
  if (!done) console.log('QEMU could not be installed; Guestroom goes on without it.');
}

/** Path of Electron's program, fetched when it is not there; undefined, after one line, when it cannot be had. */
function electronProgram() {
  const named = join(electron, 'path.txt');
  const program = () =>
    existsSync(named) ? join(electron, 'dist', readFileSync(named, 'utf8').trim()) : undefined;
  let path = program();
  if (path === undefined || !existsSync(path)) {
    console.log('Fetching Electron …');
    const { status, stderr } = spawnSync(process.execPath, [join(electron, 'install.js')], {
      stdio: ['ignore', 'inherit', 'pipe'],
      encoding: 'utf8',
      timeout: 300_000,
    });
    path = program();
    if (status !== 0 || path === undefined || !existsSync(path)) {
      const why = /\b(E[A-Z]{4,}|HTTPError[^\n]*|Response code[^\n]*)/.exec(stderr)?.[0];
      console.log(
        `Electron could not be downloaded${why ? ` (${why})` : ''}: Guestroom opens in the browser instead.`,
      );
      return undefined;
    }
  }
  return path;
}

/**
 * Runs the app; answers its exit status and how long it ran. Ctrl+C reaches it through the terminal, a signal to us is passed on.
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<{ status: number, seconds: number }>}
 */
function runApp(file, args) {
  const began = Date.now();
  const child = spawn(file, args, { cwd: root, stdio: 'inherit' });
  let asked = false;
  // the terminal sends Ctrl+C to both: we wait for the app's own orderly end
  process.on('SIGINT', () => (asked = true));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      asked = true;
      child.kill(signal);
    });
  }
  return new Promise((resolve) => {
    const end = (/** @type {number | null} */ status) =>
      resolve({ status: asked ? 0 : (status ?? 1), seconds: (Date.now() - began) / 1000 });
    child.on('error', (error) => {
      console.error(`${file}: ${error.message}`);
      end(1);
    });
    child.on('exit', end);
  });
}

const about = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const problem = nodeProblem(process.version, about.engines.node);
if (problem !== undefined) stop(problem);
const flags = startFlags(process.argv.slice(2));
if ('problem' in flags) stop(flags.problem);

await offerQemu(flags.yes);
try {
  installDependencies();
} catch (error) {
  stop(error instanceof Error ? error.message : String(error));
}
const { buildAll } = await import('./build.mjs');
const made = await buildAll();
if (made.length > 0) console.log(`Built ${made.join(', ')}.`);

const desktop =
  process.platform === 'darwin' ||
  process.platform === 'win32' ||
  process.env['DISPLAY'] ||
  process.env['WAYLAND_DISPLAY'];
/** Why the app cannot have a window of its own here. */
const without = flags.browser
  ? ''
  : !desktop
    ? 'There is no desktop here: Guestroom is served for a browser on this computer.'
    : process.platform === 'linux' && process.getuid?.() === 0
      ? 'Electron does not run as root: Guestroom opens in the browser instead.'
      : undefined;
if (without) console.log(without);
const program = without === undefined ? electronProgram() : undefined;
if (program !== undefined) {
  const { status, seconds } = await runApp(program, [root]);
  // a sandbox that the system forbids or a missing library ends it at once
  if (status === 0 || seconds > 5) process.exit(status);
  console.log('Electron could not start: Guestroom opens in the browser instead.');
}
const { status } = await runApp(process.execPath, [
  join('dist', 'guestroom.js'),
  'serve',
  ...(flags.port === undefined ? [] : ['--port', flags.port]),
  ...(flags.open && desktop ? ['--open'] : []),
]);
process.exit(status);
