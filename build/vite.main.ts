import { defineConfig } from 'vite';
import { core, root } from './vite.core.ts';

/** The core in Electron: dist/electron/main.js. */
export default defineConfig(
  core(
    'main',
    { 'electron/main': `${root}main/electron/main.ts` },
    {
      format: 'es',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  ),
);
