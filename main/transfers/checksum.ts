import type { Hash } from 'node:crypto';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Host } from '../../drivers/api/host.ts';

const piece = 1024 * 1024;

/** Programs that tell the SHA-256 of a file; the first that a host has is asked. */
const programs: readonly (readonly [file: string, ...words: string[]])[] = [
  ['sha256sum'],
  ['shasum', '-a', '256'],
  ['sha256', '-q'],
  ['openssl', 'dgst', '-sha256', '-r'],
];

/** The SHA-256 of a file, worked out on its own host; undefined where the host has no program for it. */
export async function checksumOn(host: Host, path: string, signal: AbortSignal): Promise<string | undefined> {
  for (const [file, ...words] of programs) {
    const answer = await host
      .exec(file, [...words, path], { timeout: 0, signal })
      .catch((thrown: unknown) => {
        const error = toGuestroomError(thrown);
        if (error.code === 'program_missing') return undefined;
        throw error;
      });
    if (!answer) continue;
    const found = /\b[0-9a-f]{64}\b/.exec(answer.stdout)?.[0];
    if (answer.status === 0 && found !== undefined) return found;
    throw new GuestroomError('program_failed', `The host could not tell the checksum of ${path}`, {
      detail: answer.stderr.trim() || answer.stdout.trim(),
    });
  }
  return undefined;
}

/** Takes the first bytes of a file into the checksum. */
export async function hashBeginning(
  hash: Hash,
  { host, path }: { host: Host; path: string },
  length: number,
  signal: AbortSignal,
): Promise<void> {
  for (let at = 0; at < length; at += piece) {
    signal.throwIfAborted();
    hash.update(await host.files.readAt(path, at, Math.min(piece, length - at)));
  }
}
