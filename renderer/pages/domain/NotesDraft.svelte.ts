import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { App } from '../../state/app.svelte.ts';
import { refKey } from '../../state/inventory.svelte.ts';
import type { DomainRef } from '../../state/inventory.svelte.ts';

/** A pause in writing of this many milliseconds saves. */
const pause = 800;

/**
 * Notes as a person writes them. They save themselves; whatever fails or happens elsewhere, what was written stays here
 * until main has it or the person lets it go.
 */
export class NotesDraft {
  text = $state('');
  saving = $state(false);
  error: ErrorData | undefined = $state.raw();
  /** What somebody else wrote while this draft was not saved. */
  theirs: string | undefined = $state();
  /** Main has told the notes once: before that, nothing can be written. */
  known = $state(false);
  #saved = $state('');
  #save: (text: string) => Promise<unknown>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  /** On its way to main, which will tell of it. */
  #sending: string | undefined;

  constructor(save: (text: string) => Promise<unknown>) {
    this.#save = save;
  }

  // not derived: a draft outlives the page that made it, a derived value would stop with the page
  get dirty(): boolean {
    return this.known && this.text !== this.#saved;
  }

  /** What main has now. */
  told(text: string): void {
    const untouched = !this.dirty;
    const expected = text === this.#saved || text === this.#sending || text === this.text;
    this.known = true;
    if (untouched) {
      this.text = text;
      this.#saved = text;
    } else if (expected) {
      if (text !== this.#sending) this.#saved = text;
      this.theirs = undefined;
    } else {
      clearTimeout(this.#timer);
      this.#saved = text;
      this.theirs = text;
    }
  }

  write(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    if (this.theirs === undefined) this.#timer = setTimeout(() => void this.flush(), pause);
  }

  /** Saves now what is not saved yet; resolves when nothing is on its way any more. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#running) await this.#running;
    if (!this.dirty || this.theirs !== undefined) return;
    this.#running ??= this.#send().finally(() => (this.#running = undefined));
    await this.#running;
  }

  keepMine(): void {
    this.theirs = undefined;
    void this.flush();
  }

  takeTheirs(): void {
    if (this.theirs === undefined) return;
    this.text = this.theirs;
    this.theirs = undefined;
    this.error = undefined;
  }

  async #send(): Promise<void> {
    this.saving = true;
    this.error = undefined;
    try {
      // what is written meanwhile goes with the next turn
      while (this.dirty && this.theirs === undefined) {
        const text = this.text;
        this.#sending = text;
        await this.#save(text);
        this.#saved = text;
      }
    } catch (thrown) {
      this.error = toGuestroomError(thrown).toData();
    } finally {
      this.#sending = undefined;
      this.saving = false;
    }
  }
}

const drafts = new WeakMap<App, Map<string, NotesDraft>>();

/** The draft of one machine: it outlives its page, so that what could not be saved is there when the page comes back. */
export function notesOf(app: App, target: DomainRef): NotesDraft {
  const { node, uuid } = target;
  let all = drafts.get(app);
  if (!all) drafts.set(app, (all = new Map()));
  const key = refKey(target);
  let draft = all.get(key);
  if (!draft) {
    draft = new NotesDraft((description) => app.rpc.domains.setMetadata({ node, uuid, description }));
    all.set(key, draft);
  }
  return draft;
}
