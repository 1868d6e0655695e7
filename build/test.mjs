// npm test: everything that this machine can run, one suite after another; ends with "N passed, N failed".
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, missingPackages } from './packages.mjs';
import { installDependencies, nodeProblem, root } from './setup.mjs';
import { countReport, countSteps, failures, totalLine } from './suites.mjs';

const start = Date.now();
/** @type {import('./suites.mjs').Count[]} */
const counts = [];
/** @type {string[]} */
const notes = [];
/** What failed, told once more at the end: a long output is read from there. @type {string[]} */
const failed = [];
const reports = join(root, 'test-results');

/** Runs a program and shows what it says; answers that, too. @param {string[]} args @returns {Promise<{ status: number | null, output: string }>} */
function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (/** @type {Buffer} */ part) => {
      process.stdout.write(part);
      output += part.toString();
    });
    child.on('close', (status) => resolve({ status, output }));
  });
}

/** @param {string} name @param {() => Promise<import('./suites.mjs').Count>} work */
async function suite(name, work) {
  const began = Date.now();
  console.log(`\n== ${name}`);
  const count = await work();
  counts.push(count);
  console.log(`== ${name}: ${totalLine([count])} (${((Date.now() - began) / 1000).toFixed(0)} s)`);
}

/** @param {string} name @param {string} config */
async function vitest(name, config) {
  const report = join(reports, `${name}.json`);
  rmSync(report, { force: true });
  const { status } = await run([
    'node_modules/vitest/vitest.mjs',
    'run',
    `--config=${config}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
  failed.push(...failures(text));
  return countReport(text, status);
}

const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const problem = nodeProblem(process.version, engines.node);
if (problem !== undefined) {
  console.error(problem);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const needed = ['unit', 'browser', 'live'];
const mayInstall = installPackages([...new Set(needed.flatMap((name) => missingPackages(name, existsSync)))]);
try {
  installDependencies();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  console.log('0 passed, 1 failed');
  process.exit(1);
}
mkdirSync(reports, { recursive: true });

await suite('check', async () => {
  const { status, output } = await run(['build/check.mjs']);
  const count = countSteps(output, status);
  if (count.failed > 0) failed.push(...(output.match(/^.*FAILED .*$/gm) ?? ['check']));
  return count;
});
await suite('unit, conformance, contract and security', async () => {
  const lacking = missingPackages('unit', existsSync);
  if (lacking.length > 0) notes.push(`Some unit tests were skipped: not installed are ${lacking.join(' ')}`);
  return vitest('unit', 'build/vitest.config.ts');
});
let built = false;
await suite('build', async () => {
  const { status } = await run(['build/build.mjs']);
  built = status === 0;
  return { passed: built ? 1 : 0, failed: built ? 0 : 1, skipped: 0 };
});
for (const name of ['browser', 'live']) {
  const lacking = missingPackages(name, existsSync);
  if (built && lacking.length === 0) {
    await suite(name, () => vitest(name, `build/vitest.${name}.ts`));
    continue;
  }
  const why = built ? `not installed are ${lacking.join(' ')}` : 'the build failed';
  notes.push(`The suite “${name}” did not run: ${why}`);
  // a machine that may install packages could have run it
  if (!built || mayInstall) counts.push({ passed: 0, failed: 1, skipped: 0 });
}
const electron = join(root, 'node_modules', 'electron');
const hasElectron = existsSync(join(electron, 'path.txt')) && existsSync(join(electron, 'dist'));
if (
  hasElectron &&
  built &&
  (process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'] || process.platform !== 'linux')
) {
  await suite('electron', () => vitest('electron', 'build/vitest.electron.ts'));
} else {
  notes.push(
    hasElectron
      ? 'The suite “electron” did not run: there is no desktop'
      : 'The suite “electron” did not run: Electron’s binary is not there (node node_modules/electron/install.js fetches it)',
  );
}

console.log(`\n${Math.round((Date.now() - start) / 1000)} s`);
for (const note of notes) console.log(note);
for (const each of failed) console.log(`FAILED ${each}`);
console.log(totalLine(counts));
process.exitCode = counts.some((count) => count.failed > 0) ? 1 : 0;
