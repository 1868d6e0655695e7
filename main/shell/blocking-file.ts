import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { VolumeSink } from '../../drivers/api/storage.ts';

/**
 * A file of this computer that a command writes a volume into. It writes in the thread that reads: handing each piece to
 * another one costs more than the writing, and a command has nothing else to do meanwhile. In the app it would stop all else:
 * there it is OwnFileSink.
 */
export class BlockingFile implements VolumeSink {
  readonly #file: FileHandle;
  /** Where the next bytes belong. */
  #at = 0;
  /** Something was left out: from then on each write says where it belongs. A pipe takes no such thing. */
  #sparse = false;
  /** The last that came was a hole. */
  #hollow = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  write(bytes: Uint8Array): undefined {
    this.#hollow &&= bytes.length === 0;
    for (let done = 0; done < bytes.length;) {
      const place = this.#sparse ? this.#at : null;
      const written = writeSync(this.#file.fd, bytes, done, bytes.length - done, place);
      done += written;
      this.#at += written;
    }
  }

  hole(bytes: number): undefined {
    this.#at += bytes;
    this.#sparse = true;
    this.#hollow = true;
  }

  async end(): Promise<void> {
    // a hole at the end is only there once the file is as long; what is no file, as /dev/null, has no length
    if (this.#hollow && (await this.#file.stat()).isFile()) await this.#file.truncate(this.#at);
    await this.close();
  }

  /** Also of a file that is not finished, and more than once. */
  async close(): Promise<void> {
    await this.#file.close();
  }
}
