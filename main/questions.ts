import { randomUUID } from 'node:crypto';
import type { Answer, Question } from '../drivers/api/driver.ts';
import type { QuestionEvent, QuestionRow } from '../preload/attempts.ts';
import { Feed } from './feed.ts';

/** What asks: a saved node that connects, or a trial. */
export type Asking = { node: string } | { trial: string };

/** The answer, or why there is none. */
export type Outcome = { answer: Answer } | { none: 'cancelled' | 'expired' | 'withdrawn' };

export interface QuestionsOptions {
  /** ms that the person has. Default two minutes: servers drop a login that takes longer. */
  deadline?: number;
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
  readonly #open = new Map<string, { row: QuestionRow; settle(outcome: Outcome): void }>();
  readonly #readers = new Set<Reader>();
  #closed = false;

  constructor({ deadline = 120_000 }: QuestionsOptions = {}) {
    this.#deadline = deadline;
  }

  /** Resolves once it is answered, the time is over or the signal aborts; never rejects. */
  async ask(question: Question, asking: Asking, signal?: AbortSignal): Promise<Outcome> {
    if (this.#closed || signal?.aborted) return { none: 'withdrawn' };
    const { kind, who, realm, user, again } = question;
    const id = randomUUID();
    const since = Date.now();
    const row: QuestionRow = {
      id,
      kind,
      ...asking,
      who,
      ...(realm === undefined ? {} : { realm }),
      ...(user === undefined ? {} : { user }),
      again,
      since,
      until: since + this.#deadline,
    };
    let timer: NodeJS.Timeout | undefined;
    const aborted = (): void => void this.#settle(id, { none: 'withdrawn' });
    signal?.addEventListener('abort', aborted, { once: true });
    try {
      return await new Promise<Outcome>((settle) => {
        this.#open.set(id, { row, settle });
        timer = setTimeout(() => this.#settle(id, { none: 'expired' }), this.#deadline);
        this.#tell(id, row);
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    }
  }

  /** The person's answer; null: the person cancels. False when the question is settled already, or never was. */
  answer(id: string, answer: Answer | null): boolean {
    return this.#settle(id, answer === null ? { none: 'cancelled' } : { answer });
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
    for (const id of [...this.#open.keys()]) this.#settle(id, { none: 'withdrawn' });
    for (const reader of [...this.#readers]) reader.end();
  }

  #settle(id: string, outcome: Outcome): boolean {
    const entry = this.#open.get(id);
    if (!entry) return false;
    this.#open.delete(id);
    entry.settle(outcome);
    this.#tell(id, undefined);
    return true;
  }

  #tell(id: string, row: QuestionRow | undefined): void {
    for (const { changed, wake } of this.#readers) {
      changed.set(id, row);
      wake();
    }
  }
}
