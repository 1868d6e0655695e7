import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
// require('electron') outside Electron would try to download it: tests get the typed fake
const alias = { electron: fileURLToPath(new URL('../test/fakes/electron.ts', import.meta.url)) };

// a loaded machine must not fail a test: how fast things are is the bench's business
const patience = { testTimeout: 60_000, hookTimeout: 60_000 };

/** Fast suites: everything that needs neither a guest nor a browser. Runes run only in the jsdom project. */
export default defineConfig({
  root,
  test: {
    projects: [
      {
        root,
        resolve: { alias },
        test: {
          name: 'node',
          environment: 'node',
          ...patience,
          include: ['test/{drivers,main,preload,conformance,security,build}/**/*.test.ts'],
        },
      },
      {
        root,
        plugins: [svelte({ configFile: false }), svelteTesting()],
        test: {
          name: 'window',
          environment: 'jsdom',
          ...patience,
          setupFiles: ['test/renderer/patience.ts'],
          include: ['test/renderer/**/*.test.ts'],
        },
      },
    ],
  },
});
