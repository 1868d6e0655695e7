// npm run bench [-- PART…]: builds, measures, prints a table, writes test-results/bench.json. Parts: relay serial calls window.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (/** @type {string[]} */ args) =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const built = run(['build/build.mjs']);
if (built !== 0) process.exit(built);

const folder = fileURLToPath(new URL('../test/bench/', import.meta.url));
const input = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name.replace(/\.ts$/, ''), folder + name]),
);
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir: 'dist/bench/run',
    emptyOutDir: true,
    target: 'node20',
    rollupOptions: { input, output: { entryFileNames: '[name].js' } },
  },
});
process.exitCode = run(['dist/bench/run/main.js', 'test-results/bench.json', ...process.argv.slice(2)]);
