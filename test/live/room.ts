import { readFileSync, readdirSync, existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { type Desk, type DeskOptions, openDesk } from '../browser/desk.ts';
import type { Folders } from '../lab/folders.ts';
import { type GuestImages, guestImages } from '../lab/guest.ts';

/** A desk whose computer runs real QEMU guests. */
export interface Room extends Desk {
  images: GuestImages;
}

/** Name of the host in every window of this suite. */
export const host = 'Here';

export async function openRoom(options: Omit<DeskOptions, 'hosts'> = {}): Promise<Room> {
  const images = await guestImages();
  const desk = await openDesk({ ...options, hosts: { [host]: 'qemu:///embed' } });
  return { ...desk, images };
}

/**
 * Waits until what is read satisfies the assertion, for as long as a guest under emulation may take; fails with its last
 * word. Unlike expect.poll also where machines are prepared, before a test.
 */
export function within<Value>(timeout: number, read: () => Value | Promise<Value>) {
  const wait = (check: (value: Value) => void): Promise<void> =>
    vi.waitFor(async () => check(await read()), { timeout, interval: 100 });
  return {
    toBe: (wanted: Value) => wait((value) => expect(value).toBe(wanted)),
    notToBe: (unwanted: Value) => wait((value) => expect(value).not.toBe(unwanted)),
    toEqual: (wanted: Value) => wait((value) => expect(value).toEqual(wanted)),
    toMatch: (pattern: RegExp) => wait((value) => expect(value).toMatch(pattern)),
    toContain: (part: string) => wait((value) => expect(value).toContain(part)),
    toBeLessThan: (limit: number) => wait((value) => expect(value).toBeLessThan(limit)),
    toBeGreaterThan: (limit: number) => wait((value) => expect(value).toBeGreaterThan(limit)),
  };
}

/** The pid that QEMU wrote for each guest that runs in these folders. */
export function guestPids(folders: Folders): number[] {
  const runtime = join(folders.env['XDG_RUNTIME_DIR'] ?? '', 'guestroom', 'qemu');
  if (!existsSync(runtime)) return [];
  return readdirSync(runtime, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(runtime, entry.name, 'pid'))
    .filter((path) => existsSync(path))
    .map((path) => Number(readFileSync(path, 'utf8')));
}

/** A port that nobody uses now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
