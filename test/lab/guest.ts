import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { join } from 'node:path';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../live/tiny-guest.sh', import.meta.url));
const folder = fileURLToPath(new URL('../../.cache/guests', import.meta.url));

/** The tiny Linux that the live suites boot; see tiny-guest.sh for accounts and behaviour. */
export interface GuestImages {
  kernel: string;
  initrd: string;
  iso: string;
  raw: string;
  qcow2: string;
}

/** Builds it from Debian packages when it is not there (about 15 s); never changes what is. */
export async function guestImages(): Promise<GuestImages> {
  await run('bash', [script, folder], { maxBuffer: 16 * 1024 * 1024 });
  return {
    kernel: join(folder, 'vmlinuz'),
    initrd: join(folder, 'initrd'),
    iso: join(folder, 'tiny.iso'),
    raw: join(folder, 'tiny.raw'),
    qcow2: join(folder, 'tiny.qcow2'),
  };
}
