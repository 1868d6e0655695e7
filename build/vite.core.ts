import { builtinModules } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { UserConfig } from 'vite';
import { bundledPackages } from './notices.mjs';

type Rolldown = NonNullable<NonNullable<UserConfig['build']>['rolldownOptions']>;
export const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };

/** The core for one of its hosts. Everything but Node and Electron is built in. */
export const core = (
  part: string,
  input: Record<string, string>,
  output: NonNullable<Rolldown['output']>,
): UserConfig => ({
  root,
  logLevel: 'warn',
  plugins: [bundledPackages(part)],
  define: {
    __GUESTROOM_VERSION__: JSON.stringify(version),
    // ssh2 has a part that asks for its folder, and needs nothing from it
    __dirname: 'import.meta.dirname',
  },
  // of xmldom the tree alone: we parse by ourselves, and its entities take longer to load than a command to run
  resolve: { alias: [{ find: /^@xmldom\/xmldom$/, replacement: '@xmldom/xmldom/lib/dom.js' }] },
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: 'dist',
    emptyOutDir: false,
    target: 'node20',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      checks: { pluginTimings: false },
      input,
      preserveEntrySignatures: 'strict',
      // ssh2's native parts are optional and stay out
      external: [
        'electron',
        'cpu-features',
        'bufferutil',
        'utf-8-validate',
        /sshcrypto\.node$/,
        ...builtinModules,
        /^node:/,
      ],
      output,
    },
  },
});
