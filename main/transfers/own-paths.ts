import { GuestroomError } from '../../drivers/api/errors.ts';
import type { Platform } from '../platform.ts';

/**
 * The files of this computer that a window may name. Where there are system dialogs those are the ones that the person chose in
 * one of them; a browser's window has none and may name what the account may use.
 */
export class OwnPaths {
  readonly #platform: Platform;
  readonly #toRead = new Set<string>();
  readonly #toWrite = new Set<string>();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  chosen(path: string, use: 'read' | 'write'): void {
    (use === 'read' ? this.#toRead : this.#toWrite).add(path);
  }

  /** Throws `denied` for a file that was not chosen. */
  check(path: string, use: 'read' | 'write'): void {
    if (!this.#platform.host.files.isAbsolute(path))
      throw new GuestroomError('invalid_argument', `The path must begin at the root: ${path}`);
    if (!this.#platform.dialogs || (use === 'read' ? this.#toRead : this.#toWrite).has(path)) return;
    throw new GuestroomError('denied', `Nobody has chosen the file ${path}`, {
      hint: 'Choose it in the system’s own dialog',
    });
  }
}
