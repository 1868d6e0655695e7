// npm run bench: runs test/bench/*.bench.ts one after another, prints one table and writes test-results/bench.json.
// A bench is a module whose default export answers rows; names on the command line choose among them.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatRows } from './bench-table.mjs';
import { installPackages, missingPackages } from './packages.mjs';
import { installDependencies, root } from './setup.mjs';

installPackages(missingPackages('bench', existsSync));
const lacking = missingPackages('bench', existsSync);
if (lacking.length > 0) console.log(`Not everything is measured: not installed are ${lacking.join(' ')}`);
installDependencies();
const { build } = await import('vite');
const { buildAll } = await import('./build.mjs');
await buildAll();

const folder = join(root, 'test', 'bench');
const out = join(root, '.cache', 'bench');
const wanted = process.argv.slice(2);
const names = readdirSync(folder).filter((name) => name.endsWith('.ts'));
const benches = names
  .filter((name) => name.endsWith('.bench.ts'))
  .map((name) => name.slice(0, -'.bench.ts'.length))
  .filter((name) => wanted.length === 0 || wanted.includes(name));

rmSync(out, { recursive: true, force: true });
// every file of the folder becomes a program of its own, so that a bench can start the others beside it
await build({
  root,
  configFile: false,
  logLevel: 'warn',
  // as in the app's own build
  define: { __dirname: 'import.meta.dirname' },
  ssr: { noExternal: true, external: ['playwright-core'] },
  build: {
    ssr: true,
    outDir: out,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(names.map((name) => [name.slice(0, -'.ts'.length), join(folder, name)])),
      external: [
        'playwright-core',
        'electron',
        'cpu-features',
        'bufferutil',
        'utf-8-validate',
        /sshcrypto\.node$/,
      ],
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      checks: { pluginTimings: false },
    },
  },
});
writeFileSync(join(out, 'package.json'), '{ "type": "module" }\n');

const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()}, Node ${process.version}`;
/** @type {import('./bench-table.mjs').BenchRow[]} */
const rows = [];
let broken = 0;
for (const name of benches) {
  console.log(`\n== ${name}`);
  try {
    const { default: bench } = await import(pathToFileURL(join(out, `${name}.bench.js`)).href);
    const made = await bench();
    rows.push(...made);
    console.log(formatRows(made));
  } catch (error) {
    broken += 1;
    console.error(error);
  }
}
mkdirSync(join(root, 'test-results'), { recursive: true });
writeFileSync(
  join(root, 'test-results', 'bench.json'),
  `${JSON.stringify({ machine, date: new Date().toISOString(), rows }, undefined, 2)}\n`,
);
console.log(`\n${machine}\n${formatRows(rows)}`);
if (broken > 0) console.log(`${broken} of ${benches.length} benches broke`);
process.exit(broken > 0 ? 1 : 0);
