import { randomUUID } from 'node:crypto';
import type { Host } from '../api/host.ts';
import { atLeast } from './capabilities.ts';
import { pngOf } from '../picture/png.ts';
import type { RunningGuest } from './guest.ts';
import type { Places } from './places.ts';

const largest = 128 * 1024 * 1024;

/** The first screen as PNG. */
export async function takeScreenshot(host: Host, guest: RunningGuest, places: Places): Promise<Uint8Array> {
  const file = host.files.join(places.runtime, `picture-${randomUUID().slice(0, 8)}`);
  const png = atLeast(guest.monitor.version, 7, 1);
  try {
    await guest.execute('screendump', png ? { filename: file, format: 'png' } : { filename: file });
    const bytes = await host.files.read(file, largest);
    return pngOf(bytes);
  } finally {
    await host.files.remove(file);
  }
}
