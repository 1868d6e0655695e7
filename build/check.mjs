// npm run check: formatting, rules, types and the direction of imports. Prints each step's time; stops at none, fails if any failed.
import { spawnSync } from 'node:child_process';

/** @type {[string, string[]][]} */
const steps = [
  ['prettier', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['eslint', ['eslint', '--config', 'build/eslint.config.mjs', '--max-warnings', '0', '.']],
  ['tsc', ['tsc', '-p', 'build/tsconfig.json']],
  ['tsc test', ['tsc', '-p', 'test/tsconfig.json']],
  [
    'svelte-check',
    ['svelte-check', '--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings', '--output', 'human'],
  ],
  [
    'dependency-cruiser',
    ['depcruise', '--config', 'build/dependency-rules.mjs', 'drivers', 'main', 'preload', 'renderer'],
  ],
];
const only = process.argv.slice(2);
let failed = 0;
for (const [name, command] of steps) {
  if (only.length > 0 && !only.includes(name)) continue;
  const start = Date.now();
  const { status } = spawnSync('npx', ['--no-install', ...command], { stdio: 'inherit' });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
