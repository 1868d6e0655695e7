import { toGuestroomError } from '../../../drivers/api/errors.ts';
import type { ErrorData } from '../../../drivers/api/errors.ts';
import type { DocumentRemark } from '../../../preload/rows.ts';
import type { Calls } from '../../client/index.ts';
import type { EditorMark } from '../../parts/XmlEditor.ts';

const pause = 300;

/** What the host says about a document while it is being written. */
export class DocumentCheck {
  remarks: readonly DocumentRemark[] = $state.raw([]);
  failure: ErrorData | undefined = $state.raw();
  /** The answer is about an older text. */
  stale = $state(true);
  readonly #node: string;
  readonly #check: Calls['domains']['check'];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | undefined;

  constructor(node: string, check: Calls['domains']['check']) {
    this.#node = node;
    this.#check = check;
  }

  /** Something in it that the host refuses. */
  get fatal(): boolean {
    return this.remarks.some(({ level }) => level === 'fatal');
  }

  get marks(): EditorMark[] {
    return this.remarks.flatMap(({ line, level, message }) =>
      line === undefined
        ? []
        : [{ line, message, level: level === 'fatal' ? ('error' as const) : ('warning' as const) }],
    );
  }

  take(xml: string): void {
    this.stale = true;
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#timer = setTimeout(() => void this.#ask(xml), pause);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  async #ask(xml: string): Promise<void> {
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const remarks =
        xml.trim() === '' ? [] : await this.#check({ node: this.#node, xml }, { signal: asking.signal });
      if (asking.signal.aborted) return;
      this.remarks = remarks;
      this.failure = undefined;
    } catch (thrown) {
      if (asking.signal.aborted) return;
      this.failure = toGuestroomError(thrown).toData();
      this.remarks = [];
    }
    this.stale = false;
  }
}
