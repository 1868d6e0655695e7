// npm run build: makes dist/ of what changed since the last time; --force makes all of it.
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { finishParts } from './program-parts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const stamps = join(dist, '.build', 'stamps.json');

/** @type {{ name: string, config: string, inputs: string[], outputs: string[] }[]} */
export const parts = [
  {
    name: 'main',
    config: 'build/vite.main.ts',
    inputs: ['main', 'drivers', 'preload'],
    outputs: ['electron/main.js'],
  },
  {
    name: 'program',
    config: 'build/vite.program.ts',
    inputs: ['main', 'drivers', 'preload'],
    outputs: ['guestroom.js', 'program/program.cjs'],
  },
  {
    name: 'preload',
    config: 'build/vite.preload.ts',
    inputs: ['preload'],
    outputs: ['electron/preload.cjs'],
  },
  {
    name: 'renderer',
    config: 'build/vite.renderer.ts',
    inputs: ['renderer', 'preload', 'drivers/api'],
    outputs: ['renderer/index.html'],
  },
];

/** Paths of all files under a folder, or of the file itself. @param {string} path @returns {string[]} */
function filesUnder(path) {
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** One digest over the content of everything that a part is made of. @param {(typeof parts)[number]} part */
export function digestOf(part) {
  const hash = createHash('sha256');
  const files = [
    ...part.inputs.flatMap((input) => filesUnder(join(root, input))),
    ...[
      part.config,
      'build/vite.core.ts',
      'build/program-parts.mjs',
      'build/guestroom.cjs',
      'build/notices.mjs',
      'package.json',
      'package-lock.json',
    ].map((file) => join(root, file)),
  ];
  for (const file of files)
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

/** @returns {Record<string, string>} */
function readStamps() {
  return existsSync(stamps) ? JSON.parse(readFileSync(stamps, 'utf8')) : {};
}

/** Builds what changed; answers the names of the parts that were made. @param {{ force?: boolean }} [options] */
export async function buildAll({ force = false } = {}) {
  if (force) rmSync(dist, { recursive: true, force: true });
  const known = readStamps();
  const stale = parts
    .map((part) => ({ ...part, digest: digestOf(part) }))
    .filter(
      ({ name, digest, outputs }) =>
        known[name] !== digest || outputs.some((output) => !existsSync(join(dist, output))),
    );
  if (stale.length === 0) return [];
  // only now: reading Vite takes longer than finding that nothing changed
  const { build, loadConfigFromFile } = await import('vite');
  for (const { name, config, digest } of stale) {
    const old = name === 'main' ? 'chunks' : name === 'program' ? 'program' : undefined;
    if (old !== undefined) rmSync(join(dist, old), { recursive: true, force: true });
    const loaded = await loadConfigFromFile({ command: 'build', mode: 'production' }, join(root, config));
    if (loaded === null) throw new Error(`${config} is missing`);
    await build({ ...loaded.config, configFile: false });
    if (name === 'program') {
      finishParts(join(dist, 'program'));
      copyFileSync(join(root, 'build', 'guestroom.cjs'), join(dist, 'guestroom.js'));
    }
    known[name] = digest;
    mkdirSync(join(dist, '.build'), { recursive: true });
    writeFileSync(stamps, JSON.stringify(known));
  }
  const { writeNotices } = await import('./notices.mjs');
  writeNotices();
  // what is not said to be a module is CommonJS: guestroom.js, and the program's parts
  writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n');
  for (const folder of ['electron', 'chunks'])
    if (existsSync(join(dist, folder)))
      writeFileSync(join(dist, folder, 'package.json'), '{ "type": "module" }\n');
  chmodSync(join(dist, 'guestroom.js'), 0o755);
  return stale.map(({ name }) => name);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const start = Date.now();
  const made = await buildAll({ force: process.argv.includes('--force') });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(
    made.length === 0 ? `dist is up to date (${seconds} s)` : `built ${made.join(', ')} (${seconds} s)`,
  );
}
