import { appendFile } from 'node:fs/promises';
import type { Logger } from '../../../drivers/api/driver.ts';
import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { HostFiles } from '../../../drivers/api/host.ts';
import {
  algorithmsFor,
  judge,
  keysFor,
  type KnownKey,
  lineFor,
  nameInFile,
  sshPort,
  thisProcess,
  type Verdict,
} from './known-hosts.ts';

/** Who a key belongs to: a host name and port, or a HostKeyAlias and 22. */
export interface KeyName {
  name: string;
  port: number;
}

export interface HostKeysOptions {
  files: HostFiles;
  /** Our own known_hosts file, on this computer; the only one that is ever written. */
  own: string;
  log: Logger;
}

/** More is no list of hosts. */
const maxBytes = 16 * 1024 * 1024;

/** What is known about the keys of hosts: in the person's and the system's files, in our own, and until the program ends. */
export class HostKeys {
  readonly #files: HostFiles;
  readonly #own: string;
  readonly #log: Logger;
  /** Lines as in a file, trusted by this process only. */
  #once = '';
  #work: Promise<unknown> = Promise.resolve();

  constructor({ files, own, log }: HostKeysOptions) {
    this.#files = files;
    this.#own = own;
    this.#log = log;
  }

  /** `files`: known_hosts files beside our own, absolute; those that are not there say nothing. */
  async check(asked: KeyName & { files: readonly string[]; key: Uint8Array }): Promise<Verdict> {
    const { known, bare } = await this.#look(asked);
    return judge(asked.key, known, bare);
  }

  /** SSH host key algorithms that this host is to be asked for first, so that it shows the key that is known. */
  async algorithms(asked: KeyName & { files: readonly string[] }): Promise<string[]> {
    const { known, bare } = await this.#look(asked);
    const algorithms = algorithmsFor(known);
    return algorithms.length > 0 ? algorithms : algorithmsFor(bare);
  }

  /** Trusts a key until this program ends. */
  trustOnce(name: string, port: number, key: Uint8Array): void {
    this.#once += lineFor(name, port, key);
  }

  /** Writes a key into our own file. Rejects with `invalid_argument` for what cannot stand in one. */
  remember(name: string, port: number, key: Uint8Array): Promise<void> {
    const line = lineFor(name, port, key);
    const added = this.#work.then(() => this.#append(line));
    // the caller gets the failure; the next one in line only waits for the end
    this.#work = added.then(
      () => undefined,
      () => undefined,
    );
    return added;
  }

  async #append(line: string): Promise<void> {
    await this.#files.makeFolder(this.#files.dirname(this.#own), 0o700);
    const text = (await this.#readOwn()) ?? '';
    if (text.split(/\r?\n/).includes(line.trimEnd())) return;
    const gap = text === '' || text.endsWith('\n') ? '' : '\n';
    try {
      // not written anew: another instance may add at the same time
      await appendFile(this.#own, `${gap}${line}`, { mode: 0o600, flush: true });
    } catch (thrown) {
      throw toGuestroomError(thrown);
    }
  }

  async #look({ name, port, files }: KeyName & { files: readonly string[] }): Promise<{
    known: KnownKey[];
    bare: KnownKey[];
  }> {
    const others = [...new Set(files)].filter((file) => file !== this.#own);
    const texts = [
      ...(await Promise.all(others.map(async (file) => ({ file, text: await this.#read(file) })))),
      { file: this.#own, text: await this.#readOwn() },
      { file: thisProcess, text: this.#once },
    ];
    const about = (wanted: string): KnownKey[] =>
      texts.flatMap(({ file, text }) => (text ? keysFor(text, file, wanted) : []));
    return { known: about(nameInFile(name, port)), bare: port === sshPort ? [] : about(name) };
  }

  /** undefined for a file that is not there; as for OpenSSH one that may not be read says nothing, but the log tells. */
  async #read(file: string): Promise<string | undefined> {
    try {
      return await this.#files.readText(file, maxBytes);
    } catch (thrown) {
      const { code, message } = toGuestroomError(thrown);
      if (code !== 'denied' && code !== 'not_found' && code !== 'invalid_argument') throw thrown;
      if (code !== 'not_found')
        this.#log.warn('A list of known hosts cannot be read', { file, error: message });
      return undefined;
    }
  }

  async #readOwn(): Promise<string | undefined> {
    try {
      return await this.#files.readText(this.#own, maxBytes);
    } catch (thrown) {
      const error = toGuestroomError(thrown);
      if (error.code === 'not_found') return undefined;
      throw error;
    }
  }
}
