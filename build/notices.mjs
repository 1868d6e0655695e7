// Third-party notices: which packages went into the bundles, and their licences as one text.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist', '.build');

/** The folder of the package that a module belongs to; undefined for our own modules. @param {string} id */
export function packageFolder(id) {
  const match = /^(.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+)/.exec(id.replace(/^\0/, ''));
  return match?.[1];
}

/**
 * Notes the packages of a bundle in dist/.build.
 * @param {string} part
 * @returns {import('vite').Plugin}
 */
export function bundledPackages(part) {
  return {
    name: 'guestroom-bundled-packages',
    apply: 'build',
    generateBundle(_options, bundle) {
      /** @type {Set<string>} */
      const found = new Set();
      for (const output of Object.values(bundle)) {
        if (output.type !== 'chunk') continue;
        for (const id of output.moduleIds) {
          const from = packageFolder(id);
          if (from !== undefined) found.add(from);
        }
      }
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `packages-${part}.json`), JSON.stringify([...found].sort()));
    },
  };
}

/**
 * One package's part of the notices.
 * @param {string} from folder of the package
 */
export function noticeOf(from) {
  const about = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  const texts = readdirSync(from)
    .filter((name) => /^(licen[cs]e|notice|copying)/i.test(name))
    .filter((name) => !/\.(js|json|map)$/.test(name))
    .sort()
    .map((name) => readFileSync(join(from, name), 'utf8').trim());
  const source = typeof about.repository === 'string' ? about.repository : about.repository?.url;
  return {
    key: `${about.name} ${about.version}`,
    text: [
      `${about.name} ${about.version}`,
      `Licence: ${about.license ?? 'see below'}`,
      ...(source ? [`Source: ${source}`] : []),
      '',
      ...(texts.length > 0 ? texts : ['(The package brings no licence text of its own.)']),
    ].join('\n'),
  };
}

/** Writes dist/third-party-notices.txt from what the bundles noted; answers how many packages it names. */
export function writeNotices() {
  /** @type {Map<string, string>} */
  const notices = new Map();
  for (const file of readdirSync(folder).filter((name) => /^packages-.*\.json$/.test(name))) {
    for (const from of JSON.parse(readFileSync(join(folder, file), 'utf8'))) {
      const { key, text } = noticeOf(from);
      notices.set(key, text);
    }
  }
  const line = '-'.repeat(100);
  const parts = [...notices].sort(([a], [b]) => a.localeCompare(b)).map(([, text]) => text);
  writeFileSync(
    join(root, 'dist', 'third-party-notices.txt'),
    ['Guestroom contains these packages, unmodified.', ...parts].join(`\n\n${line}\n\n`) + '\n',
  );
  return notices.size;
}
