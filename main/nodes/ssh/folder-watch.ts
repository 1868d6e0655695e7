import { randomBytes } from 'node:crypto';
import { GuestroomError, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ControlShell } from './control-shell.ts';

/** SSH tells nothing of changes: each is seen within this time. One question is for all folders. */
const pace = 1000;

/** Watches folders of a host by looking at them. */
export class FolderWatch {
  readonly #control: ControlShell;
  readonly #watched = new Map<string, { seen: string; told: Set<() => void> }>();
  #timer: NodeJS.Timeout | undefined;
  #lost = false;

  constructor(control: ControlShell) {
    this.#control = control;
  }

  /** Rejects with `not_found` where there is no such folder. */
  async add(folder: string, changed: () => void): Promise<() => void> {
    const [seen] = await this.#look([folder]);
    if (seen === undefined || seen === '') throw new GuestroomError('not_found', `No such folder: ${folder}`);
    const entry = this.#watched.get(folder) ?? { seen, told: new Set() };
    this.#watched.set(folder, entry);
    entry.told.add(changed);
    this.#later();
    return () => {
      entry.told.delete(changed);
      if (entry.told.size > 0) return;
      if (this.#watched.get(folder) === entry) this.#watched.delete(folder);
      if (this.#watched.size > 0) return;
      clearTimeout(this.#timer);
      this.#timer = undefined;
    };
  }

  #later(): void {
    if (this.#timer || this.#watched.size === 0) return;
    this.#timer = setTimeout(() => void this.#turn(), pace);
    this.#timer.unref();
  }

  async #turn(): Promise<void> {
    const folders = [...this.#watched.keys()];
    let looks: string[];
    try {
      looks = await this.#look(folders);
      this.#lost = false;
    } catch (thrown) {
      this.#timer = undefined;
      // a question may fail, and so may the shell that is asked, once; twice it is the connection, which whoever uses the
      // host is told by the connection itself
      const lost = toGuestroomError(thrown).code === 'lost';
      if (lost && this.#lost) return this.#watched.clear();
      this.#lost = lost;
      return this.#later();
    }
    this.#timer = undefined;
    for (const [index, folder] of folders.entries()) {
      const entry = this.#watched.get(folder);
      const look = looks[index];
      if (!entry || look === undefined || look === entry.seen) continue;
      entry.seen = look;
      for (const told of [...entry.told]) told();
    }
    this.#later();
  }

  /** Names, file numbers, sizes and times of the entries: what is written anew has another number. */
  async #look(folders: readonly string[]): Promise<string[]> {
    // a name can hold every character but the slash: the lines are told apart by a word that nobody knew
    const end = randomBytes(9).toString('hex');
    const script = [
      'end=$1; shift',
      'for folder in "$@"; do',
      '  ls -lnai --full-time -- "$folder" 2>/dev/null || ls -lnai -- "$folder" 2>/dev/null',
      '  printf "%s" "/$end/"',
      'done',
    ].join('\n');
    const { output } = await this.#control.ask(script, [end, ...folders]);
    return output.split(`/${end}/`).slice(0, folders.length);
  }
}
