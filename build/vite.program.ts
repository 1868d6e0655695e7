import { defineConfig } from 'vite';
import { core, root } from './vite.core.ts';

/** The core at the command line: dist/program, which dist/guestroom.js loads. */
export default defineConfig(
  core(
    'program',
    { program: `${root}main/program.ts` },
    {
      format: 'cjs',
      entryFileNames: 'program/[name].cjs',
      chunkFileNames: 'program/[name]-[hash].cjs',
    },
  ),
);
