import { builtinModules } from 'node:module';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { bundledPackages } from './notices.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };

/** The core in its hosts: dist/electron/main.js and dist/guestroom.js. Everything but Node and Electron is built in. */
export default defineConfig({
  root,
  logLevel: 'warn',
  plugins: [bundledPackages('main')],
  define: {
    __GUESTROOM_VERSION__: JSON.stringify(version),
    // ssh2 has a part that asks for its folder, and needs nothing from it
    __dirname: 'import.meta.dirname',
  },
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
      input: { guestroom: `${root}main/guestroom.ts`, 'electron/main': `${root}main/electron/main.ts` },
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
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name]-[hash].js',
        banner: (chunk) => (chunk.name === 'guestroom' ? '#!/usr/bin/env node' : ''),
      },
    },
  },
});
