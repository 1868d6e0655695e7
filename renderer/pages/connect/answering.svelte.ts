import { type ErrorData, toGuestroomError } from '../../../drivers/api/errors.ts';
import type { QuestionAnswer } from '../../../preload/attempts.ts';
import { t } from '../../i18n/index.svelte.ts';
import { toasts } from '../../parts/toasts.svelte.ts';
import type { App } from '../../state/app.svelte.ts';

/** The answer to one question on its way. Nothing of it is kept here. */
export class Answering {
  sending = $state(false);
  failed: ErrorData | undefined = $state.raw();
  readonly #app: App;
  readonly #question: string;

  constructor(app: App, question: string) {
    this.#app = app;
    this.#question = question;
  }

  /** null cancels the attempt. Says so when nobody waits for it any more. */
  async send(answer: QuestionAnswer | null): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    this.failed = undefined;
    try {
      if (!(await this.#app.questions.answer(this.#question, answer)) && answer !== null)
        toasts.add({ mark: 'waiting', title: t.connect.ask.tooLate });
    } catch (thrown) {
      this.failed = toGuestroomError(thrown).toData();
    } finally {
      this.sending = false;
    }
  }
}

/** Whether a question may take the keyboard: where the person asked for it just now, and else where nobody types. */
export function mayFocus(eager: boolean): boolean {
  const { activeElement, body } = document;
  // the button that began it, or that a dialog gave the keyboard back to
  const idle = activeElement === null || activeElement === body || activeElement instanceof HTMLButtonElement;
  return eager || (idle && !activeElement?.closest('[role=dialog], [role=menu]'));
}
