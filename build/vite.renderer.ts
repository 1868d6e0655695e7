import { svelte } from '@sveltejs/vite-plugin-svelte';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { bundledPackages } from './notices.mjs';

const root = fileURLToPath(new URL('../renderer', import.meta.url));

/** The window: dist/renderer. Served under a policy without inline scripts and without data: fonts. */
export default defineConfig({
  root,
  logLevel: 'warn',
  base: '/',
  plugins: [svelte({ configFile: false }), bundledPackages('renderer')],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: ['chrome125', 'firefox128', 'safari18'],
    cssTarget: ['chrome125', 'firefox128', 'safari18'],
    assetsInlineLimit: 0,
    rolldownOptions: { checks: { pluginTimings: false } },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
  },
});
