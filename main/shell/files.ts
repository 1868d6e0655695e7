import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { Session } from './session.ts';

/** Documents, secrets: nothing that a person writes is larger. libvirt's own limit is the same. */
const largest = 10 * 1024 * 1024;

/** A file of this computer, whole. Errors in virsh's words. */
export async function ownFile(session: Session, name: string): Promise<Buffer> {
  try {
    const content = await readFile(resolve(session.terminal.cwd, name));
    if (content.length <= largest) return content;
    throw new GuestroomError('too_large', `The file is larger than ${String(largest)} bytes`);
  } catch (thrown) {
    const error = toGuestroomError(thrown);
    throw new GuestroomError(error.code, `Failed to open file '${name}': ${whyNot(thrown)}`, {
      cause: thrown,
    });
  }
}

export const ownText = async (session: Session, name: string): Promise<string> =>
  (await ownFile(session, name)).toString('utf8');

/** Why a file could not be opened, as C libraries say it. */
export function whyNot(thrown: unknown): string {
  const { code, message } = toGuestroomError(thrown);
  if (code === 'not_found') return 'No such file or directory';
  return code === 'denied' ? 'Permission denied' : message;
}
