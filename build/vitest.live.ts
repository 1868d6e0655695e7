import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Real guests under QEMU's emulation. One file at a time: a booting guest takes a whole processor. */
export default defineConfig({
  root,
  test: {
    name: 'live',
    environment: 'node',
    include: ['test/live/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 300_000,
  },
});
