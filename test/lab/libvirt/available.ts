import { existsSync } from 'node:fs';
import { missingPackages } from '../../../build/packages.mjs';
import { whyNoNamespaces } from './namespace.ts';

/** Why no libvirtd of our own can run here, in one line; undefined where it can. */
export async function whyNoLibvirtd(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'libvirtd with a namespace of its own runs on Linux only';
  if (process.getuid?.() !== 0) return 'a system libvirtd of our own needs root';
  const lacking = missingPackages('libvirtd', existsSync);
  if (lacking.length > 0) return `not installed are ${lacking.join(' ')}`;
  return whyNoNamespaces();
}

/** For a suite's head: says on the console why it is left out. */
export async function libvirtdOrWhyNot(suite: string): Promise<string | undefined> {
  const why = await whyNoLibvirtd();
  if (why !== undefined) console.log(`${suite} with a real libvirtd is left out: ${why}`);
  return why;
}
