import * as v from 'valibot';
import { GuestroomError, toGuestroomError } from '../../drivers/api/errors.ts';
import type { LocalHost } from '../nodes/local-host.ts';

type Content = Record<string, unknown>;

export interface JsonFileOptions<T extends object> {
  host: LocalHost;
  /** Absolute; its folder is made with mode 0700. */
  path: string;
  /** What the file is about, for messages: "settings". */
  title: string;
  /** Each key by itself, so that one bad value does not cost the others. */
  entries: { readonly [K in keyof T]-?: v.GenericSchema<unknown, T[K]> };
  defaults: T;
  /** Told when something was wrong with the file, as a sentence. */
  warn(message: string): void;
}

const lockWait = 5000;

/**
 * A JSON object in a file of mode 0600, shared by all running instances: a change is applied to what the file says at
 * that moment, so instances do not overwrite each other's keys, and each learns of the others' changes. Keys that this
 * version does not know stay as they are. A file that is no JSON object is kept aside.
 */
export class JsonFile<T extends object> {
  readonly #options: JsonFileOptions<T>;
  readonly #listeners = new Set<(value: T) => void>();
  #value: T;
  #text = '';
  #unwatch: (() => void) | undefined;
  #closed = false;
  #work: Promise<unknown> = Promise.resolve();

  private constructor(options: JsonFileOptions<T>) {
    this.#options = options;
    this.#value = options.defaults;
  }

  static async open<T extends object>(options: JsonFileOptions<T>): Promise<JsonFile<T>> {
    const file = new JsonFile(options);
    const { files } = options.host;
    const folder = files.dirname(options.path);
    await files.makeFolder(folder, 0o700);
    const told = (what: string) => (thrown: unknown) =>
      options.warn(`${what}: ${toGuestroomError(thrown).message}`);
    // whoever cannot read or write it begins with defaults all the same; a change is refused then, so nothing is lost
    await file.#serially(() => file.#refresh()).catch(told(`The ${options.title} could not be read`));
    try {
      file.#unwatch = await files.watch(folder, () => {
        // the next change reads the file anew in any case; this only tells listeners earlier
        file.#reload().catch(told(`The ${options.title} could not be read anew`));
      });
    } catch (thrown) {
      told(`Changes of the ${options.title} by other windows of Guestroom are seen late`)(thrown);
    }
    return file;
  }

  get value(): T {
    return this.#value;
  }

  /** Calls back after each change, also those of other instances; the returned function ends it. */
  subscribe(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Changes keys by what the file says now; resolves when they are on the disk. A key set to undefined is removed. */
  update(change: (now: T) => { [K in keyof T]?: T[K] | undefined }): Promise<void> {
    return this.#serially(() =>
      this.#locked(async () => {
        const content = await this.#read();
        const next: Content = { version: 1, ...content, ...change(this.#parse(content)) };
        const text = `${JSON.stringify(next, undefined, 2)}\n`;
        if (text !== this.#text) await this.#options.host.files.write(this.#options.path, text);
        this.#text = text;
        this.#take(next);
      }),
    );
  }

  /** Waits for changes under way. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unwatch?.();
    this.#listeners.clear();
    await this.#work;
  }

  #serially<R>(work: () => Promise<R>): Promise<R> {
    const result = this.#work.then(work);
    // the caller gets the failure; the next one in line only waits for the end
    this.#work = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  async #reload(): Promise<void> {
    if (this.#closed) return;
    await this.#serially(async () => {
      if (this.#closed || (await this.#bytes()) === this.#text) return;
      await this.#refresh();
    });
  }

  /** Takes what the file says. Files are replaced whole, so reading needs no lock: only putting a damaged one aside does. */
  async #refresh(): Promise<void> {
    const found = await this.#look();
    this.#take(found.content ?? (await this.#locked(() => this.#read())));
  }

  async #bytes(): Promise<string> {
    const { files } = this.#options.host;
    try {
      return await files.readText(this.#options.path, 8 * 1024 * 1024);
    } catch (thrown) {
      const error = toGuestroomError(thrown);
      if (error.code === 'not_found') return '';
      throw error;
    }
  }

  /** The file's object, or why there is none. */
  async #look(): Promise<{ content: Content; problem?: never } | { content?: never; problem: string }> {
    try {
      this.#text = await this.#bytes();
      if (this.#text === '') return { content: {} };
      // editors of Windows begin a text with a byte order mark
      const content: unknown = JSON.parse(this.#text.replace(/^\uFEFF/, ''));
      if (typeof content === 'object' && content !== null && !Array.isArray(content))
        return { content: content as Content };
      return { problem: 'it is not a JSON object' };
    } catch (thrown) {
      const broken = thrown instanceof SyntaxError;
      if (broken || (thrown instanceof GuestroomError && thrown.code === 'too_large'))
        return { problem: thrown.message };
      throw thrown;
    }
  }

  /** The same under the lock: a damaged file is put aside. */
  async #read(): Promise<Content> {
    const { host, path, title, warn } = this.#options;
    const { content, problem } = await this.#look();
    if (content) return content;
    const aside = `${path}.damaged-${new Date().toISOString().replace(/[:.]/g, '-')}`;
    await host.files.rename(path, aside);
    this.#text = '';
    warn(`The ${title} could not be read (${problem}) and begin anew; the old file is kept as ${aside}`);
    return {};
  }

  #parse(content: Content): T {
    const { entries, defaults, title, path, warn } = this.#options;
    const value: Content = Object.fromEntries(Object.entries(defaults));
    for (const [key, schema] of Object.entries<v.GenericSchema>(entries)) {
      if (content[key] === undefined) continue;
      const result = v.safeParse(schema, content[key]);
      if (result.success) value[key] = result.output;
      else warn(`“${key}” of the ${title} has no valid value (${path}); the default is used`);
    }
    return value as T;
  }

  #take(content: Content): void {
    const next = this.#parse(content);
    if (JSON.stringify(next) === JSON.stringify(this.#value)) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener(next);
  }

  /** One instance at a time; the lock of one that died is taken over. */
  async #locked<R>(work: () => Promise<R>): Promise<R> {
    const { host, path } = this.#options;
    const lock = `${path}.lock`;
    const text = JSON.stringify(await host.self());
    // not by the clock, which may be set meanwhile
    const deadline = performance.now() + lockWait;
    for (;;) {
      try {
        await host.files.write(lock, text, { exclusive: true });
        break;
      } catch (thrown) {
        const error = toGuestroomError(thrown);
        if (error.code !== 'exists') throw error;
      }
      if (performance.now() > deadline || !(await this.#holderLives(lock))) await host.files.remove(lock);
      else await new Promise((resolve) => setTimeout(resolve, 20));
    }
    try {
      return await work();
    } finally {
      await host.files.remove(lock);
    }
  }

  async #holderLives(lock: string): Promise<boolean> {
    try {
      const holder = v.safeParse(
        v.object({ pid: v.number(), started: v.string() }),
        JSON.parse(await this.#options.host.files.readText(lock)),
      );
      return holder.success && (await this.#options.host.alive(holder.output));
    } catch (thrown) {
      if (thrown instanceof SyntaxError) return false;
      if (toGuestroomError(thrown).code === 'not_found') return false;
      throw thrown;
    }
  }
}
