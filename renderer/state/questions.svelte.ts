import type { QuestionAnswer, QuestionEvent, QuestionRow } from '../../preload/attempts.ts';
import type { Client } from '../client/index.ts';

/** What a question is about: each has its own words. */
export type Topic = 'credentials' | 'password' | 'passphrase' | 'prompts' | 'host-key';
export const topicOf = (row: QuestionRow): Topic => (row.kind === 'secrets' ? row.about : row.kind);

/** What hosts ask the person and nobody has answered yet. What is answered goes straight to main: nothing of it is kept here. */
export class Questions {
  open: readonly QuestionRow[] = $state.raw([]);
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  take(event: QuestionEvent): void {
    switch (event.kind) {
      case 'snapshot':
        this.open = event.questions;
        break;
      case 'asked':
        this.open = [...this.open.filter(({ id }) => id !== event.question.id), event.question];
        break;
      case 'withdrawn':
        this.open = this.open.filter(({ id }) => !event.ids.includes(id));
        break;
    }
  }

  /** What a saved host asks. */
  ofNode(node: string): QuestionRow | undefined {
    return this.open.find((question) => question.node === node);
  }

  /** What a connection asks that is only tried. */
  ofTrial(trial: string | undefined): QuestionRow | undefined {
    return trial === undefined ? undefined : this.open.find((question) => question.trial === trial);
  }

  /**
   * Answers a question; null cancels the attempt. Tells whether it was taken: not when another window was quicker, or nobody asks any
   * more. Rejects when main cannot be reached.
   */
  async answer(question: string, answer: QuestionAnswer | null): Promise<boolean> {
    const { taken } = await this.#client.rpc.questions.answer({ question, answer });
    return taken;
  }
}
