import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { DocumentRemark } from '../../../preload/rows.ts';

/** What a document page asks of main. */
export interface XmlCalls {
  read: (inactive: boolean) => Promise<string>;
  check: (xml: string) => Promise<readonly DocumentRemark[]>;
  define: (xml: string) => Promise<unknown>;
}

/** A machine's document as it is edited: what main has, what stands here, and what differs. */
export class XmlDraft {
  /** What main had when it was last read. */
  base: string | undefined = $state.raw();
  /** What stands in the editor. */
  text = $state('');
  /** What main has now, when it changed while something unsaved stands here. */
  theirs: string | undefined = $state.raw();
  /** What runs now, where that is another document. */
  live: string | undefined = $state.raw();
  remarks: readonly DocumentRemark[] | undefined = $state.raw();
  error: ErrorData | undefined = $state.raw();
  working: 'reading' | 'checking' | 'saving' | undefined = $state();
  /** It was saved, and nothing was changed since. */
  saved = $state(false);
  #calls: XmlCalls;
  #turn = 0;

  constructor(calls: XmlCalls) {
    this.#calls = calls;
  }

  // not derived: a read may end after its page is gone
  get changed(): boolean {
    return this.base !== undefined && this.text !== this.base;
  }

  /** Reads what main has. Unsaved changes stay; a document that changed under them is a conflict. */
  async read(active: boolean): Promise<void> {
    const turn = ++this.#turn;
    this.working ??= 'reading';
    try {
      const [inactive, live] = await Promise.all([
        this.#calls.read(true),
        active ? this.#calls.read(false) : Promise.resolve(undefined),
      ]);
      if (turn !== this.#turn) return;
      this.live = live;
      if (!this.changed || inactive === this.text) {
        this.base = inactive;
        this.text = inactive;
        this.theirs = undefined;
      } else if (inactive !== this.base) this.theirs = inactive;
      this.error = undefined;
    } catch (thrown) {
      if (turn === this.#turn) this.error = toGuestroomError(thrown).toData();
    } finally {
      if (turn === this.#turn && this.working === 'reading') this.working = undefined;
    }
  }

  write(text: string): void {
    this.text = text;
    this.saved = false;
    this.remarks = undefined;
  }

  revert(): void {
    if (this.base === undefined) return;
    this.write(this.theirs ?? this.base);
    this.base = this.theirs ?? this.base;
    this.theirs = undefined;
    this.error = undefined;
  }

  /** The person has seen the other version and goes on with this one: it will take its place. */
  keepMine(): void {
    if (this.theirs === undefined) return;
    this.base = this.theirs;
    this.theirs = undefined;
  }

  async check(): Promise<void> {
    const text = this.text;
    await this.#work('checking', async () => {
      const remarks = await this.#calls.check(text);
      if (text === this.text) this.remarks = remarks;
    });
  }

  /** Saves it; answers whether main took it. */
  async save(): Promise<boolean> {
    const text = this.text;
    const worked = await this.#work('saving', async () => {
      await this.#calls.define(text);
      this.base = text;
      this.theirs = undefined;
      this.saved = true;
    });
    // a check that found nothing was wrong about this document
    if (!worked && this.remarks?.length === 0) this.remarks = undefined;
    return worked;
  }

  async #work(what: 'checking' | 'saving', run: () => Promise<void>): Promise<boolean> {
    if (this.working === 'checking' || this.working === 'saving') return false;
    this.working = what;
    this.error = undefined;
    try {
      await run();
      return true;
    } catch (thrown) {
      this.error = toGuestroomError(thrown).toData();
      return false;
    } finally {
      this.working = undefined;
    }
  }
}
