import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Real guests under QEMU's emulation. One file at a time: a booting guest takes a whole processor. */
export default defineConfig({
  root,
  test: {
    name: 'live',
    environment: 'node',
    // the suites over every driver that a bare guest is enough for run here once more, over a real libvirtd
    include: [
      'test/live/**/*.test.ts',
      'test/conformance/{devices,documents,lifecycle,pools,verdicts,volumes}.test.ts',
    ],
    env: { GUESTROOM_CONFORMANCE: 'libvirt' },
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 300_000,
  },
});
