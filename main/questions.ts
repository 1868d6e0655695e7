import { randomUUID } from 'node:crypto';
import type { Answer, AnswerTo, Question } from '../drivers/api/driver.ts';
import type { QuestionAnswer, QuestionEvent, QuestionRow } from '../preload/attempts.ts';
import { Feed } from './feed.ts';
import { fittingAnswer, type Remembering, rowOf } from './question-rows.ts';

/** What asks: a saved node that connects, or a trial. */
export type Asking = { node: string } | { trial: string };

/** The answer, or why there is none. */
export type Outcome<Given = Answer> = { answer: Given } | { none: 'cancelled' | 'expired' | 'withdrawn' };

export interface QuestionsOptions {
  /** ms that the person has. Default two minutes: servers drop a login that takes longer. */
  deadline?: number;
}

interface OpenQuestion {
  row: QuestionRow;
  /** Throws for an answer that is not one to this question, which then stays open. */
  take(given: QuestionAnswer): void;
  end(none: 'cancelled' | 'expired' | 'withdrawn'): void;
}

interface Reader {
  changed: Map<string, QuestionRow | undefined>;
  wake(): void;
  end(): void;
}

/**
 * Questions to the person, shown in every window. The first answer settles one. Answers go straight to who asked:
 * they are in no row, no log and no file.
 */
export class Questions {
  readonly #deadline: number;
  readonly #open = new Map<string, OpenQuestion>();
  readonly #readers = new Set<Reader>();
  #closed = false;

  constructor({ deadline = 120_000 }: QuestionsOptions = {}) {
    this.#deadline = deadline;
  }

  /**
   * Resolves once it is answered, the time is over or the signal aborts; never rejects. `remembering`: whether secrets can be
   * kept in the system's key store.
   */
  async ask<Asked extends Question>(
    question: Asked,
    asking: Asking,
    {
      signal,
      remembering = { remember: 'not-here' },
    }: { signal?: AbortSignal; remembering?: Remembering } = {},
  ): Promise<Outcome<AnswerTo<Asked>>> {
    if (this.#closed || signal?.aborted) return { none: 'withdrawn' };
    const id = randomUUID();
    const since = Date.now();
    const row = rowOf(question, { id, ...asking, since, until: since + this.#deadline }, remembering);
    let timer: NodeJS.Timeout | undefined;
    const aborted = (): void => this.#end(id, 'withdrawn');
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      return await new Promise<Outcome<AnswerTo<Asked>>>((settle) => {
        this.#open.set(id, {
          row,
          take: (given) => settle({ answer: fittingAnswer(question, given) }),
          end: (none) => settle({ none }),
        });
        timer = setTimeout(() => this.#end(id, 'expired'), this.#deadline);
        this.#tell(id, row);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    }
  }

  /**
   * The person's answer; null: the person cancels. False when the question is settled already, or never was. Throws
   * `invalid_argument` for an answer to something else; the question stays open then.
   */
  answer(id: string, answer: QuestionAnswer | null): boolean {
    const entry = this.#open.get(id);
    if (!entry) return false;
    if (answer === null) this.#end(id, 'cancelled');
    else {
      entry.take(answer);
      this.#close(id);
    }
    return true;
  }

  /** All open questions, then what changes. */
  watch(signal?: AbortSignal): Feed<QuestionEvent> {
    let fresh = true;
    const changed = new Map<string, QuestionRow | undefined>();
    const feed = new Feed<QuestionEvent>({
      signal,
      drain: () => {
        if (fresh) {
          fresh = false;
          changed.clear();
          return { kind: 'snapshot', questions: [...this.#open.values()].map(({ row }) => row) };
        }
        const gone = [...changed].flatMap(([id, row]) => (row ? [] : [id]));
        if (gone.length > 0) {
          for (const id of gone) changed.delete(id);
          if (changed.size > 0) feed.more();
          return { kind: 'withdrawn', ids: gone };
        }
        const [next] = changed.values();
        if (!next) return undefined;
        changed.delete(next.id);
        if (changed.size > 0) feed.more();
        return { kind: 'asked', question: next };
      },
      ended: () => this.#readers.delete(reader),
    });
    const reader: Reader = { changed, wake: feed.wake, end: feed.end };
    this.#readers.add(reader);
    return feed;
  }

  /** Withdraws all of them. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#open.keys()]) this.#end(id, 'withdrawn');
    for (const reader of [...this.#readers]) reader.end();
  }

  #end(id: string, none: 'cancelled' | 'expired' | 'withdrawn'): void {
    this.#open.get(id)?.end(none);
    this.#close(id);
  }

  #close(id: string): void {
    if (this.#open.delete(id)) this.#tell(id, undefined);
  }

  #tell(id: string, row: QuestionRow | undefined): void {
    for (const { changed, wake } of this.#readers) {
      changed.set(id, row);
      wake();
    }
  }
}
